"""Stand-ins for the git repositories of podman-static and of passt, which its build clones.

What the real Dockerfile compiles comes as the archive of tests.support.standin; the way to it is the real one: the same
targets and variables, the same layout, a base image from Docker Hub, a clone of git://passt.top/passt inside the build.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.cache import Cache
from tests.support.host import program
from tests.support.rootfs import run_logged
from tests.support.standin import TOP, Release

FILES = Path(__file__).with_name("podman_static_standin_files")
PASTA = ("pasta", "pasta.avx2")
# With nothing of the host's, and at one time, the same content has the same commit everywhere.
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "stub",
    "GIT_AUTHOR_EMAIL": "stub@podsand.invalid",
    "GIT_AUTHOR_DATE": "2025-01-01T00:00:00+00:00",
    "GIT_COMMITTER_NAME": "stub",
    "GIT_COMMITTER_EMAIL": "stub@podsand.invalid",
    "GIT_COMMITTER_DATE": "2025-01-01T00:00:00+00:00",
}


@dataclass(frozen=True)
class Repositories:
    podman_static: Path
    passt: Path
    # release tag -> the commit that it names
    commits: Mapping[str, str]


def repositories(cache: Cache, releases: Sequence[Release]) -> Repositories:
    """A history of one commit and one annotated tag for each release, in the order given."""
    texts = [path.read_text() for path in sorted(FILES.iterdir())]
    recipe = "podman-static repository stand-in 1\n" + repr((texts, [(release.version, release.sha256) for release in releases]))

    def build(directory: Path) -> None:
        ours, passt = _Repository(directory / "podman-static.git"), _Repository(directory / "passt.git")
        for release in releases:
            tree, programs = _trees(release, directory / release.version)
            ours.commit(tree, release.version)
            passt.commit(programs, _passt_version(release))
            shutil.rmtree(directory / release.version)

    directory = cache.entry("podman-static-repository-stand-in", recipe, build)
    ours = _Repository(directory / "podman-static.git")
    commits = {release.version: ours.git("rev-parse", f"{release.version}^{{commit}}").strip() for release in releases}
    return Repositories(ours.path, directory / "passt.git", commits)


def _passt_version(release: Release) -> str:
    return f"2025_01_01.stand-in-{release.version}"


def _trees(release: Release, directory: Path) -> tuple[Path, Path]:
    """What the release's commit holds, and passt's."""
    tree, passt = directory / "podman-static", directory / "passt"
    for path in (tree / "conf/systemd", passt):
        path.mkdir(parents=True)
    run_logged(["tar", "-C", directory, "--no-same-owner", "-xf", release.archive])
    unpacked = directory / TOP
    for name in PASTA:
        shutil.copy(unpacked / "usr/local/bin" / name, passt)
    shutil.copytree(unpacked / "etc/containers", tree / "conf/containers", ignore=shutil.ignore_patterns("seccomp.json"))
    for unit in (unpacked / "usr/local/lib/systemd/user").iterdir():
        shutil.copy(unit, tree / "conf/systemd")
    shutil.copy(unpacked / "README.md", tree)
    shutil.copy(release.archive, tree / f"{TOP}.tar.gz")
    (tree / "Dockerfile").write_text((FILES / "Dockerfile").read_text().replace("@PASST_VERSION@", _passt_version(release)))
    shutil.copy(FILES / "Makefile", tree)
    (tree / ".dockerignore").write_text("/build\n.git\n")
    (tree / ".gitignore").write_text("/build\n")
    return tree, passt


class _Repository:
    """A bare repository that lets itself be asked for any commit, as those of GitHub do."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *words: str | Path, work_tree: Path | None = None) -> str:
        place: list[str | Path] = [program("git"), f"--git-dir={self.path}"]
        if work_tree:
            place.append(f"--work-tree={work_tree}")
        return run_logged([*place, *words], env={"PATH": os.environ["PATH"], **ENVIRONMENT})

    def commit(self, tree: Path, tag: str) -> None:
        if not self.path.exists():
            self.git("init", "--quiet", "--bare", "--initial-branch=master")
            self.git("config", "uploadpack.allowAnySHA1InWant", "true")
            # The archive is packed already.
            self.git("config", "core.compression", "0")
        self.git("add", "--all", work_tree=tree)
        self.git("commit", "--quiet", "--message", f"Stand-in for {tag}", work_tree=tree)
        self.git("tag", "--annotate", "--message", tag, tag)

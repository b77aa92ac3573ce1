"""A stand-in for download.docker.com: an apt repository with Debian's docker under the names of the vendor's packages.

bookworm has no docker-cli and no docker-buildx of its own; trixie's programs run there, all but runc, which is bookworm's.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support import rootfs
from tests.support.cache import Cache, remove_tree
from tests.support.host import program
from tests.support.openpgp import Key, throwaway_key
from tests.support.rootfs import run_logged

HOST = "download.docker.com"
TOP = "linux/debian"


@dataclass(frozen=True)
class Package:
    """One of the vendor's, and those of Debian that it is made of."""

    name: str
    parts: tuple[str, ...]
    needs: tuple[str, ...] = ()
    # As the vendor has them: Debian's may not be there beside it.
    conflicts: tuple[str, ...] = ()


PACKAGES = (
    Package("containerd.io", ("containerd", "runc"), conflicts=("containerd", "runc")),
    Package("docker-ce", ("docker.io",), ("docker-ce-cli", "containerd.io"), ("docker", "docker-engine", "docker.io")),
    Package("docker-ce-cli", ("docker-cli",), conflicts=("docker", "docker-cli", "docker-engine", "docker.io")),
    Package("docker-buildx-plugin", ("docker-buildx",), conflicts=("docker-buildx",)),
    Package("docker-compose-plugin", ("docker-compose",), conflicts=("docker-compose",)),
)
PARTS = tuple(part for package in PACKAGES for part in package.parts)
# suite -> part -> the suite that it is taken from
SUITES = {
    "trixie": dict.fromkeys(PARTS, "trixie"),
    "bookworm": {**dict.fromkeys(PARTS, "trixie"), "runc": "bookworm"},
}
RECIPE = f"docker's repository stand-in 2\n{PACKAGES}{SUITES}"
INIT_SCRIPT = "etc/init.d/docker"
DOWNLOAD = "apt-get update -q; cd /debs; apt-get download -q {packages}"


@dataclass(frozen=True)
class Repository:
    directory: Path

    @property
    def files(self) -> Path:
        """What is below the root of the host."""
        return self.directory / "files"

    @property
    def key(self) -> Path:
        """The armored public key; the vendor's own signature cannot be had, so its fingerprint cannot either."""
        return self.files / TOP / "gpg"

    @property
    def fingerprint(self) -> str:
        return (self.directory / "fingerprint").read_text()


def repository(cache: Cache) -> Repository:
    def build(directory: Path) -> None:
        top = directory / "files" / TOP
        work = directory / "work"
        work.mkdir()
        debs = {suite: _download(cache, suite, work) for suite in SUITES}
        with throwaway_key(directory / "gnupg") as key:
            for suite, origins in SUITES.items():
                pool = top / "dists" / suite / "pool/stable/amd64"
                pool.mkdir(parents=True)
                for package in PACKAGES:
                    parts = [debs[origins[part]][part] for part in package.parts]
                    _repackage(package, parts, work / suite / package.name, pool)
                _index(top, suite, key)
            key.export(top / "gpg")
            (directory / "fingerprint").write_text(key.fingerprint)
        remove_tree(work)

    return Repository(cache.entry("docker-repository-stand-in", RECIPE, build))


def _download(cache: Cache, suite: str, work: Path) -> dict[str, Path]:
    root = work / f"root-{suite}"
    run_logged(["cp", "-a", "--reflink=auto", rootfs.minimal(cache, suite), root])
    (root / "debs").mkdir()
    wanted = sorted({part for origins in SUITES.values() for part, origin in origins.items() if origin == suite})
    rootfs.run_in_root(root, DOWNLOAD.format(packages=" ".join(wanted)))
    return {part: next((root / "debs").glob(f"{part}_*.deb")) for part in wanted}


def _repackage(package: Package, parts: list[Path], tree: Path, pool: Path) -> None:
    tree.parent.mkdir(exist_ok=True)
    # The maintainer's scripts are those of the first part; the other has none.
    run_logged([program("dpkg-deb"), "--raw-extract", parts[0], tree])
    for part in parts[1:]:
        run_logged([program("dpkg-deb"), "--extract", part, tree])
    (tree / "DEBIAN/md5sums").unlink()
    _leave_limits(tree / INIT_SCRIPT)
    fields = [_fields(run_logged([program("dpkg-deb"), "--field", part])) for part in parts]
    (tree / "DEBIAN/control").write_text("".join(f"{name}: {value}\n" for name, value in _control(package, fields).items()))
    run_logged([program("dpkg-deb"), "--root-owner-group", "-Zgzip", "-z1", "--build", tree, pool])
    shutil.rmtree(tree)


def _leave_limits(init_script: Path) -> None:
    """Root of a test machine may be root without CAP_SYS_RESOURCE: raising a limit would end the script."""
    if init_script.exists():
        init_script.write_text(re.sub(r"(?m)^(\s*)ulimit .*$", r"\1:", init_script.read_text()))


def _control(package: Package, parts: list[dict[str, str]]) -> dict[str, str]:
    needed = [need for part in parts for need in part["Depends"].split(", ") if need.split()[0] not in PARTS]
    fields = {
        "Package": package.name,
        # An epoch, as the vendor's have one.
        "Version": f"5:{parts[0]['Version'].partition(':')[2] or parts[0]['Version']}+stand.in",
        "Architecture": parts[0]["Architecture"],
        "Maintainer": "The podsand test bed <stub@podsand.invalid>",
        "Depends": ", ".join(dict.fromkeys([*package.needs, *needed])),
        "Conflicts": ", ".join(package.conflicts),
        "Replaces": ", ".join(package.conflicts),
        "Section": "admin",
        "Priority": "optional",
        "Description": f"stand-in for the vendor's {package.name}: Debian's {' and '.join(package.parts)}, repackaged",
    }
    return {name: value for name, value in fields.items() if value}


def _fields(control: str) -> dict[str, str]:
    """The fields of one line, which are all that is read here."""
    lines = (line.partition(": ") for line in control.splitlines() if not line.startswith(" "))
    return {name: value for name, _, value in lines}


def _index(top: Path, suite: str, key: Key) -> None:
    dist = top / "dists" / suite
    binary = dist / "stable/binary-amd64"
    binary.mkdir(parents=True)
    packages = run_logged([program("apt-ftparchive"), "packages", f"dists/{suite}/pool/stable/amd64"], cwd=top)
    (binary / "Packages").write_text(packages)
    run_logged(["gzip", "-n", "-k", binary / "Packages"])
    about = {
        "Origin": "Docker",
        "Label": "stub",
        "Suite": suite,
        "Codename": suite,
        "Architectures": "amd64",
        "Components": "stable",
    }
    options = [f"--option=APT::FTPArchive::Release::{name}={value}" for name, value in about.items()]
    release = run_logged([program("apt-ftparchive"), *options, "release", dist])
    (dist / "Release").write_text(release)
    key.sign_within(dist / "Release", dist / "InRelease")
    key.sign_apart(dist / "Release", dist / "Release.gpg")

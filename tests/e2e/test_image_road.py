"""The article's two images and an own Dockerfile, built and started on one machine, one after the other.

The tests stand in the order of a user who changes their mind: what one image left must not be in the way of the next.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import tomli_w
from tests.support import dotfiles_stub, standin
from tests.support.machine import Machine
from tests.support.process import Result
from tests.support.servers import ROOT, settings
from tests.support.world import World

EXAMPLES = ROOT / "examples"
PODSAND = "~/.local/bin/podsand"
AGENT = "2.1.330"
ROOT_WARNING = "the agent is root in its container"


class Road:
    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.machine = world.machine
        self.directory = directory
        self.machine.run("mkdir -p project")

    def install(self, profile: Path, *arguments: str, image: bool = True, check: bool = True) -> Result:
        servers = self.world.arguments if image else self.world.engine_arguments
        self.machine.put(f"{self.machine.home}/setup.sh", self.world.script(str(profile), *arguments, servers=servers))
        return self.machine.run("bash setup.sh --yes", check=check)

    def sandbox(self, command: str, check: bool = True) -> Result:
        return self.machine.run(["bash", "-c", f'cd project && exec {PODSAND} -- sh -c "$1"', "bash", command], check=check)

    def profile(self, example: str, **image: object) -> Path:
        """An example with other values in its table of the image."""
        data = tomllib.loads((EXAMPLES / f"{example}.toml").read_text())
        data["image"] |= image
        path = self.directory / f"{example}.toml"
        path.write_text(tomli_w.dumps(data))
        return path


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with ExitStack() as stack:
        machine = stack.enter_context(Machine("trixie"))
        world = World(machine, tmp_path_factory.mktemp("world"))
        world.start()
        yield Road(world, tmp_path_factory.mktemp("profiles"))


def test_the_articles_smallest_image_is_built_and_its_agent_runs_as_root(road: Road) -> None:
    archive = road.world.asset("fnm/v1.39.0/fnm-linux.zip")
    standin.fnm_stub(archive)
    hashes = {f"image.fnm_sha256.{arch}": standin.sha256(archive) for arch in ("amd64", "arm64")}

    road.install(EXAMPLES / "article-minimal.toml", *settings({"image.fnm_mirror": f"{road.world.url}/fnm", **hashes}))

    said = road.machine.run(f"cd project && {PODSAND} -- claude --version")
    assert said.stdout.startswith(f"{AGENT} ")
    assert ROOT_WARNING in said.stderr
    assert road.sandbox("id -u; node --version; fnm --version").stdout.split("\n")[:3] == ["0", "v24.11.1", "fnm stub"]


def test_roots_login_is_kept_where_the_article_has_it_and_its_home_is_not(road: Road) -> None:
    road.sandbox('test "$CLAUDE_CONFIG_DIR" = /root/.config/claude; echo token >$CLAUDE_CONFIG_DIR/kept; echo lost >/root/lost')

    assert road.sandbox("cat /root/.config/claude/kept").stdout == "token\n"
    assert road.sandbox("cat /root/lost", check=False).returncode != 0


def test_podmans_files_are_the_users_own_as_in_the_article(road: Road) -> None:
    assert road.machine.run("ls .config/containers; readlink .local/containers/current").stdout.split()[:1] == ["containers.conf"]
    assert not road.machine.exists(f"{road.machine.home}/.local/share/podsand/home")


def test_the_articles_other_image_has_the_dotfiles_of_its_commit_and_what_their_second_run_installed(road: Road) -> None:
    url = f"{road.world.url}/git"
    commit = dotfiles_stub.publish(road.world.assets / "git", url)
    tool = road.world.asset("dasel-stub", b"#!/bin/sh\necho 'a stub of dasel'\n")
    example = tomllib.loads((EXAMPLES / "article-dotfiles.toml").read_text())["image"]
    (download,) = example["downloads"]
    for arch in ("amd64", "arm64"):
        download["url"][arch] = f"{road.world.url}/{tool.name}"
        download["sha256"][arch] = standin.sha256(tool)
    profile = road.profile(
        "article-dotfiles",
        packages=["ca-certificates", "git", "curl", "unzip", "jq"],
        cargo=["crate-stub@1.2.3"],
        downloads=[download],
        dotfiles={
            "repository": f"{url}/dotfiles-stub.git",
            "commit": commit,
            "install": [
                "./install_sdk.sh || echo 'the first of two runs failed' >&2",
                "./install_sdk.sh",
                ". ~/.config/env/path.sh",
                """printf '%s\\n' "$SDK_STUB" '$HOME' "\\\\" >~/said""",
            ],
        },
    )

    road.install(profile)

    said = road.sandbox("dasel; tool-stub; crate-stub; cat ~/said; git -C ~/.dotfiles rev-parse HEAD; claude --version").stdout
    assert said.splitlines()[:6] == ["a stub of dasel", "tool of the submodule", "1.2.3", "sourced", "$HOME", "\\"]
    assert said.splitlines()[6] == commit
    assert said.splitlines()[7].startswith(f"{AGENT} ")


def test_a_home_that_is_the_images_own_can_be_written_to_and_is_forgotten(road: Road) -> None:
    road.sandbox("echo lost >>~/said && echo lost >/usr/local/lost")

    assert road.sandbox("cat ~/said").stdout == "sourced\n$HOME\n\\\n"
    assert road.sandbox("cat /usr/local/lost", check=False).returncode != 0


def test_a_dockerfile_without_what_podsand_needs_is_told_so_and_leaves_the_image_as_it_was(road: Road) -> None:
    (road.directory / "bare.Dockerfile").write_text("FROM docker.io/library/ubuntu:noble-20250619\n")
    before = road.sandbox("claude --version").stdout

    refused = road.install(
        EXAMPLES / "own-dockerfile.toml",
        *settings({"image.dockerfile": str(road.directory / "bare.Dockerfile"), "image.name": "devenv", **USERS_OWN}),
        image=False,
        check=False,
    )

    assert refused.returncode == 1
    for words in ("has no claude in its PATH", "ENV CLAUDE_CONFIG_DIR=/home/agent/.config/claude", "the home /home/ubuntu, wanted"):
        assert words in refused.stderr
    assert road.sandbox("claude --version").stdout == before


def test_an_own_dockerfile_builds_the_image_and_its_agent_runs_as_user_1000(road: Road) -> None:
    """The example's, with the addresses and the hash of what stands in for Node.js."""
    text = (EXAMPLES / "own.Dockerfile").read_text()
    published = tomllib.loads((ROOT / "generator/podsand_gen/pins.toml").read_text())["node"]["sha256"]["v24.11.1"]["amd64"]
    assert published in text
    text = text.replace(published, standin.sha256(road.world.node)).replace("https://nodejs.org/dist", f"{road.world.url}/node")
    (road.directory / "own.Dockerfile").write_text(text)

    road.install(
        EXAMPLES / "own-dockerfile.toml",
        *settings({"image.dockerfile": str(road.directory / "own.Dockerfile"), **USERS_OWN}),
        image=False,
    )

    said = road.sandbox("id -u; python3 --version; claude --version; cat ~/.config/claude/.claude.json")
    assert said.stdout.splitlines()[0] == "1000"
    assert said.stdout.splitlines()[2].startswith(f"{AGENT} ")
    assert "hasTrustDialogAccepted" in said.stdout
    assert ROOT_WARNING not in said.stderr


# The engine, its files and its store are the ones that the machine has by now.
USERS_OWN = {"podman.prefix": "~/.local/containers", "conf.scope": "user"}

"""The article's road, the default one: docker, podman from its source, image, sandbox, and back, on machines that have nothing.

The script is the default one: it differs from out/default.sh in pins, because what is behind the publishers' own names is a stub.
"""

from __future__ import annotations

import difflib
import re
import time

import pytest
from tests.e2e.conftest import InternetFactory
from tests.support.internet import StubInternet
from tests.support.machine import FileEntry
from tests.support.servers import ROOT

SUDO_LOG = "/var/log/sudo-commands"
DATA = ".local/share/podsand"
PODSAND = "~/.local/bin/podsand"
# Where packages leave things when they are installed, and docker when it runs; podsand lists them and lets them be.
PACKAGES = ("/etc", "/opt/containerd", "/root/.docker", "/run", "/tmp", "/usr", "/var")
OURS_IN_ETC = ("/etc/subuid", "/etc/subgid")


class Road:
    def __init__(self, internet: StubInternet) -> None:
        self.internet = internet
        self.machine = internet.machine
        self.machine.put("/etc/sudoers.d/log", f'Defaults logfile="{SUDO_LOG}"\n', 0o440, owner="root")
        internet.install()
        self.before = self.listing()
        self.said = self.machine.run("bash setup.sh --yes", timeout=900).stderr
        self.machine.run("mkdir -p project")

    def listing(self) -> set[FileEntry]:
        return {entry for entry in self.machine.files() if entry.path in OURS_IN_ETC or not entry.path.startswith(PACKAGES)}


@pytest.fixture(scope="module", params=["trixie", "bookworm"])
def road(request: pytest.FixtureRequest, shared_internet: InternetFactory) -> Road:
    return Road(shared_internet(request.param))


def test_the_script_differs_from_the_published_one_in_pins_only(road: Road) -> None:
    published = (ROOT / "out/default.sh").read_text().splitlines()
    ours = road.internet.script().splitlines()

    changed = [line for line in difflib.ndiff(published, ours) if line[0] in "+-"]
    constants = r"PODMAN_(VERSION|COMMIT)|DOCKER_KEY_SHA256|IMAGE_NODE_(VERSION|SHA256_A\w+64)"
    keys = r"(node_)?version|commit|key_sha256|node_sha256\.a\w+64"
    pin = re.compile(rf"[-+] (# profile sha256:|readonly PROFILE_SHA256=|readonly CFG_({constants})=|# ({keys}) =)")
    assert [line for line in changed if not pin.match(line)] == []
    assert "10.11.12" not in "\n".join(ours)


def test_the_agent_of_the_pinned_version_runs_in_the_sandbox(road: Road) -> None:
    said = road.machine.run(f"cd project && {PODSAND} -- claude --version").stdout

    assert said.startswith("2.1.330 ")


def test_the_engine_was_built_of_the_pinned_commit_and_is_what_runs(road: Road) -> None:
    version, commit = road.internet.release.version, road.internet.commit()

    assert road.machine.run(f"readlink {DATA}/engine/current").stdout == f"{version}-build-{commit[:8]}\n"
    assert road.machine.run(f"{DATA}/engine/current/bin/podman --version").stdout == f"podman version {version[1:]}\n"
    assert any("git-upload-pack" in line for line in road.internet.requests())
    assert not any("releases/download" in line for line in road.internet.requests())


def test_root_did_what_was_announced_and_nothing_else(road: Road) -> None:
    log = road.machine.run(["cat", SUDO_LOG], user="root").stdout.replace("\n    ", " ")
    programs = {re.sub(r".*/", "", command.split()[0]) for command in re.findall(r"COMMAND=(.*)", log)}

    assert programs == {"true", "apt-get", "env", "install", "service", "timeout", "docker", "rm", "tar", "make", "cat"}
    announced = road.said[road.said.index("these steps need root") : road.said.index("  host/packages            apply")]
    for word in (
        "Timeout=120 install -y --no-install-recommends docker-ce",
        "service docker start",
        "singlearch-tar",
        "/etc/apt/keyrings/docker.asc",
    ):
        assert word in announced


def test_docker_runs_on_and_the_user_is_not_in_its_group(road: Road) -> None:
    assert road.machine.run(["docker", "version"], user="root").returncode == 0
    assert "docker" not in road.machine.run("id -nG").stdout.split()
    assert road.machine.run("DOCKER_CONFIG=/tmp/docker-of-the-test docker version", check=False).returncode != 0


def test_the_build_left_nothing_of_roots_and_nothing_at_all(road: Road) -> None:
    assert road.machine.run(f"find {DATA}/engine {DATA}/cache ! -user dev").stdout == ""
    assert road.machine.run(f"ls -A {DATA}/cache").stdout == ""
    assert road.machine.run("ls -A /var/cache | grep podsand", check=False).stdout == ""


def test_a_second_install_changes_nothing_and_says_so(road: Road) -> None:
    again = road.machine.run("bash setup.sh")

    assert "no change: everything was in place" in again.stderr


def test_z_uninstall_takes_everything_back_but_the_packages(road: Road) -> None:
    # The empty directory is podman's, which the release road shows.
    road.machine.run("rm -rf project; rmdir .config", check=False)
    said = road.machine.run("bash setup.sh uninstall --purge --yes").stderr

    assert "docker-ce was installed for podsand and stays" in said
    assert "/etc/apt/sources.list.d/docker.sources belongs to docker, which stays" in said
    assert road.machine.run(["docker", "version"], user="root").returncode == 0
    after = road.listing()
    assert sorted(entry.path for entry in after - road.before) == []
    assert sorted(entry.path for entry in road.before - after) == []
    assert [entry.path for entry in road.machine.files() if "podsand" in entry.path] == []


# --- without docker, and from the archive that was kept


def test_podman_builds_it_without_docker_and_root_and_the_archive_serves_another_machine(internet: InternetFactory) -> None:
    here = internet("trixie")
    here.install("--set", "podman.builder=podman", "--set", "podman.archives=~/kept")
    machine = here.machine
    said = machine.run("bash setup.sh --yes --skip image/build --skip image/volume", timeout=600).stderr

    assert machine.run(f"{DATA}/engine/current/bin/podman --version").stdout == f"podman version {here.release.version[1:]}\n"
    assert machine.run("command -v docker", check=False).returncode == 1
    assert machine.run(f"ls -A {DATA}/cache").stdout == ""
    archive, sha256 = machine.home + "/kept/podman-linux-amd64.tar.gz", re.search(r'podman\.sha256\.amd64 = "([0-9a-f]{64})"', said)
    assert sha256 is not None

    machine.run(f"bash setup.sh uninstall --purge --yes && test -s {archive} && ! test -e {DATA}")
    here.install("--set", "podman.source=archive", "--set", "podman.archives=~/kept", "--set", f"podman.sha256.amd64={sha256[1]}")
    machine.run("bash setup.sh --yes --only podman/archive")
    assert machine.run(f"{DATA}/engine/current/bin/podman --version").stdout == f"podman version {here.release.version[1:]}\n"

    machine.run(f"rm -rf {DATA}/engine && printf x >>{archive}")
    refused = machine.run("bash setup.sh --yes --only podman/archive", check=False)
    assert refused.returncode == 1
    assert "is not what this script expects" in refused.stderr


# --- what goes wrong

BUILD = "bash setup.sh --yes --only podman/build-docker"


@pytest.fixture(scope="module")
def built(shared_internet: InternetFactory) -> StubInternet:
    """A machine with docker and an engine; the tests break the build of the next one."""
    internet = shared_internet("trixie")
    internet.install("--set", "docker.after=stop")
    steps = " ".join(f"--only {step}" for step in ("host/packages", "docker/engine", "podman/build-docker"))
    internet.machine.run(f"bash setup.sh --yes {steps}", timeout=600)
    return internet


def engine(internet: StubInternet) -> str:
    return internet.machine.run(f"readlink {DATA}/engine/current; ls -A {DATA}/engine {DATA}/cache; ls -A /var/cache").stdout


def forget(internet: StubInternet) -> None:
    """The engine is there, and not whole any more: what is installed is kept until another takes its place."""
    internet.machine.run(f"rm {DATA}/engine/current/.podsand-verified")


def test_another_commit_under_the_tag_is_not_built(built: StubInternet) -> None:
    before = engine(built)
    built.install("--set", f"podman.commit={'0' * 40}")

    result = built.machine.run(BUILD, check=False)

    assert result.returncode == 1
    assert f"pinned is {'0' * 40}" in result.stderr
    assert engine(built) == before


def test_without_network_it_says_what_cannot_be_reached_and_the_next_run_completes(built: StubInternet) -> None:
    built.install()
    forget(built)
    before = engine(built)
    built.cut()

    result = built.machine.run(BUILD, check=False, timeout=120)

    assert result.returncode == 75
    assert "github.com/mgoltzsche/podman-static" in result.stderr
    assert engine(built) == before
    built.mend()
    built.machine.run(BUILD, timeout=300)
    assert engine(built) == before


def test_a_build_that_loses_its_network_fails_and_the_next_run_completes(built: StubInternet) -> None:
    built.install()
    forget(built)
    before = engine(built)
    built.machine.run(["docker", "builder", "prune", "--all", "--force"], user="root")
    running = built.machine.spawn(BUILD)
    running.wait_for_output("build podman")
    built.cut()

    result = running.wait(300)
    assert result.returncode == 1
    assert "with docker (this takes a while): failed" in result.stderr
    assert "the whole output is in" in result.stderr
    assert engine(built) == before
    built.mend()
    built.machine.run(BUILD, timeout=300)
    assert engine(built) == before


def test_a_killed_build_is_made_good_by_the_next_run(built: StubInternet) -> None:
    built.install()
    forget(built)
    before = engine(built)
    running = built.machine.spawn(BUILD)
    running.wait_for_output("build podman")
    time.sleep(2)
    running.kill()

    built.machine.run(BUILD, timeout=300)

    assert engine(built) == before


def test_a_docker_that_podsand_installed_is_removed_again_when_the_profile_says_so(built: StubInternet) -> None:
    built.install("--set", "docker.after=remove")
    assert built.machine.run(["docker", "version"], user="root").returncode == 0

    built.machine.run("bash setup.sh --yes --only docker/after", timeout=120)

    assert built.machine.run("dpkg --list | grep '^ii *docker-ce'", check=False).returncode == 1
    for path in ("/var/lib/containerd", "/etc/docker", "/etc/apt/sources.list.d/docker.sources", "/etc/apt/keyrings/docker.asc"):
        assert not built.machine.exists(path), path
    # The machine has it from the beginning: what was there before stays.
    assert built.machine.exists("/var/lib/docker")
    assert "removed" in built.machine.run("bash setup.sh status").stdout
    # The engine is there, so nothing needs docker any more.
    again = built.machine.run("bash setup.sh --only docker/engine --only podman/build-docker --only docker/after")
    assert "no change: everything was in place" in again.stderr


def test_a_full_disk_keeps_the_old_engine_and_room_makes_it_good(internet: InternetFactory) -> None:
    here = internet("trixie", disks=[("/home/dev/engine", "150m")])
    here.install("--set", "podman.prefix=~/engine")
    steps = " ".join(f"--only {step}" for step in ("host/packages", "docker/engine", "podman/build-docker"))
    here.machine.run("head -c 120m /dev/zero >engine/ballast")

    result = here.machine.run(f"bash setup.sh --yes {steps}", check=False, timeout=600)

    assert result.returncode == 1
    assert "is the disk full?" in result.stderr
    assert here.machine.run("ls -A engine").stdout == "ballast\n"
    here.machine.run("rm engine/ballast")
    here.machine.run("bash setup.sh --yes --only podman/build-docker", timeout=300)
    assert here.machine.run("engine/current/bin/podman --version").returncode == 0

"""The test machines are what the other tests believe them to be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import MachineFactory, WorldFactory
from tests.support import host, standin
from tests.support.cache import Cache
from tests.support.machine import machines_directory
from tests.support.servers import ADDRESS, ROOT
from tests.support.world import ASSETS_PORT, REGISTRY_PORT, World


@pytest.mark.parametrize("suite", ["trixie", "bookworm"])
def test_a_fresh_machine_lacks_all_that_the_script_has_to_bring(suite: str, fresh_machine: MachineFactory) -> None:
    machine = fresh_machine(suite)

    found = machine.run("command -v python3 curl wget gpg git podman docker newuidmap; true").stdout

    assert found == ""
    assert machine.run("command -v bash").stdout.strip() == "/usr/bin/bash"


def test_the_user_of_a_machine_may_become_root(fresh_machine: MachineFactory) -> None:
    assert fresh_machine().run("sudo id -u").stdout == "0\n"


def test_the_servers_answer_in_the_machine_only(world: WorldFactory) -> None:
    made = world("trixie", packages=("curl",))

    status = made.machine.run("curl -s -o /dev/null -w '%{http_code}' http://10.11.12.1:8080/node/missing").stdout
    assert status == "404"
    listed = made.machine.run("curl -s http://10.11.12.1:5000/v2/library/ubuntu/tags/list").stdout
    assert "noble-20250619" in listed


def test_the_servers_misbehave_as_they_are_told_and_then_no_more(world: WorldFactory) -> None:
    made = world("trixie", packages=("curl",))
    (made.assets / "asset").write_text("0123456789")
    url = f"http://{ADDRESS}:{ASSETS_PORT}/asset"

    made.answer("asset", 503, times=2)
    said = [made.machine.run(f"curl -s -o /dev/null -w '%{{http_code}}' {url}").stdout for _ in range(3)]
    assert said == ["503", "503", "200"]

    made.cut_after("asset", 4)
    cut = made.machine.run(f"curl -s -o part {url}", check=False)
    assert cut.returncode == 18  # curl's word for a transfer that ended too soon
    assert made.machine.get(f"{made.machine.home}/part") == b"0123"

    made.behave("asset")
    made.machine.run(f"curl -s -C - -o part {url}")
    assert made.machine.get(f"{made.machine.home}/part") == b"0123456789"
    assert made.requests()[-1].endswith("range=bytes=4-")


def test_nothing_is_left_of_a_machine(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine()
    directory = machine.directory
    assert directory.exists()

    machine.stop()

    assert not directory.exists()
    assert str(directory) not in Path("/proc/mounts").read_text()
    base = host.cgroup2_mount()
    assert base is not None
    assert not list(base.glob(f"*{machine.name}*"))


PODMAN = "podman-linux-amd64/usr/local"
IMAGE = "docker.io/library/ubuntu:noble-20250619"


def unpack_podman(world: World) -> None:
    """What the script does, by hand: if this fails, the stand-in is at fault and not the script."""
    home = world.machine.home
    world.machine.put(f"{home}/podman.tar.gz", world.release.archive)
    world.machine.run("tar -xf podman.tar.gz")
    conf = {
        "containers.conf": f"""\
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
conmon_path = ["{home}/{PODMAN}/lib/podman/conmon"]
helper_binaries_dir = ["{home}/{PODMAN}/lib/podman", "{home}/{PODMAN}/bin"]
runtime = "crun"
[engine.runtimes]
crun = ["{home}/{PODMAN}/bin/crun"]
""",
        "policy.json": '{"default": [{"type": "insecureAcceptAnything"}]}\n',
        "registries.conf": f"""\
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "{ADDRESS}:{REGISTRY_PORT}"
insecure = true
""",
        "storage.conf": '[storage]\ndriver = "overlay"\n',
    }
    for name, text in conf.items():
        world.machine.put(f"{home}/.config/containers/{name}", text)


@pytest.mark.parametrize("suite", ["trixie", "bookworm"])
def test_the_stand_in_of_podman_runs_a_container_rootless(suite: str, world: WorldFactory) -> None:
    made = world(suite, packages=("uidmap",))
    unpack_podman(made)

    podman = f"{PODMAN}/bin/podman"
    version = made.machine.run(f"{podman} --version").stdout
    assert version == f"podman version {made.release.version.removeprefix('v')}\n"
    assert made.machine.run(f"{podman} info --format '{{{{.Host.Security.Rootless}}}}'").stdout == "true\n"
    made.machine.run(f"{podman} run --rm {IMAGE} true")
    refused = made.machine.run(f"{podman} run --rm {IMAGE} false", check=False)
    assert refused.returncode == 1


def test_a_world_that_is_shared_by_a_module_offers_the_release_that_was_asked_for(
    shared_world: WorldFactory, tmp_path: Path
) -> None:
    lame = standin.without(standin.podman(Cache()), ["usr/local/lib/podman/conmon"], tmp_path)
    made = shared_world("trixie", packages=("curl",), release=lame)

    url = f"http://{ADDRESS}:{ASSETS_PORT}/podman/{lame.version}/podman-linux-amd64.tar.gz"
    assert made.machine.run(f"curl -s {url} | sha256sum").stdout.split()[0] == lame.sha256


def by_hand(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.support.machine", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_a_machine_can_be_kept_and_used_by_hand() -> None:
    name = f"by-hand-{os.getpid()}"
    try:
        assert by_hand("up", name).returncode == 0
        assert by_hand("run", name, "--", "id", "-un").stdout == "dev\n"
        assert by_hand("run", name, "-u", "root", "--", "id", "-un").stdout == "root\n"
        assert by_hand("run", name, "--", "sh", "-c", "exit 7").returncode == 7
        again = by_hand("up", name)
        assert again.returncode == 1
        assert f"machine {name} is up already" in again.stderr
    finally:
        assert by_hand("down", name).returncode == 0
    assert not (machines_directory(Cache()) / name).exists()


def test_a_machine_of_a_test_is_not_ended_by_hand(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine()

    # Asked about this machine only, and never with a bare `down`, which ends all that people keep.
    refused = by_hand("down", machine.name)

    assert refused.returncode == 1
    assert "which `up` did not start" in refused.stderr
    assert machine.run("true").returncode == 0

"""The test machines are what the other tests believe them to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.conftest import MachineFactory, WorldFactory
from tests.support import host


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

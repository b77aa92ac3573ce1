"""Each option of a test machine makes the condition that it is named after, and the default does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from tests.e2e.conftest import MachineFactory
from tests.support import host
from tests.support.accounts import PASSWORD
from tests.support.machine import Machine, machines_directory
from tests.support.process import CommandFailed, start_time

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("cgroups", "root_type", "unified"), [("v2", "cgroup2fs", False), ("hybrid", "tmpfs", True), ("none", "sysfs", False)]
)
def test_a_machine_has_the_cgroups_that_were_asked_for(
    cgroups: str, root_type: str, unified: bool, fresh_machine: MachineFactory
) -> None:
    machine = fresh_machine(cgroups=cgroups)

    assert machine.run("stat -f -c %T /sys/fs/cgroup").stdout.strip() == root_type
    assert machine.exists("/sys/fs/cgroup/unified/cgroup.procs") == unified
    if cgroups == "hybrid" and not host.cgroup1_mounts():
        pytest.skip("the host has no v1 hierarchies that a hybrid machine could share: boot it with hybrid cgroups")


def test_devices_and_ids_are_there_unless_they_are_left_out(fresh_machine: MachineFactory) -> None:
    test = "test -c /dev/fuse; echo $?; test -c /dev/net/tun; echo $?; grep -c ^dev: /etc/subuid; ls -d /run/user/1000"

    assert fresh_machine().run(test).stdout.split() == ["0", "0", "1", "/run/user/1000"]
    bare = fresh_machine(fuse=False, tun=False, subids=False, runtime_dir=False)
    assert bare.run(test, check=False).stdout.split() == ["1", "1", "0"]


def test_a_home_can_be_full_or_forbid_programs(fresh_machine: MachineFactory) -> None:
    fill = "head -c 8M /dev/zero >fill"
    assert fresh_machine().run(fill).returncode == 0
    assert "No space left" in fresh_machine(home_size="4m").run(fill, check=False).stderr

    execute = "cp /bin/true mine && ./mine"
    assert fresh_machine().run(execute).returncode == 0
    assert fresh_machine(home_noexec=True).run(execute, check=False).returncode == 126


def test_a_home_may_have_any_name(fresh_machine: MachineFactory) -> None:
    home = "/home/de v$(touch pwned)"
    machine = fresh_machine(home=home)

    machine.put(f"{home}/a/b", "kept\n", 0o600)

    assert machine.run('pwd; echo "$HOME"; cat a/b; ls').stdout == f"{home}\n{home}\nkept\na\n"
    assert machine.run("stat -c '%U %a' a a/b").stdout == "dev 755\ndev 600\n"


def test_sudo_asks_for_the_password_or_refuses_when_told_so(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine(sudo="password")
    assert machine.run("sudo -n id -u", check=False).returncode == 1
    terminal = machine.pty("sudo id -u")
    terminal.expect("password for dev")
    terminal.sendline(PASSWORD)
    terminal.expect("0")
    terminal.expect(pexpect.EOF)

    assert fresh_machine(sudo="none").run("sudo -n id -u", check=False).returncode == 1


def test_a_machine_without_an_uplink_reaches_nothing(fresh_machine: MachineFactory) -> None:
    routes = "tail -n +2 /proc/net/route | wc -l"

    assert fresh_machine().run(routes).stdout != "0\n"
    assert fresh_machine(network="none").run(routes).stdout == "0\n"


def test_a_terminal_is_the_machine_s_own(fresh_machine: MachineFactory) -> None:
    terminal = fresh_machine().pty("tty; stty size; read -p 'name? ' x; echo \"<$x>\"; exit 7", dimensions=(30, 90))
    terminal.expect("/dev/pts/[0-9]+\r\n30 90\r\n")
    terminal.expect("name\\? ")
    terminal.sendline("joe")
    terminal.expect("<joe>")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 7


def test_a_command_can_be_interrupted_killed_or_left_behind(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine()
    trapping = machine.spawn("trap 'echo caught; exit 5' INT; echo set; while :; do sleep 0.1; done")
    trapping.wait_for_output("set")
    trapping.interrupt()
    caught = trapping.wait(20)
    assert (caught.returncode, caught.stdout) == (5, "set\ncaught\n")

    killed = machine.spawn("sleep 60 & echo $!; wait")
    killed.wait_for_output("\n")
    killed.kill()
    assert killed.wait(20).returncode == -signal.SIGKILL
    # Only the command was killed, as by `kill -9`.
    machine.run(f"kill -0 {killed.stdout.strip()}")
    machine.kill_all()
    assert machine.run(f"kill -0 {killed.stdout.strip()}", check=False).returncode == 1

    started = time.monotonic()
    assert machine.run("sleep 60 & echo started").held_open
    assert time.monotonic() - started < 10


def test_the_message_of_a_failed_command_says_all(fresh_machine: MachineFactory) -> None:
    with pytest.raises(CommandFailed) as failed:
        fresh_machine().run("echo out; echo err >/dev/stderr; exit 3")

    for word in ("exit 3", "--- stdout\nout", "--- stderr\nerr", "dev@"):
        assert word in str(failed.value)


def test_the_listing_of_files_shows_each_change(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine()
    before = set(machine.files())

    machine.run("touch new; ln -s nowhere 'a link'; sudo chmod 600 /etc/hostname")

    changed = {(entry.type, entry.mode, entry.owner, entry.path) for entry in set(machine.files()) ^ before}
    assert ("f", "644", "dev:dev", "/home/dev/new") in changed
    assert ("l", "777", "dev:dev", "/home/dev/a link") in changed
    assert {mode for _, mode, _, path in changed if path == "/etc/hostname"} == {"600", "644"}
    assert len(changed) == 4


def test_what_a_killed_test_run_leaves_is_cleared_up_by_the_next(fresh_machine: MachineFactory, tmp_path: Path) -> None:
    script = """
import time
from tests.support.machine import Machine
machine = Machine("trixie")
machine.start()
machine.spawn("sleep 60")
print(machine.name, machine.pid, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        name, init = run.stdout.readline().split()
        assert start_time(int(init))
        os.kill(run.pid, signal.SIGKILL)

    machine = fresh_machine()

    assert not start_time(int(init))
    assert not (machines_directory(machine.cache) / name).exists()
    base = host.cgroup2_mount()
    assert base is not None
    assert not list(base.glob(f"*{name}"))


def test_a_name_is_one_machine_s_only(fresh_machine: MachineFactory) -> None:
    first = fresh_machine()

    with pytest.raises(Exception, match="is up already"):
        Machine(name=first.name).start()

    assert first.run("true").returncode == 0


def test_a_directory_can_be_a_small_disk_of_its_own(fresh_machine: MachineFactory) -> None:
    data = "/home/dev/.local/share/podsand"
    machine = fresh_machine(disks=[(data, "4m"), ("/srv", "4m")])
    fill = "head -c 8M /dev/zero >fill"

    assert machine.run(fill, cwd="/home/dev").returncode == 0
    assert "No space left" in machine.run(fill, cwd=data, check=False).stderr
    assert "No space left" in machine.run(fill, cwd="/srv", user="root", check=False).stderr
    assert machine.run(f"stat -c %U {data} .local/share .local").stdout == "dev\ndev\ndev\n"


def test_the_uplink_can_be_pulled_out_and_put_back(fresh_machine: MachineFactory) -> None:
    machine = fresh_machine()
    routes = "tail -n +2 /proc/net/route | wc -l"
    before = machine.run(routes).stdout

    machine.unplug()
    assert machine.run(routes).stdout == "0\n"
    machine.plug_in()

    assert machine.run(routes).stdout == before
    assert machine.run("getent hosts deb.debian.org").stdout

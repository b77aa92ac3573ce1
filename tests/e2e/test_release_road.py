"""The whole road, on machines that have nothing: script, podman release, image, sandbox, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pexpect
import pytest
from tests.support.machine import FileEntry, Machine
from tests.support.world import World

SUDO_LOG = "/var/log/sudo-commands"
# What apt leaves when it installs a package: everything outside of the homes and of what the script could write.
APT = ("/usr", "/var/lib/apt", "/var/lib/dpkg", "/var/cache", "/var/log", "/etc/ld.so.cache", "/etc/gss", "/tmp", "/var/tmp")
PODSAND = "~/.local/bin/podsand"


class Road:
    """A machine on which the script ran once, as a user would have run it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.machine: Machine = world.machine
        self.machine.put("/etc/sudoers.d/log", f'Defaults logfile="{SUDO_LOG}"\n', 0o440, owner="root")
        world.install()
        self.before = self.listing()
        self.said = self.machine.run("bash setup.sh --yes").stderr
        self.machine.run("mkdir -p project")

    def listing(self) -> set[FileEntry]:
        return {entry for entry in self.machine.files() if not entry.path.startswith(APT) and entry.path != "/etc"}

    def sandbox(self, command: str, check: bool = True) -> str:
        return self.machine.run(f"cd project && {PODSAND} -- {command}", check=check).stdout


@pytest.fixture(scope="module", params=["trixie", "bookworm"])
def road(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with ExitStack() as stack:
        machine = stack.enter_context(Machine(request.param))
        world = World(machine, tmp_path_factory.mktemp("world"))
        world.start()
        yield Road(world)


def test_the_agent_of_the_pinned_version_runs_in_the_sandbox(road: Road) -> None:
    assert road.sandbox("claude --version").startswith("2.1.330 ")


def test_root_was_used_for_packages_only(road: Road) -> None:
    commands = re.findall(r"COMMAND=(.*)", road.machine.run(["cat", SUDO_LOG], user="root").stdout.replace("\n    ", " "))

    assert [command for command in commands if "apt-get" not in command and command != "/usr/bin/true"] == []
    assert any("install -y --no-install-recommends" in command for command in commands)


def test_a_second_install_changes_nothing_and_says_so(road: Road) -> None:
    before = road.machine.run("find .local -type f -printf '%p %T@ %s\\n' | grep -v 'lock\\|/storage/\\|/cache/' | sort").stdout

    again = road.machine.run("bash setup.sh", check=False)

    assert again.returncode == 0
    assert "no change: everything was in place" in again.stderr
    assert (
        before
        == road.machine.run("find .local -type f -printf '%p %T@ %s\\n' | grep -v 'lock\\|/storage/\\|/cache/' | sort").stdout
    )


def test_plan_has_nothing_to_do_and_says_it_in_json_too(road: Road) -> None:
    result = road.machine.run("bash setup.sh plan --json")
    plan = json.loads(result.stdout)

    assert plan["schema"] == 1
    assert {step["state"] for step in plan["steps"]} == {"done"}
    assert [step["name"] for step in plan["steps"] if step["root"]] == ["host/packages", "host/subids"]


def test_a_bare_start_on_a_terminal_reaches_the_agents_own_screen_without_a_question(road: Road) -> None:
    child = road.machine.pty(f"cd project && exec {PODSAND}", timeout=60)
    try:
        child.expect("bypass permissions on")
        child.expect(["Not logged in", "/login"])
    finally:
        child.close(force=True)


def test_it_works_without_a_terminal_and_passes_input_and_exit_code(road: Road) -> None:
    assert road.machine.run(f"cd project && printf piped | {PODSAND} -- cat").stdout == "piped"
    assert road.machine.run(f"cd project && {PODSAND} -- sh -c 'exit 42'", check=False).returncode == 42
    assert road.machine.run(f"cd project && {PODSAND} -- nonexistent", check=False).returncode == 127


def test_files_of_the_workspace_belong_to_the_user(road: Road) -> None:
    road.sandbox("touch made-inside")

    assert road.machine.run("stat -c %U project/made-inside").stdout == "dev\n"


def test_what_the_agent_keeps_in_its_config_survives_and_its_home_does_not(road: Road) -> None:
    road.sandbox("sh -c 'echo token >~/.config/claude/kept; echo lost >~/lost'")

    assert road.sandbox("sh -c 'cat ~/.config/claude/kept; ls ~/lost 2>&1'", check=False).splitlines()[0] == "token"
    assert "No such file" in road.sandbox("sh -c 'ls ~/lost 2>&1'", check=False)


@pytest.mark.parametrize(
    ("attempt", "control"),
    [
        ("touch /usr/bin/x", "touch /tmp/x"),
        ("unshare --user --map-root-user true", "true"),
        ("mount -t tmpfs none /mnt", "ls /mnt"),
        ("test -e {home}/.bashrc", "test -e {home}/project"),
        ("sh -c 'grep -v 0000000000000000 /proc/self/status | grep ^CapBnd'", "sh -c 'grep ^CapBnd /proc/self/status'"),
        ("sh -c 'grep -x \"NoNewPrivs:\\t0\" /proc/self/status'", "sh -c 'grep NoNewPrivs /proc/self/status'"),
    ],
)
def test_the_sandbox_holds(road: Road, attempt: str, control: str) -> None:
    home = road.machine.home
    run = f"cd project && {PODSAND} -- "

    assert road.machine.run(run + control.format(home=home), check=False).returncode == 0
    assert road.machine.run(run + attempt.format(home=home), check=False).returncode != 0


def test_hooks_and_configuration_of_a_repository_are_read_only(road: Road) -> None:
    """Not that git on the host executes nothing of the agent's: the README says what is open."""
    machine = road.machine
    # .got is the control: what is refused in .git is possible in a directory of another name.
    for name in (".git", ".got"):
        machine.run(
            f"mkdir -p repository/{name}/hooks && printf '[core]\\n' >repository/{name}/config && touch repository/{name}/HEAD"
        )
    run = f"cd repository && {PODSAND} -- sh -c "

    assert machine.run(run + "'echo ref >.git/HEAD'", check=False).returncode == 0
    for attempt in ("echo x >{}/hooks/post-checkout", "echo x >>{}/config", "mv {} {}-old"):
        assert machine.run(run + f"'{attempt.format('.git', '.git')}'", check=False).returncode != 0, attempt
        assert machine.run(run + f"'{attempt.format('.got', '.got')}'", check=False).returncode == 0, attempt
    assert machine.run("ls repository/.git/hooks").stdout == ""


@pytest.mark.parametrize("directory", ["/", "/etc", "~", "~/.config", "~/.local/share/podsand", "/home"])
def test_directories_that_would_give_the_machine_away_are_refused(road: Road, directory: str) -> None:
    refused = road.machine.run(f"mkdir -p ~/.config && cd {directory} && {PODSAND} -- true", check=False)

    assert refused.returncode == 125
    assert "the agent may not have" in refused.stderr


def test_directories_with_odd_names_work(road: Road) -> None:
    for name in ("with space", "comma,colon:", 'quote"s', "dollar$(x)", "ünïcode"):
        made = road.machine.run(["bash", "-c", f'mkdir -p "$1" && cd "$1" && {PODSAND} -- pwd', "bash", name])
        assert made.stdout == f"{road.machine.home}/{name}\n"


def test_variables_pass_by_name_only(road: Road) -> None:
    shown = road.machine.run(
        f"cd project && {PODSAND} -- env", env={"ANTHROPIC_API_KEY": "sk-made-up", "AWS_SECRET_ACCESS_KEY": "no"}
    ).stdout

    assert "ANTHROPIC_API_KEY=sk-made-up" in shown
    assert "AWS_SECRET" not in shown
    printed = road.machine.run(f"cd project && {PODSAND} run --print", env={"ANTHROPIC_API_KEY": "sk-made-up"}).stdout
    assert "--env=ANTHROPIC_API_KEY" in printed
    assert "sk-made-up" not in printed


def test_sessions_are_listed_and_stopped(road: Road) -> None:
    session = road.machine.spawn(f"cd project && exec {PODSAND} -- sleep 300")
    try:
        for _ in range(50):
            status = road.machine.run(f"{PODSAND} status").stdout
            if "session podsand-project-" in status:
                break
        assert "session podsand-project-" in status
        assert "decided storage_driver = overlay" in status
        road.machine.run(f"cd project && {PODSAND} stop")
        assert session.wait(30, check=False).returncode == 143
    finally:
        session.kill()


def test_export_writes_every_embedded_file(road: Road) -> None:
    road.machine.run(f"rm -rf exported && {PODSAND} export exported")

    names = road.machine.run("ls exported").stdout.split()
    assert names == [
        "Dockerfile",
        "containers.conf",
        "entrypoint",
        "managed-settings.json",
        "policy.json",
        "registries.conf",
        "seccomp.json",
        "storage.conf",
    ]
    road.machine.run("cmp exported/seccomp.json .local/share/podsand/home/.config/containers/seccomp.json")


def test_z_uninstall_takes_everything_back(road: Road) -> None:
    road.machine.run("rm -rf project repository exported 'with space' 'comma,colon:' 'quote\"s' 'dollar$(x)' ünïcode")
    if "/home/dev/.config" not in {entry.path for entry in road.before}:
        road.machine.run("rmdir .config", check=False)

    kept = road.machine.run("bash setup.sh uninstall --yes").stderr
    assert "images and volumes stay" in kept
    assert road.machine.exists(f"{road.machine.home}/.local/share/podsand/storage")
    road.machine.run("bash setup.sh uninstall --purge --yes")

    after = road.listing()
    assert sorted(entry.path for entry in after - road.before) == []
    assert sorted(entry.path for entry in road.before - after) == []
    assert road.machine.run("ls -A /run/user/1000").stdout == ""


def test_a_foreign_launcher_is_refused_and_adopted_when_asked(tmp_path: Path) -> None:
    with Machine("trixie") as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install()
        machine.put(f"{machine.home}/.local/bin/podsand", "#!/bin/sh\necho mine\n", 0o755)

        refused = machine.run("bash setup.sh --yes --only launcher/install", check=False)
        assert refused.returncode == 1
        assert "podsand did not write it" in refused.stderr
        machine.run("bash setup.sh --yes --only launcher/install --adopt")
        assert "setup.sh" in machine.run("cat .local/bin/podsand").stdout
        machine.run("bash setup.sh uninstall --yes")

        assert machine.run(".local/bin/podsand").stdout == "mine\n"


def test_on_a_terminal_it_asks_once_before_root_and_takes_no_for_an_answer(tmp_path: Path) -> None:
    with Machine("trixie") as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install()

        child = machine.pty("bash setup.sh")
        child.expect("these steps need root")
        child.expect("install -y --no-install-recommends")
        child.expect(r"go on\? \[y/N\]")
        child.sendline("n")
        child.expect("not confirmed")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 77

"""Keep a test machine running and try things in it by hand.

python -m tests.support.machine up m1 --world
python -m tests.support.machine script m1 examples/release.toml
python -m tests.support.machine shell m1
python -m tests.support.machine run m1 -- bash setup.sh --yes
python -m tests.support.machine down m1
"""

# ruff: noqa: T201 - this is a command line: it prints
from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.accounts import USER
from tests.support.cache import Cache
from tests.support.machine import Machine, MachineError, machines_directory
from tests.support.process import start_time

ROOT = Path(__file__).resolve().parents[2]
POLL_SECONDS = 0.05
KEEPER = "tests.support.machine"
READY = "ready"
ARGUMENTS = "podsand-gen arguments"


def up(options: argparse.Namespace, words: Sequence[str]) -> int:
    """Start a keeper in the background; return when the machine can be used."""
    log_path = machines_directory(Cache()) / f"{options.name}.up.log"
    with log_path.open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", KEEPER, "keep", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    while keeper.poll() is None:
        if log_path.read_text().splitlines()[-1:] == [READY]:
            log_path.unlink()
            print(f"{options.name} is up", file=sys.stderr)
            return 0
        time.sleep(POLL_SECONDS)
    print(log_path.read_text(), file=sys.stderr)
    log_path.unlink()
    return 1


def keep(options: argparse.Namespace) -> int:
    """Hold the machine, and its servers, until somebody says it is enough."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with Machine(
        options.suite,
        name=options.name,
        cgroups=options.cgroups,
        network=options.network,
        sudo=options.sudo,
        subids=not options.no_subids,
        home=options.home,
        home_size=options.home_size,
        packages=options.package,
    ) as machine:
        if options.servers:
            _start_servers(machine, options.servers)
        print(READY, flush=True)
        while start_time(machine.pid):
            time.sleep(1)
    return 0


def _start_servers(machine: Machine, kind: str) -> None:
    from tests.support.internet import StubInternet
    from tests.support.world import World

    directory = machine.directory / "servers"
    directory.mkdir()
    servers = {"world": World, "internet": StubInternet}[kind](machine, directory)
    servers.start()
    machine.state.notes[ARGUMENTS] = "\n".join(servers.arguments)
    machine.save()


def down(options: argparse.Namespace) -> int:
    for name in options.name or _names():
        machine = Machine.attach(name)
        keeper = machine.state.keeper
        started = start_time(keeper)
        if started and not _is_keeper(keeper):
            message = f"machine {name} belongs to process {keeper}, which `up` did not start: it ends when that one does"
            raise MachineError(message)
        if started:
            os.kill(keeper, signal.SIGTERM)
        while started and start_time(keeper) == started:
            time.sleep(POLL_SECONDS)
    return 0


def run(options: argparse.Namespace) -> int:
    machine = Machine.attach(options.name)
    argv = machine.argv(options.command, user=options.user, env=_terminal())
    os.execvp(argv[0], argv)


def shell(options: argparse.Namespace) -> int:
    """On a terminal of the machine's own, so that programs in it find the terminal's name."""
    machine = Machine.attach(options.name)
    login = ["script", "--quiet", "--return", "--command", "exec bash -l", "/dev/null"]
    argv = machine.argv(login, user=options.user, env=_terminal())
    os.execvp(argv[0], argv)


def _terminal() -> dict[str, str]:
    return {"TERM": os.environ.get("TERM", "xterm")} if sys.stdin.isatty() else {}


def put(options: argparse.Namespace) -> int:
    Machine.attach(options.name).put(options.target, options.source, int(options.mode, 8), options.user)
    return 0


def arguments(options: argparse.Namespace) -> int:
    print(_servers_arguments(Machine.attach(options.name)))
    return 0


def _servers_arguments(machine: Machine) -> str:
    noted = machine.state.notes.get(ARGUMENTS)
    if noted is None:
        message = f"{machine.name} has no servers: up {machine.name} --world, or --internet"
        raise MachineError(message)
    return noted


def script(options: argparse.Namespace) -> int:
    """Compile a profile for the machine's servers and put the result into the user's home as setup.sh."""
    machine = Machine.attach(options.name)
    told = [*options.arguments, *_servers_arguments(machine).splitlines(), "--no-lint"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
    command = [sys.executable, "-m", "podsand_gen", *told]
    made = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    if made.returncode == 0:
        machine.put(f"{machine.home}/setup.sh", made.stdout, 0o755)
    return made.returncode


def show(options: argparse.Namespace) -> int:
    for name in _names():
        state = Machine.attach(name).state
        print(f"{name}\t{state.options.suite}\tinit {state.init}\t{'servers' if ARGUMENTS in state.notes else '-'}")
    return 0


def _names() -> list[str]:
    """Those that `up` made: others belong to the tests, and whatever else, that made them."""
    names = (path.parent.name for path in machines_directory(Cache()).glob("*/machine.json"))
    return sorted(name for name in names if _is_keeper(Machine.attach(name).state.keeper))


def _is_keeper(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return KEEPER in [word.decode(errors="replace") for word in words] and b"keep" in words


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.machine", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command_name", required=True)
    for name in ("up", "keep"):
        _machine_options(commands.add_parser(name))
    for name in ("run", "shell", "put", "arguments", "script"):
        command = commands.add_parser(name)
        command.add_argument("name", metavar="MACHINE")
        command.add_argument("-u", "--user", default=USER)
        if name == "run":
            # Not the remainder, to which -u USER would belong: the command would run, as somebody else.
            command.add_argument("command", nargs="+", metavar="-- COMMAND")
        elif name == "put":
            command.add_argument("source", type=Path)
            command.add_argument("target")
            command.add_argument("--mode", default="644")
        elif name == "script":
            command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="PROFILE, --set KEY=VALUE, …")
    commands.add_parser("down").add_argument("name", nargs="*", metavar="MACHINE", help="none: all that `up` made")
    commands.add_parser("list")
    return parser


def _machine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="MACHINE")
    parser.add_argument("--suite", default="trixie")
    world = "with the servers of the release, of Node.js and of the image"
    parser.add_argument("--world", action="store_const", const="world", dest="servers", help=world)
    internet = "with a stub of the internet, whose servers have the publishers' own names"
    parser.add_argument("--internet", action="store_const", const="internet", dest="servers", help=internet)
    parser.add_argument("--package", action="append", default=[], help="already installed; several times")
    parser.add_argument("--cgroups", choices=["v2", "hybrid", "none"], default="v2")
    parser.add_argument("--network", choices=["slirp", "none"], default="slirp")
    parser.add_argument("--sudo", choices=["nopasswd", "password", "none"], default="nopasswd")
    parser.add_argument("--no-subids", action="store_true")
    parser.add_argument("--home", default=f"/home/{USER}")
    parser.add_argument("--home-size", default="", help="such as 16m")


def main(words: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    options = _parser().parse_args(words)
    if options.command_name == "up":
        return up(options, words[1:])
    handlers = {"keep": keep, "down": down, "run": run, "shell": shell, "put": put}
    handlers |= {"arguments": arguments, "script": script, "list": show}
    try:
        return handlers[options.command_name](options)
    except (MachineError, LookupError) as error:
        print(error, file=sys.stderr)
        return 1

"""A fresh Debian machine without Python, in namespaces of its own.

For developers: `python -m tests.support.machine --help` keeps one running, and runs commands in it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

import pexpect
from tests.support import accounts, host, rootfs
from tests.support.accounts import USER, Account, Sudo
from tests.support.cache import Cache, locked, remove_tree
from tests.support.process import Process, Result, quoted, start_time

HERE = Path(__file__).parent
BASE_PACKAGES = ("ca-certificates", "sudo")
PLAIN_DIRECTORIES = ("home", "tmp", "var/tmp", "var/lib/containers", "var/lib/docker")
STAND_INS = "/opt/podman-static-stand-in"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
USER_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
SLIRP_DNS = "10.0.2.3"
# What no comparison of two listings wants: kernel file systems, and what only the test bed mounts.
NOT_LISTED = ("/proc", "/sys", "/dev", "/run", STAND_INS)
BOOT_SECONDS = 20.0
TEARDOWN_SECONDS = 10.0


@dataclass(frozen=True)
class Options:
    """What a machine is like. The default is a Debian server on which `adduser dev` was run."""

    suite: str = "trixie"
    cgroups: Literal["v2", "hybrid", "none"] = "v2"
    network: Literal["slirp", "none"] = "slirp"
    sudo: Sudo = "nopasswd"
    fuse: bool = True
    tun: bool = True
    subids: bool = True
    # Whether /run/user/1000 exists, as it does once the user has logged in.
    runtime_dir: bool = True
    home: str = f"/home/{USER}"
    # e.g. "16m": a file system of that size as home
    home_size: str = ""
    home_noexec: bool = False
    # (path, size), e.g. ("/home/dev/.local/share", "64m"): a file system of that size there
    disks: tuple[tuple[str, str], ...] = ()
    # already installed when the machine starts
    packages: tuple[str, ...] = ()
    # (host path, path in the machine), read-only
    binds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class FileEntry:
    """One line of Machine.files()."""

    type: str
    mode: str
    owner: str
    path: str


@dataclass
class State:
    """What another process needs to enter a running machine, or to clear up a dead one."""

    name: str
    options: Options
    keeper: int = 0
    init: int = 0
    init_started: str = ""
    slirp: int = 0
    slirp_started: str = ""
    cgroups: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(asdict(self), indent=1))
        temporary.rename(path)

    @classmethod
    def load(cls, path: Path) -> State:
        data = json.loads(path.read_text())
        options = data.pop("options")
        options |= {"packages": tuple(options["packages"])}
        options |= {name: tuple(map(tuple, options[name])) for name in ("binds", "disks")}
        return cls(options=Options(**options), **data)


class MachineError(RuntimeError):
    """A test machine could not be made."""


class Machine:
    """Use it in a `with` block: whatever happens inside, nothing of it is left on the host afterwards."""

    _numbers = itertools.count(1)

    def __init__(
        self,
        suite: str = "trixie",
        *,
        cgroups: Literal["v2", "hybrid", "none"] = "v2",
        network: Literal["slirp", "none"] = "slirp",
        sudo: Sudo = "nopasswd",
        fuse: bool = True,
        tun: bool = True,
        subids: bool = True,
        runtime_dir: bool = True,
        home: str = f"/home/{USER}",
        home_size: str = "",
        home_noexec: bool = False,
        disks: Sequence[tuple[str, str]] = (),
        packages: Sequence[str] = (),
        binds: Sequence[tuple[str, str]] = (),
        name: str = "",
        cache: Cache | None = None,
    ) -> None:
        if not home.startswith("/home/"):
            raise MachineError(f"home must be below /home, the plain directory of a test machine: {home}")
        self.cache = cache or Cache()
        options = Options(suite, cgroups, network, sudo, fuse, tun, subids, runtime_dir, home, home_size, home_noexec)
        options = replace(options, disks=tuple(disks), packages=tuple(packages), binds=tuple(binds))
        self.state = State(name or f"t{os.getpid()}-{next(self._numbers)}", options)
        self._cleanups: list[Callable[[], None]] = []
        self._lock: IO[str] | None = None

    # --- life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def options(self) -> Options:
        return self.state.options

    @property
    def pid(self) -> int:
        """The pid of its init on the host."""
        return self.state.init

    @property
    def home(self) -> str:
        return self.options.home

    @property
    def directory(self) -> Path:
        return machines_directory(self.cache) / self.name

    def start(self) -> None:
        if reason := host.why_no_machines():
            raise MachineError(reason)
        lower = self._base()
        self._claim()
        try:
            self._lay_out(lower)
            self._boot(lower)
            self.save()
            if self.options.network == "slirp":
                self.plug_in()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything in it and remove every trace on the host. Can be called twice."""
        while self._cleanups:
            with contextlib.suppress(Exception):
                self._cleanups.pop()()
        if self._lock:
            clear_up(machines_directory(self.cache), self.state)
            self._lock.close()
            self._lock = None

    def at_stop(self, cleanup: Callable[[], None]) -> None:
        """Call cleanup before the machine goes; the last one added first."""
        self._cleanups.append(cleanup)

    def save(self) -> None:
        self.state.save(self.directory / "machine.json")

    @classmethod
    def attach(cls, name: str, cache: Cache | None = None) -> Machine:
        """A running machine that another process keeps."""
        machine = cls(name=name, cache=cache)
        path = machine.directory / "machine.json"
        if not path.exists():
            raise MachineError(f"no machine {name} is up: python -m tests.support.machine up {name}")
        machine.state = State.load(path)
        return machine

    def _base(self) -> Path:
        return rootfs.with_packages(self.cache, self.options.suite, (*BASE_PACKAGES, *self.options.packages))

    def _claim(self) -> None:
        """Hold the name for as long as this process lives: that is how the next one knows what is left over."""
        directory = machines_directory(self.cache)
        with locked(directory / ".sweep"):
            sweep(directory)
            lock = (directory / f"{self.name}.lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise MachineError(f"machine {self.name} is up already") from None
            self._lock = lock
            self.directory.mkdir()
            self.state.keeper = os.getpid()
            self.save()

    def _lay_out(self, lower: Path) -> None:
        for name in ("upper/etc", "work", "root", *(f"plain/{name}" for name in PLAIN_DIRECTORIES)):
            (self.directory / name).mkdir(parents=True)
        for name in ("plain/tmp", "plain/var/tmp"):
            (self.directory / name).chmod(0o1777)
        upper = self.directory / "upper"
        accounts.add_user(lower, upper, self.home, sudo=self.options.sudo, subids=self.options.subids)
        resolver = f"nameserver {SLIRP_DNS}\n" if self.options.network == "slirp" else ""
        accounts.write(upper / "etc/resolv.conf", resolver)
        accounts.write(upper / "etc/hostname", f"{self.name}\n")
        accounts.write(upper / "etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {self.name}\n")
        if self.options.cgroups == "v2":
            # Or Docker's init script mounts what the kernel has of cgroups v1 over them.
            accounts.write(upper / "etc/fstab", "cgroup2 /sys/fs/cgroup cgroup2 defaults 0 0\n")
        accounts.write(upper / "etc/machine-id", f"{self.name.encode().hex():0<32.32}\n", 0o444)

    def _make_cgroups(self) -> list[str]:
        base = host.cgroup2_mount()
        assert base is not None
        made = [_make_cgroup(base / f"podsand-{self.name}")]
        if self.options.cgroups == "hybrid":
            made += [_make_cgroup(mount / f"podsand-{self.name}") for mount in host.cgroup1_mounts().values()]
        self.state.cgroups = [str(directory) for directory in made]
        self.save()
        return self.state.cgroups

    def _boot_environment(self, lower: Path) -> dict[str, str]:
        options = self.options
        stand_ins = str(self.cache.part("stand-in").root)
        binds = [(stand_ins, STAND_INS), *options.binds]
        return {
            "PATH": host.search_path(),
            "BOOT_NAME": self.name,
            "BOOT_LOWER": str(lower),
            "BOOT_DIRECTORY": str(self.directory),
            "BOOT_INIT": host.program("catatonit"),
            "BOOT_CGROUPS": options.cgroups,
            "BOOT_CGROUP_DIRS": "\n".join(self._make_cgroups()),
            "BOOT_V1": "\n".join(host.cgroup1_mounts()),
            "BOOT_HOME": self.home,
            "BOOT_HOME_SIZE": options.home_size,
            "BOOT_HOME_NOEXEC": _yes(options.home_noexec),
            "BOOT_DISKS": "\n".join("\t".join(disk) for disk in options.disks),
            "BOOT_FUSE": _yes(options.fuse),
            "BOOT_TUN": _yes(options.tun),
            "BOOT_RUNTIME_DIR": _yes(options.runtime_dir),
            "BOOT_BINDS": "\n".join("\t".join(bind) for bind in binds),
        }

    def _boot(self, lower: Path) -> None:
        environment = self._boot_environment(lower)
        reader, writer = os.pipe()
        log = self.directory / "boot.log"
        # Descriptor 3 by way of the shell: its number here is whatever the pipe got.
        command = f'exec bash "$0" 3>&{writer} {writer}>&-'
        with log.open("w") as output, os.fdopen(reader) as ready:
            boot = subprocess.Popen(
                [*die_with_us(), "bash", "-c", command, str(HERE / "boot.bash")],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[writer],
                start_new_session=True,
            )
            os.close(writer)
            self.at_stop(lambda: _end(boot))
            # A line, not all: the waiting unshare keeps its end of the pipe open.
            words = ready.readline().split()
        if words[:1] != ["ready"]:
            raise MachineError(f"the machine did not boot:\n{log.read_text()}")
        self.state.init = int(words[1])
        self.state.init_started = start_time(self.pid)

    def plug_in(self) -> None:
        """An uplink through slirp4netns: the machine reaches the world, never the host's own loopback."""
        reader, writer = os.pipe()
        options = ["--configure", "--mtu=65520", "--disable-host-loopback", f"--ready-fd={writer}"]
        log = self.directory / "slirp.log"
        with log.open("w") as output, os.fdopen(reader) as ready:
            slirp = subprocess.Popen(
                [*die_with_us(), host.program("slirp4netns"), *options, str(self.pid), "tap0"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[writer],
                start_new_session=True,
            )
            os.close(writer)
            self.at_stop(lambda: _end(slirp))
            if ready.read() != "1":
                raise MachineError(f"no uplink:\n{log.read_text()}")
        self.state.slirp, self.state.slirp_started = slirp.pid, start_time(slirp.pid)
        self.save()

    def unplug(self) -> None:
        """Take the uplink away, with the interface that it brought. Connections that are open hang, as they would."""
        if self.state.slirp:
            _kill(self.state.slirp, self.state.slirp_started)
        self.state.slirp, self.state.slirp_started = 0, ""
        self.save()

    # --- commands

    def run(
        self,
        command: str | Sequence[str],
        *,
        user: str = USER,
        check: bool = True,
        input: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float = 600,
        session: bool = True,
    ) -> Result:
        """Run a shell command line (str) or a program with its arguments (sequence) to its end."""
        process = self.spawn(command, user=user, input=input, env=env, cwd=cwd, session=session)
        return process.wait(timeout, check=check)

    def spawn(
        self,
        command: str | Sequence[str],
        *,
        user: str = USER,
        input: str | bytes | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        session: bool = True,
    ) -> Process:
        """Start a command and go on: the test decides when to wait for it, to signal or to kill it."""
        account = self.account(user)
        argv = self.argv(command, user=user, env=env, cwd=cwd, session=session)
        stdin = input.encode() if isinstance(input, str) else input
        label = f"{account.name}@{self.name}$ {quoted(command)}"
        return Process(argv, label, (account.uid, account.gid), stdin)

    def kill_all(self, user: str = USER) -> None:
        """End every process of the user at once, whoever started it: a machine has no pkill of its own."""
        uid = self.account(user).uid
        for directory in self.state.cgroups[:1]:
            for cgroup in _cgroups_below(Path(directory)):
                for pid in (cgroup / "cgroup.procs").read_text().split():
                    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                        if Path(f"/proc/{pid}").stat().st_uid == uid:
                            os.kill(int(pid), signal.SIGKILL)

    def pty(
        self,
        command: str | Sequence[str],
        *,
        user: str = USER,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        timeout: float = 60,
        dimensions: tuple[int, int] = (40, 120),
    ) -> pexpect.spawn[str]:
        """Start a command on a terminal of the machine's own, as somebody who is logged in sees it."""
        inner = f"exec {shlex.join(_words(command))}"
        environment = {"TERM": "xterm-256color", **(env or {})}
        script = ["script", "--quiet", "--return", "--command", inner, "/dev/null"]
        argv = self.argv(script, user=user, env=environment, cwd=cwd)
        child: pexpect.spawn[str] = pexpect.spawn(
            argv[0], argv[1:], timeout=timeout, dimensions=dimensions, encoding="utf-8", echo=False
        )
        self.at_stop(lambda: child.close(force=True))
        return child

    def account(self, user: str) -> Account:
        return accounts.find(Path(f"/proc/{self.pid}/root/etc/passwd").read_text(), user)

    def argv(
        self,
        command: str | Sequence[str],
        *,
        user: str = USER,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        session: bool = True,
    ) -> list[str]:
        """The command as the host must start it to have it run in the machine."""
        account = self.account(user)
        environment = {**self._environment(account, session), **(env or {})}
        clean = ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        identity = ["/usr/bin/setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--init-groups"]
        where = ["/usr/bin/env", f"--chdir={cwd or account.home}"]
        return [*self._enter(), *clean, *identity, *where, *_words(command)]

    def _enter(self) -> list[str]:
        sessions = [f"{directory}/session" for directory in self.state.cgroups]
        return ["bash", str(HERE / "enter.bash"), str(self.pid), *sessions, "--"]

    def _environment(self, account: Account, session: bool) -> dict[str, str]:
        environment = {
            "HOME": account.home,
            "USER": account.name,
            "LOGNAME": account.name,
            "SHELL": account.shell,
            "PATH": USER_PATH if account.uid else SYSTEM_PATH,
            "LANG": "C.UTF-8",
        }
        if session and account.uid and self.options.runtime_dir:
            environment["XDG_RUNTIME_DIR"] = f"/run/user/{account.uid}"
        return environment

    # --- files

    def put(self, path: str, content: bytes | str | Path, mode: int = 0o644, owner: str = USER) -> None:
        """Write a file; directories that are missing on the way are the owner's too."""
        data = content.read_bytes() if isinstance(content, Path) else content
        script = """
            set -eu; path=$1 mode=$2 owner=$3; missing=() directory=$(dirname -- "$path")
            while [ ! -e "$directory" ]; do missing+=("$directory"); directory=$(dirname -- "$directory"); done
            if ((${#missing[@]})); then mkdir -p -- "${missing[0]}"; chown "$owner:" -- "${missing[@]}"; fi
            cat > "$path.put$$"; chown "$owner:" -- "$path.put$$"; chmod "$mode" -- "$path.put$$"
            mv -f -- "$path.put$$" "$path"
        """
        self.run(["bash", "-c", script, "put", path, f"{mode:o}", owner], user="root", input=data, cwd="/")

    def get(self, path: str) -> bytes:
        # base64: the output of commands is text
        return base64.b64decode(self.run(["base64", "--", path], user="root", cwd="/").stdout)

    def exists(self, path: str) -> bool:
        """Also true for a symlink that leads nowhere."""
        test = '[ -e "$1" ] || [ -L "$1" ]'
        return self.run(["sh", "-c", test, "exists", path], user="root", cwd="/", check=False).returncode == 0

    def files(self, exclude: Sequence[str] = ()) -> list[FileEntry]:
        """Everything in the machine's file systems, for comparing before with after."""
        pruned = list(itertools.chain.from_iterable(("-o", "-path", path) for path in (*NOT_LISTED, *exclude)))[1:]
        find = ["find", "/", "(", *pruned, ")", "-prune", "-o", "-printf", r"%y\t%m\t%u:%g\t%p\0"]
        listed = self.run(find, user="root", cwd="/").stdout.split("\0")
        entries = (FileEntry(*line.split("\t", 3)) for line in listed if line)
        return sorted(entries, key=lambda entry: entry.path)


def _words(command: str | Sequence[str]) -> list[str]:
    return ["bash", "-c", command] if isinstance(command, str) else list(command)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def die_with_us() -> list[str]:
    """A test run that is killed takes its machines along."""
    return ["setpriv", "--pdeathsig", "KILL", "--"]


def _make_cgroup(directory: Path) -> Path:
    for created in (directory, directory / "session"):
        created.mkdir()
        # A cpuset takes no process before it has something to run on.
        for name in ("cpuset.cpus", "cpuset.mems"):
            if (created / name).exists() and not (created / name).read_text().strip():
                (created / name).write_text((created.parent / name).read_text())
    return directory


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait(TEARDOWN_SECONDS)


def machines_directory(cache: Cache) -> Path:
    directory = cache.root / "machines"
    directory.mkdir(exist_ok=True)
    return directory


def sweep(directory: Path) -> None:
    """Clear up the machines whose keeper died without doing so."""
    for path in directory.glob("*.lock"):
        with path.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            state_file = directory / path.stem / "machine.json"
            if state_file.exists():
                clear_up(directory, State.load(state_file))
            else:
                remove_tree(directory / path.stem)
                path.unlink(missing_ok=True)


def clear_up(directory: Path, state: State) -> None:
    for pid, started in ((state.slirp, state.slirp_started), (state.init, state.init_started)):
        if pid and started:
            _kill(pid, started)
    for cgroup in state.cgroups:
        _remove_cgroup(Path(cgroup))
    remove_tree(directory / state.name)
    (directory / f"{state.name}.lock").unlink(missing_ok=True)


def _kill(pid: int, started: str) -> None:
    """End a process that may not be our child, and see it gone: the init of a machine ends after all others in there."""
    deadline = time.monotonic() + TEARDOWN_SECONDS
    while start_time(pid) == started and time.monotonic() < deadline:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _remove_cgroup(cgroup: Path) -> None:
    deadline = time.monotonic() + TEARDOWN_SECONDS
    while cgroup.exists():
        for directory in sorted(_cgroups_below(cgroup), key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):
                _kill_members(directory)
                directory.rmdir()
        if time.monotonic() > deadline:
            raise MachineError(f"{cgroup} cannot be removed: processes {(cgroup / 'cgroup.procs').read_text().split()}")
        time.sleep(0.02)


def _cgroups_below(cgroup: Path) -> Iterator[Path]:
    for directory, _, _ in os.walk(cgroup):
        yield Path(directory)


def _kill_members(cgroup: Path) -> None:
    for pid in (cgroup / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


if __name__ == "__main__":
    from tests.support.cli import main

    sys.exit(main())

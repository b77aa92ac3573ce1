"""The policy of the sandbox in plain sentences, each with the keys that decide it and podman's flags that it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen.policy import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podsand_gen.profile import Mount, Profile

Verb = Literal["is", "can", "cannot", "at most"]


@dataclass(frozen=True)
class Sentence:
    """`The agent` VERB TEXT."""

    verb: Verb
    text: str
    keys: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        return f"{'can use at most' if self.verb == 'at most' else self.verb} {self.text}"


def sentences(profile: Profile) -> tuple[Sentence, ...]:
    return (*_is(profile), *_can(profile), *_cannot(profile), *_limits(profile))


def _is(profile: Profile) -> Iterator[Sentence]:
    yield Sentence("is", f"started as: {told(profile.agent.command)}", ("agent.command", "agent.name"))
    if profile.sandbox.user == "root":
        text = (
            "root in its container, which is you outside, with the capabilities CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETGID, SETUID"
        )
    else:
        text = "user 1000, which is you outside, without any capability"
    yield Sentence("is", text, ("sandbox.user",), ("--userns", "--user", "--cap-drop", "--cap-add"))


def _can(profile: Profile) -> Iterator[Sentence]:
    yield Sentence("can", "read and write the current directory, at the same path", (), ("--mount", "--workdir"))
    yield from map(_mount, profile.sandbox.mounts)
    yield Sentence("can", _home(profile), ("sandbox.home", "sandbox.home_size"), ("--mount",))
    if profile.sandbox.home == "image":
        text = (
            "write to the system's directories in its container too: nothing of the image is read-only, all is forgotten at the end"
        )
        yield Sentence("can", text, ("sandbox.home",), ("--read-only", "--tmpfs"))
    login = f"keep its login and settings in the volume podsand-{profile.agent.name}, from one session to the next"
    yield Sentence("can", login, ("agent.name",), ("--mount",))
    if profile.sandbox.env:
        yield Sentence(
            "can", f"read these variables of whoever starts it: {told(profile.sandbox.env)}", ("sandbox.env",), ("--env",)
        )
    if profile.sandbox.network == "pasta":
        text = "connect to everything that this machine reaches, the company's network too; not to this machine's own loopback"
        yield Sentence("can", text, ("sandbox.network",), ("--network", "--map-guest-addr"))
    if profile.proxy.ca_bundle:
        text = (
            f"be read and answered over TLS by whoever holds the keys of {profile.proxy.ca_bundle}: it trusts these authorities too"
        )
        yield Sentence("can", text, ("proxy.ca_bundle",), ("--mount", "--env"))
    if profile.sandbox.seccomp == "debug":
        yield Sentence("can", "trace and debug its own processes (ptrace and its like)", ("sandbox.seccomp",), ("--security-opt",))
    if profile.sandbox.seccomp == "nested":
        text = "make namespaces and mounts of its own, which opens much of the kernel to it"
        yield Sentence("can", text, ("sandbox.seccomp",), ("--security-opt",))


def _mount(mount: Mount) -> Sentence:
    verb = "read and write" if mount.writable else "read"
    return Sentence("can", f"{verb} {mount.source}, at {mount.target}", ("sandbox.mounts",), ("--mount",))


def _home(profile: Profile) -> str:
    if profile.sandbox.home == "volume":
        return "keep its home directory in the volume podsand-home: what one session leaves there meets the next"
    if profile.sandbox.home == "image":
        return "use the home directory of the image, of which what it changes is forgotten at the end"
    return f"use a home directory of {profile.sandbox.home_size} in memory, which is forgotten at the end"


def _cannot(profile: Profile) -> Iterator[Sentence]:
    yield Sentence("cannot", "see your home, your keys, or any other file of this machine, nor other processes", (), ("--mount",))
    yield Sentence("cannot", "be started in /, your home, ~/.ssh, ~/.config, /etc and their like", (), ())
    if not profile.sandbox.env:
        yield Sentence("cannot", "see any variable of whoever starts it", ("sandbox.env",), ("--env", "--http-proxy"))
    else:
        text = "see any other variable of whoever starts it, the proxy's among them"
        yield Sentence("cannot", text, ("sandbox.env",), ("--env", "--http-proxy"))
    if profile.sandbox.network == "none":
        text = "connect to anything, and so not to its own API either"
        yield Sentence("cannot", text, ("sandbox.network",), ("--network",))
    if profile.sandbox.protect_git:
        text = "change .git/hooks and .git/config of the repository; other ways to have git on the host run something are open"
        yield Sentence("cannot", text, ("sandbox.protect_git",), ("--mount",))
    if profile.sandbox.home != "image":
        text = "write to the system's directories in its container"
        yield Sentence("cannot", text, ("sandbox.home",), ("--read-only", "--tmpfs"))
    yield Sentence("cannot", "gain privileges by setuid programs", (), ("--security-opt",))
    yield Sentence("cannot", _system_calls(profile), ("sandbox.seccomp",), ("--security-opt",))
    yield Sentence("cannot", "write a core dump, or a log that outlives it", (), ("--ulimit", "--log-driver", "--rm"))


def _system_calls(profile: Profile) -> str:
    refused = {
        "strict": "trace processes, make namespaces or mounts, ",
        "debug": "make namespaces or mounts, ",
        "nested": "trace processes, ",
    }
    return f"{refused[profile.sandbox.seccomp]}use io_uring, BPF, the key store, or kernel sockets beyond IP and Unix"


def _limits(profile: Profile) -> Iterator[Sentence]:
    sandbox = profile.sandbox
    memory = f"{sandbox.memory} of memory, swap included" if sandbox.memory else "all memory of the machine: there is no limit"
    yield Sentence("at most", memory, ("sandbox.memory",), ("--memory", "--memory-swap"))
    cpus = f"{sandbox.cpus} CPUs" if sandbox.cpus else "all CPUs of the machine: there is no limit"
    yield Sentence("at most", cpus, ("sandbox.cpus",), ("--cpus",))
    yield Sentence("at most", f"{sandbox.pids} processes and threads", ("sandbox.pids",), ("--pids-limit",))
    yield Sentence(
        "at most", f"{sandbox.tmp_size} each in /tmp and /var/tmp, which are in memory", ("sandbox.tmp_size",), ("--tmpfs",)
    )

"""seccomp.json as bash renders it, what it says, and what the filter that libseccomp makes of it answers."""

from __future__ import annotations

import ctypes
import functools
import json
import re
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SNIPPETS = ROOT / "snippets"
PROFILES = ("strict", "debug", "nested")

RENDER = """
set -euo pipefail
shopt -s inherit_errexit
LC_ALL=C
die() { printf '%s\\n' "${@:2}" >&2; exit "$1"; }
for file in "$1"/sandbox/seccomp-{common,strict,debug,nested}.bash "$1/podman/seccomp-json.bash"; do . "$file"; done
CFG_SANDBOX_SECCOMP=$2
podman_seccomp_json_render
"""


@functools.cache
def rendered(profile: str) -> str:
    command = ["bash", "-c", RENDER, "bash", str(SNIPPETS), profile]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True)
class Rule:
    names: tuple[str, ...]
    action: str
    errno: int | None
    args: tuple[tuple[int, str, int, int], ...]


@functools.cache
def rules(profile: str) -> tuple[Rule, ...]:
    def args(rule: dict[str, Any]) -> tuple[tuple[int, str, int, int], ...]:
        return tuple((a["index"], a["op"], a["value"], a.get("valueTwo", 0)) for a in rule.get("args", []))

    found = json.loads(rendered(profile))["syscalls"]
    return tuple(Rule(tuple(r["names"]), r["action"], r.get("errnoRet"), args(r)) for r in found)


def allowed(profile: str) -> set[str]:
    """Names that at least one rule lets through."""
    return {name for rule in rules(profile) if rule.action == "SCMP_ACT_ALLOW" for name in rule.names}


def refused(profile: str) -> set[str]:
    return {name for rule in rules(profile) if rule.action == "SCMP_ACT_ERRNO" for name in rule.names}


def podman_default() -> set[str]:
    text = (ROOT / "tests/support/podman_default_syscalls.txt").read_text()
    return {name for line in text.splitlines() if not line.startswith("#") for name in line.split()}


@dataclass(frozen=True)
class Group:
    verdict: str
    reason: str
    # As they stand: names, or a name, a colon and its conditions.
    lines: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [name for line in self.lines for name in line.partition(":")[0].split()]


def groups(table: str) -> dict[str, Group]:
    """The groups of a table: "common", or what a profile adds to it."""
    text = (SNIPPETS / f"sandbox/seccomp-{table}.bash").read_text()
    data = text.split("<<'EOF'\n")[1].split("\nEOF\n")[0]
    found: dict[str, Group] = {}
    said = "\n".join(line for line in data.splitlines() if line and not line.startswith("#"))
    for block in re.split(r"\n(?=\[)", said):
        head, *lines = block.splitlines()
        match = re.fullmatch(r"\[([a-z0-9-]+)\] ([A-Za-z]+): (.+)", head)
        assert match, head
        assert match[1] not in found, head
        found[match[1]] = Group(match[2], match[3], tuple(lines))
    return found


ALLOW, KILL = -1, -2
ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386 = 0x40000003
_ACT_ALLOW, _ACT_ERRNO = 0x7FFF0000, 0x00050000
_OPERATORS = {"SCMP_CMP_NE": 1, "SCMP_CMP_EQ": 4, "SCMP_CMP_GT": 6, "SCMP_CMP_MASKED_EQ": 7}


class _Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


@functools.cache
def library() -> ctypes.CDLL | None:
    """libseccomp, by which runtimes make a filter of the file; None where there is none."""
    try:
        found = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return None
    found.seccomp_init.argtypes, found.seccomp_init.restype = [ctypes.c_uint32], ctypes.c_void_p
    found.seccomp_arch_native.restype = ctypes.c_uint32
    found.seccomp_release.argtypes = [ctypes.c_void_p]
    for name in ("seccomp_arch_add", "seccomp_arch_remove"):
        getattr(found, name).argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    found.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(_Comparison),
    ]
    found.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    return found


class Filter:
    """The kernel's program for a profile, and its answers: ALLOW, KILL, or the error."""

    def __init__(self, profile: str, arch: str) -> None:
        found = library()
        assert found is not None
        self.library, self.arch = found, arch
        self.program = self._compile(profile)

    def _compile(self, profile: str) -> list[tuple[int, int, int, int]]:
        default = json.loads(rendered(profile))["defaultErrnoRet"]
        context = self.library.seccomp_init(_ACT_ERRNO | default)
        native = self.library.seccomp_arch_native()
        if native != ARCHES[self.arch]:
            assert self.library.seccomp_arch_add(context, ARCHES[self.arch]) == 0
            assert self.library.seccomp_arch_remove(context, native) == 0
        for rule in rules(profile):
            action = _ACT_ALLOW if rule.action == "SCMP_ACT_ALLOW" else _ACT_ERRNO | (rule.errno or 0)
            if action == _ACT_ERRNO | default:
                continue  # runtimes leave out what the default says already
            self._add(context, rule, action)
        with tempfile.TemporaryFile() as file:
            assert self.library.seccomp_export_bpf(context, file.fileno()) == 0
            file.seek(0)
            code = file.read()
        self.library.seccomp_release(context)
        return list(struct.iter_unpack("<HBBI", code))

    def _add(self, context: int, rule: Rule, action: int) -> None:
        array = (_Comparison * max(1, len(rule.args)))(*(_Comparison(i, _OPERATORS[op], a, b) for i, op, a, b in rule.args))
        for name in rule.names:
            number = self.library.seccomp_syscall_resolve_name(name.encode())
            if number != -1:  # an older libseccomp does not know the newest names, and runtimes pass over them
                self.library.seccomp_rule_add_array(context, action, number, len(rule.args), array)

    def number(self, name: str) -> int:
        found: int = self.library.seccomp_syscall_resolve_name_arch(ARCHES[self.arch], name.encode())
        return found

    def answer(self, name: str, *args: int, arch: int | None = None) -> int:
        return self.answer_number(self.number(name), args, arch)

    def answer_number(self, number: int, args: Sequence[int] = (), arch: int | None = None) -> int:
        padded = [*args, *[0] * (6 - len(args))]
        data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, arch or ARCHES[self.arch], 0, *padded)
        verdict = self._run(data)
        if verdict == _ACT_ALLOW:
            return ALLOW
        return verdict & 0xFFFF if verdict & 0x7FFF0000 == _ACT_ERRNO else KILL

    def _run(self, data: bytes) -> int:
        position = accumulator = 0
        while True:
            code, if_true, if_false, value = self.program[position]
            position += 1
            match code:
                case 0x06:  # ret
                    return value
                case 0x20:  # load a word
                    accumulator = struct.unpack_from("<I", data, value)[0]
                case 0x54:  # and
                    accumulator &= value
                case 0x05:  # jump
                    position += value
                case 0x15 | 0x25 | 0x35 | 0x45:  # ==, >, >=, &
                    taken = {
                        0x15: accumulator == value,
                        0x25: accumulator > value,
                        0x35: accumulator >= value,
                        0x45: bool(accumulator & value),
                    }
                    position += if_true if taken[code] else if_false
                case _:
                    raise AssertionError(f"unexpected instruction {code:#x}")

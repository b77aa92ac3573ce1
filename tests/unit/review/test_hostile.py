"""Time and memory on scripts that were made to be slow. Each is a whole run, held against one on an honest script."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.review import ROOT, after, outside, region, replaced, script

SECONDS = 20
MEMORY = 1 << 30
SIZE = (4 << 20) - (1 << 18)


def filled(line: str) -> str:
    return line * ((SIZE - len(script())) // len(line))


def many(template: str, size: int = 900_000) -> str:
    """Each with its number for @, up to a size; the profile in a script may be 1 MiB long."""
    return "".join(template.replace("@", f"{number:06}") for number in range(size // (len(template) + 6 * template.count("@"))))


def keyed(old: str, new: str) -> str:
    return replaced(script(), f"# {old}", f"# {new}")


OPENED = f"# >>> core/x@ sha256:{'0' * 64} x\n"
MOUNT = '{source = "~/@", target = "/m/@"}, '
REGISTRIES = 'registries = ["docker.io"]'
LARGE = SIZE - len(script())
# Each with the exit code of diff: 3 when it can be read, 1 when the profile in it is refused.
HOSTILE: dict[str, tuple[Callable[[], str], int]] = {
    "many regions": (lambda: script() + many(OPENED, LARGE), 3),
    "many regions and titles with empty lines": (lambda: script() + many(f"{OPENED}\n\n\n# --- x\n", LARGE), 3),
    "one region many times": (lambda: script() + filled(region(script(), "core/log")), 3),
    "a body that is slow to compare": (lambda: after(script(), "core/log", filled("}\n  :\n\n")), 3),
    "one endless line": (lambda: script() + "x" * LARGE, 3),
    "quotes in the config": (lambda: replaced(script(), "CFG_NAME='release'", "CFG_NAME=" + "''\\'" * 900_000), 3),
    "odd characters": (lambda: script() + "".join(map(chr, range(0x400, 0xD000))) * 20, 3),
    "blank lines between regions": (lambda: outside(script(), filled("\n")), 3),
    "many mounts": (lambda: keyed("[sandbox]\n", "[sandbox]\n# mounts = [" + many(MOUNT) + "]\n"), 3),
    "many registries": (lambda: keyed(REGISTRIES, REGISTRIES[:-1] + ", " + many('"r@.example", ') + "]"), 3),
    "unknown keys": (lambda: keyed("[sandbox]\n", many("k@ = 1\n# ") + "[sandbox]\n"), 1),
    "unknown commands": (lambda: keyed("commands = [", "commands = [" + many('"c@", ')), 1),
    "dotted keys": (lambda: keyed("[sandbox]\n", "a." * 400_000 + "b = 1\n# [sandbox]\n"), 1),
    "nested lists": (lambda: keyed("[sandbox]\n", "a = " + "[" * 400_000 + "\n# [sandbox]\n"), 1),
    "a long image name": (lambda: keyed('base = "docker.io/', 'base = "docker.io/' + "a." * 400_000 + "!/"), 1),
    "a long url": (lambda: keyed('mirror = "https://', 'mirror = "https://' + "a." * 400_000 + "!"), 1),
}


def run(*arguments: str) -> tuple[subprocess.CompletedProcess[bytes], float]:
    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")}
    began = time.monotonic()
    command = [sys.executable, "-m", "podsand_gen", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120, preexec_fn=limits)
    return done, time.monotonic() - began


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_soon_in_little_memory_and_without_a_traceback(name: str, tmp_path: Path) -> None:
    """By diff, which explains and checks both of its sides."""
    text, code = HOSTILE[name]
    path, honest = tmp_path / "setup.sh", tmp_path / "honest.sh"
    path.write_text(text(), encoding="utf-8")
    honest.write_text(script())
    assert 500_000 < path.stat().st_size <= 4 << 20

    done, seconds = run("diff", str(honest), str(path))
    assert seconds < SECONDS
    assert b"Traceback" not in done.stderr
    assert done.returncode == code, done.stderr
    assert len(done.stdout) < 1_000_000


def test_the_control_is_an_honest_script_under_the_same_limits(tmp_path: Path) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(script())

    assert [run(command, str(path))[0].returncode for command in ("explain", "check")] == [0, 0]

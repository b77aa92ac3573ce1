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
from tests.support.review import ROOT, region, replaced, script

SECONDS = 20
MEMORY = 1 << 30
SIZE = (4 << 20) - (1 << 18)


def filled(line: str) -> str:
    return line * ((SIZE - len(script())) // len(line))


def profile_with(lines: str) -> str:
    """The embedded profile may be 1 MiB long."""
    return replaced(script(), "# [sandbox]\n", f"{lines}# [sandbox]\n")


def many(template: str, size: int = 900_000) -> str:
    count = size // len(template)
    return "".join(template.replace("@", str(number)) for number in range(count))


MARK = f"# >>> core/x@ sha256:{'0' * 64} x\n# <<< core/x@\n"
HOSTILE: dict[str, Callable[[], str]] = {
    "many regions": lambda: script() + many(MARK, SIZE - len(script())),
    "many regions that are never closed": lambda: script() + many(MARK.partition("\n")[0] + "\n", SIZE - len(script())),
    "one region many times": lambda: script() + filled(region(script(), "core/log")),
    "a body that is slow to compare": lambda: replaced(script(), "# <<< core/log\n", filled("}\n  :\n\n") + "# <<< core/log\n"),
    "one endless line": lambda: script() + "x" * (SIZE - len(script())),
    "quotes in the config": lambda: replaced(script(), "readonly CFG_NAME='release'", "readonly CFG_NAME=" + "''\\'" * 900_000),
    "odd characters": lambda: script() + "".join(map(chr, range(0x400, 0xD000))) * 20,
    "blank lines between regions": lambda: replaced(script(), "# <<< core/log\n", "# <<< core/log\n" + filled("\n")),
    "unknown keys": lambda: profile_with(many("# k@ = 1\n")),
    "unknown commands": lambda: replaced(script(), "# commands = [", "# commands = [" + many('"c@", ')),
    "many mounts": lambda: replaced(
        script(), "# mounts = []\n", "# mounts = [" + many('{source = "~/@", target = "/m/@"}, ') + "]\n"
    ),
    "many registries": lambda: replaced(
        script(), '# registries = ["docker.io"]', '# registries = ["docker.io", ' + many('"r@.example", ') + "]"
    ),
    "dotted keys": lambda: profile_with("# " + "a." * 400_000 + "b = 1\n"),
    "nested lists": lambda: profile_with("# a = " + "[" * 400_000 + "\n"),
    "a long image name": lambda: replaced(script(), '# base = "docker.io/', '# base = "docker.io/' + "a." * 400_000 + "!/"),
    "a long url": lambda: replaced(script(), '# mirror = "https://', '# mirror = "https://' + "a." * 400_000 + "!"),
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
@pytest.mark.parametrize("command", ["explain", "check", "diff"])
def test_it_ends_soon_in_little_memory_and_without_a_traceback(name: str, command: str, tmp_path: Path) -> None:
    path, honest = tmp_path / "setup.sh", tmp_path / "honest.sh"
    path.write_text(HOSTILE[name](), encoding="utf-8")
    honest.write_text(script())
    assert path.stat().st_size <= 4 << 20

    done, seconds = run(*{"diff": ["diff", str(honest), str(path)]}.get(command, [command, str(path)]))
    assert seconds < SECONDS
    assert b"Traceback" not in done.stderr
    assert b"unexpected" not in done.stderr
    assert done.returncode in {"explain": (0, 1), "check": (2,), "diff": (1, 3)}[command], done.stderr


def test_the_control_is_an_honest_script_under_the_same_limits(tmp_path: Path) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(script())

    assert [run(command, str(path))[0].returncode for command in ("explain", "check")] == [0, 0]

"""The console blocks of a page, run: what stands below `$ command` is what it printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_blocks(page: str, directory: Path) -> str:
    """The page with what its commands print, in one directory that holds a checkout's files, one after the other."""
    for name in ("examples", "out", "tests"):
        (directory / name).symlink_to(ROOT / name)
    program = directory / "bin/podsand-gen"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m podsand_gen "$@"\n')
    program.chmod(0o755)
    return BLOCK.sub(lambda match: f"```console\n{_run(match[1], directory)}```", page)


def _run(block: str, directory: Path) -> str:
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{_output(command, directory)}" for command in commands)


def _output(command: str, directory: Path) -> str:
    environment = {"PATH": f"{directory}/bin:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "generator"), "HOME": str(directory)}
    shell = ["bash", "-c", f"exec 2>&1; {command}"]
    done = subprocess.run(shell, cwd=directory, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout

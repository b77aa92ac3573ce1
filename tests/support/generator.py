"""podsand-gen as a user starts it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def podsand_gen(*arguments: str, cwd: Path = ROOT, text: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), "HOME": str(cwd)}
    command = [sys.executable, "-m", "podsand_gen", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=text, check=False, timeout=60
    )


def refused(result: subprocess.CompletedProcess[str], *words: str, code: int = 64) -> None:
    """Exit code, one screen, the words, no traceback; and a script on standard output that fails when it is run."""
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) <= 24
    for word in words:
        assert word in result.stderr
    if result.stdout:
        run = subprocess.run(["bash"], input=result.stdout, capture_output=True, text=True, check=False)
        assert run.returncode == 1
        assert run.stderr

"""shellcheck as a check of the script's text; it never edits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from podsand_gen.errors import LintError, LintToolError
from podsand_gen.resources import resource


def lint(script: str) -> None:
    """Raise when shellcheck has anything to say. The rules are those of .shellcheckrc, wherever this runs."""
    findings = shellcheck(script)
    if findings:
        raise LintError(findings)


def shellcheck(script: str) -> list[str]:
    command = [
        _program(),
        "--shell=bash",
        "--severity=style",
        f"--rcfile={resource('.shellcheckrc')}",
        "--format=json1",
        "-",
    ]
    try:
        done = subprocess.run(command, input=script.encode(), capture_output=True, check=False)
    except OSError as error:
        raise LintToolError(f"shellcheck cannot be started: {error.strerror}") from None
    if done.returncode not in (0, 1):
        raise LintToolError(f"shellcheck failed: {done.stderr.decode(errors='replace').strip()[:200]}")
    comments = json.loads(done.stdout)["comments"]
    return [f"line {found['line']}: SC{found['code']} {found['message']}" for found in comments]


def _program() -> str:
    """The shellcheck that was installed with us, else the one on PATH."""
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        if (found := Path(folder) / "shellcheck").is_file():
            return str(found)
    program = shutil.which("shellcheck")
    if program is None:
        raise LintToolError("shellcheck is not installed")
    return program

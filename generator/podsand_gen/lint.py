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
    # Without its data-flow analysis shellcheck takes half the time. That analysis is about bodies, and bodies are vetted with it.
    findings = shellcheck(script, "--extended-analysis=false")
    if findings:
        raise LintError(findings)


def shellcheck(script: str, *options: str) -> list[str]:
    command = [
        _program(),
        "--shell=bash",
        "--severity=style",
        f"--rcfile={resource('.shellcheckrc')}",
        "--format=json1",
        *options,
        "-",
    ]
    # Nothing of the caller's: SHELLCHECK_OPTS would change the rules, and in a C locale a letter beyond ASCII is an error.
    environment = {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, input=script.encode(), env=environment, capture_output=True, check=False)
        comments = json.loads(done.stdout)["comments"]
    except OSError as error:
        raise LintToolError(f"shellcheck cannot be started: {error.strerror}") from None
    except ValueError:
        raise LintToolError(f"shellcheck failed: {done.stderr.decode(errors='replace').strip()[:200]}") from None
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

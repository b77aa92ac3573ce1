"""Speed as a ratio against something that a user would do otherwise: medians of nine, in one run.

    python benchmarks/run.py

Figures go into the closing note of a change, never into a test.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
# Compiled modules are kept, as they are for a user: some test environments forbid it, and would time the compiler.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "generator"), "PYTHONDONTWRITEBYTECODE": ""}


def seconds(command: list[str], stdin: str | None = None) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=ENVIRONMENT, input=stdin, text=True, capture_output=True, check=True, cwd=ROOT)
    return time.perf_counter() - began


def medians(commands: dict[str, list[str]]) -> dict[str, float]:
    """In turn, so that a machine that slows down slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            taken = seconds(command)
            if run:
                times[name].append(taken)
    return {name: statistics.median(values) for name, values in times.items()}


def generation() -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "setup.sh"
        subprocess.run([python, "-m", "podsand_gen", "-o", str(script)], env=ENVIRONMENT, check=True, cwd=ROOT)
        found = medians(
            {
                "python -c 'import click, jinja2, pydantic'": [python, "-c", "import click, jinja2, pydantic"],
                "shellcheck alone": [str(Path(python).with_name("shellcheck")), f"--rcfile={ROOT}/.shellcheckrc", str(script)],
                "podsand-gen --no-lint": [python, "-m", "podsand_gen", "--no-lint"],
                "podsand-gen": [python, "-m", "podsand_gen"],
            }
        )
    imports, shellcheck, without, with_lint = found.values()
    for name, value in found.items():
        sys.stdout.write(f"{value * 1000:8.0f} ms  {name}\n")
    sys.stdout.write(f"without lint / imports: {without / imports:.2f} (wanted: at most 2)\n")
    sys.stdout.write(f"with lint / (without lint + shellcheck): {with_lint / (without + shellcheck):.2f} (wanted: at most 1.1)\n")


if __name__ == "__main__":
    generation()

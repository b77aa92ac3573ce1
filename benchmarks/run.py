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


def seconds(command: list[str], codes: tuple[int, ...]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False, cwd=ROOT)
    taken = time.perf_counter() - began
    if done.returncode not in codes:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return taken


def medians(commands: dict[str, list[str]], codes: tuple[int, ...] = (0,)) -> dict[str, float]:
    """In turn, so that a machine that slows down slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            taken = seconds(command, codes)
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


def review() -> None:
    """Against a generation without lint: the start of Python and the models is in both."""
    gen = [sys.executable, "-m", "podsand_gen"]
    found = medians(
        {
            "podsand-gen --no-lint": [*gen, "--no-lint"],
            "podsand-gen explain": [*gen, "explain"],
            "podsand-gen explain out/release.sh": [*gen, "explain", "out/release.sh"],
            "podsand-gen check --no-lint out/release.sh": [*gen, "check", "--no-lint", "out/release.sh"],
            "podsand-gen diff out/release.sh out/company.sh": [*gen, "diff", "out/release.sh", "out/company.sh"],
        },
        codes=(0, 3),
    )
    without = found["podsand-gen --no-lint"]
    sys.stdout.write("against a generation without lint (wanted: at most 1.5)\n")
    for name, value in found.items():
        sys.stdout.write(f"{value * 1000:8.0f} ms  {name}: {value / without:.2f}\n")


if __name__ == "__main__":
    generation()
    review()

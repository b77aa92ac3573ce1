from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from tests.support.review import ROOT, after, script

SETTLE_SECONDS = 20


def on_a_terminal(*arguments: str, width: int = 80, environment: dict[str, str] | None = None) -> str:
    usual = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), "TERM": "xterm-256color"}
    variables = {**usual, **(environment or {})}
    command = [sys.executable, ["-m", "podsand_gen", *arguments]]
    child = pexpect.spawn(*command, cwd=str(ROOT), env=variables, dimensions=(40, width), encoding="utf-8", timeout=SETTLE_SECONDS)
    text = child.read()
    child.close()
    return str(text)


def test_a_terminal_gets_colour_and_lines_that_fit() -> None:
    text = on_a_terminal("explain", width=70)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", text)

    assert "\x1b[" in text
    assert max(map(len, shown.replace("\r", "").splitlines())) <= 70
    # What goes on in the next line stands below what it belongs to.
    assert re.search(r"\n {14,}\S", shown)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_means_plain_text(environment: dict[str, str]) -> None:
    text = on_a_terminal("explain", environment=environment)

    assert "\x1b" not in text
    assert "host/packages" in text


def test_control_characters_of_a_script_never_reach_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(after(script(), "core/log", "\x1b]0;owned\x07\x1b[2J\u202e\n"))
    text = on_a_terminal("explain", str(path))

    assert "owned" in text
    assert "\x1b]" not in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert "U+001B" in text


def test_rich_is_imported_for_a_terminal_only() -> None:
    words = ["diff", "examples/release.toml", "examples/company.toml"]
    code = f"import sys; from podsand_gen.cli import cli; cli.main({words}, standalone_mode=False)"
    code += "; sys.stderr.write(str('rich' in sys.modules))"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert result.stderr == "False"

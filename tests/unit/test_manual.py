from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

import click
import pytest

from podsand_gen.cli import cli, generate
from podsand_gen.manual import manual

PAGE = manual(cli, generate)


def commands() -> Iterator[click.Command]:
    yield generate
    yield from (command for command in cli.commands.values() if not command.hidden)


def plain(page: str) -> str:
    """What troff would print, nearly."""
    return page.replace("\\-", "-").replace("\\(aq", "'").replace("\\(ti", "~").replace("\\e", "\\").replace("\\&", "")


def section(page: str, name: str) -> str:
    found = re.search(rf"^\.S[HS] {re.escape(name)}.*?\n(.*?)(?=^\.S[HS] |\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def test_it_names_every_command_and_every_option_in_its_place() -> None:
    page = plain(PAGE)

    for command in commands():
        text = section(page, "OPTIONS" if command is generate else command.name or "")
        options = [param for param in command.params if isinstance(param, click.Option)]
        for word in [word for option in options for word in option.opts]:
            assert re.search(rf"^\.B .*{re.escape(word)}\b", text, re.MULTILINE), (command.name, word)
    assert len(list(commands())) >= 6
    assert "generate" not in page


def test_every_command_has_an_example_in_its_help_and_in_the_page() -> None:
    page = plain(PAGE)

    for command in (cli, *commands()):
        if command is generate:
            continue
        lines = [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")]
        assert 1 <= len(lines) <= 3, command.name
        for line in lines:
            assert "podsand-gen" in line
            assert line in page


def test_the_same_version_gives_the_same_page() -> None:
    assert manual(cli, generate) == PAGE


def test_no_word_of_a_help_is_taken_for_a_request_of_troff() -> None:
    @click.group()
    def group() -> None:
        """It's a \\fBtrap\\fR.

        .so /etc/passwd is text.
        """

    @group.command(epilog="  'ls ~")
    def inner() -> None:
        """Inner."""

    page = manual(group, inner)

    assert "\\&.so /etc/passwd is text." in page
    assert "It\\(aqs a \\efBtrap\\efR." in page
    assert "  \\(aqls \\(ti" in page


def test_mandoc_finds_no_fault_but_the_missing_date() -> None:
    mandoc = shutil.which("mandoc")
    if mandoc is None:
        pytest.skip("mandoc is not installed")

    def findings(page: str) -> list[str]:
        done = subprocess.run([mandoc, "-Tlint"], input=page, capture_output=True, text=True, check=False)
        return [line for line in done.stdout.splitlines() if "missing date" not in line]

    assert findings(PAGE) == []
    assert findings(PAGE.replace(".SH NAME", ".SHH NAME")) != []

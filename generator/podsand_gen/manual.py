"""The manual page, made from what click knows of the commands."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

import click

from podsand_gen import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "podsand-gen"
EXIT_CODES = (
    ("0", "Done."),
    ("1", "Failed."),
    ("2", "Something would change: lock --check. Different: diff. Not identical: check."),
    ("3", "Isolation is weaker, or cannot be judged: diff."),
    ("64", "Usage: a word, an option, a profile or a lock that is not understood."),
    ("130", "Interrupted."),
)
FILES = (
    ("podsand.lock", "Beside a profile: the versions and hashes that it resolved to. See lock."),
    ("podsand.schema.json", "Beside a profile: what editors complete and check it by. See schema."),
)

# What troff would take for a command, or set in a finer form than a shell understands.
_SIGNS = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "~": "\\(ti", "^": "\\(ha"}


def manual(group: click.Group, default: click.Command) -> str:
    """`default` is the command that has no name: what compiles a profile."""
    return "\n".join(_lines(group, default)) + "\n"


def _lines(group: click.Group, default: click.Command) -> Iterator[str]:
    # Without a date: the same version gives the same bytes.
    yield f'.TH {_text(NAME.upper())} 1 "" "podsand {__version__}" "podsand"'
    yield ".SH NAME"
    yield f"{_text(NAME)} \\- {_text(_first_line(group))}"
    yield ".SH SYNOPSIS"
    yield from (f".B {_text(NAME)}", "[PROFILE] [OPTIONS]", ".br", f".B {_text(NAME)}", "COMMAND [OPTIONS]")
    yield ".SH DESCRIPTION"
    yield from _paragraphs(group)
    yield ".SH OPTIONS"
    context = click.Context(group, **group.context_settings)
    yield from _options(context, default, group)
    yield ".SH COMMANDS"
    for command in group.commands.values():
        if not command.hidden:
            yield from _command(command, context)
    yield from (".SH EXIT STATUS", *_definitions(EXIT_CODES))
    yield from (".SH FILES", *_definitions(FILES))
    yield ".SH EXAMPLES"
    yield from _examples(group)


def _command(command: click.Command, parent: click.Context) -> Iterator[str]:
    pieces = command.collect_usage_pieces(click.Context(command, parent=parent))
    yield f".SS {_text(' '.join((command.name or '', *pieces)))}"
    yield from _paragraphs(command)
    yield from _options(parent, command)
    yield ".PP"
    yield from _examples(command)


def _options(parent: click.Context, *commands: click.Command) -> Iterator[str]:
    """Of commands that share a place; an option that several have is told once."""
    records: dict[str, str] = {}
    for command in commands:
        context = click.Context(command, parent=parent)
        options = [param for param in command.get_params(context) if isinstance(param, click.Option)]
        records |= dict(filter(None, (option.get_help_record(context) for option in options)))
    yield from _definitions(records.items())


def _definitions(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in pairs:
        yield from (".TP", f".B {_text(term)}", *_wrapped(text))


def _examples(command: click.Command) -> Iterator[str]:
    lines = [line for line in (command.epilog or "").splitlines() if line.startswith("  ")]
    if lines:
        yield from (".nf", *map(_text, lines), ".fi")


def _paragraphs(command: click.Command) -> Iterator[str]:
    first, *others = re.split(r"\n\s*\n", (command.help or "").strip())
    yield from _wrapped(first)
    for paragraph in others:
        yield from (".PP", *_wrapped(paragraph))


def _wrapped(text: str) -> Iterator[str]:
    """Short lines, as who reads the source expects; troff fills them anew."""
    return map(_text, textwrap.wrap(" ".join(text.split()), 72, break_on_hyphens=False))


def _first_line(command: click.Command) -> str:
    return (command.help or "").strip().splitlines()[0].rstrip(".")


def _text(text: str) -> str:
    """Text that troff takes for nothing else: no escape, no request, and signs that can be copied as they are."""
    escaped = "".join(_SIGNS.get(char, char) for char in text)
    return f"\\&{escaped}" if escaped.startswith(".") else escaped

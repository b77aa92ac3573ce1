"""The manual page, made from what click knows of the commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from podsand_gen import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "podsand-gen"
EXIT_CODES = (
    ("0", "Done."),
    ("1", "Failed."),
    ("2", "The lock would change (lock \\-\\-check)."),
    ("64", "Usage: a word, an option or a profile that is not understood."),
    ("130", "Interrupted."),
)
FILES = (
    ("podsand.lock", "Beside a profile: the versions and hashes that it resolved to. See lock."),
    ("podsand.schema.json", "Beside a profile: what editors complete and check it by. See schema."),
)


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
    yield from _options(default)
    yield from _options(group)
    yield ".SH COMMANDS"
    for command in group.commands.values():
        if not command.hidden:
            yield from _command(command)
    yield from (".SH EXIT STATUS", *_definitions(EXIT_CODES))
    yield from (".SH FILES", *_definitions(FILES))
    yield ".SH EXAMPLES"
    yield from _examples(group)


def _command(command: click.Command) -> Iterator[str]:
    arguments = [param.make_metavar(click.Context(command)) for param in command.params if isinstance(param, click.Argument)]
    yield f".SS {_text(' '.join((NAME, command.name or '', *arguments, '[OPTIONS]')))}"
    yield from _paragraphs(command)
    yield from _options(command)
    yield from _examples(command)


def _options(command: click.Command) -> Iterator[str]:
    context = click.Context(command, **command.context_settings)
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None:
            yield from _definitions([record])


def _definitions(pairs: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> Iterator[str]:
    for term, text in pairs:
        yield from (".TP", f".B {_text(term)}", _text(text))


def _examples(command: click.Command) -> Iterator[str]:
    lines = [line for line in (command.epilog or "").splitlines() if line.startswith("  ")]
    if lines:
        yield from (".PP", ".nf", *(_text(line) for line in lines), ".fi")


def _paragraphs(command: click.Command) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", (command.help or "").strip()):
        yield from (".PP", _text(" ".join(paragraph.split())))


def _first_line(command: click.Command) -> str:
    return (command.help or "").strip().splitlines()[0].rstrip(".")


def _text(text: str) -> str:
    """Text that troff takes for nothing else: no escape, no request, and hyphens that can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped

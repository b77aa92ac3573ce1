"""Lines to where they go: plain text for a pipe, and for a terminal, by rich, with colour and wrapped where they hang."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from podsand_gen.review.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podsand_gen.review.lines import Line

STYLES = {
    "title": "bold",
    "step": "bold cyan",
    "bad": "bold red",
    "warn": "yellow",
    "good": "green",
    "root": "magenta",
    "quiet": "dim",
    "added": "green",
    "removed": "red",
}


def is_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def plain(lines: Iterable[Line]) -> str:
    return "".join(f"{visible(line.text).rstrip()}\n" for line in lines)


def show(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    for line in lines:
        text = visible(line.text)
        indent = len(text) - len(text.lstrip())
        hang = max(line.hang - indent, 0)
        width = console.width - indent
        for row, piece in enumerate(Text(text.lstrip(), STYLES.get(line.style, "")).wrap(console, max(width - hang, 20))):
            console.print(Padding(piece, (0, 0, 0, indent + (hang if row else 0)), expand=False))

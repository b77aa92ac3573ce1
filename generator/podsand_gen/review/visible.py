"""Text of strangers as a terminal, a browser and an eye may have it: nothing hidden, nothing that only looks like something."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# What our own texts hold beyond ASCII.
_OURS = frozenset("…→·")
AT_MOST = 20
# What is cut off is counted; JSON has all of it.
LONGEST = 4000


def visible(text: str) -> str:
    """Every character that could deceive, as <U+202E>: control, bidi and invisible ones, and letters that look like others."""
    if len(text) > LONGEST:
        return f"{visible(text[:LONGEST])} … and {len(text) - LONGEST} more characters"
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if is_plain(char) else f"<U+{ord(char):04X}>" for char in text)


def is_plain(char: str) -> bool:
    """Printable ASCII, and Latin letters with a visible accent: `ü` is taken for nothing else, a Cyrillic a is."""
    if " " <= char <= "~" or char in _OURS:
        return True
    decomposed = unicodedata.normalize("NFD", char)
    return "\u00c0" <= char <= "\u017e" and len(decomposed) > 1 and decomposed[0].isascii()


@dataclass(frozen=True)
class Oddity:
    """A character that was not shown as it stands."""

    character: str
    name: str
    line: int
    count: int


def oddities(text: str, expected: str = "") -> tuple[Oddity, ...]:
    """Those that the expected text does not hold, each with its first line."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return ()
    known = set(expected) | {"\n"}
    found = [char for char in dict.fromkeys(text) if char not in known and not is_plain(char)]
    return tuple(_oddity(char, text) for char in found[:AT_MOST])


def _oddity(char: str, text: str) -> Oddity:
    line = text.count("\n", 0, text.index(char)) + 1
    return Oddity(f"U+{ord(char):04X}", unicodedata.name(char, "no name"), line, text.count(char))

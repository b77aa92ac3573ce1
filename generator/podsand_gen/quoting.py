"""The one place where a Python value becomes bash text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Written out because a stranger's eye cannot see them: text that shows in another order than it runs.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = frozenset(("Cc", "Cs", "Zl", "Zp"))


def forbidden_character(value: str) -> tuple[int, str] | None:
    """Where the first character stands that no value may hold, and its name; None when all is well."""
    if value.isascii() and value.isprintable():
        return None
    for index, char in enumerate(value):
        if char in _BIDI or unicodedata.category(char) in _FORBIDDEN_CATEGORIES:
            return index, f"U+{ord(char):04X}"
    return None


def quote(value: str) -> str:
    """One bash word that means exactly this text. Everything stands in single quotes, so that bash expands nothing."""
    found = forbidden_character(value)
    if found is not None:
        msg = f"{found[1]} at character {found[0]} reached the quoting: the model must refuse it"
        raise ValueError(msg)
    return "'" + value.replace("'", "'\\''") + "'"


def readonly(name: str, value: str | Sequence[str]) -> str:
    """A declaration of a constant, with its shellcheck exception when the value only looks like code."""
    if isinstance(value, str):
        return _exceptions((value,)) + f"readonly {name}={quote(value)}\n"
    return readonly_rows(name, [(item,) for item in value])


def readonly_rows(name: str, rows: Sequence[Sequence[str]]) -> str:
    """A declaration of an array whose items belong together in rows, one a line; a single row needs no lines of its own."""
    lines = [" ".join(map(quote, row)) for row in rows if row]
    inside = "\n" + "".join(f"  {line}\n" for line in lines) if len(lines) > 1 else "".join(lines)
    body = f"readonly -a {name}=({inside})\n"
    return _exceptions([item for row in rows for item in row]) + body


def comment(text: str) -> str:
    """Text as comment lines; the inverse is taking "# " (or a bare "#") off each line."""
    return "".join(f"# {line}\n" if line else "#\n" for line in text.splitlines())


# Checks that take a literal for a mistake: what a text holds when they do.
_LITERALS = (
    ("SC1003", re.compile(r"\\(?=$|')")),  # a backslash before a quote
    ("SC1112", re.compile("[\u2018\u2019]")),  # typographic quotes
    ("SC2016", re.compile(r"[$`]")),
    ("SC2088", re.compile(r"^~")),
)


def _exceptions(texts: Sequence[str]) -> str:
    """The directive that switches those checks off for this one declaration; mostly nothing."""
    codes = [code for code, sign in _LITERALS if any(sign.search(text) for text in texts)]
    return f"# shellcheck disable={','.join(codes)}\n" if codes else ""

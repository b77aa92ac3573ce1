"""The reports as one page of HTML that loads nothing and runs nothing; nothing of a stranger's becomes markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from podsand_gen import __version__, dockerfile
from podsand_gen.review import words
from podsand_gen.review.textdiff import LINES
from podsand_gen.review.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Template
    from pygments.token import _TokenType

    from podsand_gen.plan import Region
    from podsand_gen.review.diff import Difference
    from podsand_gen.review.explain import Explanation
    from podsand_gen.review.layout import Part
    from podsand_gen.review.subject import Subject

_SILENT = re.compile(r"|# --- [a-z ]{1,60}")


@dataclass(frozen=True)
class Source:
    """A part of the script, to be read: `vetted` when its bytes are those of a vetted snippet. `more` lines are left out."""

    name: str
    title: str
    kind: str
    first: int
    last: int
    vetted: bool
    lines: tuple[str, ...]
    more: int = 0


def explanation(found: Explanation, subject: Subject) -> str:
    shown, hidden = sources(subject.parts, subject.plan.regions, subject.plan.unvetted)
    return _template().render(found=found, sources=shown, hidden=hidden, short=words.short(found), **_COMMON)


def difference(found: Difference) -> str:
    return _template().render(found=found, sources=None, **_COMMON)


# --- the source, as it would run


def sources(parts: Iterable[Part], regions: Iterable[Region], unvetted: Iterable[str]) -> tuple[list[Source], int]:
    """What nobody here vouches for is cut to what somebody reads; the second says how many such parts are left out."""
    titles = {snippet.name: region.title for region in regions for snippet in region.snippets}
    bodies = {snippet.name: snippet.body for region in regions for snippet in region.snippets}
    # What a profile brings along is in the plan, and vetted by nobody.
    for name in (*unvetted, dockerfile.NAME):
        bodies.pop(name, None)
    found: list[Source] = []
    strange = 0
    for part in parts:
        if all(map(_SILENT.fullmatch, part.lines)):
            continue
        body = bodies.get(part.name, "") if part.kind == "region" else ""
        vetted = bool(body) and _holds(part, body)
        strange += not vetted
        if vetted or strange <= words.AT_MOST:
            found.append(_source(part, titles.get(part.name, ""), body if vetted else ""))
    return found, max(strange - words.AT_MOST, 0)


def _holds(part: Part, body: str) -> bool:
    """Whether a region is this body, byte for byte, and nothing else but empty lines and our own marks."""
    count = body.count("\n")
    lines = "".join(f"{line}\n" for line in part.lines[1 : count + 1])
    return lines == body and all(map(_SILENT.fullmatch, part.lines[count + 1 :]))


def _source(part: Part, title: str, body: str) -> Source:
    """Colours only for bytes that are vetted: a lexer can be led to show code as a comment, or made to run for ever."""
    lines: tuple[str, ...] = part.lines[:LINES]
    if body:
        coloured = highlighted(body)
        lines = (part.lines[0], *coloured, *part.lines[len(coloured) + 1 :])
    return Source(
        name=part.name,
        title=title,
        kind=part.kind,
        first=part.line,
        last=part.line + len(part.lines) - 1,
        vetted=bool(body),
        lines=lines,
        more=len(part.lines) - len(lines),
    )


def highlighted(body: str) -> list[Markup]:
    """Its lines, with a class around each comment, string, keyword and variable."""
    from pygments.lexers.shell import BashLexer

    lines = [Markup()]
    # It sees a comment by the line end after it, and adds one where there is none.
    for kind, text in BashLexer(stripnl=False).get_tokens(body):
        first, *others = text.split("\n")
        lines[-1] += _marked(kind, first)
        lines += [_marked(kind, piece) for piece in others]
    return lines[:-1]


def _marked(kind: _TokenType, text: str) -> Markup:
    shown = Markup.escape(visible(text))
    name = next((name for ancestor, name in _classes() if kind in ancestor), "")
    return Markup('<span class="{}">{}</span>').format(name, shown) if name and text else shown


@cache
def _classes() -> tuple[tuple[_TokenType, str], ...]:
    from pygments.token import Token

    return (
        (Token.Comment, "comment"),
        (Token.Literal.String.Interpol, "variable"),
        (Token.Name.Variable, "variable"),
        (Token.Literal.String, "string"),
        (Token.Keyword, "keyword"),
        (Token.Name.Builtin, "keyword"),
    )


# --- the page


# What a style and a sign of the reports are called: no page says anything by colour alone.
_STYLES = {"bad": "Stop", "warn": "Look", "good": "Good"}
_SIGNS = {"+": "new", "-": "gone", "~": "changed"}
_COMMON = {"words": words, "styles": _STYLES, "signs": _SIGNS, "version": __version__}


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = Path(__file__).with_name("report.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(source)


def _finalized(value: object) -> object:
    """Every value on its way into the page, before it is escaped: the template cannot forget it."""
    return value if isinstance(value, Markup) else visible(str(value))

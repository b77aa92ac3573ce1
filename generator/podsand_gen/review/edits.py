"""Whether a script is what podsand-gen makes of the profile in it. Its bytes decide; its parts only tell where it is not."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen import __version__
from podsand_gen.plan import config_values
from podsand_gen.review.layout import Part, parts
from podsand_gen.review.textdiff import text_diff
from podsand_gen.review.visible import Oddity, oddities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from podsand_gen.profile import Profile

State = Literal["identical", "stale", "edited"]
_SCALAR = re.compile(r"readonly ([A-Z0-9_]+)=((?:'[^']*'|\\')+)")
_ARRAY = re.compile(r"readonly -a ([A-Z0-9_]+)=\((?:(.*)\))?")
_WORDS = re.compile(r"(?:'[^']*'|\\')+")
_OF_VERSION = ("# made by: podsand-gen {}", "readonly PODSAND_VERSION='{}'")


@dataclass(frozen=True)
class Edit:
    """One place where a script is not what podsand-gen makes of its profile; `versions` when another version explains it.

    `sha256` is of what stands there.
    """

    part: str
    what: str
    line: int
    versions: bool
    diff: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class Comparison:
    state: State
    edits: tuple[Edit, ...]
    oddities: tuple[Oddity, ...]


def compare(text: str, expected: str, profile: Profile, version: str) -> Comparison:
    if text == expected:
        return Comparison("identical", (), ())
    if text.replace("\r\n", "\n") == expected:
        edit = Edit("every line", "the line ends are those of Windows, as git's core.autocrlf makes them", 1, versions=False)
        return Comparison("edited", (edit,), oddities(text, expected))
    other_version = version not in ("", __version__)
    wanted = parts(_as_of(expected, version) if other_version else expected)
    found = tuple(_Edits(parts(text), wanted, profile, version).all())
    stale = other_version and all(edit.versions for edit in found)
    return Comparison("stale" if stale else "edited", found, oddities(text, expected))


def _as_of(expected: str, version: str) -> str:
    """The same text with the other version's name: that it has another one is not an edit."""
    for line in _OF_VERSION:
        expected = expected.replace(line.format(__version__), line.format(version), 1)
    return expected


class _Edits:
    def __init__(self, actual: Sequence[Part], wanted: Sequence[Part], profile: Profile, version: str) -> None:
        self.actual, self.profile, self.version = actual, profile, version
        self.wanted = {(part.kind, part.name): part for part in wanted}
        self.first: dict[tuple[str, str], Part] = {}
        for part in actual:
            self.first.setdefault((part.kind, part.name), part)

    def all(self) -> Iterator[Edit]:
        for key, part in self.wanted.items():
            there = self.first.get(key)
            if there is None:
                yield self._missing(part)
            elif there.lines != part.lines:
                yield self._differs(part, there)
        for part in self.actual:
            key = (part.kind, part.name)
            if part is not self.first[key]:
                yield self._twice(part)
            elif key not in self.wanted:
                yield self._added(part)
        yield from self._order()

    def _missing(self, part: Part) -> Edit:
        if part.kind == "rest":
            return Edit(part.name, "these lines are gone", 0, _is_silent(part), text_diff(part.lines, ()))
        return Edit(part.name, f"the {part.kind} is missing", 0, versions=part.kind == "region")

    def _added(self, part: Part) -> Edit:
        diff = text_diff((), part.lines)
        if part.kind == "rest":
            return Edit(part.name, "lines that belong to no region", part.line, _is_silent(part), diff, part.digest)
        what = f"podsand-gen {__version__} puts no such region here"
        return Edit(part.name, what, part.line, _agrees(part), diff, part.digest)

    def _twice(self, part: Part) -> Edit:
        return Edit(part.name, "stands here a second time; bash takes the last one", part.line, versions=False, sha256=part.digest)

    def _differs(self, wanted: Part, there: Part) -> Edit:
        what, versions = self._why(wanted, there)
        line = there.line + _first_difference(wanted.lines, there.lines)
        return Edit(there.name, what, line, versions, text_diff(wanted.lines, there.lines), there.digest)

    def _why(self, wanted: Part, there: Part) -> tuple[str, bool]:
        if there.kind == "config":
            return self._why_config(there)
        if there.kind == "profile":
            return "the profile is not in the form in which podsand-gen writes it", self._says_its_hash()
        if there.kind == "rest":
            if there.name == "the head":
                return "the head is another", self._says_its_hash()
            return "what stands outside of the regions is another", _is_silent(there)
        if there.inner == wanted.inner:
            return "the first line of the region is another", _agrees(there)
        if _agrees(there):
            return f"the body is not that of podsand-gen {__version__}, although its hash line agrees with it", True
        return "the body was edited: its hash line is that of another text", False

    def _why_config(self, there: Part) -> tuple[str, bool]:
        said = config_constants(there.inner)
        if said is None:
            return "the config holds more than constants", False
        meant = config_values(self.profile)
        lies = [name for name, value in said.items() if name in meant and meant[name] != value]
        if lies:
            return f"the config says something else than the profile: {', '.join(lies[:5])}", False
        if said.get("PODSAND_VERSION") != self.version:
            return "the config names another version than the head", False
        return "the config has other constants", self._says_its_hash()

    def _says_its_hash(self) -> bool:
        """Whether head and config name the hash of the very profile that stands in the script."""
        profile, config, head = (
            self.first.get(key) for key in (("profile", "profile"), ("config", "config"), ("rest", "the head"))
        )
        if profile is None or config is None or head is None:
            return False
        digest = _sha256("".join(f"{line.removeprefix('#').removeprefix(' ')}\n" for line in profile.inner))
        return f"# profile sha256: {digest}" in head.lines and f"readonly PROFILE_SHA256='{digest}'" in config.lines

    def _order(self) -> Iterator[Edit]:
        ours = [key for key in self.wanted if key in self.first]
        theirs = [key for key in self.first if key in self.wanted]
        if ours != theirs:
            names = [[name for kind, name in keys if kind != "rest"] for keys in (ours, theirs)]
            line = next(self.first[there].line for here, there in zip(ours, theirs, strict=True) if here != there)
            yield Edit("the order", "the parts stand in another order", line, True, text_diff(*names), _sha256("\n".join(names[1])))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _agrees(part: Part) -> bool:
    """Whether a region's body is the one that its own first line names. An editor can see to that, too."""
    return _sha256("".join(f"{line}\n" for line in part.inner)) == part.sha256


def _is_silent(part: Part) -> bool:
    """Nothing but empty lines and titles: no code."""
    return all(not line or re.fullmatch(r"# --- [a-z ]{1,60}", line) for line in part.lines)


def _first_difference(wanted: Sequence[str], there: Sequence[str]) -> int:
    pairs = zip(wanted, there, strict=False)
    return next((index for index, (one, other) in enumerate(pairs) if one != other), min(len(wanted), len(there)))


def config_constants(lines: Sequence[str]) -> Mapping[str, str | tuple[str, ...]] | None:
    """The constants that these lines declare as quoting.py writes them; None when they hold anything else."""
    found: dict[str, str | tuple[str, ...]] = {}
    items: list[str] | None = None
    name = ""
    for line in lines:
        if items is not None:
            if line == ")":
                found[name], items = tuple(items), None
            elif words := _row(line):
                items += words
            else:
                return None
        elif match := _SCALAR.fullmatch(line):
            found[match[1]] = _unquoted(match[2])
        elif match := _ARRAY.fullmatch(line):
            name, items = match[1], []
            if match[2] is not None:
                words = _row(f"  {match[2]}")
                if match[2] and not words:
                    return None
                found[name], items = tuple(words), None
        elif not line.startswith("# shellcheck disable=SC"):
            return None
    return found if items is None else None


def _row(line: str) -> list[str]:
    """The words of a line of an array; empty when it holds anything but quoted words."""
    if not re.fullmatch(r"  (?:'[^']*'|\\')+(?: (?:'[^']*'|\\')+)*", line):
        return []
    return [_unquoted(word) for word in _WORDS.findall(line)]


def _unquoted(word: str) -> str:
    return "".join("'" if piece == "\\'" else piece[1:-1] for piece in re.findall(r"'[^']*'|\\'", word))

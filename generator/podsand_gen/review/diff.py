"""`podsand-gen diff`: what a change means, before what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen.policy import columns, compare
from podsand_gen.review.explain import About, Explanation, explain
from podsand_gen.review.textdiff import text_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from podsand_gen.policy import Move
    from podsand_gen.review.edits import Edit
    from podsand_gen.review.facts import Download
    from podsand_gen.review.layout import Part
    from podsand_gen.review.subject import Subject

_CHOICES = re.compile(r"<([^<>:]*): ([^<>]*)>")
_HEAD_VALUES = ("# profile: ", "# profile sha256: ", "# made by: ", "# --- ")
# More, and a key is told without them: each move would be held against each.
SENTENCES = 40
Sign = Literal["+", "-", "~"]
# Shown item by item in sections of their own.
_TOLD_ELSEWHERE = frozenset(("image.packages", "script.commands", "name"))


@dataclass(frozen=True)
class Finding:
    """One difference: what it is about, from → to, what it means, and where it is textual, its lines."""

    sign: Sign
    what: str
    old: str = ""
    new: str = ""
    means: str = ""
    diff: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    old: About
    new: About
    same: bool
    unknown: tuple[Finding, ...]
    weaker: tuple[Finding, ...]
    stronger: tuple[Finding, ...]
    root_commands: tuple[Finding, ...]
    hosts: tuple[Finding, ...]
    downloads: tuple[Finding, ...]
    files: tuple[Finding, ...]
    pins: tuple[Finding, ...]
    steps: tuple[Finding, ...]
    commands: tuple[Finding, ...]
    bodies: tuple[Finding, ...]
    settings: tuple[Finding, ...]
    cosmetic: tuple[Finding, ...]

    @property
    def verdict(self) -> Literal["same", "different", "weaker"]:
        """What nobody here can read counts as weaker."""
        if self.same:
            return "same"
        return "weaker" if self.weaker or self.unknown else "different"


def diff(old: Subject, new: Subject) -> Difference:
    before, after = explain(old), explain(new)
    same = old.text == new.text
    moves = () if same else compare(old.profile, new.profile)
    said = _Meanings(before, after)
    unknown = () if same else tuple(_unknown(before.about, after.about))
    shown = {finding.what for finding in unknown}
    return Difference(
        old=before.about,
        new=after.about,
        same=same,
        unknown=unknown,
        weaker=tuple(said.finding(move) for move in moves if move.verdict == "weaker"),
        stronger=tuple(said.finding(move) for move in moves if move.verdict == "stronger"),
        root_commands=tuple(_root_commands(before, after)),
        hosts=tuple(_sets(_hosts(before), _hosts(after))),
        downloads=tuple(_downloads(before, after)),
        files=tuple(_sets(_files(before), _files(after))),
        pins=tuple(said.finding(move) for move in moves if move.verdict == "pin"),
        steps=tuple(_steps(before, after)),
        commands=tuple(_sets(_commands(before), _commands(after))),
        bodies=tuple(finding for finding in _bodies(old, new, before, after) if finding.what not in shown),
        settings=tuple(said.finding(move) for move in moves if move.verdict == "neutral" and move.key not in _TOLD_ELSEWHERE),
        cosmetic=tuple(_cosmetic(old, new)),
    )


# --- what nobody here knows


def _unknown(old: About, new: About) -> Iterator[Finding]:
    """Code that is not the library's: in NEW it may do anything, and that of OLD may have been what made it strict.

    An edit that both have counts all the same: what it does can depend on where it stands, and on everything else.
    """
    theirs = {(edit.part, edit.sha256) for edit in new.edits}
    for edit in new.edits:
        yield Finding("+", edit.part, means=_edited(edit), diff=edit.diff)
    for edit in old.edits:
        if (edit.part, edit.sha256) not in theirs and not edit.versions:
            yield Finding("-", edit.part, means=f"in OLD, {_edited(edit)}", diff=edit.diff)


def _edited(edit: Edit) -> str:
    return f"line {edit.line}: {edit.what}" if edit.line else edit.what


# --- what the profiles say


class _Meanings:
    """A key's move in the words of the policy."""

    def __init__(self, old: Explanation, new: Explanation) -> None:
        self.old, self.new = _by_key(old), _by_key(new)

    def finding(self, move: Move) -> Finding:
        sign: Sign = "+" if not move.old else "-" if not move.new else "~"
        meant = "; ".join(part for part in (move.why, self._sentence(move)) if part)
        return Finding(sign, move.key, move.old, move.new, meant)

    def _sentence(self, move: Move) -> str:
        """What the agent is, can or cannot now; or what it no longer can."""
        before, after = self.old.get(move.key, []), self.new.get(move.key, [])
        is_item = not move.old or not move.new
        if len(before) + len(after) > SENTENCES or (is_item and not columns(move.key)):
            return ""
        item = (move.new or move.old).split(" ")[0]
        now, gone = (
            [text for text in one if text not in other and (not is_item or item in text)]
            for one, other in ((after, before), (before, after))
        )
        if now:
            return f"the agent {'; '.join(now)}"
        return f"no longer: the agent {'; '.join(gone)}" if gone else ""


def _by_key(side: Explanation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sentence in side.policy:
        for key in sentence.keys:
            found.setdefault(key, []).append(sentence.whole)
    return found


# --- what they do to a machine


def _root_commands(old: Explanation, new: Explanation) -> Iterator[Finding]:
    before, after = (
        {(step.name, _frame_of(command)): command for step in side.steps for command in step.commands} for side in (old, new)
    )
    yield from (Finding("+", command, "", command, key[0]) for key, command in after.items() if key not in before)
    for key, command in after.items():
        where = f"{key[0]}: {key[1]}"
        was = _choices(before.get(key, command))
        yield from _sets(dict.fromkeys(was, where), dict.fromkeys(_choices(command), where))
    yield from (Finding("-", command, command, "", key[0]) for key, command in before.items() if key not in after)


def _frame_of(command: str) -> str:
    """A command without the choices that the machine has: `<what is missing of: a b>` may become either."""
    return _CHOICES.sub(lambda match: f"<{match[1]}: …>", command)


def _choices(command: str) -> list[str]:
    return [word for match in _CHOICES.finditer(command) for word in match[2].split()]


def _hosts(side: Explanation) -> dict[str, str]:
    found: dict[str, str] = {}
    for step in side.steps:
        for host in step.hosts:
            found[host] = f"{found[host]} {step.name}" if host in found else step.name
    return found


def _files(side: Explanation) -> dict[str, str]:
    return {path: step.name for step in side.steps for path in step.writes}


def _commands(side: Explanation) -> dict[str, str]:
    return {command.name: command.summary for command in side.commands}


def _downloads(old: Explanation, new: Explanation) -> Iterator[Finding]:
    before, after = (
        {_identity(download.what): download for step in side.steps for download in step.downloads} for side in (old, new)
    )
    yield from _sets(
        {what: _from(download) for what, download in before.items()}, {what: _from(one) for what, one in after.items()}
    )
    for what, download in after.items():
        was = before[what].items if what in before else download.items
        yield from _sets(dict.fromkeys(was, what), dict.fromkeys(download.items, what))


def _from(download: Download) -> str:
    return f"from {download.source}{'' if download.pinned else '; not pinned'}"


def _identity(what: str) -> str:
    """Without what comes and goes in it."""
    return what.partition(":")[0]


def _sets(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Finding]:
    yield from (Finding("+", name, "", name, means) for name, means in new.items() if name not in old)
    yield from (Finding("-", name, name, "", means) for name, means in old.items() if name not in new)


def _steps(old: Explanation, new: Explanation) -> Iterator[Finding]:
    before, after = ({step.name: step for step in side.steps} for side in (old, new))
    for name, step in after.items():
        if name not in before:
            kind, vetted = "root step" if step.root else "user step", "vetted" if step.vetted else "NOT vetted"
            yield Finding("+", name, "", name, f"{kind}, {vetted}: {step.summary}")
    for name, step in before.items():
        if name not in after:
            yield Finding("-", name, name, "", step.summary)
    order = [[name for name in one if name in other] for one, other in ((before, after), (after, before))]
    if order[0] != order[1]:
        yield Finding("~", "the order of the steps", " ".join(order[0]), " ".join(order[1]))


# --- what the scripts hold


def _bodies(old: Subject, new: Subject, before: Explanation, after: Explanation) -> Iterator[Finding]:
    ours, theirs = _regions(old.parts), _regions(new.parts)
    steps = {step.name for side in (before, after) for step in side.steps}
    foreign = {edit.part for edit in after.about.edits} | set(after.unvetted)
    titles = {snippet.name: region.title for side in (old, new) for region in side.plan.regions for snippet in region.snippets}
    for name, part in theirs.items():
        means = f"{titles.get(name, 'a region that podsand-gen does not know')}, {'NOT vetted' if name in foreign else 'vetted'}"
        if name not in ours:
            if name not in steps:
                yield Finding("+", name, "", name, means)
        elif ours[name].inner != part.inner:
            yield Finding("~", name, "", "", means, text_diff(ours[name].inner, part.inner))
    gone: Iterable[str] = (name for name in ours if name not in theirs and name not in steps)
    yield from (Finding("-", name, name, "", titles.get(name, "")) for name in gone)


def _regions(parts: Iterable[Part]) -> dict[str, Part]:
    return {part.name: part for part in parts if part.kind == "region"}


def _cosmetic(old: Subject, new: Subject) -> Iterator[Finding]:
    """What is left: the text outside of bodies, config and profile, and the order of the regions."""
    if old.profile.name != new.profile.name:
        yield Finding("~", "the profile's name", old.profile.name, new.profile.name)
    if old.version != new.version:
        yield Finding("~", "made by podsand-gen", old.version, new.version)
    before, after = ({(part.kind, part.name): part for part in side.parts} for side in (old, new))
    for key in dict.fromkeys((*before, *after)):
        one, other = _frame(before.get(key)), _frame(after.get(key))
        if one != other and (key[0] == "rest" or (one and other)):
            yield Finding("~", key[1], means="" if key[0] == "rest" else "the line that opens it", diff=text_diff(one, other))
    names = [
        [name for kind, name in one if kind == "region" and ("region", name) in other]
        for one, other in ((before, after), (after, before))
    ]
    if names[0] != names[1]:
        yield Finding("~", "the order of the regions", diff=text_diff(*names))


def _frame(part: Part | None) -> tuple[str, ...]:
    """The lines of a part that are neither a body nor a value; a hash follows from what it is of."""
    if part is None:
        return ()
    if part.kind == "rest":
        return tuple(line for line in part.lines if line and not line.startswith(_HEAD_VALUES))
    return (part.lines[0].replace(part.sha256, "…"),) if part.kind == "region" else ()

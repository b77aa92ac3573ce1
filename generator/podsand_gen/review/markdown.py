"""The reports as GitHub's Markdown, for comments and summaries; nothing of a stranger's becomes markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podsand_gen.review.visible import visible
from podsand_gen.review.words import NOT_OF_EDITS, SECTIONS, differs, headline, nothing, short, shown, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podsand_gen.review.check import Check
    from podsand_gen.review.diff import Difference, Finding
    from podsand_gen.review.edits import Edit
    from podsand_gen.review.explain import About, Explanation
    from podsand_gen.review.facts import Download, Step
    from podsand_gen.review.visible import Oddity

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!~&$])")
SIGNS = {"bad": "🛑", "warn": "⚠️", "good": "✅"}


def words(text: str) -> str:
    return _MARKUP.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """A code span. The fence is longer than any in it; a bar would end the cell of a table."""
    shown = visible(text).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    space = " " if "`" in shown or not shown.strip() else ""
    return f"{fence}{space}{shown}{space}{fence}"


def block(lines: Sequence[str], language: str = "diff") -> Iterator[str]:
    shown = [visible(line) for line in lines]
    fence = "`" * max(3, *(len(run) + 1 for line in ["", *shown] for run in re.findall(r"`+|$", line)))
    yield from (f"{fence}{language}", *shown, fence)


# --- explain


def explanation(found: Explanation) -> str:
    return _joined(_explanation(found))


def _explanation(found: Explanation) -> Iterator[str]:
    yield f"# {words(found.about.name)}"
    yield ""
    yield from _about(found.about)
    yield from (f"- ⚠️ {words(warning)}" for warning in found.warnings)
    yield from ("", "## In short", "")
    yield from (f"- {name}: {words(text)}" for name, text in short(found))
    for title, root in (("As root, by sudo", True), ("As you", False)):
        yield from ("", f"## {title}")
        for step in found.steps:
            if step.root is root:
                yield from _step(step)
    yield from ("", "## The agent, in its sandbox", "", "| | |", "| --- | --- |")
    policy, rest = shown(found.policy)
    yield from (f"| {sentence.verb} | {words(sentence.text)} |" for sentence in policy)
    yield from [f"| | {rest} |"] if rest else []
    yield from ("", "## The script's commands", "", " ".join(code(command.name) for command in found.commands))
    if found.values:
        yield from ("", "## The profile, and who says so", "", "| key | value | said by |", "| --- | --- | --- |")
        yield from (f"| {code(one.key)} | {code(one.value)} | {words(', '.join(one.origins))} |" for one in found.values)


def _about(about: About) -> Iterator[str]:
    style, text = state_of(about, NOT_OF_EDITS)
    yield f"- {about.kind} {code(about.label)}, {about.lines} lines"
    yield f"- {SIGNS[style]} {words(text)}"
    yield f"- profile sha256 {code(about.sha256)}"
    yield from _edits(about.edits)
    yield from _oddities(about.oddities)


def _edits(edits: Sequence[Edit]) -> Iterator[str]:
    first, rest = shown(edits)
    for edit in first:
        place = f"line {edit.line}, " if edit.line else ""
        yield f"- {SIGNS['warn' if edit.versions else 'bad']} {place}{code(edit.part)}: {words(edit.what)}"
        yield from _folded(edit.diff)
    yield from [f"- {rest}"] if rest else []


def _oddities(found: Sequence[Oddity]) -> Iterator[str]:
    for oddity in found:
        yield f"- 🛑 line {oddity.line}: {code(oddity.character)} {words(oddity.name)}, {oddity.count} in all"


def _step(step: Step) -> Iterator[str]:
    yield from ("", f"### {code(step.name)}", "", words(step.summary), "")
    if not step.vetted:
        yield f"- 🛑 not vetted: {', '.join(map(code, step.unvetted))}"
    yield from (f"- runs {code(command)}" for command in step.commands)
    hosts, rest = shown(step.hosts)
    yield from (f"- contacts {words(host)}" for host in [*hosts, *([rest] if rest else [])])
    for download in step.downloads:
        yield from _download(download)
    yield from (f"- writes {words(place)}" for place in step.writes)
    yield from (f"- undone: {words(undo.means)}" for undo in step.undo)
    yield from (f"- undone as root: {code(command)}" for undo in step.undo for command in undo.commands)


def _download(download: Download) -> Iterator[str]:
    yield f"- fetches {words(download.what)}, from {code(download.source)}"
    for pin in download.pins:
        note = f" ({words(pin.note)})" if pin.note else ""
        yield f"  - {words(pin.name)} {code(pin.value)}{note}" if pin.value else f"  - {words(pin.note)}"


# --- diff


def difference(found: Difference) -> str:
    return _joined(_difference(found))


def _difference(found: Difference) -> Iterator[str]:
    style, text = headline(found)
    yield f"## {SIGNS[style]} {words(text)}"
    yield ""
    for word, about in (("old", found.old), ("new", found.new)):
        yield f"- {word}: {about.kind} {code(about.label)} ({code(about.name)}): {words(state_of(about, NOT_OF_EDITS)[1])}"
    yield from _oddities(found.new.oddities)
    for section in SECTIONS:
        findings: tuple[Finding, ...] = getattr(found, section.name)
        if findings or (section.always and not found.same):
            title = section.title if differs(findings) else f"{section.title}: {nothing(found)}"
            yield from _section(title, findings)


def _section(title: str, findings: Sequence[Finding]) -> Iterator[str]:
    yield from ("", f"### {title}")
    if findings:
        yield ""
    first, rest = shown(findings)
    for finding in first:
        yield _finding(finding)
        yield from _folded(finding.diff)
    yield from [f"- {rest}"] if rest else []


def _finding(finding: Finding) -> str:
    means = f": {words(finding.means)}" if finding.means else ""
    if finding.old and finding.new:
        return f"- {code(finding.what)} {code(finding.old)} → {code(finding.new)}{means}"
    item = finding.new or finding.old
    return f"- {code(finding.sign)} {code(finding.what)}{'' if item in ('', finding.what) else f' {code(item)}'}{means}"


def _folded(diff: Sequence[str]) -> Iterator[str]:
    if diff:
        yield f"  <details><summary>{len(diff)} lines</summary>"
        yield ""
        yield from (f"  {line}" for line in block(diff))
        yield ""
        yield "  </details>"


# --- check


def checks(found: Sequence[Check]) -> str:
    return _joined(line for check in found for line in _check(check))


def _check(check: Check) -> Iterator[str]:
    style, text = state_of(check)
    yield f"- {SIGNS[style]} {code(check.label)}: {words(text)}"
    details = [*_edits(check.edits), *_oddities(check.oddities)]
    details += [f"- {code(move.key)} {code(move.old or 'none')} → {code(move.new or 'none')}" for move in check.moves]
    details += [f"- {words(finding)}" for finding in check.findings]
    yield from (f"  {line}" if line else "" for line in details)


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)

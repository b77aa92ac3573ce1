"""The reports as lines with a style each: what a terminal and a pipe get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podsand_gen.review.words import NOT_OF_EDITS, SECTIONS, differs, headline, nothing, short, shown, state_of, target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from podsand_gen.review.check import Check
    from podsand_gen.review.diff import Difference, Finding
    from podsand_gen.review.edits import Edit
    from podsand_gen.review.explain import About, Explanation
    from podsand_gen.review.facts import Download, Step
    from podsand_gen.review.visible import Oddity


@dataclass(frozen=True)
class Line:
    """`style` is a word of terminal.py; `hang` is where a line that is too long goes on."""

    text: str = ""
    style: str = ""
    hang: int = 0


# --- explain


def explanation(found: Explanation) -> Iterator[Line]:
    yield from _about(found.about)
    yield from (Line(f"  warning: {warning}", "warn", 4) for warning in found.warnings)
    yield from _title("In short")
    for name, text in short(found):
        yield Line(f"  {name:<10}{text}", "bad" if text.startswith("NOT ") else "", 12)
    yield from _title("As root, by sudo: the script shows these commands first, and asks")
    for step in found.steps:
        if step.root:
            yield from _step(step)
    yield from _title("As you")
    for step in found.steps:
        if not step.root:
            yield from _step(step)
    yield from _title("The agent, in its sandbox")
    policy, rest = shown(found.policy)
    for sentence in policy:
        style = {"cannot": "good", "can": "warn"}.get(sentence.verb, "")
        yield Line(f"  {sentence.verb:<8}{sentence.text}", style, 10)
    if rest:
        yield Line(f"  {rest}", "bad")
    yield from _title("The script's commands")
    yield Line(f"  {' '.join(command.name for command in found.commands)}", hang=2)
    if found.values:
        yield from _title("The profile, and who says so")
        for value in found.values:
            style = "quiet" if value.origins == ("default",) else ""
            yield Line(f"  {value.key} = {value.value}  ({', '.join(value.origins)})", style, 6)


def _title(text: str) -> Iterator[Line]:
    yield Line()
    yield Line(text, "title")


def _about(about: About) -> Iterator[Line]:
    yield Line(f"{about.name}: {about.kind} {about.label}, {about.lines} lines", "title")
    style, text = state_of(about, NOT_OF_EDITS)
    yield Line(f"  {text}", style, 2)
    yield Line(f"  profile sha256 {about.sha256}", "quiet")
    yield from _edits(about.edits)
    yield from _oddities(about.oddities)


def _edits(edits: Sequence[Edit]) -> Iterator[Line]:
    first, rest = shown(edits)
    for edit in first:
        place = f"  line {edit.line}, {edit.part}: " if edit.line else f"  {edit.part}: "
        yield Line(f"{place}{edit.what}", "warn" if edit.versions else "bad", 4)
        yield from _diff(edit.diff, 6)
    if rest:
        yield Line(f"  {rest}", "bad")


def _oddities(found: Sequence[Oddity]) -> Iterator[Line]:
    for oddity in found:
        times = f", {oddity.count} times" if oddity.count > 1 else ""
        yield Line(
            f"  line {oddity.line}: {oddity.character} {oddity.name}{times}: not what it looks like, or not seen at all", "bad", 4
        )


def _step(step: Step) -> Iterator[Line]:
    yield Line(f"  {step.name}", "step")
    yield Line(f"    {step.summary}", hang=4)
    if not step.vetted:
        yield Line(f"    NOT VETTED: {' '.join(step.unvetted)}", "bad", 6)
    yield from _named("runs", step.commands, "root")
    yield from _named("contacts", step.hosts)
    for download in step.downloads:
        yield from _download(download)
    yield from _named("writes", step.writes)
    yield from _named("undone", ["; ".join(undo.means for undo in step.undo)] if step.undo else [])
    yield from _named("as root", [command for undo in step.undo for command in undo.commands], "root")


def _named(name: str, values: Sequence[str], style: str = "") -> Iterator[Line]:
    first, rest = shown(values)
    for value in [*first, rest] if rest else first:
        yield Line(f"    {name:<10}{value}", style, 14)
        name = ""


def _download(download: Download) -> Iterator[Line]:
    yield from _named("fetches", [f"{download.what}, from {download.source}"])
    for pin in download.pins:
        style = "" if pin.value and "NOT" not in pin.note else "warn"
        yield from _named(
            "", [" ".join(word for word in (pin.name, pin.value, f"({pin.note})" if pin.note else "") if word)], style
        )


# --- diff


def difference(found: Difference) -> Iterator[Line]:
    style, text = headline(found)
    yield Line(text, style)
    for word, about in (("old", found.old), ("new", found.new)):
        state, said = state_of(about, NOT_OF_EDITS)
        yield Line(f"  {word}  {about.kind} {about.label} ({about.name}): {said}", state if state != "good" else "", 7)
    yield from _oddities(found.new.oddities)
    for section in SECTIONS:
        findings: tuple[Finding, ...] = getattr(found, section.name)
        if findings or (section.always and not found.same):
            title = section.title if differs(findings) else f"{section.title}: {nothing(found)}"
            yield from _section(title, findings, section.style)


def _section(title: str, findings: Sequence[Finding], style: str) -> Iterator[Line]:
    yield from _title(title)
    first, rest = shown(findings)
    for finding in first:
        yield Line(f"  {target(finding)}", style if finding.sign != "-" else "", 6)
        if finding.means and finding.old and finding.new:
            yield Line(f"      {finding.means}", hang=6)
        yield from _diff(finding.diff, 6)
    if rest:
        yield Line(f"  {rest}", style)


def _diff(lines: Sequence[str], indent: int) -> Iterator[Line]:
    styles = {"+": "added", "-": "removed", "@": "quiet"}
    yield from (Line(f"{'':{indent}}{line}", styles.get(line[:1], ""), indent + 2) for line in lines)


# --- check


def checks(found: Sequence[Check]) -> Iterator[Line]:
    for check in found:
        yield from _check(check)


def _check(check: Check) -> Iterator[Line]:
    style, text = state_of(check)
    yield Line(f"{check.label}: {text}", style, 2)
    if check.unvetted:
        yield Line(f"  NOT VETTED: {' '.join(check.unvetted)}", "bad", 4)
    yield from _edits(check.edits)
    yield from _oddities(check.oddities)
    yield from (Line(f"  {move.key}  {move.old or 'none'} → {move.new or 'none'}", "bad", 4) for move in check.moves)
    yield from (Line(f"  {finding}", "bad", 4) for finding in check.findings)

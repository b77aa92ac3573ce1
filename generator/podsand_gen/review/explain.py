"""`podsand-gen explain`: what a script or profile does, as far as it can be said without running it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen import dockerfile
from podsand_gen.load import resolved_values
from podsand_gen.policy import told
from podsand_gen.review.facts import Step, steps
from podsand_gen.review.sandbox import Sentence, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podsand_gen.review.edits import Edit, State
    from podsand_gen.review.subject import Subject
    from podsand_gen.review.visible import Oddity


@dataclass(frozen=True)
class About:
    """What was looked at, and whether it is what podsand-gen makes of the profile in it; a profile always is."""

    label: str
    kind: Literal["profile", "script"]
    name: str
    version: str
    sha256: str
    lines: int
    state: State
    edits: tuple[Edit, ...]
    oddities: tuple[Oddity, ...]


@dataclass(frozen=True)
class Command:
    name: str
    summary: str


@dataclass(frozen=True)
class Value:
    """A key of the resolved profile, and who said its value: the file, those that it extends, the lock, or nobody."""

    key: str
    value: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    about: About
    steps: tuple[Step, ...]
    policy: tuple[Sentence, ...]
    commands: tuple[Command, ...]
    tools: tuple[str, ...]
    unvetted: tuple[str, ...]
    # Regions of the script whose text is the profile's: there is nobody who could vouch for it.
    own: tuple[str, ...]
    warnings: tuple[str, ...]
    # On demand.
    values: tuple[Value, ...] = ()


def about(subject: Subject) -> About:
    return About(
        label=subject.label,
        kind="profile" if subject.script is None else "script",
        name=subject.profile.name,
        version=subject.version,
        sha256=subject.plan.sha256,
        lines=subject.text.count("\n"),
        state=subject.comparison.state,
        edits=subject.comparison.edits,
        oddities=subject.comparison.oddities,
    )


def explain(subject: Subject, *, origin: bool = False) -> Explanation:
    """Of an edited script: what the profile in it stands for, with the edits beside it."""
    plan = subject.plan
    said = about(subject)
    names = {snippet.name for region in plan.regions for snippet in region.snippets}
    foreign = names.intersection(edit.part for edit in said.edits)
    return Explanation(
        about=said,
        steps=steps(plan, subject.profile, foreign),
        policy=sentences(subject.profile),
        commands=tuple(Command(name, summary) for name, summary in plan.commands),
        tools=plan.tools,
        unvetted=tuple(sorted(foreign.union(plan.unvetted))),
        own=tuple(names & {dockerfile.NAME}),
        warnings=subject.profile.warnings(),
        values=tuple(_values(subject)) if origin else (),
    )


def _values(subject: Subject) -> Iterator[Value]:
    for key, value in resolved_values(subject.profile).items():
        rows = isinstance(value, list) and any(isinstance(item, dict) for item in value)
        yield Value(key, f"{len(value)} of them" if rows else told(value), subject.origins(key))

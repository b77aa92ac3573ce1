"""`podsand-gen explain`: what a script or profile does, as far as it can be said without running it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen.review.facts import Step, steps
from podsand_gen.review.sandbox import Sentence, sentences

if TYPE_CHECKING:
    from podsand_gen.review.edits import Edit, State
    from podsand_gen.review.subject import Subject
    from podsand_gen.review.visible import Oddity
    from podsand_gen.snippet import Library


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
class Explanation:
    about: About
    steps: tuple[Step, ...]
    policy: tuple[Sentence, ...]
    commands: tuple[Command, ...]
    tools: tuple[str, ...]
    unvetted: tuple[str, ...]
    warnings: tuple[str, ...]


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


def explain(subject: Subject, library: Library) -> Explanation:
    """Of an edited script: what the profile in it stands for, with the edits beside it."""
    plan = subject.plan
    told = about(subject)
    names = {snippet.name for region in plan.regions for snippet in region.snippets}
    foreign = names.intersection(edit.part for edit in told.edits)
    return Explanation(
        about=told,
        steps=steps(plan, subject.profile, library, foreign),
        policy=sentences(subject.profile),
        commands=tuple(Command(name, summary) for name, summary in plan.commands),
        tools=plan.tools,
        unvetted=tuple(sorted(foreign.union(plan.unvetted))),
        warnings=subject.profile.warnings(),
    )

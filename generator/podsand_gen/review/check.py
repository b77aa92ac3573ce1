"""`podsand-gen check`: whether a script is what podsand-gen makes of the profile in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from podsand_gen import __version__
from podsand_gen.errors import ScriptError
from podsand_gen.policy import Move, compare
from podsand_gen.review.subject import decoded, made_by, of_profile, of_script, read_content

if TYPE_CHECKING:
    from podsand_gen.profile import Profile
    from podsand_gen.review.edits import Edit
    from podsand_gen.review.visible import Oddity
    from podsand_gen.snippet import Library


@dataclass(frozen=True)
class Check:
    """`moves` is what the wanted profile says that the embedded one does not; `findings` are shellcheck's."""

    label: str
    state: Literal["identical", "stale", "edited", "other profile", "faulty", "unreadable"]
    version: str
    library: str
    edits: tuple[Edit, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    moves: tuple[Move, ...] = ()
    findings: tuple[str, ...] = ()
    unvetted: tuple[str, ...] = ()
    why: str = ""

    @property
    def good(self) -> bool:
        return self.state == "identical"


def check(word: str, library: Library, wanted: Profile | None = None, *, lint: bool) -> Check:
    """What cannot be opened is an error; whatever is wrong with what is in it is an answer."""
    content = read_content(word)
    text = ""
    try:
        text = decoded(content, word)
        subject = of_script(text, word, library)
    except ScriptError as error:
        return Check(word, "unreadable", made_by(text), __version__, why=error.why)
    comparison = subject.comparison
    other = wanted is not None and of_profile(wanted, "", library).expected != subject.expected
    moves = compare(subject.profile, wanted) if wanted else ()
    findings = _lint(text) if lint and comparison.state == "identical" else ()
    state = comparison.state
    return Check(
        label=word,
        state="other profile" if state == "identical" and other else "faulty" if findings else state,
        version=subject.version,
        library=__version__,
        edits=comparison.edits,
        oddities=comparison.oddities,
        moves=moves,
        findings=findings,
        unvetted=subject.plan.unvetted,
    )


def _lint(text: str) -> tuple[str, ...]:
    """Of a script that is our own, byte for byte: shellcheck reads no stranger's text."""
    from podsand_gen.lint import shellcheck

    return tuple(shellcheck(text, "--extended-analysis=false"))

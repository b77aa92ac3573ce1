"""What is looked at: a script or a profile, from a file, standard input or a revision, read without trusting any of it."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from podsand_gen import __version__
from podsand_gen.document import SIZE_LIMIT, decode, read_bytes
from podsand_gen.errors import ProfileError, ScriptError, UsageError
from podsand_gen.load import load, load_resolved
from podsand_gen.plan import Plan, build_plan
from podsand_gen.render import render
from podsand_gen.review import git
from podsand_gen.review.edits import Comparison, compare
from podsand_gen.review.layout import PROFILE_CLOSES, PROFILE_OPENS, Part, parts
from podsand_gen.review.visible import visible

if TYPE_CHECKING:
    from podsand_gen.load import Loaded
    from podsand_gen.profile import Profile
    from podsand_gen.snippet import Library

SCRIPT_LIMIT = 4 * 1024 * 1024
HEAD_LINES = 20
_MADE_BY = re.compile(r"^# made by: podsand-gen ([0-9A-Za-z.+-]{1,40})$", re.MULTILINE)


@dataclass(frozen=True)
class Subject:
    """A profile, what this podsand-gen makes of it, and, of a script, its own text and how the two differ."""

    label: str
    profile: Profile
    plan: Plan
    expected: str
    script: str | None
    comparison: Comparison
    version: str
    # Who said each value of the profile; None when they were all said in one place.
    loaded: Loaded | None = None
    # What stands for the directory of its files where that is a place of ours, or for the one place.
    place: tuple[str, str] = ("", "")

    @property
    def text(self) -> str:
        """What would run."""
        return self.expected if self.script is None else self.script

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return parts(self.text)

    def origins(self, key: str) -> tuple[str, ...]:
        """Who said the value of a key of the resolved profile."""
        ours, theirs = self.place
        if self.loaded is None:
            return (theirs,)
        return tuple(
            " ".join(filter(None, (origin.kind, f"{theirs}{origin.source.removeprefix(ours)}" if origin.source else "")))
            for origin in self.loaded.origins[key]
        )


def read_subject(word: str | None, library: Library) -> Subject:
    """None is the default profile."""
    if word is None:
        from podsand_gen.resources import resource

        path = resource("examples/default.toml")
        loaded = load(path, where="the default profile", lock=False)
        return replace(of_profile(loaded.profile, "(the default)", library), loaded=loaded, place=(f"{path.parent}/", ""))
    content = read_content(word)
    if content.startswith(b"#!"):
        return of_script(decoded(content, word), word, library)
    if word == "-":
        profile = load_resolved(decode(Path("standard input"), content), Path("standard input"))
        return replace(of_profile(profile, word, library), place=("", "standard input"))
    loaded, place = _loaded(word)
    return replace(of_profile(loaded.profile, word, library), loaded=loaded, place=place)


def of_profile(profile: Profile, label: str, library: Library) -> Subject:
    plan = build_plan(profile, library)
    return Subject(label, profile, plan, render(plan), None, Comparison("identical", (), ()), __version__)


def of_script(text: str, label: str, library: Library) -> Subject:
    version = made_by(text)
    try:
        # With the line ends of Windows it is still told what is wrong with it.
        profile = embedded_profile(text.replace("\r\n", "\n"), label)
        plan = build_plan(profile, library)
    except UsageError as error:
        why = "\n".join(map(visible, str(error).split("\n")))
        raise ScriptError(label, f"the profile in it cannot be read by podsand-gen {__version__}: {why}") from None
    expected = render(plan)
    found = compare(text, expected, profile, version)
    return Subject(label, profile, plan, expected, text, found, version, place=("", "the script"))


def embedded_profile(text: str, label: str) -> Profile:
    """The first one: a second is an edit. Found by its own two lines, whatever became of those around it."""
    start = text.find(f"\n{PROFILE_OPENS}")
    end = text.find(f"\n{PROFILE_CLOSES}\n", start + 1)
    if start < 0 or end < 0:
        raise ScriptError(label, "holds no profile; it is no script of podsand-gen, or was edited")
    lines = [line.removeprefix("#").removeprefix(" ") for line in text[start + 1 : end].split("\n")[1:]]
    return load_resolved("\n".join(lines) + "\n", Path(label))


def made_by(text: str) -> str:
    """The version that the script says it was made by; empty when it says none."""
    head = "\n".join(text[:4096].split("\n")[:HEAD_LINES])
    match = _MADE_BY.search(head)
    return match[1] if match else ""


def decoded(content: bytes, label: str) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScriptError(label, f"is not UTF-8 at byte {error.start}; a script of podsand-gen is") from None
    if "\0" in text:
        raise ScriptError(label, f"holds a NUL at byte {content.index(0)}; a script is text")
    return text


def read_content(word: str) -> bytes:
    if word == "-":
        content = sys.stdin.buffer.read(SCRIPT_LIMIT + 1)
        if len(content) > SCRIPT_LIMIT:
            raise ScriptError("standard input", f"is larger than {SCRIPT_LIMIT // SIZE_LIMIT} MiB; a script is not")
        return content
    if git.is_revision(word):
        return git.read_blob(word, SCRIPT_LIMIT)
    return read_bytes(Path(word), SCRIPT_LIMIT, "script")


def _loaded(word: str) -> tuple[Loaded, tuple[str, str]]:
    """With the place of ours that its files were in, and what to say in its stead."""
    if git.is_revision(word):
        with tempfile.TemporaryDirectory() as directory:
            path = git.materialise(word, Path(directory), SIZE_LIMIT)
            try:
                return load(path, where=word, lock=False), (f"{path.parent}/", word.removesuffix(path.name))
            except UsageError as error:
                if directory not in str(error):
                    raise
                # That place is one of ours, and gone when somebody reads this.
                raise ProfileError(word, [str(error).replace(f"{path.parent}/", "")]) from None
    return load(Path(word)), ("", "")

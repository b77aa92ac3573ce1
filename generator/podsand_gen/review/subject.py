"""What is looked at: a script or a profile, from a file, standard input or a revision, read without trusting any of it."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podsand_gen import __version__
from podsand_gen.errors import PodsandError, ScriptError
from podsand_gen.load import SIZE_LIMIT, decode, load_profile, load_resolved, read_bytes
from podsand_gen.plan import Plan, build_plan
from podsand_gen.render import render
from podsand_gen.review import git
from podsand_gen.review.edits import Comparison, compare
from podsand_gen.review.layout import Part, parts

if TYPE_CHECKING:
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
    comparison: Comparison | None
    version: str

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts(self.expected if self.script is None else self.script)


def read_subject(word: str | None, library: Library) -> Subject:
    """None is the default profile."""
    if word is None:
        from podsand_gen.resources import resource

        return of_profile(
            load_profile(resource("examples/release.toml"), where="the default profile"), "the default profile", library
        )
    content = _content(word)
    if content.startswith(b"#!"):
        return of_script(decode(Path(word), content), word, library)
    return of_profile(_profile(word, content), word, library)


def read_script(word: str) -> str:
    return decode(Path(word), _content(word))


def of_profile(profile: Profile, label: str, library: Library) -> Subject:
    plan = build_plan(profile, library)
    return Subject(label, profile, plan, render(plan), None, None, __version__)


def of_script(text: str, label: str, library: Library) -> Subject:
    profile = embedded_profile(text, label)
    plan = build_plan(profile, library)
    expected = render(plan)
    version = made_by(text)
    return Subject(label, profile, plan, expected, text, compare(text, expected, profile, version), version)


def embedded_profile(text: str, label: str) -> Profile:
    found = [part for part in parts(text) if part.kind == "profile"]
    if not found:
        raise ScriptError(label, "holds no profile; it is no script of podsand-gen, or was edited")
    lines = [line.removeprefix("#").removeprefix(" ") for line in found[0].inner]
    try:
        return load_resolved("\n".join(lines) + "\n", Path(f"{label}, the profile in it"))
    except ScriptError:
        raise
    except PodsandError as error:
        raise ScriptError(label, f"the profile in it cannot be read by podsand-gen {__version__}: {error}") from None


def made_by(text: str) -> str:
    """The version that the script says it was made by; empty when it says none."""
    head = "\n".join(text[:4096].split("\n")[:HEAD_LINES])
    match = _MADE_BY.search(head)
    return match[1] if match else ""


def _content(word: str) -> bytes:
    if word == "-":
        content = sys.stdin.buffer.read(SCRIPT_LIMIT + 1)
        if len(content) > SCRIPT_LIMIT:
            raise ScriptError("standard input", f"is larger than {SCRIPT_LIMIT // SIZE_LIMIT} MiB; a script is not")
        return content
    if git.is_revision(word):
        return git.read_blob(word, SCRIPT_LIMIT)
    return read_bytes(Path(word), SCRIPT_LIMIT, "script")


def _profile(word: str, content: bytes) -> Profile:
    if git.is_revision(word):
        with tempfile.TemporaryDirectory() as directory:
            return load_profile(git.materialise(word, Path(directory), SIZE_LIMIT), where=word)
    if word == "-":
        return load_resolved(decode(Path("standard input"), content), Path("standard input"))
    return load_profile(Path(word))

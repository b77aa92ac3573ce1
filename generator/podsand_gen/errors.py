"""Every failure that a user can cause, as a class that builds its own message from facts."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

OK, FAILED, DIFFERENT, WEAKER, USAGE, INTERRUPTED = 0, 1, 2, 3, 64, 130
AT_MOST = 10


def show(value: object, width: int = 60) -> str:
    """A value as a user would write it in TOML, on one line, safe for a terminal, cut to a readable length."""
    if isinstance(value, bool):
        return str(value).lower()
    text = value if isinstance(value, str) else str(value)
    if len(text) > width:
        text = text[: width - 1] + "…"
    if not isinstance(value, str):
        return "".join(char if char.isprintable() else "?" for char in text)
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in quoted)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The tail of a message: empty, or the nearest candidate."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(candidates), n=1, cutoff=0.6)
    return f"; did you mean {show(near[0])}?" if near else ""


def listed(problems: Sequence[str], at_most: int = AT_MOST) -> str:
    lines = [f"  {problem}" for problem in problems[:at_most]]
    if len(problems) > at_most:
        lines.append(f"  … and {len(problems) - at_most} more")
    return "\n".join(lines)


class PodsandError(Exception):
    """The base of all failures that are told to the user without a traceback."""

    exit_code = FAILED


class UsageError(PodsandError):
    exit_code = USAGE


class ProfileFileError(UsageError):
    """The profile cannot be read at all: where, why, and what to do."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{show(str(path), 200)}: {why}")
        self.why = why


class ExtendsError(UsageError):
    """What a file extends cannot be taken: both files, and why."""

    def __init__(self, path: Path, word: str, why: str) -> None:
        super().__init__(f"{show(str(path), 200)}: extends {show(word, 200)}: {why}")


class LockError(UsageError):
    """podsand.lock cannot be taken as it is."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{show(str(path), 200)}: {why}; take it away and make it again: podsand-gen lock PROFILE")


class NoLockError(UsageError):
    def __init__(self) -> None:
        super().__init__(
            "the default profile has no lock: its pins are those of podsand-gen itself; "
            "name a profile, or make one first: podsand-gen init -o mine.toml"
        )


class StaleLockError(UsageError):
    """--locked, and the lock does not have what the profile resolves to."""

    def __init__(self, path: Path, profile: Path, problems: Sequence[str]) -> None:
        name = show(profile.name)
        why = f"does not have the pins of {name} as they are now" if problems else f"there is no lock of {name}"
        told = f"{listed(problems)}\n" if problems else ""
        remedy = f"Make it, and read its diff: podsand-gen lock {shlex.quote(str(profile))}"
        super().__init__(f"{show(str(path), 200)}: {why}\n{told}{remedy}")


class ProfileError(UsageError):
    """The profile was read and says something that it may not say."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{where}: {count}\n{listed(problems)}")
        self.problems = tuple(problems)


class SetOptionError(UsageError):
    def __init__(self, option: str, why: str) -> None:
        super().__init__(f"--set {show(option)}: {why}")


class LibraryError(PodsandError):
    """A snippet cannot be used; the problems carry file and line."""

    def __init__(self, problems: Sequence[str], at_most: int = 50) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"snippets: {count}\n{listed(problems, at_most)}")
        self.problems = tuple(problems)


class UnvettedError(PodsandError):
    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"these snippets differ from what VETTED.toml vouches for:\n{listed(names)}\n"
            "Use them knowingly with --snippets DIR, or, after a review, vouch for them: podsand-gen snippets --vet"
        )


class LintError(PodsandError):
    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__(
            f"shellcheck finds fault with the script; nothing was written\n{listed(findings, 20)}\n"
            "This is a fault of a snippet or of podsand-gen: please report it (--no-lint writes the script all the same)"
        )
        self.findings = tuple(findings)


class LintToolError(PodsandError):
    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; reinstall podsand with pip, or leave the check out with --no-lint")


class OutputError(PodsandError):
    def __init__(self, target: str, why: str) -> None:
        super().__init__(f"cannot write {target}: {why}")


class OutputTargetError(UsageError):
    def __init__(self, target: str, why: str) -> None:
        super().__init__(f"-o {show(target, 200)}: {why}")


class RevisionError(PodsandError):
    """A file of a revision cannot be had from git."""

    def __init__(self, spec: str, why: str) -> None:
        super().__init__(f"{show(spec, 200)}: {why}; write REVISION:PATH as git does, such as HEAD~1:setup.sh")


class ScriptError(PodsandError):
    """A script holds no profile that could be explained or compared."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(f"{show(label, 200)}: {why}")
        self.why = why

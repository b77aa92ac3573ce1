"""Scripts to look at, and ways to damage them."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from podsand_gen.profile import Profile
from podsand_gen.review.edits import Comparison
from podsand_gen.review.subject import Subject, of_profile, of_script
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]


@cache
def library() -> Library:
    return Library.load(ROOT / "snippets")


@cache
def script(name: str = "release") -> str:
    return (ROOT / "out" / f"{name}.sh").read_text(encoding="utf-8")


def subject(text: str, label: str = "setup.sh") -> Subject:
    return of_script(text, label, library())


def comparison(text: str) -> Comparison:
    return subject(text).comparison


def profile_subject(**tables: object) -> Subject:
    return of_profile(Profile.model_validate({"schema": 1, "name": "x", **tables}), "x.toml", library())


def replaced(text: str, old: str, new: str) -> str:
    """An edit that is one: the old text stands there once."""
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new)


def region(text: str, name: str) -> str:
    match = re.search(rf"^# >>> {name} .*?(?=^# >>> |^\n# --- |^\nmain )", text, re.MULTILINE | re.DOTALL)
    assert match
    return match[0]


def after(text: str, name: str, more: str) -> str:
    """With more lines at the end of a region."""
    found = region(text, name)
    return replaced(text, found, found + more)


def outside(text: str, more: str, title: str = "user steps") -> str:
    """With more lines where no region is: between a title and the first region below it."""
    return replaced(text, f"\n# --- {title}\n", f"\n# --- {title}\n{more}")


def rehashed(text: str, name: str) -> str:
    """As a careful forger leaves it: the region's hash line is that of its body."""
    found = region(text, name)
    body = "".join(found.splitlines(keepends=True)[1:])
    digest = hashlib.sha256(body.encode()).hexdigest()
    return text.replace(found, re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{digest}", found, count=1))


def of_version(text: str, version: str = "0.0.9") -> str:
    """As if another version had made it."""
    text = replaced(text, "# made by: podsand-gen 0.1.0", f"# made by: podsand-gen {version}")
    return replaced(text, "readonly PODSAND_VERSION='0.1.0'", f"readonly PODSAND_VERSION='{version}'")

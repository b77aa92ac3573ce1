"""podsand.lock: what the profiles of a directory resolved to, so that a newer podsand-gen does not change it unasked."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podsand_gen.document import parse, read_text
from podsand_gen.errors import LockError, ProfileFileError, StaleLockError, did_you_mean, show
from podsand_gen.lock import PINNED
from podsand_gen.profile import canonical_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podsand_gen.profile import Profile

NAME = "podsand.lock"
SCHEMA = 1
# What a lock may say, by table: versions, hashes, and the image to build on, which holds a digest when it is pinned.
_KEYS: dict[str, list[str]] = {"podman": [], "docker": ["key_sha256"], "image": ["base"], "agent": []}
for _pin in PINNED:
    _KEYS[_pin.table] += [_pin.version, *_pin.below]
_HEAD = """\
# Made by: podsand-gen lock. A change of it is a change of what is downloaded and run: read it as such.
# What wins: the profile, with what it extends and --set; then this file; then the pins of podsand-gen itself.
"""
Entry = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Lock:
    path: Path
    entries: Mapping[str, Entry]

    def entry(self, profile: str) -> Entry | None:
        return self.entries.get(profile)


def lock_path(profile: Path) -> Path:
    return profile.with_name(NAME)


def read_lock(profile: Path) -> Lock:
    """The lock beside a profile; an empty one when there is none."""
    path = lock_path(profile)
    if not os.path.lexists(path):
        return Lock(path, {})
    try:
        raw = parse(path, read_text(path))
    except ProfileFileError as error:
        raise LockError(path, error.why) from None
    if raw.pop("schema", None) != SCHEMA:
        raise LockError(path, f"does not say schema = {SCHEMA}, so another podsand-gen made it")
    entries = raw.pop("profile", {})
    if raw or not isinstance(entries, dict):
        raise LockError(path, f"holds {show(next(iter(raw), 'profile'))}, which no lock does")
    for name, entry in entries.items():
        for problem in _faults(entry):
            raise LockError(path, f"{show(name)}: {problem}")
    return Lock(path, entries)


def _faults(entry: object) -> Iterator[str]:
    """What is no pin. Nothing else may come in by a lock; whether a version or a hash is one, the model says."""
    tables = entry.items() if isinstance(entry, dict) else ()
    if not tables:
        yield "holds no pins"
    for table, pins in tables:
        if table not in _KEYS or not isinstance(pins, dict):
            yield f"{show(table)} is no table of pins{did_you_mean(table, _KEYS)}"
            continue
        yield from (f"{table}.{show(key)} is no pin{did_you_mean(key, _KEYS[table])}" for key in pins if key not in _KEYS[table])


def pins_of(profile: Profile) -> Entry:
    """Every pin that the profile resolved to; what has no effect in it is none."""
    data = tomllib.loads(canonical_toml(profile))
    pins = {table: {key: data[table][key] for key in keys if key in data.get(table, {})} for table, keys in _KEYS.items()}
    return {table: found for table, found in pins.items() if found}


def differences(locked: Entry | None, wanted: Entry) -> list[str]:
    """What has to change in a lock, one line a key."""
    before, after = _flat(locked or {}), _flat(wanted)
    keys = list(dict.fromkeys((*after, *before)))
    return [f"{key}: {_told(before, key)} -> {_told(after, key)}" for key in keys if before.get(key) != after.get(key)]


def hold(path: Path, profile: Profile, locked: Entry | None, *, strict: bool) -> list[str]:
    """Warnings where a profile goes other ways than its lock; with `strict` that is an error, and having no lock is one."""
    problems = [] if locked is None else differences(locked, pins_of(profile))
    if strict and (problems or locked is None):
        raise StaleLockError(lock_path(path), path, problems)
    return [f"{NAME} has another pin, and the profile wins: {problem}" for problem in problems]


def _told(pins: Mapping[str, Any], key: str) -> str:
    return show(pins[key], 80) if key in pins else "nothing"


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        found.update(_flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value})
    return found


def lock_text(entries: Mapping[str, Entry]) -> str:
    import tomli_w

    return _HEAD + tomli_w.dumps({"schema": SCHEMA, "profile": dict(sorted(entries.items()))})

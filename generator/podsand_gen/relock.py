"""`podsand-gen lock`: bring the lock beside a profile up to date, or say that it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podsand_gen.load import load
from podsand_gen.lockfile import differences, lock_path, lock_text, pins_of, read_lock

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Relocked:
    path: Path
    text: str
    changes: tuple[str, ...]


def relock(profile: Path, *, upgrade: bool) -> Relocked:
    """What the lock should be. The pins that it has stay, unless the profile says others, or an upgrade is asked for."""
    lock = read_lock(profile)
    wanted = pins_of(load(profile, lock=not upgrade).profile)
    return Relocked(
        path=lock_path(profile),
        text=lock_text({**lock.entries, profile.name: wanted}),
        changes=tuple(differences(lock.entry(profile.name), wanted)),
    )

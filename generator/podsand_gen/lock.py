"""Pins: which version a profile gets by default, and the hashes of the versions that are known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Pinned(NamedTuple):
    """The keys of a profile that pin one program: what is below a version is that version's."""

    program: str
    table: str
    version: str
    below: tuple[str, ...]


PINNED = (
    Pinned("podman", "podman", "version", ("commit", "sha256")),
    Pinned("node", "image", "node_version", ("node_sha256",)),
    Pinned("fnm", "image", "fnm_version", ("fnm_sha256",)),
    Pinned("claude-code", "agent", "version", ("sha256",)),
)


@dataclass(frozen=True)
class Pins:
    """The known versions of one program."""

    default: str
    known: tuple[str, ...]
    sha256: dict[str, dict[str, str]]
    advised: str = ""
    commits: dict[str, str] = field(default_factory=dict)
    key_sha256: str = ""

    def lookup(self, version: str) -> dict[str, str] | None:
        return self.sha256.get(version)

    def nearest(self, word: str) -> str:
        """The known version that a user most likely meant: the newest that the word begins, else the default."""
        digits = re.sub(r"[^0-9.]", "", word).strip(".")
        begun = [known for known in self.known if digits and f"{known.lstrip('v')}.".startswith(f"{digits}.")]
        return begun[-1] if begun else self.default


@cache
def pins(program: str) -> Pins:
    table = _pins_file()[program]
    return Pins(
        default=table.get("default", ""),
        known=tuple(table.get("known", ())),
        sha256=table.get("sha256", {}),
        advised=table.get("advised", ""),
        commits=table.get("commits", {}),
        key_sha256=table.get("key_sha256", ""),
    )


@cache
def _pins_file() -> dict[str, dict]:  # type: ignore[type-arg]
    return tomllib.loads(Path(__file__).with_name("pins.toml").read_text(encoding="utf-8"))


def version_key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", version))

"""Where things stand in a script: every byte in exactly one part, in one pass. Tells where, never whether: bytes decide that."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_OPEN = re.compile(r"# >>> (?P<name>[a-z0-9-]{1,60}/[a-z0-9-]{1,60}) sha256:(?P<sha256>[0-9a-f]{64}) ")
PROFILE_OPENS, PROFILE_CLOSES = "# --- profile", "# --- end profile"
_BLOCKS = {"# --- config": ("config", "# --- end config"), PROFILE_OPENS: ("profile", PROFILE_CLOSES)}


@dataclass(frozen=True)
class Part:
    """A run of whole lines: `config`, `profile`, a region under its snippet's name, or `rest`: what stands around them."""

    kind: str
    name: str
    line: int
    lines: tuple[str, ...]
    sha256: str = ""

    @property
    def digest(self) -> str:
        """Of what stands there, whatever its first line says."""
        return hashlib.sha256("\n".join(self.lines).encode(errors="surrogatepass")).hexdigest()

    @property
    def inner(self) -> tuple[str, ...]:
        """Without the lines that open and close it."""
        return self.lines if self.kind == "rest" else self.lines[1:-1]


def parts(text: str) -> tuple[Part, ...]:
    """A region ends at the first line that closes it; one that is never closed reaches to the end."""
    lines = text.split("\n")
    found: list[Part] = []
    rest = index = 0
    while index < len(lines):
        opened = _opened(lines[index])
        if opened is None:
            index += 1
            continue
        kind, name, close, sha256 = opened
        if rest < index:
            found.append(Part("rest", _place(found), rest + 1, tuple(lines[rest:index])))
        end = _closing(lines, index, close)
        found.append(Part(kind, name, index + 1, tuple(lines[index:end]), sha256))
        rest = index = end
    if rest < len(lines):
        found.append(Part("rest", "the end" if found else "the head", rest + 1, tuple(lines[rest:])))
    return tuple(found)


def _opened(line: str) -> tuple[str, str, str, str] | None:
    """Kind, name, closing line and hash of the part that this line opens."""
    if not line.startswith("# "):
        return None
    if match := _OPEN.match(line):
        return "region", match["name"], f"# <<< {match['name']}", match["sha256"]
    block = _BLOCKS.get(line.partition(":")[0])
    return (block[0], block[0], block[1], "") if block else None


def _closing(lines: list[str], start: int, close: str) -> int:
    # What is never closed is the last part, so that all searches together are one pass.
    try:
        return lines.index(close, start) + 1
    except ValueError:
        return len(lines)


def _place(found: list[Part]) -> str:
    """What stands around the others is known by what stands before it."""
    return f"after {found[-1].name}" if found else "the head"

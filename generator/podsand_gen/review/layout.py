"""Where things stand in a script: every byte in exactly one part, in one pass. Tells where, never whether: bytes decide that."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_OPEN = re.compile(r"# >>> (?P<name>[a-z0-9-]{1,60}/[a-z0-9-]{1,60}) sha256:(?P<sha256>[0-9a-f]{64}) ")
MAIN = 'main "$@"'
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
        """Without the lines that open and close it; nothing closes a region."""
        if self.kind == "region":
            return self.lines[1:]
        return self.lines if self.kind == "rest" else self.lines[1:-1]


def parts(text: str) -> tuple[Part, ...]:
    """A region ends where the next begins, or a title, or the call of main; config and profile at the line that closes them."""
    lines = text.split("\n")
    # The last one: a text of the profile's own may hold that line, too.
    main = max((index for index, line in enumerate(lines) if line == MAIN), default=len(lines))
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
        end = _closing(lines, index, close) if close else _region_end(lines, index + 1, main)
        found.append(Part(kind, name, index + 1, tuple(lines[index:end]), sha256))
        rest = index = end
    if rest < len(lines):
        found.append(Part("rest", "the end" if found else "the head", rest + 1, tuple(lines[rest:])))
    return tuple(found)


def _opened(line: str) -> tuple[str, str, str, str] | None:
    """Kind, name, closing line, if it has one, and hash of the part that this line opens."""
    if not line.startswith("# "):
        return None
    if match := _OPEN.match(line):
        return "region", match["name"], "", match["sha256"]
    block = _BLOCKS.get(line.partition(":")[0])
    return (block[0], block[0], block[1], "") if block else None


def _closing(lines: list[str], start: int, close: str) -> int:
    # What is never closed is the last part, so that all searches together are one pass.
    try:
        return lines.index(close, start) + 1
    except ValueError:
        return len(lines)


def _region_end(lines: list[str], start: int, main: int) -> int:
    end = next((index for index in range(start, len(lines)) if index == main or _begins(lines[index])), len(lines))
    if end < len(lines) and lines[end].startswith("# >>> "):
        return end
    # The empty line before a title, and before the call of main, is theirs.
    while end > start and not lines[end - 1]:
        end -= 1
    return end


def _begins(line: str) -> bool:
    return line.startswith("# --- ") or _opened(line) is not None


def _place(found: list[Part]) -> str:
    """What stands around the others is known by what stands before it."""
    return f"after {found[-1].name}" if found else "the head"

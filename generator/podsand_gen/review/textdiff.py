"""The textual difference of two lists of lines, in bounded time whatever they hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT = 3
# difflib looks at every pair of equal lines, and in the worst case again for every line: beyond this, lines are not paired.
STEPS = 2_000_000
LINES = 400


def text_diff(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """As `diff -u` has it, without the two lines with names; cut where it is too long to read."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if _steps(before, after) > STEPS:
        return _cut([f"@@ -{start + 1},{len(before)} +{start + 1},{len(after)} @@", *_all("-", before), *_all("+", after)])
    import difflib

    margin = min(start, CONTEXT)
    tail = len(old) - end + CONTEXT, len(new) - end + CONTEXT
    lines = difflib.unified_diff(old[start - margin : tail[0]], new[start - margin : tail[1]], n=CONTEXT, lineterm="")
    shift = start - margin
    return _cut([_shifted(line, shift) if line.startswith("@@") else line for line in list(lines)[2:]])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for ours, theirs in zip(old, new, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _steps(old: Sequence[str], new: Sequence[str]) -> int:
    counts = Counter(new)
    return sum(counts[line] for line in old) * min(len(old), len(new))


def _all(sign: str, lines: Sequence[str]) -> list[str]:
    return [sign + line for line in lines[: LINES + 1]]


def _shifted(header: str, shift: int) -> str:
    """`@@ -3,4 +3,5 @@` of a part, as it is in the whole."""
    words = header.split()
    for index in (1, 2):
        first, comma, count = words[index][1:].partition(",")
        words[index] = f"{words[index][0]}{int(first) + shift}{comma}{count}"
    return " ".join(words)


def _cut(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= LINES:
        return tuple(lines)
    return (*lines[:LINES], f"… and {len(lines) - LINES} more lines")

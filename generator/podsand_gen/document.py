"""A TOML file, read with every care: it may be anything, and it may be a hostile anything."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any

from podsand_gen.errors import ProfileFileError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT = 1024 * 1024
# A key of n parts costs tomllib n² steps, so a few lines of dots would take hours.
DOTS_LIMIT = 64


def read_text(path: Path) -> str:
    return decode(path, read_bytes(path, SIZE_LIMIT, "profile"))


def read_bytes(path: Path, limit: int, kind: str) -> bytes:
    try:
        # Without O_NONBLOCK a FIFO without a writer would hold us for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ProfileFileError(path, f"there is no such file{_near(path)}") from None
    except (OSError, ValueError) as error:
        raise ProfileFileError(path, f"cannot be read: {_reason(error)}") from None
    # Not by fdopen before its kind is known: that fails on a directory with words of its own.
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        why = "is a directory; name the file in it" if stat.S_ISDIR(mode) else "is not a regular file; save it as one"
        raise ProfileFileError(path, why)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ProfileFileError(path, f"is larger than {limit // SIZE_LIMIT} MiB; a {kind} is not")
    return content


def decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProfileFileError(path, f"is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    if text.startswith("\ufeff"):
        raise ProfileFileError(path, "begins with a byte order mark; save it as UTF-8 without one")
    if "\0" in text:
        raise ProfileFileError(path, f"holds a NUL at byte {content.index(0)}; a profile is text")
    return text


def _near(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix == ".toml")
    except OSError:
        return ""
    return did_you_mean(path.name, names)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def parse(path: Path, text: str) -> dict[str, Any]:
    _refuse_dots(path, text)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ProfileFileError(path, "is nested too deeply") from None
    except ValueError as error:
        message = "".join(char if char.isprintable() else "?" for char in str(error))
        if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
            message = f"a key or table is given twice: {message}"
        raise ProfileFileError(path, f"is not TOML: {message}") from None


def _refuse_dots(path: Path, text: str) -> None:
    if text.count(".") <= DOTS_LIMIT:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > DOTS_LIMIT:
            outside = re.sub(r"""\"(?:[^"\\]|\\.)*"|'[^']*'""", "", line).partition("#")[0]
            if outside.count(".") > DOTS_LIMIT:
                raise ProfileFileError(path, f"line {number} holds a key of too many parts")

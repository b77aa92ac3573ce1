"""Where the script goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

from podsand_gen.errors import OutputError, OutputTargetError, show
from podsand_gen.quoting import forbidden_character, quote

SCRIPT_MODE, TEXT_MODE = 0o755, 0o644


def write(text: str, name: str | None, mode: int = SCRIPT_MODE) -> None:
    if name is None or name == "-":
        write_stdout(text)
    else:
        write_file(name, text, mode)


def write_stdout(text: str) -> None:
    if sys.stdout is None:
        raise OutputError("standard output", "it is closed; name a file with -o")
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError("standard output", error.strerror or str(error)) from None


def write_file(name: str, text: str, mode: int = SCRIPT_MODE) -> None:
    target = Path(os.path.realpath(name))
    _accept(name, target)
    temporary = target.with_name(f".{target.name}.{os.urandom(6).hex()}")
    try:
        _fill(_create(temporary), text.encode(), mode)
        temporary.replace(target)
        _sync_directory(target.parent)
    except OSError as error:
        raise OutputError(show(name, 200), error.strerror or str(error)) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def must_be_new(name: str) -> None:
    _accept(name, Path(os.path.realpath(name)))
    if os.path.lexists(name):
        raise _taken(name)


def write_new_file(name: str, text: str) -> None:
    """Nothing that is there is touched, not even what came into being a moment ago."""
    must_be_new(name)
    target = Path(name)
    try:
        descriptor = _create(target)
    except FileExistsError:
        raise _taken(name) from None
    except OSError as error:
        raise OutputError(show(name, 200), error.strerror or str(error)) from None
    try:
        _fill(descriptor, text.encode(), TEXT_MODE)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise OutputError(show(name, 200), error.strerror or str(error)) from None


def _taken(name: str) -> OutputTargetError:
    return OutputTargetError(name, "is there already; name another file, or take that one away")


def _accept(name: str, target: Path) -> None:
    if not name or name.endswith("/"):
        raise OutputTargetError(name, "names no file; name one, such as setup.sh")
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise OutputTargetError(name, f"there is no directory {show(str(target.parent), 200)}; make it first") from None
        return
    except (OSError, ValueError) as error:
        raise OutputTargetError(name, str(error)) from None
    if stat.S_ISDIR(mode):
        raise OutputTargetError(name, "is a directory; name a file in it, such as setup.sh")
    if not stat.S_ISREG(mode):
        raise OutputTargetError(name, "is not a regular file; write to standard output and redirect it")


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _fill(descriptor: int, content: bytes, mode: int) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def leave_failing_script(arguments: list[str], message: str) -> None:
    """`podsand-gen > setup.sh` that failed must not leave an empty file, which would "work" when it is run."""
    if sys.stdout is None or sys.stdout.isatty() or _writes_file(arguments):
        return
    lines = ["podsand-gen failed, this is not a set-up script:", *message.splitlines()]
    visible = ["".join("?" if forbidden_character(char) else char for char in line) for line in lines]
    words = " ".join(quote(line) for line in visible)
    with contextlib.suppress(OSError):
        sys.stdout.buffer.write(f"#!/bin/sh\nprintf '%s\\n' {words} >&2; exit 1\n".encode())
        sys.stdout.buffer.flush()


def _writes_file(arguments: list[str]) -> bool:
    return any(word.startswith(("-o", "--output")) and word not in ("-o-", "--output=-") for word in arguments)

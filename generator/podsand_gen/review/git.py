"""Files of a revision, as git has them, and nothing of what a repository could have git execute."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from podsand_gen.errors import RevisionError

SECONDS = 30
FILES = 100
# A repository without all its objects would fetch them: by a program that its configuration names.
_ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
_STRING = re.compile(rb"""["']([A-Za-z0-9_][A-Za-z0-9_./-]{0,200})["']""")


def is_revision(word: str) -> bool:
    """REV:path, when there is no file of that name."""
    return ":" in word[1:] and not Path(word).exists()


def read_blob(spec: str, limit: int) -> bytes:
    """By `cat-file`, which runs no filter, hook or pager. The size is known before the content is read."""
    if "\n" in spec or "\0" in spec:
        raise RevisionError(spec, "is not the name of a revision and a file")
    header = _cat_file("--batch-check", spec).decode(errors="replace").split()
    if len(header) != 3 or header[1] != "blob":
        raise RevisionError(spec, "is a directory" if "tree" in header[1:2] else "git knows no such revision or file")
    if int(header[2]) > limit:
        raise RevisionError(spec, f"is larger than {limit // 1024**2} MiB")
    return _cat_file("--batch", header[0]).partition(b"\n")[2].removesuffix(b"\n")


def materialise(spec: str, directory: Path, limit: int) -> Path:
    """The file, and those below its directory that stand in it as strings, in a place of their own."""
    revision, _, path = spec.partition(":")
    folder, slash, name = path.rpartition("/")
    waiting, done = [name], set[str]()
    while waiting and len(done) < FILES:
        file = waiting.pop()
        done.add(file)
        try:
            content = read_blob(f"{revision}:{folder}{slash}{file}", limit)
        except RevisionError:
            if file == name:
                raise
            continue
        target = directory / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        named = [match.decode() for match in _STRING.findall(content)]
        waiting += [other for other in dict.fromkeys(named) if other not in done and _is_below(other)]
    return directory / name


def _is_below(file: str) -> bool:
    """A name that could be that of a file here: with a suffix, as keys and profiles have one."""
    return ".." not in file.split("/") and "." in file.rpartition("/")[2]


def _cat_file(option: str, spec: str) -> bytes:
    """The name goes in by standard input, where it cannot be an option."""
    command = ["git", "-c", "core.fsmonitor=false", "cat-file", option]
    environment = {**os.environ, **_ENVIRONMENT, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, input=f"{spec}\n".encode(), env=environment, capture_output=True, check=False, timeout=SECONDS
        )
    except OSError as error:
        raise RevisionError(spec, f"git cannot be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise RevisionError(spec, f"git did not answer within {SECONDS} s") from None
    if done.returncode:
        raise RevisionError(spec, "this is no git repository")
    return done.stdout

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.review import library, replaced, script

from podsand_gen.errors import PodsandError, ProfileFileError, ScriptError
from podsand_gen.review.subject import SCRIPT_LIMIT, read_subject


def written(directory: Path, content: bytes | str) -> str:
    path = directory / "setup.sh"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def test_a_script_is_known_by_its_first_line_and_everything_else_is_a_profile(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('schema = 1\nname = "mine"\n')

    assert read_subject(written(tmp_path, script()), library()).script == script()
    assert read_subject(str(tmp_path / "mine.toml"), library()).script is None
    assert read_subject(None, library()).expected == script("default")


@pytest.mark.parametrize("content", [script().encode(), b'schema = 1\nname = "release"\n'])
def test_either_comes_from_standard_input(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert read_subject("-", library()).profile.name == "release"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(b"#!/bin/bash\n")
        file.truncate(1 << 40)

    with pytest.raises(ProfileFileError, match="is larger than 4 MiB; a script is not"):
        read_subject(str(path), library())
    assert SCRIPT_LIMIT == 4 << 20


def test_what_is_no_file_is_refused_and_never_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    for name in ("fifo", "missing", "."):
        with pytest.raises(ProfileFileError):
            read_subject(str(tmp_path / name), library())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"#!/bin/bash\n\xff\n", "is not UTF-8 at byte 12"),
        (b"#!/bin/bash\n\0\n", "holds a NUL at byte 12"),
        (b"#!/bin/bash\necho hello\n", "holds no profile"),
        (b"#!/bin/bash\n# --- profile: x\n# a.a.a = \n# --- end profile\n", "cannot be read by podsand-gen"),
        (b"#!/bin/bash\n# --- profile: x\n# schema = 99\n# --- end profile\n", "is not known to podsand-gen"),
    ],
)
def test_what_is_no_script_of_ours_is_refused_with_the_reason(content: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=why):
        read_subject(written(tmp_path, content), library())


def test_a_profile_in_a_script_has_no_file_read_whatever_it_names(tmp_path: Path) -> None:
    secret = tmp_path / "secret.asc"
    secret.write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n")
    named = f'signing_key = "{secret}"'
    profile = tmp_path / "mine.toml"
    profile.write_text(f'schema = 1\nname = "mine"\n[podman]\n{named}\n')

    with pytest.raises(ScriptError, match="armored"):
        read_subject(written(tmp_path, replaced(script(), "# [podman]\n", f"# [podman]\n# {named}\n")), library())
    # The control: a profile of one's own may name it.
    assert "abcd" in read_subject(str(profile), library()).profile.podman.signing_key


def test_nothing_of_a_script_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    text = script().replace("\n", f"\n touch {trap}; $(touch {trap}) `touch {trap}`\n", 3)

    with pytest.raises(PodsandError):
        read_subject(written(tmp_path, replaced(text, "# schema = 1\n", f"# schema = '$(touch {trap})'\n")), library())
    path = written(tmp_path, text)
    read_subject(path, library())
    assert not trap.exists()
    # The control: bash does execute it.
    subprocess.run(["bash", path], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert trap.exists()

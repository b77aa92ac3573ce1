from __future__ import annotations

from pathlib import Path

import pytest

from podsand_gen.document import parse, read_text
from podsand_gen.errors import ProfileFileError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"\xff", "is not UTF-8 at byte 0"),
        (b"\xef\xbb\xbfschema = 1", "byte order mark"),
        (b"schema = 1\0", "holds a NUL at byte 10"),
        (b"#" * (1024 * 1024 + 1), "is larger than 1 MiB"),
        (b"schema = ", "is not TOML"),
        (b"schema = 1\nschema = 1", "Cannot overwrite a value (at end of document)"),
        (b'[podman]\nsource = "system"\n[podman]\n', "a key or table is given twice"),
        (b"x = " + b"[" * 5000, "is nested too deeply"),
        (b"x = \x1b", "is not TOML"),
    ],
)
def test_a_file_that_is_no_profile_is_refused(text: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes(text)

    with pytest.raises(ProfileFileError) as error:
        parse(path, read_text(path))

    assert words in str(error.value)
    assert str(error.value).isprintable()


def test_a_file_that_is_missing_is_told_with_the_nearest_beside_it(tmp_path: Path) -> None:
    (tmp_path / "company.toml").touch()

    with pytest.raises(ProfileFileError, match=r'did you mean "company.toml"\?'):
        read_text(tmp_path / "compnay.toml")

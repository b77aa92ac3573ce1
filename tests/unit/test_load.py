from __future__ import annotations

from pathlib import Path

import pytest

from podsand_gen.errors import ProfileError, ProfileFileError, SetOptionError
from podsand_gen.load import load_profile
from podsand_gen.profile import Profile

MINIMAL = 'schema = 1\nname = "a"\n'
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFkZSB1cA==\n-----END PGP PUBLIC KEY BLOCK-----\n"


def load(directory: Path, text: str | bytes, *settings: str) -> Profile:
    path = directory / "profile.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_profile(path, settings)


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
    with pytest.raises(ProfileFileError) as error:
        load(tmp_path, text)

    assert words in str(error.value)
    assert str(error.value).isprintable()


def test_a_file_that_is_missing_is_told_with_the_nearest_beside_it(tmp_path: Path) -> None:
    (tmp_path / "company.toml").write_text(MINIMAL)

    with pytest.raises(ProfileFileError, match=r'did you mean "company.toml"\?'):
        load_profile(tmp_path / "compnay.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "a"', "schema: missing; write schema = 1"),
        ("schema = 2", "schema: 2 is not known"),
        ("schema = true", "schema: true is not known"),
        ("schema = 1", "name: missing"),
        (MINIMAL + "pids = 1", "pids: there is no such key; did you mean sandbox.pids?"),
        (MINIMAL + "[sandbox]\nmemry = 1", 'sandbox.memry: there is no such key; did you mean "memory"?'),
        (MINIMAL + "[launcher]\nzzz = 1", "known here: name, directory"),
        (MINIMAL + "podman = 1", "podman: must be a table, not 1"),
        (MINIMAL + '[podman]\nsigning_key = "gone.asc"', "podman.signing_key"),
        (MINIMAL + '[image]\ndockerfile = "gone.Dockerfile"', "image.dockerfile"),
        (MINIMAL + '"a\\u001bb" = 1', "there is no such key"),
    ],
)
def test_a_profile_that_says_what_it_may_not_say_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as error:
        load(tmp_path, text)

    assert words in str(error.value)
    assert str(error.value).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("setting", "table", "key", "value"),
    [
        ("sandbox.pids=99", "sandbox", "pids", 99),
        ("sandbox.cpus=2", "sandbox", "cpus", "2"),
        ("sandbox.memory=", "sandbox", "memory", ""),
        ("sandbox.protect_git=false", "sandbox", "protect_git", False),
        ('sandbox.env=["A", "B"]', "sandbox", "env", ("A", "B")),
        ("launcher.name=agent", "launcher", "name", "agent"),
        ('launcher.name="agent"', "launcher", "name", "agent"),
        ("launcher.directory=~/a=b", "launcher", "directory", "~/a=b"),
    ],
)
def test_an_override_is_typed_by_the_model(setting: str, table: str, key: str, value: object, tmp_path: Path) -> None:
    made = load(tmp_path, MINIMAL + f'[{table}]\n{key} = "overridden"\n', setting)

    assert getattr(getattr(made, table), key) == value


def test_an_override_of_one_hash_leaves_the_other(tmp_path: Path) -> None:
    text = f'{MINIMAL}[podman.sha256]\namd64 = "{"0" * 64}"\narm64 = "{"1" * 64}"\n'

    made = load(tmp_path, text, f"podman.sha256.amd64={'2' * 64}")

    assert made.podman.sha256.amd64 == "2" * 64
    assert made.podman.sha256.arm64 == "1" * 64


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("sandbox.pids", "write key=value"),
        ("=1", "write key=value"),
        ("sandbox.pidz=1", 'did you mean "pids"?'),
        ("sandbox.pids.x=1", "sandbox.pids is not a table"),
        ("sandbox .pids=1", "write key=value"),
    ],
)
def test_an_override_that_is_not_understood_is_refused(setting: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SetOptionError) as error:
        load(tmp_path, MINIMAL, setting)

    assert words in str(error.value)


def test_a_key_is_looked_for_beside_the_profile_and_from_an_override_beside_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles/key.asc").write_text(KEY)
    (tmp_path / "other.asc").write_text(KEY.replace("bWFkZSB1cA", "b3RoZXI"))
    monkeypatch.chdir(tmp_path)
    text = MINIMAL + '[podman]\nsigning_key = "key.asc"\n'

    assert load(tmp_path / "profiles", text).podman.signing_key == KEY
    assert "b3RoZXI" in load(tmp_path / "profiles", text, "podman.signing_key=other.asc").podman.signing_key


def test_a_dockerfile_is_found_beside_the_profile_and_its_text_is_taken(tmp_path: Path) -> None:
    (tmp_path / "my.Dockerfile").write_text("FROM docker.io/library/debian:trixie")

    loaded = load(tmp_path, MINIMAL + '[image]\ndockerfile = "my.Dockerfile"\n')

    assert loaded.image.dockerfile == "FROM docker.io/library/debian:trixie\n"

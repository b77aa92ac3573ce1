from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import event, given, settings
from hypothesis import strategies as st

from podsand_gen.errors import ProfileError, SetOptionError, UsageError
from podsand_gen.load import Loaded, load_profile
from podsand_gen.load import load as load_with_origins
from podsand_gen.problems import settable
from podsand_gen.profile import Profile, canonical_toml

MINIMAL = 'schema = 1\nname = "a"\n'
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFkZSB1cA==\n-----END PGP PUBLIC KEY BLOCK-----\n"


def load(directory: Path, text: str | bytes, *settings: str) -> Profile:
    path = directory / "profile.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_profile(path, settings)


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


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("add.sandbox.memory=1g", "sandbox.memory is no list, so nothing can be added"),
        ("add.image.packagez=[]", 'image.packagez: there is no such key; did you mean "packages"?'),
        ("add=[]", "write key=value"),
        ('extends=["a.toml"]', "a file extends others; write it there"),
    ],
)
def test_an_override_that_composes_and_is_not_understood_is_refused(setting: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SetOptionError) as error:
        load(tmp_path, MINIMAL, setting)

    assert words in str(error.value)


def test_an_override_adds_to_a_list_after_it_was_replaced(tmp_path: Path) -> None:
    text = MINIMAL + '[image]\npackages = ["git"]\n'

    assert load(tmp_path, text, 'add.image.packages=["gdb"]').image.packages == ("git", "gdb")
    assert load(tmp_path, text, 'add.image.packages=["gdb"]', 'image.packages=["jq"]').image.packages == ("jq", "gdb")


def test_an_override_that_adds_no_list_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"--set: 1 problem\n  add\.image\.packages: must be a list"):
        load(tmp_path, MINIMAL, "add.image.packages=gdb")


# --- where values come from


def loaded(directory: Path, *settings: str) -> Loaded:
    (directory / "base.toml").write_text(
        'schema = 1\nname = "base"\nadd.image.packages = ["gdb"]\n[sandbox]\npids = 99\nmemory = "1g"\n'
    )
    (directory / "mine.toml").write_text('extends = ["base.toml"]\n' + MINIMAL + '[sandbox]\nmemory = "2g"\n')
    return load_with_origins(directory / "mine.toml", settings)


def told(found: Loaded, key: str) -> list[str]:
    return [str(origin) for origin in found.origins[key]]


def test_every_key_of_the_resolved_profile_has_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = loaded(Path(), "sandbox.cpus=2", 'add.image.packages=["strace"]')

    assert told(found, "name") == ['file "mine.toml"']
    assert told(found, "sandbox.memory") == ['file "mine.toml"']
    assert told(found, "sandbox.pids") == ['extends "base.toml"']
    assert told(found, "sandbox.cpus") == ["--set"]
    assert told(found, "sandbox.home") == ["default"]
    assert told(found, "podman.commit") == ["default"]
    assert told(found, "image.packages") == ["default", 'extends "base.toml"', "--set"]


def test_a_pin_of_a_lock_has_the_lock_for_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("podsand.lock").write_text('schema = 1\n[profile."mine.toml".agent]\nversion = "2.1.330"\n')
    found = loaded(Path())

    assert told(found, "agent.version") == ['lock "podsand.lock"']
    assert told(found, "agent.sha256.amd64") == ["default"]
    assert told(loaded(Path(), "agent.version=2.1.330"), "agent.version") == ["--set"]


def test_the_origins_are_those_of_all_keys_and_cannot_be_changed(tmp_path: Path) -> None:
    found = loaded(tmp_path)

    def leaves(table: dict[str, Any], name: str = "") -> list[str]:
        return [
            leaf
            for key, value in table.items()
            for leaf in (leaves(value, f"{name}{key}.") if isinstance(value, dict) else [f"{name}{key}"])
        ]

    assert list(found.origins) == leaves(tomllib.loads(canonical_toml(found.profile)))
    with pytest.raises(TypeError):
        found.origins["name"] = ()  # type: ignore[index]


def test_a_problem_is_told_with_who_said_the_value(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"sandbox\.pids: 1 is too small; the least is 16 \(in --set\)"):
        loaded(tmp_path, "sandbox.pids=1")
    (tmp_path / "podsand.lock").write_text('schema = 1\n[profile."mine.toml".agent]\nversion = "new"\n')
    with pytest.raises(ProfileError, match=r'agent\.version: "new" is not an exact version.*\(in ".*podsand\.lock"\)'):
        loaded(tmp_path)


def test_a_profile_that_came_along_has_no_lock(tmp_path: Path) -> None:
    (tmp_path / "podsand.lock").write_text("not a lock")
    (tmp_path / "a.toml").write_text(MINIMAL)

    assert load_profile(tmp_path / "a.toml", where="the default profile").name == "a"
    with pytest.raises(UsageError, match=r"podsand\.lock"):
        load_profile(tmp_path / "a.toml")


# --- whatever a file says

WORDS = st.sampled_from(
    ["schema", "name", "extends", "add", "podman", "image", "agent", "sandbox", "conf", "version", "sha256", "node_sha256", "base",
     "packages", "env", "mounts", "mirrors", "amd64", "source", "signing_key", "profile", "mine.toml", "", "a.b", "\u202e"]
)  # fmt: skip
SCALARS = st.sampled_from([1, True, 0.5, "", "v5.8.4", "a", "mine.toml", ".", "\u0007", "2.1.330", "0" * 64, "system"])
TREES = st.recursive(SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(WORDS, below, max_size=4), max_leaves=12)
EMPTY: st.SearchStrategy[dict[str, Any]] = st.just({})
TABLES = EMPTY | EMPTY | st.dictionaries(WORDS, TREES, max_size=5)


PLACES = st.sampled_from([*(["add", *key.split(".")] for key, _ in settable()), *(key.split(".") for key, _ in settable())])


@settings(max_examples=300)
@given(top=TABLES, lock=TABLES, entry=TABLES, place=PLACES, value=st.none() | TREES)
def test_any_profile_and_any_lock_is_taken_or_told_about_on_one_screen(
    top: dict[str, Any],
    lock: dict[str, Any],
    entry: dict[str, Any],
    place: list[str],
    value: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Often little is wrong, so that not every profile fails at its first word."""
    directory = tmp_path_factory.mktemp("any")
    known: Any = value
    for part in reversed(place):
        known = {} if known is None else {part: known}
    (directory / "mine.toml").write_text(tomli_w.dumps({"name": "mine", **top, **known, "schema": 1}), encoding="utf-8")
    entries = {"profile": {"mine.toml": entry}} if entry else {}
    (directory / "podsand.lock").write_text(tomli_w.dumps({**lock, **entries, "schema": 1}), encoding="utf-8")

    told = ""
    try:
        assert load_with_origins(directory / "mine.toml").origins["name"]
    except UsageError as error:
        told = str(error)
    event("told" if told else "taken")
    assert len(told.splitlines()) <= 12
    assert not told or told.replace("\n", "").isprintable()

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from podsand_gen.errors import LockError
from podsand_gen.load import load, validate
from podsand_gen.lock import PINNED, pins
from podsand_gen.lockfile import differences, lock_text, pins_of, read_lock
from podsand_gen.profile import Profile

HASHES = {"amd64": "0" * 64, "arm64": "1" * 64}


def profile(**tables: Any) -> Profile:
    return validate({"schema": 1, "name": "a", **tables}, "profile.toml")


def beside(directory: Path, lock: str, text: str = "") -> Path:
    (directory / "podsand.lock").write_text(lock)
    path = directory / "mine.toml"
    path.write_text(f'schema = 1\nname = "mine"\n{text}')
    return path


def test_a_lock_holds_every_pin_and_the_image() -> None:
    found = pins_of(profile(podman={"source": "release"}, image={"node": "fnm"}))

    for pinned in PINNED:
        assert found[pinned.table][pinned.version] == pins(pinned.program).default
        assert found[pinned.table][pinned.below[-1]] == pins(pinned.program).lookup(pins(pinned.program).default)
    assert found["image"]["base"] == profile().image.base
    built = pins_of(profile())
    assert built["podman"] == {"version": pins("podman").default, "commit": pins("podman").commits[pins("podman").default]}
    assert built["docker"] == {"key_sha256": pins("docker").key_sha256}


def test_a_lock_holds_no_pin_that_has_no_effect() -> None:
    found = pins_of(profile(podman={"source": "system"}))

    assert set(found) == {"image", "agent"}
    assert "fnm_version" not in found["image"]
    assert "commit" not in pins_of(profile(podman={"source": "release"}))["podman"]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    entry = pins_of(profile())
    path = beside(tmp_path, lock_text({"mine.toml": entry, 'b "c".toml': pins_of(profile(podman={"source": "system"}))}))

    assert read_lock(path).entry("mine.toml") == entry
    assert read_lock(path.with_name('b "c".toml')).entry('b "c".toml') is not None
    assert read_lock(path).entry("other.toml") is None


def test_the_order_of_the_profiles_leaves_no_trace() -> None:
    entry = pins_of(profile())

    assert lock_text({"a": entry, "b": entry}) == lock_text({"b": entry, "a": entry})


def test_without_a_lock_nothing_is_locked(tmp_path: Path) -> None:
    assert read_lock(tmp_path / "mine.toml").entries == {}


@pytest.mark.parametrize("pinned", PINNED, ids=lambda pinned: pinned.program)
def test_the_profile_wins_over_the_lock_and_the_lock_over_the_pins_of_podsand_gen(pinned: Any, tmp_path: Path) -> None:
    locked, said = ("9.9.1", "9.9.2") if pinned.program == "claude-code" else ("v9.9.1", "v9.9.2")
    sha256 = pinned.below[-1]
    lock = lock_text({"mine.toml": {pinned.table: {pinned.version: locked, sha256: HASHES}}})
    more = {"podman": 'source = "release"', "fnm": 'node = "fnm"'}.get(pinned.program, "")
    hashes = f'{sha256} = {{ amd64 = "{"2" * 64}", arm64 = "{"3" * 64}" }}'

    def version(text: str) -> tuple[str, str]:
        table = getattr(load(beside(tmp_path, lock, text)).profile, pinned.table)
        return getattr(table, pinned.version), getattr(table, sha256).amd64

    assert version(f"[{pinned.table}]\n{more}\n") == (locked, "0" * 64)
    assert version(f'[{pinned.table}]\n{more}\n{pinned.version} = "{said}"\n{hashes}\n') == (said, "2" * 64)
    # The same version: the lock has its hashes.
    assert version(f'[{pinned.table}]\n{more}\n{pinned.version} = "{locked}"\n') == (locked, "0" * 64)


@pytest.mark.parametrize(
    ("lock", "words"),
    [
        ("x =", "is not TOML"),
        ("", "does not say schema = 1"),
        ("schema = 2", "does not say schema = 1"),
        ("schema = 1\nprofiles = 1", '"profiles"'),
        ("schema = 1\nprofile = 1", '"profile"'),
        ('schema = 1\n[profile]\n"mine.toml" = 1', "holds no pins"),
        ('schema = 1\n[profile."mine.toml"]', "holds no pins"),
        ('schema = 1\n[profile."mine.toml".sandbox]\nuser = "root"', '"sandbox" is no table of pins'),
        ('schema = 1\n[profile."mine.toml".podmann]', 'did you mean "podman"?'),
        ('schema = 1\n[profile."mine.toml".podman]\nmirror = "https://evil.example.com"', 'podman."mirror" is no pin'),
        ('schema = 1\n[profile."mine.toml".image]\npackages = ["x"]', 'image."packages" is no pin'),
        ('schema = 1\n[profile."other.toml".agent]\ncommand = ["sh"]', 'agent."command" is no pin'),
        ('schema = 1\n[profile."mine.toml"]\nagent = "2.1.330"', '"agent" is no table of pins'),
        ("#" * (1024 * 1024 + 1), "is larger than 1 MiB"),
    ],
)
def test_what_is_no_lock_or_says_more_than_pins_is_refused(lock: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(LockError) as error:
        load(beside(tmp_path, lock))

    assert error.value.exit_code == 64
    for word in (words, "podsand.lock", "take it away and make it again: podsand-gen lock PROFILE"):
        assert word in str(error.value)
    assert str(error.value).isprintable()


def test_a_lock_that_is_a_link_to_nothing_is_not_no_lock(tmp_path: Path) -> None:
    path = beside(tmp_path, "")
    (tmp_path / "podsand.lock").unlink()
    (tmp_path / "podsand.lock").symlink_to("gone")

    with pytest.raises(LockError, match="there is no such file"):
        load(path)


def test_differences_are_told_key_by_key() -> None:
    wanted = pins_of(profile(podman={"source": "release"}))
    locked = tomllib.loads(lock_text({"a": wanted}))["profile"]["a"]

    assert differences(locked, wanted) == []
    locked["agent"]["version"] = "2.1.1"
    del locked["podman"]
    assert differences(locked, wanted) == [
        f'podman.version: nothing -> "{wanted["podman"]["version"]}"',
        *(f'podman.sha256.{arch}: nothing -> "{value}"' for arch, value in wanted["podman"]["sha256"].items()),
        'agent.version: "2.1.1" -> "2.1.330"',
    ]

from __future__ import annotations

from pathlib import Path

import pytest

from podsand_gen.load import load
from podsand_gen.lock import pins
from podsand_gen.lockfile import read_lock
from podsand_gen.relock import Relocked, relock

OLD = {"amd64": "0" * 64, "arm64": "1" * 64}


def mine(directory: Path, text: str = "", name: str = "mine.toml") -> Path:
    path = directory / name
    path.write_text(f'schema = 1\nname = "mine"\n{text}')
    return path


def written(path: Path, *, upgrade: bool = False) -> Relocked:
    made = relock(path, upgrade=upgrade)
    made.path.write_text(made.text)
    return made


def lock_of_older_pins(path: Path) -> None:
    """As a podsand-gen wrote it whose pins were others."""
    made = written(path)
    text = made.text.replace(pins("claude-code").default, "2.1.1")
    for arch, value in (pins("claude-code").lookup(pins("claude-code").default) or {}).items():
        text = text.replace(value, OLD[arch])
    made.path.write_text(text)


def test_a_lock_that_is_made_is_used_and_up_to_date(tmp_path: Path) -> None:
    path = mine(tmp_path)
    before = load(path).profile

    assert written(path).changes != ()
    assert relock(path, upgrade=False).changes == ()
    assert load(path).profile == before


def test_what_is_locked_stays_until_an_upgrade(tmp_path: Path) -> None:
    path = mine(tmp_path)
    lock_of_older_pins(path)

    assert load(path).profile.agent.version == "2.1.1"
    assert relock(path, upgrade=False).changes == ()
    assert written(path, upgrade=True).changes[0] == f'agent.version: "2.1.1" -> "{pins("claude-code").default}"'
    assert load(path).profile.agent.version == pins("claude-code").default


def test_what_the_profile_says_comes_into_the_lock_and_nothing_else_changes(tmp_path: Path) -> None:
    path = mine(tmp_path)
    lock_of_older_pins(path)
    mine(tmp_path, '[image]\nbase = "docker.io/library/debian:trixie"\n')

    assert written(path).changes == ('image.base: "docker.io/library/ubuntu:noble-20250619" -> "docker.io/library/debian:trixie"',)
    assert load(path).profile.agent.version == "2.1.1"


def test_the_profiles_of_a_directory_keep_their_own_pins_in_one_lock(tmp_path: Path) -> None:
    first = mine(tmp_path)
    lock_of_older_pins(first)
    other = mine(tmp_path, name="other.toml")

    written(other)

    assert sorted(read_lock(other).entries) == ["mine.toml", "other.toml"]
    assert load(first).profile.agent.version == "2.1.1"
    assert load(other).profile.agent.version == pins("claude-code").default


def test_an_upgrade_mends_a_lock_whose_values_the_model_refuses(tmp_path: Path) -> None:
    path = mine(tmp_path)
    made = written(path)
    made.path.write_text(made.text.replace('version = "2.1.330"', 'version = "latest"'))

    with pytest.raises(Exception, match="is not an exact version"):
        relock(path, upgrade=False)
    assert relock(path, upgrade=True).text == made.text


def test_a_bump_changes_the_lines_of_the_pin_and_no_others(tmp_path: Path) -> None:
    path = mine(tmp_path)
    lock_of_older_pins(path)
    before = (tmp_path / "podsand.lock").read_text().splitlines()

    after = relock(path, upgrade=True).text.splitlines()

    assert len(before) == len(after)
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.partition(" = ")[0] for line in changed] == ["version", "amd64", "arm64"]

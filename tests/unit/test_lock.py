from __future__ import annotations

import re

import pytest

from podsand_gen.lock import pins, version_key

PROGRAMS = ["podman", "node", "claude-code"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_default_version_is_known_with_a_sha256_for_both_architectures(program: str) -> None:
    found = pins(program).lookup(pins(program).default)

    assert pins(program).default in pins(program).known
    assert found is not None
    assert sorted(found) == ["amd64", "arm64"]
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in found.values())


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_two_artefacts_have_one_sha256(program: str) -> None:
    values = [value for hashes in pins(program).sha256.values() for value in hashes.values()]

    assert len(values) == len(set(values))


def test_an_unknown_version_has_no_sha256() -> None:
    assert pins("podman").lookup("v0.0.1") is None


@pytest.mark.parametrize(
    ("word", "meant"),
    [("5.8", "v5.8.4"), ("v5.8", "v5.8.4"), ("5.7.1", "v5.7.1"), ("V5.6", "v5.6.2"), ("6", "v6.1.1"), ("latest", "v5.8.4")],
)
def test_what_a_user_meant_is_the_newest_version_that_the_word_begins(word: str, meant: str) -> None:
    assert pins("podman").nearest(word) == meant


def test_known_versions_stand_in_their_order_so_that_the_last_is_the_newest() -> None:
    for program in PROGRAMS:
        known = pins(program).known
        assert list(known) == sorted(known, key=version_key)

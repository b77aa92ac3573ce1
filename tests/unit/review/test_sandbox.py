from __future__ import annotations

import re
from typing import Any

import pytest
from tests.support.review import library, profile_subject

from podsand_gen.policy import keys, value
from podsand_gen.review.sandbox import sentences

# Flags of the sandbox that permit or refuse nothing.
NO_POLICY = {"--init", "--interactive", "--pull", "--hostname"}
CHANGED: dict[str, Any] = {
    "sandbox.user": "root",
    "sandbox.seccomp": "nested",
    "sandbox.memory": "",
    "sandbox.cpus": "1.5",
    "sandbox.pids": 100,
    "sandbox.tmp_size": "3g",
    "sandbox.home": "volume",
    "sandbox.home_size": "3g",
    "sandbox.protect_git": False,
    "sandbox.env": [],
    "sandbox.network": "none",
    "sandbox.mounts": [{"source": "~/x", "target": "/x"}],
    "agent.command": ["bash"],
    "proxy.ca_bundle": "/etc/ca.pem",
}


def told(**tables: Any) -> list[str]:
    return [sentence.whole for sentence in sentences(profile_subject(**tables).profile)]


def test_every_key_of_the_sandbox_is_in_a_sentence() -> None:
    assert {key for key in keys() if key.startswith("sandbox.")} <= set(CHANGED)


@pytest.mark.parametrize("key", CHANGED)
def test_another_value_makes_another_sentence_and_it_names_its_key(key: str) -> None:
    table, name = key.split(".")
    usual, other = profile_subject(), profile_subject(**{table: {name: CHANGED[key]}})

    before, after = sentences(usual.profile), sentences(other.profile)
    changed = [sentence for sentence in (*before, *after) if (sentence in before) != (sentence in after)]
    assert value(usual.profile, key) != value(other.profile, key)
    assert changed
    assert all(key in sentence.keys for sentence in changed)


def test_every_flag_that_a_sandbox_is_started_with_is_in_a_sentence() -> None:
    """A flag that is new in a snippet fails here until somebody has said what it means."""
    bodies = [snippet.body for name, snippet in library().snippets.items() if name.startswith("sandbox/") and not snippet.meta.data]
    code = "\n".join(line for body in bodies for line in body.splitlines() if not line.lstrip().startswith("#"))
    started = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", code))
    every = [profile_subject(**tables) for tables in ({}, {"sandbox": {"user": "root", "network": "none", "home": "image"}})]
    said = {flag for subject in every for sentence in sentences(subject.profile) for flag in sentence.flags}

    assert len(started) > 15
    assert started - NO_POLICY == said - NO_POLICY


def test_the_plain_words_of_the_default() -> None:
    found = told()

    assert "can read and write the current directory, at the same path" in found
    assert "cannot see your home, your keys, or any other file of this machine, nor other processes" in found
    assert "is user 1000, which is you outside, without any capability" in found
    assert "can use at most 8g of memory, swap included" in found


def test_of_the_image_s_own_home_it_is_said_that_all_can_be_written_to_and_is_forgotten() -> None:
    found, usual = told(sandbox={"home": "image"}), told()
    writes = "cannot write to the system's directories in its container"

    assert writes in usual
    assert writes not in found
    assert any(text.startswith("can write to the system's directories") for text in found)
    assert "can use the home directory of the image, of which what it changes is forgotten at the end" in found


def test_what_weakens_the_sandbox_is_said() -> None:
    found = told(sandbox={"user": "root", "seccomp": "nested", "memory": "", "home": "volume", "protect_git": False})

    assert any(text.startswith("is root in its container, which is you outside") for text in found)
    assert "can make namespaces and mounts of its own, which opens much of the kernel to it" in found
    assert "can use at most all memory of the machine: there is no limit" in found
    assert any("volume podsand-home" in text for text in found)
    assert not any(".git" in text for text in found)

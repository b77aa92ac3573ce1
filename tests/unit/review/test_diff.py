from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.review import after, library, of_version, outside, profile_subject, region, rehashed, replaced, script, subject

from podsand_gen.errors import ScriptError
from podsand_gen.review.diff import Difference, diff
from podsand_gen.review.subject import Subject
from podsand_gen.review.words import headline

CAP_DROP = "--user=1000:1000 --cap-drop=all)"


def difference(old: Subject, new: Subject) -> Difference:
    return diff(old, new)


def between(old: dict[str, Any], new: dict[str, Any]) -> Difference:
    return difference(profile_subject(**old), profile_subject(**new))


def test_the_same_is_the_same_whatever_it_comes_as() -> None:
    found = difference(subject(script()), subject(script()))

    assert found.verdict == "same"
    assert not found.weaker + found.stronger + found.bodies + found.cosmetic + found.unknown
    assert difference(profile_subject(), profile_subject()).verdict == "same"


def test_more_memory_is_weaker_and_less_is_not() -> None:
    assert between({}, {"sandbox": {"memory": "9g"}}).verdict == "weaker"
    found = between({}, {"sandbox": {"memory": "7g"}})
    assert found.verdict == "different"
    assert [(one.what, one.old, one.new) for one in found.stronger] == [("sandbox.memory", "8g", "7g")]


def test_a_weaker_key_among_stronger_ones_decides() -> None:
    assert between({}, {"sandbox": {"memory": "1g", "pids": 9000}}).verdict == "weaker"


def test_what_a_weaker_key_means_is_said_in_the_words_of_the_policy() -> None:
    (finding,) = between({}, {"sandbox": {"mounts": [{"source": "~/x", "target": "/x", "writable": True}]}}).weaker

    assert finding.sign == "+"
    assert finding.new == "~/x at /x (writable)"
    assert finding.means.endswith("the agent can read and write ~/x, at /x")


def test_new_root_commands_are_told_by_what_they_may_install() -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    found = between({"podman": {"source": "release"}}, {"podman": {"source": "release", "signing_key": key}})

    assert [(one.sign, one.what) for one in found.root_commands] == [("+", "base64"), ("+", "sqv|gpgv")]
    assert "apt-get" in found.root_commands[0].means


def test_new_hosts_downloads_files_and_steps_are_told() -> None:
    found = between({}, {"image": {"packages": ["gdb"], "node_mirror": "https://n.example"}, "proxy": {"ca_bundle": "/etc/ca.pem"}})

    assert ("+", "n.example") in [(one.sign, one.what) for one in found.hosts]
    assert ("-", "nodejs.org") in [(one.sign, one.what) for one in found.hosts]
    assert ("+", "gdb") in [(one.sign, one.what) for one in found.downloads]
    assert [one.what for one in found.files if one.sign == "+"][-1] == "~/.local/share/podsand/ca-bundle.pem"
    # docker, which builds podman, asks the system whom it trusts.
    assert [(one.sign, one.what) for one in found.steps] == [("+", "host/ca-trust"), ("+", "host/ca-bundle")]
    assert "update-ca-certificates" in [one.what for one in found.root_commands]


def test_from_an_archive_to_a_build_with_docker_everything_that_root_does_for_it_is_told() -> None:
    found = between({"podman": {"source": "release"}}, {})

    assert [one.what for one in found.weaker] == ["podman.source", "podman.builder", "docker.after"]
    assert {one.means for one in found.root_commands} >= {"docker/engine", "podman/build-docker"}
    assert any(one.what.startswith("make -C ") for one in found.root_commands)
    loose = {one.what: one.means.endswith("; not pinned") for one in found.downloads if one.sign == "+"}
    assert (loose["what podman is built of"], loose["the source of podman-static"]) == (True, False)
    assert [one.what for one in between({}, {"podman": {"builder": "podman"}}).stronger] == ["podman.builder", "docker.after"]


def test_pins_are_told_from_and_to() -> None:
    other = {"amd64": "a" * 64, "arm64": "b" * 64}
    found = between({}, {"agent": {"version": "2.2.0", "sha256": other}})

    assert ("agent.version", "2.1.330", "2.2.0") in [(one.what, one.old, one.new) for one in found.pins]
    assert ("agent.sha256.amd64", "a" * 64) in [(one.what, one.new) for one in found.pins]
    assert found.verdict == "different"


def test_a_name_is_cosmetic() -> None:
    found = between({}, {"name": "y"})

    assert found.verdict == "different"
    assert [(one.what, one.old, one.new) for one in found.cosmetic] == [("the profile's name", "x", "y")]
    assert not found.settings


def test_keys_without_an_effect_are_told_as_such_because_the_scripts_differ() -> None:
    kept = {"sandbox": {"home": "volume", "home_size": "1g"}}
    found = between(kept, {"sandbox": {"home": "volume", "home_size": "2g"}})

    assert found.verdict == "different"
    assert [(one.what, one.means) for one in found.settings] == [("sandbox.home_size", "has no effect beside the other keys")]


# --- scripts that were edited, or made by another version


def test_an_edit_of_the_new_script_counts_as_weaker_and_is_shown() -> None:
    found = difference(subject(script()), subject(replaced(script(), CAP_DROP, "--user=1000:1000 --privileged)")))

    assert found.verdict == "weaker"
    (finding,) = found.unknown
    assert finding.what == "sandbox/user-agent"
    assert any("--privileged" in line for line in finding.diff)


def test_a_body_that_was_rehashed_counts_as_weaker_whatever_version_the_script_names() -> None:
    text = rehashed(replaced(script(), CAP_DROP, "--user=1000:1000 --privileged)"), "sandbox/user-agent")

    assert difference(subject(script()), subject(text)).verdict == "weaker"
    assert difference(subject(script()), subject(of_version(text))).verdict == "weaker"


def test_a_config_that_lies_counts_as_weaker() -> None:
    lie = replaced(script(), "CFG_SANDBOX_NETWORK='pasta'", "CFG_SANDBOX_NETWORK='host'")

    assert difference(subject(script()), subject(lie)).verdict == "weaker"


def test_an_edit_of_the_old_script_that_is_gone_counts_too_because_it_may_have_made_it_strict() -> None:
    old = replaced(script(), "CFG_SANDBOX_MEMORY='8g'", "CFG_SANDBOX_MEMORY='1g'")

    found = difference(subject(old), subject(script()))
    assert found.verdict == "weaker"
    assert [(one.sign, one.what) for one in found.unknown] == [("-", "config")]


def test_an_edit_that_both_have_cannot_be_judged_either_unless_every_byte_is_the_same() -> None:
    both = replaced(script(), CAP_DROP, f"{CAP_DROP} # as agreed")
    other = outside(both, "# x\n", "driver")

    assert difference(subject(both), subject(both)).verdict == "same"
    assert [one.what for one in difference(subject(both), subject(other)).unknown] == ["sandbox/user-agent", "after command/shell"]


def test_the_same_edits_in_another_place_are_no_way_past() -> None:
    """Of two functions of one name the last counts: in the old script the forged one came first, and did nothing."""
    forged = "# >>> sandbox/more sha256:" + "0" * 64 + " x\nsandbox_policy() { SANDBOX_FLAGS=(--privileged); }\n"
    first = replaced(script(), "\n# --- root steps\n", f"\n# --- root steps\n{forged}")
    last = replaced(script(), '\nmain "$@"\n}', f'\n{forged}main "$@"\n}}')

    assert difference(subject(first), subject(last)).verdict == "weaker"


def test_two_long_edits_that_begin_alike_are_two() -> None:
    long = "".join(f"# {number}\n" for number in range(1000))
    one, other = (after(script(), "core/log", f"{long}{end}\n") for end in ("true", "evil"))

    assert difference(subject(one), subject(other)).verdict == "weaker"


def test_from_another_version_to_this_one_bodies_are_told_with_their_difference_and_nothing_is_unknown() -> None:
    old = rehashed(replaced(of_version(script()), CAP_DROP, "--user=1000:1000 --cap-drop=ALL)"), "sandbox/user-agent")

    found = difference(subject(old), subject(script()))
    assert found.verdict == "different"
    assert not found.unknown
    (body,) = found.bodies
    assert body.what == "sandbox/user-agent"
    assert body.means == "policy of the sandbox, vetted"
    assert any(line.startswith("+") and "--cap-drop=all" in line for line in body.diff)
    assert "1 body of code changed, which only a reader can judge" in headline(found)[1]
    assert [(one.what, one.old, one.new) for one in found.cosmetic if one.old] == [("made by podsand-gen", "0.0.9", "0.1.0")]


def test_reordered_regions_are_told() -> None:
    one, other = region(script(), "core/log"), region(script(), "core/die")
    text = script().replace(one, "@one@").replace(other, one).replace("@one@", other)

    found = difference(subject(script()), subject(text))
    assert "the order" in [one.what for one in found.unknown]
    assert "the order of the regions" in [one.what for one in found.cosmetic]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(script("locked-down")) - 1), st.sampled_from("x\n'# "))
def test_scripts_that_differ_never_have_an_empty_report(index: int, char: str) -> None:
    text = script("locked-down")
    changed = text[:index] + char + text[index:]
    try:
        found = difference(subject(text), subject(changed))
    except ScriptError:
        return
    assert found.verdict in ("different", "weaker")
    named = ("unknown", "weaker", "stronger", "bodies", "settings", "pins", "commands", "downloads", "cosmetic")
    assert any(getattr(found, name) for name in named)


@pytest.mark.parametrize("name", ["company", "debugging", "system-podman"])
def test_a_script_and_the_profile_in_it_are_the_same(name: str) -> None:
    made = subject(script(name))
    from podsand_gen.review.subject import of_profile

    assert difference(made, of_profile(made.profile, "x", library())).verdict == "same"

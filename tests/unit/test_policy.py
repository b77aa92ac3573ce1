from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.seccomp import allowed

from podsand_gen.lock import pins
from podsand_gen.policy import ORDERS, Neutral, Order, Rows, columns, compare, keys, told, value
from podsand_gen.profile import KEY_BLOCK, Profile

ROOT = Path(__file__).resolve().parents[2]
OTHER = {"amd64": "a" * 64, "arm64": "b" * 64}
BASE = "docker.io/library/ubuntu"
DOTFILES = {"repository": "https://a.example/x", "commit": "a" * 40}
DIGEST = f"{BASE}@sha256:{'c' * 64}"


def key_text(word: str) -> str:
    return f"{KEY_BLOCK}\n\n{word}\n-----END PGP PUBLIC KEY BLOCK-----\n"


def download(scheme: str = "https", sha256: dict[str, str] = OTHER) -> dict[str, Any]:
    return {"path": "/opt/x", "url": {"amd64": f"{scheme}://a.example/1", "arm64": "https://a.example/2"}, "sha256": sha256}


# For each key that bears on the isolation: a stronger value and a weaker one, and what else the profile then needs.
BOTH_WAYS: dict[str, tuple[Any, Any]] = {
    "podman.source": ("release", "system"),
    "podman.builder": ("podman", "docker"),
    "podman.repository": ("https://a.example", "http://a.example"),
    "podman.mirror": ("https://a.example", "http://a.example"),
    "podman.signing_key": (key_text("abcd"), ""),
    "docker.mirror": ("https://a.example", "http://a.example"),
    "docker.channel": ("stable", "test"),
    "docker.after": ("stop", "keep"),
    "conf.scope": ("private", "user"),
    "conf.ignore_chown_errors": (False, True),
    "conf.registries": (["docker.io"], ["docker.io", "quay.io"]),
    "conf.mirrors": ([], [{"prefix": "docker.io", "location": "m.example/hub"}]),
    "image.dockerfile": ("", "FROM scratch\n"),
    "image.base": (DIGEST, f"{BASE}:noble"),
    "image.node_mirror": ("https://a.example", "http://a.example"),
    "image.fnm_mirror": ("https://a.example", "http://a.example"),
    "image.downloads": ([download("https")], [download("http")]),
    "image.dotfiles.repository": (None, "https://a.example/x"),
    "image.dotfiles.install": ([], ["./install"]),
    "agent.npm_registry": ("", "http://a.example"),
    "sandbox.user": ("agent", "root"),
    "sandbox.seccomp": ("strict", "debug"),
    "sandbox.memory": ("1024m", "2g"),
    "sandbox.cpus": ("1.5", ""),
    "sandbox.pids": (512, 4096),
    "sandbox.tmp_size": ("900m", "1g"),
    "sandbox.home": ("tmpfs", "image"),
    "sandbox.home_size": ("900m", "1g"),
    "sandbox.protect_git": (True, False),
    "sandbox.env": (["TERM"], ["TERM", "TOKEN"]),
    "sandbox.network": ("none", "pasta"),
    "sandbox.mounts": ([], [{"source": "~/x", "target": "/x"}]),
    "proxy.url": ("", "http://p.example:3128"),
    "proxy.no_proxy": ([], [".example.com"]),
    "proxy.credentials_env": ("", "LOGIN"),
    "proxy.credentials_file": ("", "~/login"),
    "proxy.ca_bundle": ("", "/etc/ca.pem"),
}
# Weaker whichever way they go: nobody can rank them.
UNRANKED: dict[str, tuple[Any, Any]] = {
    "agent.command": (["claude"], ["bash", "-c", "x"]),
    "docker.key_sha256": ("a" * 64, "b" * 64),
    "docker.version": ("", "28.5.1"),
    "sandbox.home": ("volume", "image"),
    "podman.source": ("build", "system"),
}
# A later version, an older one; and hashes.
VERSIONS = {
    "podman.version": ("v5.8.4", "v5.5.2", "podman.sha256"),
    "image.node_version": ("v24.11.1", "v24.0.0", "image.node_sha256"),
    "image.fnm_version": (pins("fnm").default, "v1.0.0", "image.fnm_sha256"),
    "agent.version": ("2.1.330", "2.1.1", "agent.sha256"),
}
# A key of one value has no two ways; commits have tests of their own.
SINGLE = {"agent.name", "podman.commit", "image.dotfiles.commit"}
# What a profile needs for a key to have an effect.
NEEDS: dict[str, dict[str, dict[str, Any]]] = {
    **{f"podman.{key}": {"podman": {"source": "release"}} for key in ("version", "mirror", "signing_key", "sha256")},
    **{f"proxy.credentials_{key}": {"proxy": {"url": "http://p.example:3128"}} for key in ("env", "file")},
    **{f"image.fnm_{key}": {"image": {"node": "fnm"}} for key in ("mirror", "version", "sha256")},
}
# What has an effect only with the weaker value, and is weak then.
WITH = {"podman.builder": ("docker.after",)}


def profile(**tables: Any) -> Profile:
    return Profile.model_validate({"schema": 1, "name": "x", **tables})


def with_value(key: str, item: Any) -> Profile:
    table, *names = key.split(".")
    values = deepcopy(NEEDS.get(key, {}).get(table, {}))
    if names[0] == "dotfiles":
        values["dotfiles"] = None if item is None else {**DOTFILES, names[1]: item}
    else:
        values[names[0]] = item
    return profile(**{table: values})


def judged(old: Profile, new: Profile) -> set[tuple[str, str]]:
    """Without what is told and means nothing: a key that loses its effect when another one is set."""
    return {found for found in verdicts(old, new) if found[1] != "neutral"}


def verdicts(old: Profile, new: Profile) -> set[tuple[str, str]]:
    return {(move.key, move.verdict) for move in compare(old, new)}


def test_every_key_of_the_profile_has_an_order_and_every_order_a_key() -> None:
    assert set(ORDERS) == set(keys())


def test_every_column_of_a_list_of_tables_names_its_row_or_has_an_order() -> None:
    for key in keys():
        order = ORDERS[key]
        if columns(key):
            assert isinstance(order, Rows)
            assert {*order.names, *order.columns} == set(columns(key))


def test_every_order_that_is_not_neutral_is_tested_both_ways() -> None:
    tested = {*BOTH_WAYS, *UNRANKED, *VERSIONS, *(pin for *_, pin in VERSIONS.values()), *SINGLE}

    assert tested == {key for key, order in ORDERS.items() if not isinstance(order, Neutral)}
    assert all(order.why for order in ORDERS.values() if isinstance(order, Neutral))


@pytest.mark.parametrize("key", BOTH_WAYS)
def test_one_way_is_weaker_and_the_other_is_stronger(key: str) -> None:
    strong, weak = (with_value(key, item) for item in BOTH_WAYS[key])

    assert judged(strong, weak) == {(name, "weaker") for name in (key, *WITH.get(key, ()))}
    assert judged(weak, strong) == {(name, "stronger") for name in (key, *WITH.get(key, ()))}
    assert verdicts(weak, weak) == set()


@pytest.mark.parametrize("key", UNRANKED)
def test_what_cannot_be_ranked_is_weaker_either_way(key: str) -> None:
    one, other = (with_value(key, item) for item in UNRANKED[key])

    assert (key, "weaker") in verdicts(one, other) & verdicts(other, one)


@pytest.mark.parametrize("key", VERSIONS)
def test_a_version_that_goes_back_is_weaker_and_one_that_goes_forth_is_a_pin_that_moves(key: str) -> None:
    later, earlier, pin = VERSIONS[key]
    table, name = key.split(".")
    needs = NEEDS.get(key, {}).get(table, {})
    new = profile(**{table: {**needs, name: later}})
    old = profile(**{table: {**needs, name: earlier, pin.split(".")[1]: OTHER}})

    assert (key, "weaker") in verdicts(new, old)
    assert verdicts(old, new) == {(key, "pin"), (f"{pin}.amd64", "pin"), (f"{pin}.arm64", "pin")}


@pytest.mark.parametrize("key", VERSIONS)
def test_other_bytes_under_the_same_version_are_weaker_either_way(key: str) -> None:
    pin = VERSIONS[key][2]
    usual, other = profile(**NEEDS.get(pin, {})), with_value(pin, OTHER)

    assert verdicts(usual, other) == verdicts(other, usual) == {(f"{pin}.amd64", "weaker"), (f"{pin}.arm64", "weaker")}


def test_hashes_that_contradict_those_that_are_known_for_the_new_version_are_weaker() -> None:
    old = profile(podman={"source": "release", "version": "v5.5.2", "sha256": OTHER})
    lie = profile(podman={"source": "release", "version": "v5.8.4", "sha256": {**OTHER, "amd64": "d" * 64}})

    found = [move for move in compare(old, lie) if move.key == "podman.sha256.amd64"]
    assert [(move.verdict, "NOT what podsand-gen knows" in move.why) for move in found] == [("weaker", True)]


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("debug", "nested", "weaker"),
        ("nested", "debug", "weaker"),
        ("nested", "strict", "stronger"),
    ],
)
def test_system_calls_are_ordered_by_what_they_permit(old: str, new: str, verdict: str) -> None:
    assert verdicts(with_value("sandbox.seccomp", old), with_value("sandbox.seccomp", new)) == {("sandbox.seccomp", verdict)}


def test_the_order_of_seccomp_is_that_of_the_tables() -> None:
    strict, debug, nested = map(allowed, ("strict", "debug", "nested"))

    assert len(strict) > 200
    assert strict < debug
    assert strict < nested
    assert not debug <= nested
    assert not nested <= debug


def test_of_a_list_of_tables_one_more_is_weaker_one_less_is_stronger_and_a_column_has_its_own_way() -> None:
    read = {"source": "~/x", "target": "/x"}
    write = {**read, "writable": True}
    other = {"source": "~/y", "target": "/x"}

    def moves(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
        found = compare(with_value("sandbox.mounts", old), with_value("sandbox.mounts", new))
        return [(move.verdict, move.old, move.new) for move in found]

    assert moves([read], [write]) == [("weaker", "~/x at /x", "~/x at /x (writable)")]
    assert moves([write], [read]) == [("stronger", "~/x at /x (writable)", "~/x at /x")]
    assert moves([read], [other]) == [("weaker", "", "~/y at /x"), ("stronger", "~/x at /x", "")]


def test_an_insecure_mirror_is_weaker_than_the_same_mirror() -> None:
    mirror = {"prefix": "docker.io", "location": "m.example/hub"}
    secure, insecure = with_value("conf.mirrors", [mirror]), with_value("conf.mirrors", [{**mirror, "insecure": True}])

    assert verdicts(secure, insecure) == {("conf.mirrors", "weaker")}
    assert verdicts(insecure, secure) == {("conf.mirrors", "stronger")}


def test_the_same_in_another_order_or_unit_is_neither() -> None:
    assert verdicts(
        with_value("conf.registries", ["docker.io", "quay.io"]), with_value("conf.registries", ["quay.io", "docker.io"])
    ) == {("conf.registries", "neutral")}
    assert verdicts(with_value("sandbox.memory", "1g"), with_value("sandbox.memory", "1024m")) == {("sandbox.memory", "neutral")}


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (f"{BASE}:noble-1", f"{BASE}:noble-2", "pin"),
        (f"{BASE}@sha256:{'1' * 64}", f"{BASE}@sha256:{'2' * 64}", "pin"),
        (f"{BASE}:noble", "docker.io/somebody/ubuntu:noble", "weaker"),
        ("docker.io/somebody/ubuntu:noble", f"{BASE}:noble", "weaker"),
    ],
)
def test_another_repository_cannot_be_ranked_and_another_tag_or_digest_is_a_pin_that_moves(
    old: str, new: str, verdict: str
) -> None:
    assert [move.verdict for move in ORDERS["image.base"].moves("image.base", old, new)] == [verdict]


def test_a_key_that_has_no_effect_beside_others_is_neutral() -> None:
    def kept(size: str) -> Profile:
        return profile(sandbox={"home": "volume", "home_size": size})

    assert verdicts(kept("1g"), kept("2g")) == {("sandbox.home_size", "neutral")}
    assert ("sandbox.home_size", "neutral") in verdicts(profile(), kept("9g"))


def test_what_gets_an_effect_is_weaker_when_it_permits_something_and_what_loses_it_is_stronger() -> None:
    release, build = (profile(podman={"source": source}) for source in ("release", "build"))
    expected = ("podman.source", "podman.builder", "docker.after")

    assert verdicts(release, build) == {(key, "weaker") for key in expected}
    assert verdicts(build, release) == {(key, "stronger") for key in expected}


@pytest.mark.parametrize(
    "lie", [{"sha256": {**OTHER}}, {"sha256": {"amd64": "a" * 64}}], ids=["both architectures", "one architecture"]
)
def test_a_lie_about_a_hash_is_weaker_as_soon_as_it_has_an_effect_though_it_stood_there_before(lie: dict[str, Any]) -> None:
    before, after = (profile(podman={"source": source, **lie}) for source in ("system", "release"))

    assert ("podman.sha256.amd64", "weaker") in verdicts(before, after)
    assert ("podman.sha256.amd64", "weaker") not in verdicts(
        profile(podman={"source": "system"}), profile(podman={"source": "release"})
    )


def test_better_than_what_had_no_effect_is_no_merit() -> None:
    system = profile(podman={"source": "system", "mirror": "http://a.example"})
    release = profile(podman={"source": "release", "mirror": "https://a.example"})

    assert ("podman.mirror", "neutral") in verdicts(system, release)
    assert ("podman.mirror", "weaker") in verdicts(
        profile(podman={"source": "system"}), profile(podman={"source": "release", "mirror": "http://a.example"})
    )


def test_an_archive_from_the_machine_is_held_to_the_same_hash_as_one_from_its_publisher() -> None:
    moves = verdicts(profile(podman={"source": "release"}), profile(podman={"source": "archive", "archives": "~/x"}))

    assert ("podman.source", "neutral") in moves
    assert {verdict for _, verdict in moves} == {"neutral"}


def test_another_commit_under_the_same_version_is_weaker_and_so_is_one_that_contradicts_what_is_known() -> None:
    usual, other = profile(), with_value("podman.commit", "a" * 40)
    older = profile(podman={"version": "v5.5.2", "commit": "b" * 40})
    lie = profile(podman={"version": "v5.8.4", "commit": "c" * 40})

    assert verdicts(usual, other) == verdicts(other, usual) == {("podman.commit", "weaker")}
    assert verdicts(older, usual) == {("podman.version", "pin"), ("podman.commit", "pin")}
    assert ("podman.commit", "weaker") in verdicts(older, lie)


def test_another_commit_of_the_dotfiles_is_a_pin_that_moves() -> None:
    one, other = (with_value("image.dotfiles.commit", commit * 40) for commit in "ab")

    assert verdicts(one, other) == verdicts(other, one) == {("image.dotfiles.commit", "pin")}


def test_of_the_image_s_downloads_more_is_told_elsewhere_and_other_bytes_are_a_pin_that_moves() -> None:
    none, one = with_value("image.downloads", []), with_value("image.downloads", [download()])
    other = with_value("image.downloads", [download(sha256={**OTHER, "amd64": "c" * 64})])

    assert verdicts(none, one) == verdicts(one, none) == {("image.downloads", "neutral")}
    (move,) = compare(one, other)
    assert (move.verdict, move.why) == ("pin", "given by the profile: nobody else vouches for it")
    assert f"amd64 {'a' * 64}" in move.old
    assert f"amd64 {'c' * 64}" in move.new


def test_a_key_that_somebody_forgot_counts_as_weaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ORDERS, "launcher.name")

    assert verdicts(with_value("launcher.name", "a"), with_value("launcher.name", "b")) == {("launcher.name", "weaker")}


@given(st.sampled_from(sorted(BOTH_WAYS)), st.booleans())
def test_no_key_goes_unnoticed(key: str, turned: bool) -> None:
    one, other = (with_value(key, item) for item in BOTH_WAYS[key])
    old, new = (other, one) if turned else (one, other)

    assert key in [move.key for move in compare(old, new)]
    assert {name for name, _ in judged(old, new)} == {key, *WITH.get(key, ())}
    assert value(old, key) != value(new, key)


def test_values_are_told_on_one_line() -> None:
    assert told(("a", "b")) == "a b"
    assert told(("a b",)) == "'a b'"
    assert told((), "none") == "none"
    assert told("", "unlimited") == "unlimited"
    assert told(True) == "true"
    assert told(key_text("abcd")).startswith("sha256 ")
    assert Order().why

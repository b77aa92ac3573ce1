from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.review import ROOT, library, profile_subject

from podsand_gen import plan
from podsand_gen.contract import check_snippet
from podsand_gen.profile import Profile
from podsand_gen.review.facts import Step, host, steps
from podsand_gen.review.subject import of_profile
from podsand_gen.snippet import Library


def facts(**tables: object) -> dict[str, Step]:
    subject = profile_subject(**tables)
    return {step.name: step for step in steps(subject.plan, subject.profile)}


def test_steps_stand_in_the_order_in_which_they_run_and_say_whether_they_need_root() -> None:
    found = list(facts().values())

    assert [step.name for step in found[:3]] == ["host/packages", "host/subids", "podman/release"]
    assert [step.name for step in found if step.root] == ["host/packages", "host/subids"]


def test_root_commands_are_literal_and_name_what_they_may_install() -> None:
    found = facts()["host/packages"].commands

    assert found[0] == "apt-get -o DPkg::Lock::Timeout=120 update"
    assert found[1].startswith("env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y ")
    assert found[1].endswith("<what is missing of: ca-certificates curl flock gzip mountpoint newuidmap tar usermod>")


def test_a_command_that_only_an_uninstallation_runs_is_told_as_such() -> None:
    step = facts()["host/subids"]

    assert step.commands == ("usermod <--add-subuids RANGE --add-subgids RANGE> <the user>",)
    assert [undo.commands for undo in step.undo] == [("sed -i -e /^<USER:RANGE>$/d <file>",)]


def test_hosts_are_those_of_the_profile() -> None:
    found = facts(podman={"mirror": "https://files.example.com:8443/x"}, proxy={"url": "http://proxy.example.com:3128"})

    assert found["podman/release"].hosts == ("files.example.com:8443", "proxy.example.com:3128")
    assert "registry.npmjs.org" in found["image/build"].hosts
    assert found["podman/policy-json"].hosts == ()


def test_an_empty_key_with_a_default_host_is_that_host_and_a_given_one_replaces_it() -> None:
    found = facts(agent={"npm_registry": "https://npm.example.com"})["image/build"].hosts

    assert "npm.example.com" in found
    assert "registry.npmjs.org" not in found


def test_a_download_says_its_source_and_its_pins_and_who_vouches_for_them() -> None:
    (download,) = facts()["podman/release"].downloads

    assert download.source.startswith("https://github.com/mgoltzsche/podman-static/releases/download/v5.8.4/podman-linux-")
    assert [(pin.name, len(pin.value), pin.note) for pin in download.pins] == [
        ("sha256 amd64", 64, "as podsand-gen knows it"),
        ("sha256 arm64", 64, "as podsand-gen knows it"),
    ]


@pytest.mark.parametrize(
    ("podman", "note"),
    [
        ({"version": "v9.9.9", "sha256": {"amd64": "a" * 64, "arm64": "b" * 64}}, "nobody else vouches"),
        ({"sha256": {"amd64": "a" * 64, "arm64": "b" * 64}}, "NOT what podsand-gen knows"),
    ],
)
def test_a_pin_that_nobody_knows_or_that_contradicts_what_is_known_is_told(podman: dict[str, object], note: str) -> None:
    (download,) = facts(podman=podman)["podman/release"].downloads

    assert all(note in pin.note for pin in download.pins)


def test_an_image_by_tag_is_not_pinned_and_one_by_digest_is() -> None:
    digest = f"sha256:{'a' * 64}"
    tag = facts()["image/build"].downloads[0]
    pinned = facts(image={"base": f"docker.io/library/ubuntu@{digest}"})["image/build"].downloads[0]

    assert (tag.pinned, tag.pins[0].note) == (False, "a tag, which can move: not pinned")
    assert (pinned.pinned, pinned.pins[0].value) == (True, digest)


def test_packages_of_the_image_are_those_of_the_script_with_what_the_agent_needs() -> None:
    found = [download.items for download in facts(image={"packages": ["gdb"]})["image/build"].downloads if download.items]

    assert found == [("gdb", "ca-certificates", "jq")]


def test_a_helper_s_doings_belong_to_the_step_that_calls_it() -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    found = facts(podman={"signing_key": key})

    assert "podman/signature" in found["podman/release"].snippets
    assert [download.what for download in found["podman/release"].downloads][-1] == "the signature of podman's archive"
    assert "podman/signature" not in facts()["podman/release"].snippets


def test_another_step_s_doings_are_its_own() -> None:
    found = facts()

    assert "podman/release" in found["image/build"].snippets
    assert "github.com" not in found["image/build"].hosts


def test_places_are_where_the_profile_puts_them() -> None:
    private, user = facts(), facts(conf={"scope": "user"}, launcher={"name": "box"})

    assert private["podman/policy-json"].writes == ("~/.local/share/podsand/home/.config/containers/policy.json",)
    assert user["podman/policy-json"].writes == ("~/.config/containers/policy.json",)
    assert user["launcher/install"].writes[-1] == "~/.local/bin/box"


def test_every_step_of_every_example_says_how_it_is_undone_and_nothing_is_left_to_guess() -> None:
    for path in (ROOT / "examples").glob("*.toml"):
        from podsand_gen.load import load_profile

        subject = of_profile(load_profile(path), path.name, library())
        for step in steps(subject.plan, subject.profile):
            assert all(undo.means for undo in step.undo), step.name
            assert bool(step.undo) == bool(step.writes), step.name
            assert bool(step.commands) == step.root, step.name
            assert not any("{podman." in text or "@" in text for text in (*step.writes, *step.hosts)), step.name


def test_a_step_that_comes_to_an_unvetted_snippet_is_not_vetted(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (directory / "core/fetch.bash").write_text((directory / "core/fetch.bash").read_text() + "# more\n")
    changed = Library.load(directory)
    subject = of_profile(Profile.model_validate({"schema": 1, "name": "x"}), "x", changed)

    found = {step.name: step.unvetted for step in steps(subject.plan, subject.profile)}
    assert found["podman/release"] == ("core/fetch",)
    assert found["host/subids"] == ()


def test_the_host_of_an_address_is_told_with_its_port() -> None:
    assert host("https://a.example:8443/x/y") == "a.example:8443"
    assert host("registry.example.com/hub") == "registry.example.com"


def test_a_root_step_of_one_s_own_is_explained_from_its_front_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mechanism knows no step by name: what another one runs, fetches and leaves is told in the same way."""
    directory = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (directory / "host/engine.bash").write_text(ENGINE)
    own = Library.load(directory)
    assert list(check_snippet(own.snippets["host/engine"], own)) == []
    monkeypatch.setattr(plan, "REGISTRY", (*plan.REGISTRY, plan.Rule("host/engine")))
    subject = of_profile(Profile.model_validate({"schema": 1, "name": "x"}), "x", own)

    (step,) = [step for step in steps(subject.plan, subject.profile) if step.name == "host/engine"]
    assert step.root
    assert step.commands == ("systemctl enable --now <u>.socket", "docker build --tag localhost/podsand <here>")
    assert step.hosts == ("docker.io",)
    assert [pin.note for download in step.downloads for pin in download.pins] == ["nothing"]
    assert [undo.commands for undo in step.undo if undo.kind == "host_engine_unit"] == [("systemctl disable --now <u>",)]
    assert step.unvetted == ("host/engine",)


ENGINE = """\
# shellcheck shell=bash
# /// snippet
# name = "host/engine"
# summary = "Another way."
# requires = ["core/as-root", "core/journal", "core/steps"]
# params = ["CFG_IMAGE_NAME"]
# step = "host_engine"
# root = true
# commands = [
#   "systemctl enable --now <u>.socket",
#   "docker build --tag localhost/<CFG_IMAGE_NAME> <here>",
#   "systemctl disable --now <u>",
# ]
# hosts = ["docker.io"]
# writes = ["a unit"]
# undo.host_engine_unit = "the unit is disabled"
# [[downloads]]
# what = "a base image"
# source = "docker.io"
# pin = "nothing"
# ///

host_engine_check() {
  STEPS_WHY=never
  return 1
}

host_engine_commands() {
  printf '%s\\n' 'systemctl enable'
}

host_engine_apply() {
  local unit=docker
  journal_add host_engine_unit "$unit.socket"
  as_root systemctl enable --now "$unit.socket"
  task_run 'build' host_engine_build
}

host_engine_build() {
  as_root docker build --tag "localhost/$CFG_IMAGE_NAME" \\
    "$PATHS_CONTEXT"
}

host_engine_unit_undo() { # <unit>
  as_root systemctl disable --now "$1"
}
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.support.review import ROOT, library, profile_subject

from podsand_gen import plan
from podsand_gen.contract import check_snippet
from podsand_gen.profile import Profile
from podsand_gen.review.facts import Step, host, steps
from podsand_gen.review.subject import of_profile
from podsand_gen.snippet import Library


def facts(**tables: Any) -> dict[str, Step]:
    """Of a release, unless something else is asked for."""
    return every(**{**tables, "podman": {"source": "release", **tables.get("podman", {})}})


def every(**tables: Any) -> dict[str, Step]:
    subject = profile_subject(**tables)
    return {step.name: step for step in steps(subject.plan, subject.profile)}


def test_steps_stand_in_the_order_in_which_they_run_and_say_whether_they_need_root() -> None:
    found = list(facts().values())

    assert [step.name for step in found[:3]] == ["host/packages", "host/subids", "podman/release"]
    assert [step.name for step in found if step.root] == ["host/packages", "host/subids"]


def test_a_build_with_docker_says_what_root_runs_though_as_root_is_only_handed_to_the_helper_that_runs_it() -> None:
    steps_ = every()
    engine, build = steps_["docker/engine"], steps_["podman/build-docker"]

    assert [step.name for step in steps_.values() if step.root][2:] == ["docker/engine", "podman/build-docker"]
    assert any(command.startswith("make -C </var/cache/podsand-build-UID> singlearch-tar") for command in build.commands)
    assert [command.split()[0] for command in build.commands] == ["rm", "install", "tar", "make", "cat"]
    # The build asks docker as the user; only the wait for a docker that was started asks as root.
    assert "docker buildx version" in engine.commands
    assert "docker buildx version" not in build.commands
    installs = [command for command in engine.commands if "apt-get" in command and " install " in command]
    assert [command.endswith("docker-buildx-plugin docker-compose-plugin>") for command in installs] == [True]
    # In the order in which they run.
    assert engine.commands.index(installs[0]) > engine.commands.index("apt-get -o DPkg::Lock::Timeout=120 update")


def test_a_build_by_podman_runs_nothing_as_root_although_it_is_the_same_helper() -> None:
    step = every(podman={"builder": "podman"})["podman/build-podman"]

    assert not step.root
    assert step.commands == ()
    assert "podman/source" in step.snippets
    assert "the source of podman-static: its Dockerfile and Makefile" in [download.what for download in step.downloads]


def test_a_commit_pins_the_source_and_not_what_its_dockerfile_fetches() -> None:
    source, rest = every()["podman/build-docker"].downloads

    assert [(pin.name, len(pin.value), pin.note) for pin in source.pins] == [("commit", 40, "as podsand-gen knows it")]
    assert (rest.pinned, "no hash holds what comes" in rest.pins[0].note) == (False, True)
    (other, _) = every(podman={"commit": "a" * 40})["podman/build-docker"].downloads
    assert "NOT what podsand-gen knows" in other.pins[0].note


def test_docker_s_key_is_pinned_and_its_packages_are_held_by_the_signature_alone() -> None:
    key, packages = every()["docker/engine"].downloads

    assert [(pin.name, pin.note) for pin in key.pins] == [("sha256", "as podsand-gen knows it")]
    assert (packages.pinned, "signature" in packages.pins[0].note) == (False, True)
    assert "nobody else vouches" in every(docker={"key_sha256": "a" * 64})["docker/engine"].downloads[0].pins[0].note


def test_what_a_check_looks_at_is_not_what_a_step_does() -> None:
    assert "github.com" not in every()["docker/engine"].hosts
    assert "podman/source" in every()["docker/engine"].snippets


def test_each_part_of_the_image_tells_its_own_downloads() -> None:
    hashes = {"amd64": "a" * 64, "arm64": "b" * 64}
    urls = {"amd64": "https://a.example/1", "arm64": "https://b.example/2"}
    step = facts(
        image={
            "packages": ["git", "cargo"],
            "node": "fnm",
            "cargo": ["ripgrep@14.1.1"],
            "downloads": [{"path": "/opt/x", "url": urls, "sha256": hashes}],
            "dotfiles": {"repository": "https://c.example/dot", "commit": "c" * 40, "install": ["./install"]},
        }
    )["image/build"]
    found = {download.what.partition(":")[0]: download for download in step.downloads}

    assert {"a.example", "b.example", "c.example", "github.com"} <= set(step.hosts)
    assert [pin.value for pin in found["/opt/x in the image"].pins] == ["a" * 64, "b" * 64]
    assert found["/opt/x in the image"].source == "https://a.example/1, for arm64 https://b.example/2"
    assert [pin.note for pin in found["fnm"].pins] == ["as podsand-gen knows it"] * 2
    assert [pin.value for pin in found["the repository of dotfiles, and its submodules"].pins] == ["c" * 40]
    assert found["Rust programs and the crates that they are made of"].items == ("ripgrep@14.1.1",)
    loose = {what for what, download in found.items() if not download.pinned}
    assert loose >= {"what the dotfiles' installers fetch", "Rust programs and the crates that they are made of"}
    assert "fnm" not in {download.what for download in facts()["image/build"].downloads}


def test_of_an_own_dockerfile_nothing_is_said_that_only_the_dockerfile_knows() -> None:
    step = facts(image={"dockerfile": "FROM docker.io/library/alpine:3\n"})["image/build"]

    assert [(download.what.partition(",")[0], download.pinned) for download in step.downloads] == [
        ("what image.dockerfile fetches", False)
    ]
    assert "image/layer-own" in step.snippets


def test_an_archive_of_the_machine_is_held_to_its_hash_and_comes_from_no_host() -> None:
    sha256 = {"amd64": "a" * 64}
    step = every(podman={"source": "archive", "archives": "~/archives", "sha256": sha256})["podman/archive"]
    (download,) = step.downloads

    assert step.hosts == ()
    assert download.source.startswith("a file of this machine: ~/archives/")
    assert [(pin.name, pin.value) for pin in download.pins] == [("sha256 amd64", "a" * 64), ("", "")]
    assert download.pins[1].note == "none for arm64: there the script stops"


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
    found = every(docker={"after": "remove"})

    assert "docker/engine" in found["docker/after"].snippets
    assert "a docker daemon, which runs as root" in found["docker/engine"].writes
    assert "a docker daemon, which runs as root" not in found["docker/after"].writes
    assert any(command.startswith("systemctl stop") for command in found["docker/after"].commands)


def test_which_podman_a_step_calls_is_found_though_its_name_is_put_together() -> None:
    assert "podman/static" in every()["image/build"].snippets
    assert "podman/system" in every(podman={"source": "system"})["image/build"].snippets


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
    subject = of_profile(Profile.model_validate({"schema": 1, "name": "x", "podman": {"source": "release"}}), "x", changed)

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
    assert step.commands == ("docker build --tag localhost/podsand <here>", "systemctl enable --now <u>.socket")
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

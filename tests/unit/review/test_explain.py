from __future__ import annotations

import dataclasses
import io
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.review import ROOT, library, profile_subject, replaced, script, subject

from podsand_gen.profile import Profile
from podsand_gen.review import json, lines, markdown
from podsand_gen.review.explain import Explanation, explain
from podsand_gen.review.subject import of_profile, of_script, read_subject
from podsand_gen.review.terminal import plain
from podsand_gen.review.words import short
from podsand_gen.snippet import Library


def test_a_script_alone_is_enough_and_says_the_same_as_its_profile() -> None:
    made = explain(subject(script("company")))
    profile = explain(of_profile(subject(script("company")).profile, "x", library()))

    assert made.about.kind == "script"
    assert made.about.state == "identical"
    assert dataclasses.replace(made, about=profile.about) == profile


def test_of_an_edited_script_the_step_that_comes_to_the_edit_is_not_vetted_and_the_others_are() -> None:
    found = explain(subject(replaced(script(), "fetch_verified() { # <url>", "fetch_verified() { #  <url>")))

    assert found.about.state == "edited"
    assert found.unvetted == ("core/fetch",)
    assert {step.name for step in found.steps if not step.vetted} == {"podman/release", "image/build"}


def test_of_an_edited_script_no_code_is_called_vetted_because_a_line_anywhere_may_define_any_function() -> None:
    overridden = replaced(script(), '\nmain "$@"\n}', '\nsandbox_policy() { :; }\nmain "$@"\n}')

    assert "NOT VETTED" in dict(short(explain(subject(overridden))))["code"]
    assert dict(short(explain(subject(script()))))["code"] == "all of it vetted"


def test_snippets_of_one_s_own_are_not_vetted_and_the_script_that_they_make_is_identical_when_held_against_them(
    tmp_path: Path,
) -> None:
    directory = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (directory / "core/fetch.bash").write_text((directory / "core/fetch.bash").read_text() + "# more\n")
    own = Library.load(directory)
    text = of_profile(Profile.model_validate({"schema": 1, "name": "x"}), "x", own).expected

    found = explain(of_script(text, "x", own))
    assert (found.about.state, found.unvetted) == ("identical", ("core/fetch",))
    assert explain(of_script(text, "x", library())).about.state == "edited"


def origins(word: str | None) -> dict[str, tuple[str, ...]]:
    return {value.key: value.origins for value in explain(read_subject(word, library()), origin=True).values}


def test_who_says_each_value_is_told_on_demand(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('schema = 1\nname = "b"\n[sandbox]\nmemory = "4g"\nenv = ["TERM"]\n')
    mine = tmp_path / "mine.toml"
    mine.write_text('schema = 1\nname = "m"\nextends = ["base.toml"]\nsandbox.pids = 100\n[add.sandbox]\nenv = ["LANG"]\n')
    found = origins(str(mine))

    assert found["sandbox.pids"] == (f"file {mine}",)
    assert found["sandbox.memory"] == (f"extends {tmp_path}/base.toml",)
    assert found["sandbox.env"] == (f"extends {tmp_path}/base.toml", f"file {mine}")
    assert found["sandbox.home"] == ("default",)
    assert explain(read_subject(str(mine), library())).values == ()


def test_the_default_names_no_place_of_this_machine_and_of_a_script_or_a_stream_everything_is_said_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "setup.sh"
    path.write_text(script())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'schema = 1\nname = "x"\n')))

    assert set(origins(None).values()) == {("file default.toml",), ("default",)}
    assert set(origins(str(path)).values()) == {("the script",)}
    assert set(origins("-").values()) == {("standard input",)}


@pytest.mark.parametrize("form", [lambda found: plain(lines.explanation(found)), markdown.explanation, json.explanation])
def test_every_form_says_who_says_a_value(form: Callable[[Explanation], str]) -> None:
    subject_ = read_subject(str(ROOT / "examples/team.toml"), library())

    assert re.search(r"proxy.{0,12}url.*(\n.*){0,4}extends .*company", form(explain(subject_, origin=True)))
    assert not re.search(r"extends .*company", form(explain(subject_)))


def test_of_an_own_dockerfile_it_is_said_that_nobody_vetted_it() -> None:
    found = explain(profile_subject(image={"dockerfile": "FROM scratch\n"}))

    assert found.own == ("image/layer-own",)
    assert "own Dockerfile, which somebody has to read" in dict(short(found))["code"]


def test_warnings_of_the_profile_are_told() -> None:
    assert any("sandbox.user" in warning for warning in explain(profile_subject(sandbox={"user": "root"})).warnings)
    assert explain(profile_subject()).warnings == ()


def test_a_result_cannot_be_changed() -> None:
    found = explain(profile_subject())

    with pytest.raises(dataclasses.FrozenInstanceError):
        found.about = found.about  # type: ignore[misc]

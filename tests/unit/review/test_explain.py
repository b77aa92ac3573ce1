from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from tests.support.review import ROOT, library, profile_subject, replaced, script, subject

from podsand_gen.profile import Profile
from podsand_gen.review.explain import explain
from podsand_gen.review.subject import of_profile, of_script
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


def test_warnings_of_the_profile_are_told() -> None:
    assert any("sandbox.user" in warning for warning in explain(profile_subject(sandbox={"user": "root"})).warnings)
    assert explain(profile_subject()).warnings == ()


def test_a_result_cannot_be_changed() -> None:
    found = explain(profile_subject())

    with pytest.raises(dataclasses.FrozenInstanceError):
        found.about = found.about  # type: ignore[misc]

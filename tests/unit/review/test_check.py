from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.support.review import ROOT, library, of_version, profile_subject, replaced, script

from podsand_gen.errors import ProfileFileError
from podsand_gen.review.check import Check, check
from podsand_gen.snippet import Library


def checked(directory: Path, text: str | bytes, **tables: object) -> Check:
    path = directory / "setup.sh"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    wanted = profile_subject(**tables).profile if tables else None
    return check(str(path), library(), wanted, lint=False)


def test_an_untouched_script_is_good(tmp_path: Path) -> None:
    for name in ("release", "company"):
        assert checked(tmp_path, script(name)).good


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (replaced(script(), "umask 022", "umask 000"), "edited"),
        (of_version(script()), "stale"),
        (b"#!/bin/bash\n\xff", "unreadable"),
        (b"#!/bin/bash\n", "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_whatever_else_it_is_is_an_answer_and_not_good(text: str | bytes, state: str, tmp_path: Path) -> None:
    found = checked(tmp_path, text)

    assert (found.state, found.good) == (state, False)
    assert found.edits or found.why or state == "stale"


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileFileError):
        check(str(tmp_path / "missing"), library(), lint=False)


def test_a_script_of_another_profile_is_told_key_by_key(tmp_path: Path) -> None:
    found = checked(tmp_path, script(), name="release", podman={"source": "release"}, sandbox={"memory": "4g"})

    assert found.state == "other profile"
    assert [(move.key, move.old, move.new) for move in found.moves] == [("sandbox.memory", "8g", "4g")]
    assert checked(tmp_path, script(), name="release", podman={"source": "release"}).good


def test_a_profile_that_differs_in_nothing_but_a_key_without_an_effect_makes_another_script_all_the_same(tmp_path: Path) -> None:
    kept = profile_subject(name="x", sandbox={"home": "volume", "home_size": "1g"}).expected

    assert checked(tmp_path, kept, name="x", sandbox={"home": "volume", "home_size": "1g"}).good
    assert checked(tmp_path, kept, name="x", sandbox={"home": "volume", "home_size": "2g"}).state == "other profile"


def test_shellcheck_is_asked_about_our_own_text_only(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    lock = directory / "core/lock.bash"
    lock.write_text(lock.read_text().replace("flock --nonblock 9", "flock --nonblock 9 $never_set"))
    own = Library.load(directory)
    path = tmp_path / "setup.sh"
    from podsand_gen.review.subject import of_profile

    path.write_text(of_profile(profile_subject().profile, "x", own).expected)

    faulty = check(str(path), own, lint=True)
    assert faulty.state == "faulty"
    assert any("never_set" in finding for finding in faulty.findings)
    assert check(str(path), own, lint=False).good
    # Held against the library that came along it is a stranger's text, which shellcheck does not get.
    assert check(str(path), library(), lint=True).findings == ()

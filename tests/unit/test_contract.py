from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podsand_gen.contract import check_library
from podsand_gen.errors import LibraryError
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))


def edited(library: Path, name: str, old: str, new: str) -> list[str]:
    path = library / f"{name}.bash"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return check_library(Library.load(library))


def test_our_snippets_keep_the_contract_and_are_vetted_as_they_are() -> None:
    library = Library.load(ROOT / "snippets")

    assert check_library(library) == []
    assert library.unvetted() == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("core/lock", "lock_take()", "take_lock()", "take_lock does not begin with lock"),
        ("core/lock", "lock_take() {", "true\n\nlock_take() {", "stands outside of a function"),
        ("core/lock", "flock --nonblock 9", 'flock --nonblock 9 "$CFG_NAME"', "reads CFG_NAME and does not declare it"),
        ("command/help", 'params = ["CFG_LAUNCHER_NAME"]', 'params = ["CFG_LAUNCHER_NAME", "CFG_NAME"]', "does not read it"),
        ("command/help", "command_help() {", "command_help() {\n  ls | head -1", "stops reading early"),
        ("command/help", "  local index", "  local -r index", "local -r"),
        ("command/help", "command_help() {", "command_help() {\n  echo x", "use printf"),
        ("host/packages", "host_packages_commands()", "host_packages_other()", "lacks the function host_packages_commands"),
        ("image/volume", "image_volume_apply() {", "image_volume_apply() {\n  as_root true", "calls as_root, and is no root step"),
        ("core/lock", 'requires = ["core/paths"]', 'requires = ["core/pathz"]', "requires core/pathz, which is not there"),
        ("core/lock", "flock --nonblock 9", "flock --nonblock 9 $unset_variable", "SC2154"),
    ],
)
def test_a_breach_is_found(library: Path, name: str, old: str, new: str, problem: str) -> None:
    problems = edited(library, name, old, new)

    assert any(problem in found for found in problems), problems


def test_a_snippet_of_more_than_150_lines_is_a_breach(library: Path) -> None:
    path = library / "core/lock.bash"
    path.write_text(path.read_text() + "# more\n" * 150)

    assert any("longer than 150 lines" in problem for problem in check_library(Library.load(library)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# /// snippet", "# snippet"),
        ('# name = "core/lock"', '# name = "core/other"'),
        ('# name = "core/lock"', "# name = core/lock"),
        ('# tools = ["flock"]', '# tool = ["flock"]'),
    ],
)
def test_front_matter_that_says_something_else_is_refused(library: Path, old: str, new: str) -> None:
    path = library / "core/lock.bash"
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(LibraryError, match="core/lock"):
        Library.load(library)


def test_every_snippet_has_its_tests() -> None:
    snippets = {path.relative_to(ROOT / "snippets").with_suffix("") for path in (ROOT / "snippets").rglob("*.bash")}
    tests = {path.relative_to(ROOT / "tests/bats").with_suffix("") for path in (ROOT / "tests/bats").rglob("*.bats")}

    assert sorted(str(name) for name in tests - snippets) == []
    assert sorted(str(name) for name in snippets - tests) == []


def test_the_reference_of_the_profile_is_up_to_date() -> None:
    from podsand_gen.reference import reference

    assert (ROOT / "docs/reference/profile.md").read_text() == reference()

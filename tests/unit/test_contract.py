from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from podsand_gen.contract import check_bodies, check_library, check_snippet
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))


def edited(library: Path, name: str, old: str, new: str) -> Library:
    path = library / f"{name}.bash"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return Library.load(library)


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
        ("core/lock", "lock_take() {", "lock_take() {\n  readonly X=1", "readonly is for the config block"),
        ("core/lock", "lock_take() {", "lock_take() {\n  ((i++))", "fails from 0"),
        ("core/lock", "lock_take() {", "function lock_x() {\n  :\n}\n\nlock_take() {", "written name() {"),
        (
            "host/packages",
            "as_root apt-get -o",
            "as_root apt-get -y -o",
            "runs as root: apt-get -y -o DPkg::Lock::Timeout=120 update",
        ),
        (
            "host/packages",
            'Timeout=120 update",',
            'Timeout=120 upgrade",',
            "commands says: apt-get -o DPkg::Lock::Timeout=120 upgrade",
        ),
        ("host/packages", "  as_root_ready", "  as_root reboot\n  as_root_ready", "and commands says:"),
        ("host/subids", "as_root usermod", 'as_root "$PATHS_USER"', "runs as root what cannot be told"),
        ("host/subids", "as_root usermod", "as_root \\\n    userdel", "runs as root: userdel"),
        ("host/subids", "host_subids_line_undo()", "host_subids_range_undo()", "has host_subids_range_undo, and undo says nothing"),
        ("host/subids", "# undo.host_subids_line", "# undo.host_subids_lines", "there is no host_subids_lines_undo"),
        (
            "podman/signature",
            '# pin = "podman.signing_key"',
            '# pin = "podman.sha256"',
            "pins by podman.sha256, and does not read it",
        ),
        (
            "image/part-fnm",
            '# pin = "image.fnm_sha256"',
            '# pin = "image.fnm_version"',
            "to the pin image_fnm_sha256",
        ),
        ("docker/packages", '# pin = "docker.key_sha256"', '# pin = "nothing"', "holds something to the pin docker_key_sha256"),
        ("podman/source", '# pin = "podman.commit"', '# pin = "nothing"', "holds something to the pin podman_commit"),
        ("podman/source", '"$@" make -C', '"$@" gmake -C', "runs as root: gmake -C"),
        (
            "podman/build-docker",
            'podman_source_apply docker "/var',
            'files_directory "/var',
            "hands as_root on, and nothing says what",
        ),
        (
            "image/part-fnm",
            "  IMAGE_BUILD_DOWNLOADS+=(",
            "  IMAGE_BUILD_DOWNLOADS+=(a b c d)\n  IMAGE_BUILD_DOWNLOADS+=(",
            "fetches 2 times",
        ),
        (
            "podman/release",
            '# pin = "podman.sha256"',
            '# pin = "image.node_sha256"',
            "pins by image.node_sha256, and does not read it",
        ),
        ("podman/release", "{podman.mirror}", "{podman.miror}", "tells of podman.miror, which is no key of the profile"),
        ("podman/release", 'hosts = ["podman.mirror"]', 'hosts = ["podman.miror"]', "tells of podman.miror, which is no key"),
        ("podman/release", "  if ((", '  fetch_verified "$url" x y\n  if ((', "fetches 2 times"),
    ],
)
def test_a_breach_is_found(library: Path, name: str, old: str, new: str, problem: str) -> None:
    edited_library = edited(library, name, old, new)

    problems = list(check_snippet(edited_library.snippets[name], edited_library))
    assert any(problem in found for found in problems), problems
    assert all(re.match(rf"{library}/{name}.bash:[0-9]+: ", found) for found in problems)


def test_what_shellcheck_finds_is_told_by_file_and_line(library: Path) -> None:
    edited_library = edited(library, "core/lock", "flock --nonblock 9", "flock --nonblock 9 $never_set")

    path = library / "core/lock.bash"
    line = path.read_text()[: path.read_text().index("$never_set")].count("\n") + 1
    found = check_bodies(edited_library)
    assert any(problem.startswith(f"{path}:{line}: ") and "SC2154" in problem for problem in found), found


def test_data_may_hold_what_bash_may_not(library: Path) -> None:
    body = "core_x() {\n  cat <<'EOF'\necho x | head -1\nEOF\n}\n".replace("core_", "host_")
    path = library / "host/x.bash"
    head = '# shellcheck shell=bash\n# /// snippet\n# name = "host/x"\n# summary = "X."\n'
    path.write_text(f"{head}# data = true\n# ///\n\n{body}")
    data = Library.load(library)
    path.write_text(f"{head}# ///\n\nhost_x() {{\n  echo x\n}}\n")
    bash = Library.load(library)

    assert list(check_snippet(data.snippets["host/x"], data)) == []
    assert len(list(check_snippet(bash.snippets["host/x"], bash))) == 1


def test_a_snippet_of_more_than_150_lines_is_a_breach(library: Path) -> None:
    path = library / "core/lock.bash"
    path.write_text(path.read_text() + "# more\n" * 150)

    longer = Library.load(library)
    assert any("longer than 150 lines" in problem for problem in check_snippet(longer.snippets["core/lock"], longer))


def test_every_snippet_has_its_tests() -> None:
    snippets = {path.relative_to(ROOT / "snippets").with_suffix("") for path in (ROOT / "snippets").rglob("*.bash")}
    tests = {path.relative_to(ROOT / "tests/bats").with_suffix("") for path in (ROOT / "tests/bats").rglob("*.bats")}

    assert sorted(str(name) for name in tests - snippets) == []
    assert sorted(str(name) for name in snippets - tests) == []

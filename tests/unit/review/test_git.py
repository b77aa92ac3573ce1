from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.support.review import library, script

from podsand_gen.errors import ProfileError, RevisionError
from podsand_gen.review.git import is_revision, materialise, read_blob
from podsand_gen.review.subject import read_subject

LIMIT = 1024 * 1024


def git(*words: str, cwd: Path) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *words], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git("init", cwd=tmp_path)
    (tmp_path / "team").mkdir()
    (tmp_path / "team/mine.toml").write_text('schema = 1\nname = "old"\n')
    (tmp_path / "setup.sh").write_text(script())
    git("add", ".", cwd=tmp_path)
    git("commit", "-m", "x", cwd=tmp_path)
    (tmp_path / "team/mine.toml").write_text('schema = 1\nname = "new"\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_of_a_revision_is_read_as_it_was(repository: Path) -> None:
    assert read_subject("HEAD:team/mine.toml", library()).profile.name == "old"
    assert read_subject("team/mine.toml", library()).profile.name == "new"
    assert read_subject("HEAD:setup.sh", library()).comparison.state == "identical"
    assert repository.is_dir()


def test_a_file_whose_name_holds_a_colon_is_a_file(repository: Path) -> None:
    (repository / "HEAD:x").write_text("")

    assert not is_revision("HEAD:x")
    assert is_revision("HEAD:y")
    assert not is_revision("setup.sh")


def test_files_that_a_profile_names_come_from_the_same_revision(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (repository / "team/keys").mkdir()
    (repository / "team/keys/a.asc").write_text("the old key\n")
    (repository / "team/mine.toml").write_text('schema = 1\nname = "signed"\n[podman]\nsigning_key = "keys/a.asc"\n')
    git("add", ".", cwd=repository)
    git("commit", "-m", "y", cwd=repository)
    (repository / "team/keys/a.asc").write_text("another key\n")

    directory = tmp_path_factory.mktemp("made")
    materialise("HEAD:team/mine.toml", directory, LIMIT)
    assert (directory / "keys/a.asc").read_text() == "the old key\n"
    with pytest.raises(ProfileError, match="armored"):
        read_subject("HEAD:team/mine.toml", library())


def test_nothing_outside_of_the_profile_s_directory_is_fetched(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (repository / "team/mine.toml").write_text('x = ["../setup.sh", "/etc/passwd.txt"]\n')
    git("commit", "-am", "z", cwd=repository)

    directory = tmp_path_factory.mktemp("made")
    materialise("HEAD:team/mine.toml", directory, LIMIT)
    assert [path.name for path in directory.rglob("*")] == ["mine.toml"]


@pytest.mark.parametrize(
    "text",
    [
        "schema = \n",
        'schema = 1\nname = "x"\n[sandbox]\nmemory = "lots"\n',
        'schema = 1\nname = "x"\n[podman]\nsigning_key = "no.asc"\n',
    ],
)
def test_what_is_wrong_with_a_profile_is_told_without_the_place_where_it_was_looked_at(text: str, repository: Path) -> None:
    (repository / "team/mine.toml").write_text(text)
    git("commit", "-am", "w", cwd=repository)

    with pytest.raises(ProfileError) as caught:
        read_subject("HEAD:team/mine.toml", library())
    assert str(caught.value).startswith("HEAD:team/mine.toml: ")
    assert tempfile.gettempdir() not in str(caught.value)
    assert str(caught.value).count("1 problem") == 1 + ("no.asc" in text)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("HEAD:missing", "no such revision"),
        ("nowhere:setup.sh", "no such revision"),
        ("HEAD:team", "is a directory"),
        ("HEAD:setup.sh\nHEAD:x", "is not the name"),
        ("--help:x", "no such revision"),
    ],
)
def test_what_cannot_be_had_is_told(repository: Path, spec: str, why: str) -> None:
    with pytest.raises(RevisionError, match=why):
        read_blob(spec, LIMIT)
    assert read_blob("HEAD:setup.sh", LIMIT) == (repository / "setup.sh").read_bytes()


@pytest.mark.usefixtures("repository")
def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(RevisionError, match="is larger than"):
        read_blob("HEAD:setup.sh", 1000)


def test_outside_of_a_repository_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(RevisionError, match="no git repository"):
        read_blob("HEAD:x", LIMIT)


def test_nothing_that_a_repository_s_configuration_names_is_executed(repository: Path) -> None:
    """With a control: the same command is executed by another command of git."""
    trap = repository / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {repository}/sprung\ncat\n")
    trap.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=trap diff=trap\n")
    git("add", ".gitattributes", cwd=repository)
    git("commit", "-m", "trap", cwd=repository)
    for key in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        git("config", key, str(trap), cwd=repository)

    read_blob("HEAD:setup.sh", LIMIT)
    assert not (repository / "sprung").exists()
    (repository / "setup.sh").unlink()
    git("checkout", "--", "setup.sh", cwd=repository)
    assert (repository / "sprung").exists()


def test_who_says_a_value_of_a_revision_is_named_by_the_revision_and_no_place_of_ours(repository: Path) -> None:
    (repository / "team/base.toml").write_text('schema = 1\nname = "b"\nsandbox.pids = 100\n')
    (repository / "team/mine.toml").write_text('schema = 1\nname = "m"\nextends = ["base.toml"]\n')
    git("add", ".", cwd=repository)
    git("commit", "-m", "y", cwd=repository)

    subject = read_subject("HEAD:team/mine.toml", library())
    assert subject.origins("sandbox.pids") == ("extends HEAD:team/base.toml",)
    assert subject.origins("name") == ("file HEAD:team/mine.toml",)

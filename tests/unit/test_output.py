from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from podsand_gen.errors import OutputError, OutputTargetError
from podsand_gen.output import TEXT_MODE, leave_failing_script, must_be_new, write_file, write_new_file


def test_a_file_is_replaced_at_once_with_its_mode_whatever_the_umask(tmp_path: Path) -> None:
    target = tmp_path / "setup.sh"
    target.write_text("old")
    target.chmod(0o600)
    inode = target.stat().st_ino
    before = os.umask(0o077)
    try:
        write_file(str(target), "new\n")
    finally:
        os.umask(before)

    assert target.read_text() == "new\n"
    assert target.stat().st_mode & 0o7777 == 0o755
    assert target.stat().st_ino != inode


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.sh").symlink_to("real.sh")

    write_file(str(tmp_path / "link.sh"), "new\n")

    assert (tmp_path / "link.sh").is_symlink()
    assert (tmp_path / "real.sh").read_text() == "new\n"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "setup.sh"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("podsand_gen.output.os.fsync", full)

    with pytest.raises(OutputError, match="No space left on device"):
        write_file(str(target), "new\n")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_is_readable_text_and_never_in_the_place_of_another(tmp_path: Path) -> None:
    target, link = tmp_path / "mine.toml", tmp_path / "link.toml"
    link.symlink_to("gone.toml")

    write_new_file(str(target), "new\n")

    assert target.read_text() == "new\n"
    assert target.stat().st_mode & 0o7777 == TEXT_MODE
    for taken in (target, link):
        for refuse in (must_be_new, lambda name: write_new_file(name, "newer\n")):
            with pytest.raises(OutputTargetError, match="is there already"):
                refuse(str(taken))
    assert target.read_text() == "new\n"
    assert not (tmp_path / "gone.toml").exists()


def test_a_new_file_that_came_into_being_a_moment_ago_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "mine.toml"
    monkeypatch.setattr("podsand_gen.output.must_be_new", lambda _: target.write_text("theirs"))

    with pytest.raises(OutputTargetError, match="is there already"):
        write_new_file(str(target), "new\n")
    assert target.read_text() == "theirs"


def test_a_new_file_that_could_not_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("podsand_gen.output.os.fsync", full)

    with pytest.raises(OutputError, match="No space left on device"):
        write_new_file(str(tmp_path / "mine.toml"), "new\n")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_a_script_is_refused_with_the_remedy(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    with pytest.raises(OutputTargetError, match="name a file in it"):
        write_file(str(tmp_path), "new\n")
    with pytest.raises(OutputTargetError, match="make it first"):
        write_file(str(tmp_path / "gone/setup.sh"), "new\n")
    with pytest.raises(OutputTargetError, match="redirect it"):
        write_file(str(tmp_path / "fifo"), "new\n")


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_failed_generation_leaves_a_script_that_says_so_and_fails(shell: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    leave_failing_script([], "it's $(touch x) `y` \x1b[1m\nsecond line")

    script = capfdbinary.readouterr().out
    ran = subprocess.run([shell], input=script, capture_output=True, check=False)
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert ran.stderr.decode().splitlines()[1:] == ["it's $(touch x) `y` ?[1m", "second line"]


@pytest.mark.parametrize("arguments", [["-o", "x"], ["-ox"], ["--output", "x"], ["--output=x"]])
def test_nothing_is_printed_when_a_file_was_asked_for(arguments: list[str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    leave_failing_script(arguments, "no")

    assert capfdbinary.readouterr().out == b""

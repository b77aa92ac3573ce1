"""The commands that make, lock and describe profiles, as a user starts them."""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
import sys
from pathlib import Path

import pexpect
import pytest
from tests.support.generator import ROOT, podsand_gen, refused

from podsand_gen.load import load_profile
from podsand_gen.profile import Profile

MINIMAL = 'schema = 1\nname = "mine"\n'


def mine(directory: Path, text: str = "") -> str:
    (directory / "mine.toml").write_text(MINIMAL + text)
    return "mine.toml"


def locked(directory: Path, text: str = "") -> str:
    name = mine(directory, text)
    assert podsand_gen("lock", name, cwd=directory).returncode == 0
    return name


def older(directory: Path) -> None:
    """The lock as an older podsand-gen left it."""
    path = directory / "podsand.lock"
    path.write_text(path.read_text().replace('version = "2.1.330"', 'version = "2.1.300"'))


# --- extends


def test_a_spread_profile_compiles_to_the_same_bytes_as_a_whole_one_and_names_no_file(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/company.toml").write_text('schema = 1\nname = "company"\n[sandbox]\nmemory = "2g"\npids = 99\n')
    mine(tmp_path, '[add.image]\npackages = ["gdb"]\n[sandbox]\npids = 100\n')
    spread = 'extends = ["shared/company.toml"]\n' + (tmp_path / "mine.toml").read_text()
    (tmp_path / "spread.toml").write_text(spread)
    packages = json.dumps([*Profile.model_validate({"schema": 1, "name": "a"}).image.packages, "gdb"])
    (tmp_path / "whole.toml").write_text(MINIMAL + f'[image]\npackages = {packages}\n[sandbox]\npids = 100\nmemory = "2g"\n')

    one, other = (podsand_gen(name, "--no-lint", cwd=tmp_path) for name in ("spread.toml", "whole.toml"))

    assert one.returncode == other.returncode == 0, one.stderr
    assert one.stdout == other.stdout
    assert "company.toml" not in one.stdout
    assert "\n# extends" not in one.stdout
    assert "\n# add" not in one.stdout


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"mine": 'extends = ["gone.toml"]'}, ["mine.toml", "gone.toml", "no such file"]),
        ({"mine": 'extends = ["a.toml"]', "a": 'extends = ["mine.toml"]'}, ["a.toml", "mine.toml", "is a circle"]),
        ({"mine": 'extends = ["a.toml"]', "a": "[sandbox]\nmemry = 1"}, ["mine.toml", "a.toml", 'did you mean "memory"?']),
        ({"mine": 'extends = ["../../../../../../dev/zero"]'}, ["mine.toml", "dev/zero", "is not a regular file"]),
        ({"mine": 'add.sandbox.memory = ["1g"]'}, ["mine.toml", "is no list"]),
    ],
)
def test_a_profile_that_cannot_be_composed_is_a_usage_error(files: dict[str, str], words: list[str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(f'schema = 1\nname = "{name}"\n{text}\n')

    refused(podsand_gen("mine.toml", "--no-lint", cwd=tmp_path), *words)


# --- init


def test_init_writes_a_profile_and_the_schema_that_it_names(tmp_path: Path) -> None:
    result = podsand_gen("init", "-o", "team.toml", "--name", "team", "--memory", "4g", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    made = load_profile(tmp_path / "team.toml")
    assert (made.name, made.sandbox.memory) == ("team", "4g")
    named = re.match(r"#:schema \./(\S+)\n", (tmp_path / "team.toml").read_text())
    assert named
    assert (tmp_path / named[1]).read_text() == podsand_gen("schema").stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["podsand.schema.json", "team.toml"]
    assert stat.S_IMODE((tmp_path / "team.toml").stat().st_mode) & 0o111 == 0


def test_init_without_a_file_prints_the_profile_alone(tmp_path: Path) -> None:
    result = podsand_gen("init", "--yes", cwd=tmp_path)

    assert result.stdout.startswith("#:schema ")
    assert result.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "link to nothing"])
def test_init_overwrites_nothing(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("precious") if kind == "file" else path.symlink_to("gone")

    result = podsand_gen("init", "-o", "mine.toml", cwd=tmp_path)

    refused(result, "mine.toml", "is there already")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.toml"]
    assert path.is_symlink() or path.read_text() == "precious"


def test_init_keeps_a_schema_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "podsand.schema.json").write_text("{}")

    assert podsand_gen("init", "-o", "mine.toml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "podsand.schema.json").read_text() == "{}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--memory", "lots"], ["sandbox.memory", "is not a size"]),
        (["--home", "disk"], ["sandbox.home", "is not one of"]),
        (["-o", "no/such/mine.toml"], ["there is no directory"]),
        (["-o", "."], ["is a directory"]),
        (["-o", ""], ["names no file"]),
        (["--memori", "1g"], ["--memori"]),
        (["mine.toml"], ["mine.toml"]),
    ],
)
def test_what_init_does_not_understand_is_a_usage_error_and_writes_nothing(
    arguments: list[str], words: list[str], tmp_path: Path
) -> None:
    result = podsand_gen("init", *arguments, cwd=tmp_path)

    refused(result, *words)
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def on_a_terminal(directory: Path, *arguments: str) -> pexpect.spawn[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), "TERM": "dumb"}
    words = ["-m", "podsand_gen", "init", *arguments]
    return pexpect.spawn(
        sys.executable, words, cwd=str(directory), env=environment, encoding="utf-8", timeout=30, dimensions=(24, 200)
    )


def test_on_a_terminal_init_asks_what_no_option_says_and_again_when_an_answer_does_not_work(tmp_path: Path) -> None:
    child = on_a_terminal(tmp_path, "-o", "mine.toml", "--network", "none")

    for question, answer in [
        (r"Name of the profile \[mine\]: ", ""),
        (r"Where podman comes from \(build, release, system\) \[build\]: ", "system"),
        (r"More apt packages in the image: ", "gdb strace"),
        (r"Memory limit of a sandbox \[8g\]: ", "lots"),
        (r"is not a size.*Memory limit of a sandbox \[8g\]: ", "2g"),
        (r"Home directory in a sandbox \(tmpfs, volume, image\) \[tmpfs\]: ", ""),
        (r"HTTP proxy, as http://HOST:PORT: ", ""),
    ]:
        child.expect(question)
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 0
    made = load_profile(tmp_path / "mine.toml")
    assert made.podman.source == "system"
    assert made.image.packages[-2:] == ("gdb", "strace")
    assert (made.sandbox.memory, made.sandbox.network) == ("2g", "none")


def test_on_a_terminal_init_asks_nothing_with_yes_and_an_interrupt_writes_nothing(tmp_path: Path) -> None:
    asked = on_a_terminal(tmp_path, "-o", "mine.toml")
    asked.expect("Name of the profile")
    asked.sendintr()
    asked.expect(pexpect.EOF)
    asked.close()
    assert asked.exitstatus == 130
    assert list(tmp_path.iterdir()) == []

    silent = on_a_terminal(tmp_path, "-o", "mine.toml", "--yes")
    silent.expect(pexpect.EOF)
    silent.close()
    assert silent.exitstatus == 0
    assert load_profile(tmp_path / "mine.toml").name == "mine"


def test_on_a_terminal_init_refuses_a_file_that_is_there_before_it_asks(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("precious")

    child = on_a_terminal(tmp_path, "-o", "mine.toml")
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == 64
    assert "is there already" in child.before
    assert "Name of the profile" not in child.before


# --- lock


def test_a_lock_is_written_beside_the_profile_and_only_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    mine(tmp_path / "profiles")

    first = podsand_gen("lock", "profiles/mine.toml", cwd=tmp_path)
    lock = tmp_path / "profiles/podsand.lock"
    before = lock.stat()
    second = podsand_gen("lock", "profiles/mine.toml", cwd=tmp_path)

    assert (first.returncode, second.returncode) == (0, 0)
    assert 'podman.version: nothing -> "v5.8.4"' in first.stdout
    assert (second.stdout, second.stderr) == ("", "podsand-gen: profiles/podsand.lock: no change\n")
    assert lock.stat().st_ino == before.st_ino
    assert stat.S_IMODE(before.st_mode) == 0o644
    assert podsand_gen("profiles/mine.toml", "--no-lint", "--locked", cwd=tmp_path).returncode == 0


def test_a_generation_takes_the_pins_of_the_lock(tmp_path: Path) -> None:
    name = locked(tmp_path)
    older(tmp_path)

    result = podsand_gen(name, "--no-lint", "--locked", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    assert "readonly CFG_AGENT_VERSION='2.1.300'" in result.stdout


def test_without_locked_the_profile_wins_over_a_stale_lock_and_a_warning_says_so(tmp_path: Path) -> None:
    name = locked(tmp_path)
    mine(tmp_path, '[image]\nbase = "docker.io/library/debian:trixie"\n')

    result = podsand_gen(name, "--no-lint", cwd=tmp_path)

    assert result.returncode == 0
    assert "readonly CFG_IMAGE_BASE='docker.io/library/debian:trixie'" in result.stdout
    assert 'warning: podsand.lock has another pin, and the profile wins: image.base: "docker.io/library/ubuntu' in result.stderr


def test_locked_refuses_a_lock_that_is_stale_missing_or_without_the_profile(tmp_path: Path) -> None:
    name = mine(tmp_path)
    refused(podsand_gen(name, "--locked", cwd=tmp_path), "podsand.lock", "there is no lock", "podsand-gen lock mine.toml")

    locked(tmp_path)
    (tmp_path / "other.toml").write_text(MINIMAL)
    refused(podsand_gen("other.toml", "--locked", cwd=tmp_path), 'no lock of "other.toml"', "podsand-gen lock other.toml")

    assert podsand_gen(name, "--locked", "--no-lint", cwd=tmp_path).returncode == 0
    set_base = ["--set", "image.base=docker.io/library/debian:trixie"]
    refused(podsand_gen(name, "--locked", *set_base, cwd=tmp_path), "image.base", "debian:trixie", "podsand-gen lock mine.toml")
    mine(tmp_path, '[podman]\nsource = "system"\n')
    refused(podsand_gen(name, "--locked", cwd=tmp_path), 'podman.version: "v5.8.4" -> nothing')


def test_check_tells_what_would_change_by_exit_code_2_and_writes_nothing(tmp_path: Path) -> None:
    name = mine(tmp_path)
    missing = podsand_gen("lock", "--check", name, cwd=tmp_path)
    assert missing.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]

    locked(tmp_path)
    older(tmp_path)
    text = (tmp_path / "podsand.lock").read_text()
    assert podsand_gen("lock", "--check", name, cwd=tmp_path).returncode == 0
    upgradable = podsand_gen("lock", "--check", "--upgrade", name, cwd=tmp_path)

    assert (upgradable.returncode, upgradable.stdout) == (2, 'agent.version: "2.1.300" -> "2.1.330"\n')
    assert (tmp_path / "podsand.lock").read_text() == text


@pytest.mark.parametrize("arguments", [["lock"], ["lock", ""], ["--locked"], ["--locked", "--no-lint"]])
def test_the_default_profile_has_no_lock(arguments: list[str]) -> None:
    refused(podsand_gen(*arguments), "the default profile has no lock", "podsand-gen init")


def test_a_lock_that_says_more_than_pins_is_a_usage_error(tmp_path: Path) -> None:
    name = mine(tmp_path)
    (tmp_path / "podsand.lock").write_text('schema = 1\n[profile."mine.toml".sandbox]\nuser = "root"\n')

    for arguments in ([name, "--no-lint"], ["lock", name], ["lock", "--upgrade", name]):
        refused(podsand_gen(*arguments, cwd=tmp_path), "podsand.lock", '"sandbox" is no table of pins', "make it again")
    refused(podsand_gen("lock", "gone.toml", cwd=tmp_path), "podsand.lock")
    (tmp_path / "podsand.lock").unlink()
    refused(podsand_gen("lock", "gone.toml", cwd=tmp_path), "gone.toml", "no such file")


def test_a_bumped_pin_changes_its_own_lines_of_the_script_and_the_hash_of_the_profile(tmp_path: Path) -> None:
    name = locked(tmp_path)
    new = podsand_gen(name, "--no-lint", cwd=tmp_path).stdout.splitlines()
    older(tmp_path)
    old = podsand_gen(name, "--no-lint", cwd=tmp_path).stdout.splitlines()

    added = [line[2:] for line in difflib.ndiff(old, new) if line.startswith("+ ")]
    assert sorted(re.sub(r"[0-9a-f]{64}", "HASH", line) for line in added) == [
        "# profile sha256: HASH",
        '# version = "2.1.330"',
        "readonly CFG_AGENT_VERSION='2.1.330'",
        "readonly PROFILE_SHA256='HASH'",
    ]


# --- schema, man


def test_schema_and_man_are_printed(tmp_path: Path) -> None:
    assert json.loads(podsand_gen("schema").stdout)["properties"]["sandbox"]["properties"]["pids"]["maximum"] == 4194304
    assert podsand_gen("schema", "-o", "podsand.schema.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "podsand.schema.json").read_text() == podsand_gen("schema").stdout
    assert podsand_gen("man").stdout.startswith(".TH PODSAND\\-GEN 1 ")


@pytest.mark.parametrize("command", ["init", "lock", "schema", "completion", "man", "snippets"])
def test_every_command_shows_its_help_with_an_example(command: str) -> None:
    result = podsand_gen(command, "--help")

    assert result.returncode == 0
    assert "\n  Examples:\n" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100

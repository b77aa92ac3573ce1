"""out/ is what examples/ compile to, byte for byte, wherever and by whomever it is compiled."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from podsand_gen.golden import ROOT, compiled
from podsand_gen.lint import shellcheck
from podsand_gen.snippet import Library

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("*.toml"))
DEFAULT_LINES, EXAMPLE_LINES, SNIPPET_LINES = 2500, 4000, 150


def generate(*arguments: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), **(env or {})}
    command = [sys.executable, "-m", "podsand_gen", "--no-lint", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=True).stdout


def script(name: str) -> str:
    return (ROOT / "out" / f"{name}.sh").read_text(encoding="utf-8")


def test_every_example_has_its_script_and_no_script_is_an_orphan() -> None:
    assert sorted(path.stem for path in (ROOT / "out").glob("*.sh")) == EXAMPLES
    assert len(EXAMPLES) >= 5


def test_scripts_are_what_the_examples_compile_to() -> None:
    for name, text in compiled(lint=False).items():
        assert (ROOT / "out" / name).read_text(encoding="utf-8") == text, f"{name} is stale: python -m podsand_gen.golden"


@pytest.mark.parametrize(
    "environment",
    [{"HOME": "/somewhere/else"}, {"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8"}, {"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "77"}],
)
def test_the_environment_of_the_generator_leaves_no_trace(environment: dict[str, str]) -> None:
    assert generate(env=environment) == script("default")


def test_the_current_directory_leaves_no_trace(tmp_path: Path) -> None:
    assert generate(cwd=tmp_path) == script("default")
    assert generate(str(ROOT / "examples/company.toml"), cwd=tmp_path) == script("company")


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_of_this_machine_is_in_a_script(name: str) -> None:
    text = script(name)

    for word in (str(ROOT), sys.prefix, os.uname().nodename + "."):
        assert word not in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_embedded_profile_compiles_to_the_same_script(name: str, tmp_path: Path) -> None:
    text = script(name)
    embedded = re.search(r"^# --- profile.*?\n(.*?)^# --- end profile", text, re.DOTALL | re.MULTILINE)
    assert embedded
    toml = "".join(line[2:] if line.startswith("# ") else line[1:] for line in embedded[1].splitlines(keepends=True))
    tomllib.loads(toml)
    (tmp_path / "profile.toml").write_text(toml, encoding="utf-8")

    assert generate(str(tmp_path / "profile.toml")) == text


def test_one_changed_value_changes_header_config_and_profile_only() -> None:
    changed = generate("--set", "sandbox.memory=2g")

    lines = [line for line in difflib.ndiff(script("default").splitlines(), changed.splitlines()) if line[0] in "+-"]
    assert sorted(re.sub(r"[0-9a-f]{64}", "HASH", line) for line in lines) == sorted(
        f"{sign} {line}"
        for sign, value in (("-", "8g"), ("+", "2g"))
        for line in (
            "# profile sha256: HASH",
            "readonly PROFILE_SHA256='HASH'",
            f"readonly CFG_SANDBOX_MEMORY='{value}'",
            f'# memory = "{value}"',
        )
    )


def test_scripts_and_snippets_keep_their_size_budget() -> None:
    assert len(script("default").splitlines()) <= DEFAULT_LINES
    for name in EXAMPLES:
        assert len(script(name).splitlines()) <= EXAMPLE_LINES
    for snippet in Library.load(ROOT / "snippets").snippets.values():
        assert len(snippet.body.splitlines()) <= SNIPPET_LINES, snippet.path


# --- whatever happens to the file


def run(shell: list[str], text: str, tmp_path: Path, *arguments: str, name: str = "setup.sh") -> subprocess.CompletedProcess[str]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    return subprocess.run(
        [*shell, str(path), *arguments], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_a_script_that_was_cut_runs_nothing_and_fails(tmp_path: Path) -> None:
    text = script("locked-down")
    guard_ends = text.index("\n{\n") + 2
    conditions = [match.start() + 1 for match in re.finditer(r"\]\]", text)]
    # Every tenth byte of the head and the tail, and some of the middle: each cut is a bash of its own. And inside of conditions,
    # where bash reports the error and calls it a success.
    cuts = {
        *conditions[:: len(conditions) // 40],
        *range(guard_ends, guard_ends + 600, 37),
        *range(len(text) - 700, len(text) - 2, 19),
        *range(guard_ends, len(text), 4001),
    }
    control = run(["bash"], text, tmp_path, "version")
    assert control.returncode == 0
    assert control.stdout.startswith("podsand ")

    for cut in sorted(cuts):
        result = run(["bash"], text[:cut], tmp_path, "version")
        assert result.stdout == "", cut
        assert result.returncode != 0, cut


def test_a_script_that_was_cut_in_its_guard_runs_nothing(tmp_path: Path) -> None:
    text = script("locked-down")
    guard_ends = text.index("\n{\n") + 2

    for cut in range(0, guard_ends, 23):
        assert run(["bash"], text[:cut], tmp_path, "version").stdout == "", cut


def test_another_shell_is_refused_in_one_line(tmp_path: Path) -> None:
    result = run(["sh"], script("default"), tmp_path, "version")

    assert result.returncode == 69
    assert result.stderr.splitlines() == ["podsand: this script needs bash 4.4 or newer; run it with: bash FILE"]


def test_an_old_bash_is_refused_in_one_line(tmp_path: Path) -> None:
    # BASH_VERSINFO is read-only: the guard is given another name for it.
    old = (
        script("default")
        .replace("BASH_VERSINFO[", "OLD_VERSINFO[", 2)
        .replace("podsand_eol='\n'", "OLD_VERSINFO=(4 3)\npodsand_eol='\n'", 1)
    )

    result = run(["bash"], old, tmp_path, "version")

    assert result.returncode == 69
    assert len(result.stderr.splitlines()) == 1
    assert "needs bash 4.4 or newer; this is" in result.stderr


def test_windows_line_ends_are_refused_in_one_line(tmp_path: Path) -> None:
    result = run(["bash"], script("default").replace("\n", "\r\n"), tmp_path, "version")

    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "Windows line ends" in result.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_stands_between_the_braces_is_formatted_as_the_snippets_are(name: str) -> None:
    """The braces themselves are not: shfmt would indent the bodies, which are there byte for byte."""
    text = script(name)
    inside = text[text.index("\n{\n") + 3 : text.rindex("}\n")]
    shfmt = shutil.which("shfmt", path=f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}")
    if shfmt is None:
        pytest.skip("shfmt is not installed")

    result = subprocess.run(
        [shfmt, "-d", "-i", "2", "-ci", "-ln", "bash"], input=inside, capture_output=True, text=True, check=False
    )

    assert result.stdout == ""


def test_the_default_script_is_clean_and_a_generation_says_so() -> None:
    assert shellcheck(script("default")) == []


def test_a_piped_script_does_not_install(tmp_path: Path) -> None:
    result = subprocess.run(
        ["setpriv", "--reuid=65534", "--clear-groups", "bash"] if os.geteuid() == 0 else ["bash"],
        input=script("default"),
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 64
    assert "must be a file" in result.stderr

"""The example workflow and the pre-commit hook, as far as they run here: their own commands, in a real repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.review import ROOT, replaced, script

from podsand_gen.cli import cli

WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / "docs/how-to/review-workflow.yml").read_text(encoding="utf-8"))


def step(name: str) -> dict[str, Any]:
    (found,) = [step for step in WORKFLOW["jobs"]["review"]["steps"] if step.get("name", "").startswith(name)]
    return dict(found)


@pytest.fixture
def pull_request(tmp_path: Path) -> Path:
    """A repository whose base commit has the default script."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/podsand-gen"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m podsand_gen "$@"\n')
    program.chmod(0o755)
    (tmp_path / "setup.sh").write_text(script())
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (["init"], ["add", "setup.sh"], [*identity, "commit", "-m", "base"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def run(directory: Path, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": f"{directory}/bin:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "generator"), "HOME": str(directory)}
    given = {**own, "GITHUB_STEP_SUMMARY": str(directory / "summary.md"), **environment}
    # As GitHub runs it.
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command]
    return subprocess.run(shell, cwd=directory, env=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("new", "reviewed", "code"),
    [
        ("release", "false", 0),
        ("locked-down", "false", 0),
        ("debugging", "false", 1),
        ("debugging", "true", 0),
    ],
)
def test_a_change_that_weakens_the_isolation_waits_for_the_label(new: str, reviewed: str, code: int, pull_request: Path) -> None:
    (pull_request / "setup.sh").write_text(script(new))

    result = run(pull_request, step("What does the change mean?")["run"], BASE="HEAD", REVIEWED=reviewed)
    assert result.returncode == code, result.stderr
    summary = (pull_request / "summary.md").read_text()
    assert summary.startswith("## ")
    assert ("ISOLATION IS WEAKER" in summary) == (new == "debugging")


def test_a_script_that_was_edited_fails_the_first_step(pull_request: Path) -> None:
    check = step("Is it what podsand-gen makes")["run"]
    assert run(pull_request, check).returncode == 0

    (pull_request / "setup.sh").write_text(replaced(script(), "umask 022", "umask 000"))
    assert run(pull_request, check).returncode == 2
    assert "EDITED in 1 place" in (pull_request / "summary.md").read_text()


def test_nothing_of_the_pull_request_stands_in_a_command_and_its_token_may_only_read() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for found in WORKFLOW["jobs"]["review"]["steps"]:
        assert "${{" not in found.get("run", "")
        if "uses" in found:
            assert found["with"]["persist-credentials"] is False


def test_the_hook_names_a_command_that_is_there() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    program, command = hook["entry"].split()

    assert program == "podsand-gen"
    assert command in cli.commands

"""What a shell is told, by the program itself and by a bash that has its completion."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.generator import ROOT, podsand_gen

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")}


def completions(line: str, cwd: Path = ROOT) -> list[str]:
    """Of the last word of a line; an empty one after a blank."""
    words = line.split(" ")
    environment = {**ENVIRONMENT, "_PODSAND_GEN_COMPLETE": "bash_complete"}
    environment |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    command = [sys.executable, "-m", "podsand_gen"]
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("podsand-gen ", ["plain,lock", "plain,init", "plain,schema", "file,"], ["plain,generate", "plain,--set"]),
        ("podsand-gen sch", ["plain,schema", "file,sch"], ["plain,lock"]),
        ("podsand-gen -", ["plain,--set", "plain,--locked", "plain,--version", "plain,--help"], ["plain,--upgrade"]),
        ("podsand-gen mine.toml --lo", ["plain,--locked"], ["plain,lock"]),
        ("podsand-gen -o ", ["file,"], ["plain,lock"]),
        ("podsand-gen --set sandbox.m", ["plain,sandbox.memory=", "plain,sandbox.mounts="], ["plain,sandbox.pids="]),
        ("podsand-gen lock --", ["plain,--upgrade", "plain,--check"], ["plain,--set"]),
        ("podsand-gen lock ", ["file,"], ["plain,init"]),
        ("podsand-gen completion ", ["plain,bash", "plain,fish", "plain,zsh"], []),
        ("podsand-gen --snippets ", ["dir,"], ["file,"]),
    ],
)
def test_the_next_word_is_completed(line: str, some: list[str], none: list[str]) -> None:
    found = completions(line)

    assert set(some) <= set(found)
    assert not set(none) & set(found)
    assert len(found) == len(set(found))


def run_in(shell: str, script: str, directory: Path) -> list[str]:
    """The lines that a script of a shell prints, with podsand-gen on its PATH."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    program = directory / "podsand-gen"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m podsand_gen "$@"\n')
    program.chmod(0o755)
    environment = {**ENVIRONMENT, "PATH": f"{directory}:{os.environ['PATH']}", "HOME": str(directory)}
    done = subprocess.run([shell, "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_bash_completes_with_it(tmp_path: Path) -> None:
    script = """
        set -u
        eval "$(podsand-gen completion bash)"
        complete -p podsand-gen
        COMP_WORDS=(podsand-gen sch) COMP_CWORD=1
        _podsand_gen_completion podsand-gen
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    said, *replies = run_in("bash", script, tmp_path)

    assert "_podsand_gen_completion podsand-gen" in said
    assert "schema" in replies


def test_fish_completes_with_it(tmp_path: Path) -> None:
    complete = 'complete --do-complete "podsand-gen sch"'

    assert run_in("fish", complete, tmp_path) == []
    (reply,) = run_in("fish", f"podsand-gen completion fish | source; {complete}", tmp_path)
    assert reply.split("\t")[0] == "schema"


def test_zsh_knows_whom_to_ask(tmp_path: Path) -> None:
    begin = "autoload -U compinit; compinit -u -D; "
    end = "print -r -- $_comps[podsand-gen]"

    assert run_in("zsh", begin + end, tmp_path) == [""]
    assert run_in("zsh", f'{begin} eval "$(podsand-gen completion zsh)"; {end}', tmp_path) == ["_podsand_gen_completion"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_its_completion(shell: str) -> None:
    text = podsand_gen("completion", shell).stdout
    assert f"_PODSAND_GEN_COMPLETE={shell}_complete" in text
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")

    def code(script: str) -> int:
        return subprocess.run([program, "-n", "/dev/stdin"], input=script, capture_output=True, text=True, check=False).returncode

    assert code(text) == 0
    assert code(text.replace("}\n" if shell != "fish" else "end;\n", "\n", 1)) != 0


def test_another_shell_is_refused_with_the_ones_there_are() -> None:
    result = podsand_gen("completion", "tcsh")

    assert result.returncode == 64
    assert "'bash', 'fish', 'zsh'" in result.stderr
    assert result.stdout == ""

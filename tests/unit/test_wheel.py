"""What is installed from a wheel or an sdist is the same compiler: it carries its snippets, pins and rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def build(source: Path, kind: str, directory: Path) -> Path:
    """Without isolation, so that nothing is downloaded."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(directory)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = directory.iterdir()
    return made


def generated(wheel: Path, directory: Path) -> str:
    """By the program of a virtual environment that holds nothing but the wheel; what it depends on is ours."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(directory)], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(directory / "bin/python"), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (packages,) = directory.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    environment = {"PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}
    command = [str(directory / "bin/podsand-gen")]
    return subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True, text=True).stdout


def checkout(directory: Path) -> Path:
    """What git would give: no caches, no builds."""
    names = ["pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".shellcheckrc", ".gitignore"]
    folders = ["generator", "snippets", "examples", "out", "docs", "tests"]
    directory.mkdir()
    for name in names:
        shutil.copy(ROOT / name, directory)
    for name in folders:
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    return directory


def test_a_wheel_makes_the_same_script(tmp_path: Path) -> None:
    wheel = build(checkout(tmp_path / "checkout"), "wheel", tmp_path / "dist")

    script = generated(wheel, tmp_path / "venv")

    assert script == (ROOT / "out/default.sh").read_text(encoding="utf-8")


def test_an_sdist_makes_a_wheel_that_makes_the_same_script(tmp_path: Path) -> None:
    sdist = build(checkout(tmp_path / "checkout"), "sdist", tmp_path / "sdist")
    shutil.unpack_archive(sdist, tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    wheel = build(source, "wheel", tmp_path / "dist")

    script = generated(wheel, tmp_path / "venv")

    assert script == (ROOT / "out/default.sh").read_text(encoding="utf-8")

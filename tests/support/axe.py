"""axe-core, the accessibility checker, from npm, held to its hash."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from tests.support.cache import Cache
from tests.support.chromium import Chromium

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="


def source() -> str:
    return (Cache().entry("axe-core", f"{VERSION} {SHA512}", _build) / "axe.min.js").read_text(encoding="utf-8")


def missing() -> str:
    """Why it cannot be had here; empty when it can."""
    return "" if shutil.which("npm") else "npm, which brings axe-core, is not installed"


def _build(directory: Path) -> None:
    subprocess.run(["npm", "pack", "--silent", f"axe-core@{VERSION}"], cwd=directory, check=True, capture_output=True)
    archive = directory / f"axe-core-{VERSION}.tgz"
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != SHA512:
        raise AssertionError(f"axe-core {VERSION} is another: sha512-{found}")
    with tarfile.open(archive) as package:
        package.extract("package/axe.min.js", directory, filter="data")
    (directory / "package/axe.min.js").rename(directory / "axe.min.js")
    archive.unlink()


def violations(browser: Chromium) -> list[str]:
    """Of the page that is open, each with the first element that it is about; best practices among them."""
    browser.evaluate(source())
    found: dict[str, Any] = browser.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert len(found["passes"]) > 10, "axe looked at next to nothing"
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"] + found["incomplete"]]

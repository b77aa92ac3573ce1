"""What a page shows as printed was printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.console import BLOCK, ROOT, run_blocks

PAGES = [path for path in sorted((ROOT / "docs/how-to").glob("*.md")) if BLOCK.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_as_printed_was_printed(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert run_blocks(text, tmp_path) == text


def test_a_page_has_such_a_block() -> None:
    assert "review.md" in [page.name for page in PAGES]

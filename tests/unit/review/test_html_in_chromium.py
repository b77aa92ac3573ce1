"""The HTML reports in a real browser: nothing is loaded, nothing complains, and axe-core finds no fault in either scheme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support import axe, chromium
from tests.support.chromium import Chromium
from tests.support.review import profile_subject, replaced, subject

from podsand_gen.review import html
from podsand_gen.review.diff import diff
from podsand_gen.review.explain import explain

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium.program() is None, reason="chromium is not installed"),
]

SCHEMES = ("light", "dark")
WIDTHS = (1280, 390)
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
TAB, ENTER = ("Tab", 9, ""), ("Enter", 13, "\r")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    old = profile_subject()
    new = profile_subject(sandbox={"memory": "16g", "seccomp": "debug"}, image={"packages": ["gdb", "git"]})
    evil = "<script>document.title = 'owned'</script><img src='https://example.com/x'>"
    edited = subject(replaced(old.expected, "--cap-drop=all)", f"--privileged) # {evil} \u202e"))
    texts = {
        "explain": html.explanation(explain(old), old),
        "explain-edited": html.explanation(explain(edited), edited),
        "diff": html.difference(diff(old, new)),
        "diff-edited": html.difference(diff(old, edited)),
    }
    directory = tmp_path_factory.mktemp("pages")
    for name, text in texts.items():
        (directory / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: directory / f"{name}.html" for name in texts}


NAMES = ("explain", "explain-edited", "diff", "diff-edited")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_loaded_nothing_complains_and_it_fits(browser: Chromium, pages: dict[str, Path], name: str, scheme: str) -> None:
    for width in WIDTHS:
        browser.open(pages[name], width=width, scheme=scheme)
        browser.evaluate(OPEN_ALL)

        assert browser.complaints() == []
        assert browser.requests() == [pages[name].as_uri()]
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        assert browser.evaluate("document.title") != "owned"


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<script>document.title = 'owned'</script>", "script"),
        ("<img src='https://example.com/x'>", "image"),
        ("<link rel=stylesheet href='https://example.com/x'>", "stylesheet"),
        ("<iframe src='https://example.com/x'></iframe>", "example.com"),
    ],
)
def test_what_came_in_all_the_same_would_be_refused(
    browser: Chromium, pages: dict[str, Path], tmp_path: Path, markup: str, complaint: str
) -> None:
    """The second wall: the page's own policy. Without it, the very same markup runs, or asks for its address."""
    text = pages["diff"].read_text(encoding="utf-8").replace("</main>", f"{markup}</main>")
    guarded, bare = tmp_path / "guarded.html", tmp_path / "bare.html"
    guarded.write_text(text, encoding="utf-8")
    bare.write_text(text.replace("Content-Security-Policy", "x-nothing"), encoding="utf-8")

    browser.open(guarded)
    assert any("Content Security Policy" in text and complaint in text.lower() for text in browser.complaints())
    assert browser.evaluate("document.title") != "owned"
    browser.open(bare)
    assert browser.evaluate("document.title") == "owned" or any("example.com" in url for url in browser.requests())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.skipif(bool(axe.missing()), reason=axe.missing())
def test_axe_finds_no_fault(browser: Chromium, pages: dict[str, Path], name: str, scheme: str) -> None:
    for width in WIDTHS:
        browser.open(pages[name], width=width, scheme=scheme)
        browser.evaluate(OPEN_ALL)

        assert axe.violations(browser) == []


@pytest.mark.skipif(bool(axe.missing()), reason=axe.missing())
def test_axe_finds_what_is_wrong(browser: Chromium, pages: dict[str, Path], tmp_path: Path) -> None:
    worse = tmp_path / "worse.html"
    text = pages["diff"].read_text(encoding="utf-8")
    worse.write_text(text.replace("--quiet: #555e69", "--quiet: #c0c0c0").replace('<html lang="en">', "<html>"), encoding="utf-8")
    browser.open(worse)
    found = {one.partition(":")[0] for one in axe.violations(browser)}

    assert {"color-contrast", "html-has-lang"} <= found


def test_the_keyboard_reaches_the_skip_link_first_and_opens_what_is_folded(browser: Chromium, pages: dict[str, Path]) -> None:
    def focused(what: str) -> Any:
        return browser.evaluate(f"document.activeElement.{what}")

    browser.open(pages["explain"])
    browser.press(*TAB)

    assert focused("textContent") == "Skip to the report"
    assert focused("getBoundingClientRect().left") >= 0
    browser.press(*ENTER)
    assert focused("id") == "main"
    for _ in range(60):
        browser.press(*TAB)
        if focused("localName") == "summary":
            break
    assert focused("parentElement.open") is False
    browser.press(*ENTER)
    assert focused("parentElement.open") is True


def test_what_is_printed_is_dark_on_white_whatever_the_scheme(browser: Chromium, pages: dict[str, Path], tmp_path: Path) -> None:
    look = "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector('nav')).display"
    browser.open(pages["diff"], scheme="dark", media="print")
    assert browser.evaluate(look) == "rgb(255, 255, 255)none"
    browser.open(pages["diff"], scheme="dark")
    assert browser.evaluate(look) == "rgb(21, 25, 30)block"

    browser.pdf(tmp_path / "diff.pdf")
    assert (tmp_path / "diff.pdf").read_bytes().startswith(b"%PDF-")

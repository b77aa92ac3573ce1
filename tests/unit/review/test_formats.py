"""The renderers: the same model as text, Markdown and JSON, and nothing of a stranger's as markup or control characters."""

from __future__ import annotations

import dataclasses
import json as stdlib_json
import re
from typing import Any

import pytest
from tests.support.review import after, profile_subject, script, subject

from podsand_gen.review import json, lines, markdown
from podsand_gen.review.check import Check
from podsand_gen.review.diff import Difference, diff
from podsand_gen.review.explain import Explanation, explain
from podsand_gen.review.terminal import plain
from podsand_gen.review.words import AT_MOST, SECTIONS

EVIL = "\x1b]0;x\x07\u202e</details>`````\n# <script>alert(1)</script> [x](javascript:y) | \u0430\n"


def hostile() -> str:
    return after(script(), "core/log", EVIL)


def explanation() -> Explanation:
    return explain(subject(hostile(), "se\x1btup\u202e|`.sh"))


def difference() -> Difference:
    return diff(subject(script()), subject(hostile(), "n\x1bew"))


def check() -> Check:
    found = subject(hostile()).comparison
    return Check("se\x1btup.sh", "edited", "0.1.0", "0.1.0", found.edits, found.oddities)


TEXTS = {
    "explain, text": lambda: plain(lines.explanation(explanation())),
    "diff, text": lambda: plain(lines.difference(difference())),
    "check, text": lambda: plain(lines.checks([check()])),
    "explain, markdown": lambda: markdown.explanation(explanation()),
    "diff, markdown": lambda: markdown.difference(difference()),
    "check, markdown": lambda: markdown.checks([check()]),
    "explain, json": lambda: json.explanation(explanation()),
    "diff, json": lambda: json.difference(difference()),
    "check, json": lambda: json.checks([check()]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_no_character_that_deceives_is_printed_as_it_stands(name: str) -> None:
    text = TEXTS[name]()

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u0400-\u04ff\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "202e" in text.lower()
    assert "alert(1)" in text


@pytest.mark.parametrize("name", [name for name in TEXTS if "markdown" in name])
def test_markup_of_a_stranger_stays_text(name: str) -> None:
    text = TEXTS[name]()
    outside = re.sub(r"(?ms)^ *(`{3,})diff\n.*?^ *\1$", "", text)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", outside)

    assert "<script>" in text
    assert "<script>" not in outside
    assert "](javascript" not in outside
    assert outside.count("<details>") == outside.count("</details>")


def test_a_fence_is_longer_than_any_in_its_text() -> None:
    assert list(markdown.block(["a ```` b"])) == ["`````diff", "a ```` b", "`````"]
    assert list(markdown.block([])) == ["```diff", "```"]
    assert markdown.code("a`b") == "`` a`b ``"
    assert markdown.code("a|b") == "`a\\|b`"


def test_every_tuple_of_findings_has_its_section() -> None:
    findings = [field.name for field in dataclasses.fields(Difference) if "Finding" in str(field.type)]

    assert [section.name for section in SECTIONS] == findings


def test_json_holds_the_whole_model_and_the_verdict() -> None:
    loaded: dict[str, Any] = stdlib_json.loads(json.difference(difference()))

    assert loaded["format"] == 1
    assert loaded["verdict"] == "weaker"
    assert set(loaded["difference"]) == {field.name for field in dataclasses.fields(Difference)}
    assert loaded["difference"]["unknown"][0]["what"] == "core/log"
    explained = stdlib_json.loads(json.explanation(explanation()))["explanation"]
    assert explained["about"]["label"] == "se\x1btup\u202e|`.sh"
    assert explained["steps"][0]["commands"][0].startswith("apt-get")
    assert stdlib_json.loads(json.checks([check()]))["good"] is False


def test_an_edited_script_is_called_so_before_anything_else_is_said() -> None:
    for name in ("explain, text", "explain, markdown"):
        assert TEXTS[name]().index("EDITED in 1 place") < 300
    for name in ("diff, text", "diff, markdown"):
        assert "NOBODY HERE CAN SAY" in TEXTS[name]().splitlines()[0]
        assert "New root commands: none that the profiles tell of" in TEXTS[name]()


def test_more_than_anybody_reads_is_cut_and_counted() -> None:
    mounts = [{"source": f"~/{number}", "target": f"/m/{number}"} for number in range(AT_MOST + 5)]
    found = diff(profile_subject(), profile_subject(sandbox={"mounts": mounts}))

    assert len(found.weaker) == AT_MOST + 5
    for text in (plain(lines.difference(found)), markdown.difference(found)):
        assert "… and 5 more" in text
        assert f"WEAKER in {AT_MOST + 5} places" in text

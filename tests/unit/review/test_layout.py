from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.review import script

from podsand_gen.review.layout import parts

ZEROS = "0" * 64


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40), st.text(st.sampled_from("abc \n#"), max_size=30))
def test_parts_hold_every_byte_once(count: int, noise: str) -> None:
    lines = script().split("\n")
    text = "\n".join([*lines[: len(lines) * count // 40], noise, *lines[len(lines) * count // 40 :]])

    found = parts(text)
    assert "\n".join(line for part in found for line in part.lines) == text
    assert [part.line for part in found] == [1 + sum(len(one.lines) for one in found[:index]) for index in range(len(found))]


def test_what_stands_around_regions_is_named_by_what_it_follows() -> None:
    found = parts(script("locked-down"))

    assert [(part.kind, part.name) for part in found[:4]] == [
        ("rest", "the head"),
        ("config", "config"),
        ("rest", "after config"),
        ("profile", "profile"),
    ]
    assert (found[-1].kind, found[-1].name) == ("rest", "the end")
    assert sum(part.kind == "region" for part in found) > 30


def test_a_region_ends_where_the_next_a_title_or_the_last_call_of_main_begins_and_else_reaches_to_the_end() -> None:
    opened, next_ = f"# >>> a/b sha256:{ZEROS} x", f"# >>> c/d sha256:{ZEROS} x"

    assert [part.lines for part in parts(f"{opened}\ny\n\n{next_}\nz")] == [(opened, "y", ""), (next_, "z")]
    assert [part.lines for part in parts(f"{opened}\ny\n\n# --- more\n{next_}")] == [(opened, "y"), ("", "# --- more"), (next_,)]
    assert [part.lines for part in parts(f'{opened}\nmain "$@"\n\nmain "$@"\n}}')] == [
        (opened, 'main "$@"'),
        ("", 'main "$@"', "}"),
    ]
    assert [part.lines for part in parts(f"x\n{opened}\ny")] == [("x",), (opened, "y")]


def test_what_only_resembles_a_marker_opens_nothing() -> None:
    marker = f">>> a/b sha256:{ZEROS} x"

    for line in (f"#  {marker}", f" # {marker}", f"#{marker}", "# >>> a/b sha256:00 x", f"# {marker.replace('a/b', 'A/b')}"):
        assert [part.kind for part in parts(f"{line}\ny")] == ["rest"]
    assert [part.kind for part in parts(f"# {marker}\ny")] == ["region"]

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podsand_gen.review.visible import Oddity, oddities, visible


def test_plain_text_is_shown_as_it_is() -> None:
    assert visible("ls -l ~/x | cat → … ü é ş") == "ls -l ~/x | cat → … ü é ş"


def test_what_hides_turns_or_controls_is_written_out() -> None:
    assert visible("a\u202eb\u200b\x1b[31m\r\t\x07\u2066") == "a<U+202E>b<U+200B><U+001B>[31m<U+000D><U+0009><U+0007><U+2066>"


def test_letters_that_look_like_others_are_written_out() -> None:
    # Cyrillic a, Greek omicron, full-width A, mathematical a, dotless i, alpha, long s, typographic quote, no-break space.
    for char in "\u0430\u03bf\uff21\U0001d41a\u0131\u0251\u017f\u2019\u00a0":
        assert visible(f"x{char}y") == f"x<U+{ord(char):04X}>y"


@given(st.text())
def test_nothing_else_gets_through(text: str) -> None:
    shown = visible(text)

    assert shown.isprintable()
    assert all(ord(char) < 0x180 or char in "…→·" for char in shown)


def test_oddities_are_told_once_each_with_name_first_line_and_count() -> None:
    assert oddities("a\nb\u0430\u0430\n") == (Oddity("U+0430", "CYRILLIC SMALL LETTER A", 2, 2),)


def test_what_the_expected_text_holds_is_no_oddity() -> None:
    assert oddities("caf\u0435", "\u0435") == ()
    assert oddities("caf\u0435", "e") != ()

from __future__ import annotations

import pytest

from podsand_gen.errors import did_you_mean, listed, show


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", '"a"'),
        ('a"b', '"a\\"b"'),
        ("\x1b[2J", '"\\u001b[2J"'),
        ("\u202e", '"\\u202e"'),
        (True, "true"),
        (4, "4"),
        ("x" * 100, '"' + "x" * 59 + '…"'),
    ],
)
def test_a_value_is_shown_on_one_line_and_cannot_move_the_cursor(value: object, shown: str) -> None:
    assert show(value) == shown


def test_only_a_near_word_is_suggested() -> None:
    assert did_you_mean("memry", ["memory", "cpus"]) == '; did you mean "memory"?'
    assert did_you_mean("zzz", ["memory", "cpus"]) == ""


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed(["a", "b", "c"], 2).splitlines() == ["  a", "  b", "  … and 1 more"]

from __future__ import annotations

import difflib
import time
from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from podsand_gen.review.textdiff import LINES, text_diff

LINE = st.lists(st.sampled_from(["a", "b", "c", "}", ""]), max_size=30)


@settings(deadline=None)
@given(LINE, LINE)
def test_a_difference_leads_from_the_old_lines_to_the_new(old: list[str], new: list[str]) -> None:
    body = [line for line in text_diff(old, new) if not line.startswith("@@")]

    assert (not body) == (old == new)
    removed, added = (Counter(line[1:] for line in body if line[0] == sign) for sign in "-+")
    assert Counter(old) - removed + added == Counter(new)


def test_headers_and_context_are_those_of_diff_u() -> None:
    old = [f"line {number}" for number in range(100)]
    new = [*old[:50], "more", *old[50:]]

    wanted = list(difflib.unified_diff(old, new, lineterm=""))[2:]
    assert list(text_diff(old, new)) == wanted


def test_a_long_difference_is_cut_and_says_so() -> None:
    lines = text_diff((), [str(number) for number in range(10_000)])

    assert len(lines) == LINES + 1
    assert lines[-1].startswith("… and ")


def test_lines_that_are_made_to_be_slow_to_compare_are_not_compared() -> None:
    """As many different lines as difflib needs to take none of them for noise, in no order."""
    random = Random(1)
    old, new = ([str(random.randrange(110)) for _ in range(60_000)] for _ in range(2))
    began = time.monotonic()

    lines = text_diff(["x", *old], ["y", *new])
    assert time.monotonic() - began < 2
    assert lines[:2] == ("@@ -1,60001 +1,60001 @@", "-x")
    assert len(lines) == LINES + 1

from __future__ import annotations

import pytest

from podsand_gen.plan import config_names
from podsand_gen.problems import settable, unknown_key


def test_what_can_be_set_is_every_key_with_what_it_does() -> None:
    found = dict(settable())

    assert all(found.values())
    for name in config_names():
        # A list of tables is set as a whole; the config block has its columns.
        assert any(
            name == made or name.startswith(f"{made}_") for made in (f"CFG_{key.upper().replace('.', '_')}" for key in found)
        )


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (("sandbox", "memry"), 'sandbox.memry: there is no such key; did you mean "memory"?'),
        (("pids",), "pids: there is no such key; did you mean sandbox.pids?"),
        (("extend",), 'did you mean "extends"?'),
        (("sandbox", "extends"), "known here: user, "),
        (("launcher", "zzz"), "known here: name, directory"),
        (("conf", "mirrors", 0, "prefx"), 'conf.mirrors[0].prefx: there is no such key; did you mean "prefix"?'),
    ],
)
def test_an_unknown_key_is_told_with_what_was_meant_or_what_there_is(location: tuple[str | int, ...], words: str) -> None:
    assert words in unknown_key(location)

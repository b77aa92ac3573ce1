from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podsand_gen.lint import shellcheck
from podsand_gen.plan import config_values
from podsand_gen.profile import Profile, canonical_toml
from podsand_gen.quoting import _BIDI, comment, forbidden_character, quote, readonly

ROOT = Path(__file__).resolve().parents[2]
NASTY = [
    "",
    "'",
    '"',
    "$(touch x)",
    "`id`",
    "${#x}",
    "{{ y }}",
    "\\",
    "!!",
    "~/x",
    "-n",
    "a b",
    "*",
    "ünï",
    "'\\''",
    "# x",
    "%s",
    "\\n",
]
# Made of what a value may hold, not filtered: too much would fall through.
ALLOWED = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters=_BIDI)
VALUES = st.one_of(st.sampled_from(NASTY), st.text(ALLOWED, max_size=40))
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bash(script: str) -> bytes:
    return subprocess.run(["bash", "-c", f"set -euo pipefail; export LC_ALL=C\n{script}"], capture_output=True, check=True).stdout


@SETTINGS
@given(st.lists(VALUES, min_size=1, max_size=40))
def test_a_value_arrives_in_bash_as_it_is(values: list[str]) -> None:
    words = " ".join(quote(value) for value in values)

    assert bash(rf"printf '%s\0' {words}").decode().split("\0")[:-1] == values


@SETTINGS
@given(st.lists(VALUES, max_size=20))
def test_a_constant_holds_the_value_and_an_array_its_items(values: list[str]) -> None:
    script = readonly("CFG_LIST", values) + readonly("CFG_ONE", values[0] if values else "")
    script += r"""((${#CFG_LIST[@]} == 0)) || printf '%s\0' "${CFG_LIST[@]}"; printf '%s' "$CFG_ONE" """

    *items, one = bash(script).decode().split("\0")
    assert items == values
    assert one == (values[0] if values else "")


@settings(SETTINGS, max_examples=8)
@given(st.lists(VALUES, min_size=20, max_size=60))
def test_no_value_is_taken_for_a_mistake_by_shellcheck(values: list[str]) -> None:
    values += [f"{value}\\" for value in NASTY] + ["it\u2019s", "\\'x", "~", "`$"]
    constants = "".join(readonly(f"CFG_{index}", value) for index, value in enumerate(values))
    arrays = readonly("CFG_ALL", values) + readonly("CFG_NONE", [])
    uses = " ".join(f'"$CFG_{index}"' for index in range(len(values)))

    script = f'#!/usr/bin/env bash\n{constants}{arrays}printf \'%s\' {uses} "${{CFG_ALL[@]}}" "${{CFG_NONE[@]}}"\n'

    assert shellcheck(script) == []


@pytest.mark.parametrize("character", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ud800"])
def test_what_no_value_may_hold_never_reaches_bash(character: str) -> None:
    assert forbidden_character(f"a{character}") is not None
    with pytest.raises(ValueError, match="the model must refuse it"):
        quote(f"a{character}b")


@SETTINGS
@given(VALUES)
def test_the_embedded_profile_gives_the_value_back(value: str) -> None:
    profile = Profile.model_validate({"schema": 1, "name": "a", "agent": {"command": [value, "x"]}})
    text = comment(canonical_toml(profile))
    uncommented = "".join(line[2:] if line.startswith("# ") else line[1:] for line in text.splitlines(keepends=True))

    assert tomllib.loads(uncommented)["agent"]["command"] == [value, "x"]
    assert config_values(profile)["CFG_AGENT_COMMAND"] == (value, "x")


@SETTINGS
@given(st.lists(VALUES, min_size=1, max_size=20))
def test_conf_files_of_the_script_spell_values_as_toml_and_json_do(values: list[str]) -> None:
    body = re.sub(r"(?s)^.*?# ///\n.*?# ///\n", "", (ROOT / "snippets/core/json.bash").read_text(encoding="utf-8"))
    words = " ".join(quote(value) for value in values)

    printed = bash(f"{body}\njson_list shown {words}\nprintf '%s' \"$shown\"").decode()

    assert json.loads(printed) == values
    assert tomllib.loads(f"x = {printed}")["x"] == values

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podsand_gen.errors import ProfileError
from podsand_gen.init import QUESTIONS, Question, new_profile
from podsand_gen.load import load_profile, validate
from podsand_gen.profile import Profile
from podsand_gen.schema import profile_schema

ANSWERS = {
    "name": st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True),
    "podman": st.sampled_from(["build", "release", "system"]),
    "packages": st.lists(st.sampled_from(["gdb", "strace", "g++", "git=1:2.39.5-0+deb12u2", "jq"]), unique=True),
    "memory": st.sampled_from(["", "8g", "512m"]),
    "home": st.sampled_from(["tmpfs", "volume"]),
    "network": st.sampled_from(["pasta", "none"]),
    "proxy": st.sampled_from(["", "http://proxy.example.com:3128"]),
}


def loaded(text: str, directory: Path) -> Profile:
    path = directory / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return load_profile(path)


def nobody(question: Question, problem: str) -> str:
    raise AssertionError(f"{question.name} was asked for {problem}")


def test_without_answers_it_is_the_default_profile(tmp_path: Path) -> None:
    assert loaded(new_profile({}, None), tmp_path) == validate({"schema": 1, "name": "mine"}, "default")


@settings(max_examples=50)
@given(
    answers=st.fixed_dictionaries(ANSWERS),
    between=st.sampled_from([" ", ",", ", "]),
    asked=st.lists(st.sampled_from(sorted(ANSWERS)), unique=True),
)
def test_what_was_answered_is_what_is_loaded(
    answers: dict[str, str | list[str]], between: str, asked: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By options or by questions: the same text."""
    typed = {name: between.join(answer) if isinstance(answer, list) else answer for name, answer in answers.items()}

    text = new_profile(
        {name: answer for name, answer in typed.items() if name not in asked}, lambda question, _: typed[question.name]
    )
    made = loaded(text, tmp_path_factory.mktemp("init"))

    assert text == new_profile(typed, nobody)
    assert made.name == typed["name"]
    assert made.podman.source == typed["podman"]
    assert set(answers["packages"]) <= set(made.image.packages)
    assert (made.sandbox.memory, made.sandbox.home, made.sandbox.network) == (typed["memory"], typed["home"], typed["network"])
    assert made.proxy.url == typed["proxy"]
    assert list(jsonschema.Draft7Validator(profile_schema()).iter_errors(tomllib.loads(text))) == []


def test_only_what_differs_from_the_default_is_said_and_the_rest_is_there_to_be_uncommented(tmp_path: Path) -> None:
    text = new_profile({"memory": "4g"}, None)

    assert tomllib.loads(text) == {
        "schema": 1, "name": "mine", "podman": {}, "add": {"image": {}}, "sandbox": {"memory": "4g"}, "proxy": {}
    }  # fmt: skip
    uncommented = "\n".join(
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line for line in text.splitlines()
    )
    assert loaded(uncommented, tmp_path) == loaded(text, tmp_path)
    assert uncommented.count(" = ") == len(QUESTIONS) + 1


def test_the_text_begins_with_the_line_for_editors_and_comments_every_key() -> None:
    lines = new_profile({}, None).splitlines()

    assert lines[0] == "#:schema ./podsand.schema.json"
    for index, line in enumerate(lines):
        if " = " in line and not line.startswith("schema"):
            assert lines[index - 1].startswith("# "), line
    assert max(map(len, lines)) <= 112


def test_an_answer_that_does_not_work_is_asked_for_again_with_the_reason() -> None:
    told: list[str] = []

    def ask(question: Question, problem: str) -> str:
        told.append(f"{question.name} {problem}".strip())
        if question.name == "memory":
            return "4g" if problem else "lots"
        return question.default

    assert 'memory = "4g"' in new_profile({}, ask)
    asked = [question.name for question in QUESTIONS]
    asked.insert(
        asked.index("memory") + 1,
        'memory sandbox.memory: "lots" is not a size; write a number and b, k, m or g, such as 8g, or "" for none',
    )
    assert told == asked


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "My profile", "is not a name"),
        ("podman", "docker", 'podman.source: "docker" is not one of "build", "release", "archive", "system"'),
        ("packages", "git; rm -rf", "is not the name of an apt package"),
        ("memory", "lots", "is not a size"),
        ("home", "tmp", 'did you mean "tmpfs"?'),
        ("network", "host", "is not one of"),
        ("proxy", "http://me:secret@proxy:3128", "proxy.credentials_env"),
        ("proxy", 'a"\nb', "U+000A"),
    ],
)
def test_an_option_that_does_not_work_is_an_error_and_nobody_is_asked(name: str, value: str, words: str) -> None:
    with pytest.raises(ProfileError) as error:
        new_profile({**{question.name: question.default for question in QUESTIONS}, name: value}, nobody)

    assert words in str(error.value)
    assert "secret" not in str(error.value)


def test_every_question_is_one_line_says_why_and_has_a_default_that_works() -> None:
    for question in QUESTIONS:
        assert question.why.endswith(".")
        assert len(question.why) < 80
        assert new_profile({question.name: question.default}, None) == new_profile({}, None)

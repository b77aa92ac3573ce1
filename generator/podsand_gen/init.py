"""`podsand-gen init`: a few questions, and a profile with a comment on each answer."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from podsand_gen.compose import Origin, compose, field_at, is_list, make_layer
from podsand_gen.errors import ProfileError
from podsand_gen.load import validate
from podsand_gen.profile import ADD, SCHEMA, Profile
from podsand_gen.schema import FILE_NAME

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

WIDTH = 110
PLACE = "the answers"


@dataclass(frozen=True)
class Question:
    name: str
    key: str
    text: str
    why: str

    @property
    def field(self) -> FieldInfo:
        return field_at(self.key.split("."))

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(map(str, get_args(self.field.annotation))) if not is_list(self.field) else ()

    @property
    def default(self) -> str:
        """As it is typed. Of a list nothing: what is typed is added to it."""
        return "mine" if self.key == "name" else "" if is_list(self.field) else str(self.field.default)


QUESTIONS = (
    Question("name", "name", "Name of the profile", "It stands at the top of the script."),
    Question("podman", "podman.source", "Where podman comes from", "A release is pinned; the system has what it has."),
    Question("packages", "image.packages", "More apt packages in the image", "git, curl, jq and ripgrep are there without them."),
    Question("memory", "sandbox.memory", "Memory limit of a sandbox", "What goes astray must not take the whole machine."),
    Question("home", "sandbox.home", "Home directory in a sandbox", "A tmpfs is forgotten; a volume keeps what is left in it."),
    Question("network", "sandbox.network", "Network of a sandbox", "The agent reaches its API by pasta, and nothing with none."),
    Question("proxy", "proxy.url", "HTTP proxy, as http://HOST:PORT", "Empty: the one of whoever runs the script, if any."),
)

# A question, and what was wrong with the answer before: to the next answer.
Ask = Callable[[Question, str], str]


def new_profile(given: Mapping[str, str | None], ask: Ask | None) -> str:
    """The text of a profile. What is not given is asked for, or has its default when there is nobody to ask."""
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        answer = given.get(question.name)
        if answer is None and ask is not None:
            answer = _asked(question, ask)
        answers[question.key] = question.default if answer is None else answer
    _validated(answers)
    return _text(answers)


def _asked(question: Question, ask: Ask) -> str:
    problem = ""
    while True:
        answer = ask(question, problem)
        try:
            _validated({"name": "a", question.key: answer})
        except ProfileError as error:
            problem = error.problems[0]
        else:
            return answer


def _validated(answers: Mapping[str, str]) -> Profile:
    raw: dict[str, Any] = {"schema": SCHEMA}
    for key, answer in answers.items():
        *tables, last = _place(key)
        table = raw
        for part in tables:
            table = table.setdefault(part, {})
        table[last] = _value(key, answer)
    return validate(compose([make_layer(raw, Origin("file"), Path(), PLACE)]).values, PLACE)


def _place(key: str) -> list[str]:
    parts = key.split(".")
    return [ADD, *parts] if is_list(field_at(parts)) else parts


def _value(key: str, answer: str) -> str | list[str]:
    return [word for word in re.split(r"[\s,]+", answer) if word] if is_list(field_at(key.split("."))) else answer.strip()


# --- the text


def _text(answers: Mapping[str, str]) -> str:
    lines = [
        f"#:schema ./{FILE_NAME}",
        "# What differs from the defaults. A line that is commented out has its default; there are more keys than these:",
        "# podsand-gen schema, and docs/reference/profile.md.",
        f"schema = {SCHEMA}",
    ]
    heading: list[str] = []
    for key, answer in answers.items():
        *tables, last = _place(key)
        if tables != heading:
            lines += ["", f"[{'.'.join(tables)}]"]
            heading = tables
        value = _value(key, answer)
        off = "# " if key != "name" and value in ([], field_at(key.split(".")).default) else ""
        lines += [*_comment(key), f"{off}{last} = {_toml(value)}"]
    return "\n".join(lines) + "\n"


def _comment(key: str) -> list[str]:
    field = field_at(key.split("."))
    added = " These are added to the default ones." if is_list(field) else ""
    choices = (
        f" One of: {', '.join(map(str, get_args(field.annotation)))}." if not is_list(field) and get_args(field.annotation) else ""
    )
    return textwrap.wrap(f"{field.description}{choices}{added}", WIDTH, initial_indent="# ", subsequent_indent="# ")


def _toml(value: str | list[str]) -> str:
    import tomli_w

    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomli_w.dumps({"value": value}).removeprefix("value = ").rstrip("\n")

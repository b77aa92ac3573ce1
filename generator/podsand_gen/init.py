"""`podsand-gen init`: a few questions, and a profile with a comment on each answer."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from podsand_gen.compose import Origin, compose, field_at, is_list, make_layer
from podsand_gen.errors import ProfileError
from podsand_gen.load import validate
from podsand_gen.output import write_new_file
from podsand_gen.profile import ADD, SCHEMA
from podsand_gen.schema import FILE_NAME, schema_text

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
    # Choices that ask for more than one answer.
    without: tuple[str, ...] = ()

    @property
    def parts(self) -> list[str]:
        return self.key.split(".")

    @property
    def field(self) -> FieldInfo:
        return field_at(self.parts)

    @property
    def adds(self) -> bool:
        """What is typed is added to a list."""
        return is_list(self.field)

    @property
    def place(self) -> list[str]:
        return [ADD, *self.parts] if self.adds else self.parts

    @property
    def choices(self) -> tuple[str, ...]:
        return () if self.adds else tuple(choice for choice in get_args(self.field.annotation) if choice not in self.without)

    @property
    def default(self) -> str:
        """As it is typed."""
        if self.adds:
            return ""
        return "mine" if self.field.is_required() else str(self.field.default)

    def value(self, answer: str) -> str | list[str]:
        return [word for word in re.split(r"[\s,]+", answer) if word] if self.adds else answer.strip()


NAME = Question("name", "name", "Name of the profile", "It stands at the top of the script.")
QUESTIONS = (
    NAME,
    Question(
        "podman",
        "podman.source",
        "Where podman comes from",
        "Built from its source, with docker; a pinned release; or what the system has.",
        without=("archive",),
    ),
    Question("packages", "image.packages", "More apt packages in the image", "git, curl, jq and ripgrep are there without them."),
    Question("memory", "sandbox.memory", "Memory limit of a sandbox", "What goes astray must not take the whole machine."),
    Question("home", "sandbox.home", "Home directory in a sandbox", "A tmpfs is forgotten; a volume keeps what is left in it."),
    Question("network", "sandbox.network", "Network of a sandbox", "The agent reaches its API by pasta, and nothing with none."),
    Question("proxy", "proxy.url", "HTTP proxy, as http://HOST:PORT", "Empty: the one of whoever runs the script, if any."),
)

# A question, and what was wrong with the answer before: to the next answer.
Ask = Callable[[Question, str], str]
Values = dict[Question, str | list[str]]


def new_profile(given: Mapping[str, str | None], ask: Ask | None) -> str:
    """The text of a profile. What is not given is asked for, or has its default when there is nobody to ask."""
    values: Values = {}
    for question in QUESTIONS:
        answer = given.get(question.name)
        if answer is not None:
            values[question] = question.value(answer)
        else:
            values[question] = _asked(question, ask) if ask else question.value(question.default)
    _validate(values)
    return _text(values)


def write_profile(output: str, text: str) -> str:
    """The profile, and beside it the schema that it names, unless there is one; the schema's name."""
    write_new_file(output, text)
    schema = Path(output).with_name(FILE_NAME)
    if not os.path.lexists(schema):
        write_new_file(str(schema), schema_text())
    return FILE_NAME


def _asked(question: Question, ask: Ask) -> str | list[str]:
    problem = ""
    while True:
        value = question.value(ask(question, problem))
        try:
            _validate({NAME: "a", question: value})
        except ProfileError as error:
            problem = error.problems[0]
        else:
            return value


def _validate(values: Values) -> None:
    raw: dict[str, Any] = {"schema": SCHEMA}
    for question, value in values.items():
        *tables, last = question.place
        table = raw
        for part in tables:
            table = table.setdefault(part, {})
        table[last] = value
    validate(compose([make_layer(raw, Origin("file"), Path(), PLACE)]).values, PLACE)


# --- the text


def _text(values: Values) -> str:
    lines = [
        f"#:schema ./{FILE_NAME}",
        "# What differs from the defaults. A line that is commented out has its default; there are more keys than these:",
        "# podsand-gen schema, and docs/reference/profile.md.",
        f"schema = {SCHEMA}",
    ]
    heading: list[str] = []
    for question, value in values.items():
        *tables, last = question.place
        if tables != heading:
            lines += ["", f"[{'.'.join(tables)}]"]
            heading = tables
        is_default = value == question.value(question.default) and not question.field.is_required()
        lines += [*_comment(question), f"{'# ' if is_default else ''}{last} = {_toml(value)}"]
    return "\n".join(lines) + "\n"


def _comment(question: Question) -> list[str]:
    sentences = [question.field.description or ""]
    if question.adds:
        sentences.append("These are added to the default ones.")
    if question.choices:
        sentences.append(f"One of: {', '.join(question.choices)}.")
    return textwrap.wrap(" ".join(sentences), WIDTH, initial_indent="# ", subsequent_indent="# ")


def _toml(value: str | list[str]) -> str:
    import tomli_w

    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomli_w.dumps({"value": value}).removeprefix("value = ").rstrip("\n")

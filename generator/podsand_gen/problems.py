"""From pydantic's facts to words that a user knows: the key, what is wrong with it, and the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from podsand_gen.errors import did_you_mean, show
from podsand_gen.profile import COMPOSING, KeyedError, Profile, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def settable(model: type[BaseModel] = Profile, parents: str = "") -> Iterator[tuple[str, str]]:
    """Every key that --set takes, dotted, and what it does."""
    for key, field in fields(model).items():
        inner = model_of(field)
        if inner is not None:
            yield from settable(inner, f"{parents}{key}.")
        else:
            yield f"{parents}{key}", field.description or ""


def _model_at(location: Sequence[int | str]) -> type[BaseModel] | None:
    model: type[BaseModel] = Profile
    for part in location:
        if isinstance(part, int):
            continue
        field = fields(model).get(part)
        inner = _inner_model(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


def model_of(field: FieldInfo | None) -> type[BaseModel] | None:
    """The table that a key holds; None for a value, and for a list of tables."""
    return table_of(field.annotation) if field else None


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _inner_model(argument)
        if found is not None:
            return found
    return None


def unknown_key(location: Sequence[int | str]) -> str:
    *parents, key = location
    word = str(key)
    model = _model_at(parents)
    known = [*(fields(model) if model else ()), *(() if parents else COMPOSING)]
    hint = did_you_mean(word, known)
    if not hint:
        elsewhere = [
            f"{table}.{word}" for table, field in fields(Profile).items()
            if (inner := _inner_model(field.annotation)) and word in fields(inner)
        ]  # fmt: skip
        hint = f"; did you mean {elsewhere[0]}?" if elsewhere else ""
    if not hint and known:
        hint = f"; known here: {', '.join(known)}"
    return f"{_dotted(location)}: there is no such key{hint}"


def _dotted(location: Sequence[int | str]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            plain = part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else show(part)
            text += f".{plain}" if text else plain
    return text


def location_of(detail: ErrorDetails) -> list[int | str]:
    """Of the key that should change; a problem between several keys says which one."""
    error = detail.get("ctx", {}).get("error")
    inner = re.findall(r"[A-Za-z0-9_-]+", error.key) if isinstance(error, KeyedError) else []
    return [*detail["loc"], *inner]


_KINDS = {
    "missing": "missing; it has no default",
    "string_type": "must be text in quotes, not {input}",
    "int_type": "must be a whole number, not {input}",
    "bool_type": "must be true or false, not {input}",
    "tuple_type": 'must be a list such as ["a", "b"], not {input}',
    "model_type": "must be a table, not {input}",
    "too_short": "must not be empty",
}


def told(detail: ErrorDetails) -> str:
    location, kind, context = list(detail["loc"]), detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(location)
    if kind == "value_error":
        error = context["error"]
        key = _dotted(location)
        if isinstance(error, KeyedError):
            key = f"{key}.{error.key}" if key else error.key
        return f"{key}: {error}"
    return f"{_dotted(location)}: {_sentence(kind, detail['input'], context) or detail['msg']}"


def _sentence(kind: str, value: object, context: dict[str, Any]) -> str:
    if kind in _KINDS:
        return _KINDS[kind].format(input=show(value))
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        return f"{show(value)} is not one of {', '.join(show(choice) for choice in choices)}{hint}"
    if kind == "greater_than_equal":
        return f"{show(value)} is too small; the least is {context['ge']}"
    if kind == "less_than_equal":
        return f"{show(value)} is too large; the most is {context['le']}"
    return ""

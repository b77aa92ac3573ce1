"""JSON Schema of the profile, for editors: what can be said of one key by itself. The model knows more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MinLen

from podsand_gen.compose import is_list
from podsand_gen.problems import fields, model_of
from podsand_gen.profile import ADD, COMPOSING, DISTINCT, EXTENDS, SCHEMA, Profile, Shaped, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo

# What taplo and Even Better TOML understand.
DIALECT = "http://json-schema.org/draft-07/schema#"
FILE_NAME = "podsand.schema.json"
Json = dict[str, Any]


def schema_text() -> str:
    return json.dumps(profile_schema(), indent=2, ensure_ascii=False) + "\n"


def profile_schema() -> Json:
    made = _table(Profile)
    made["properties"]["schema"]["const"] = SCHEMA
    files = {"type": "array", "items": {"type": "string", "minLength": 1}, "default": [], "description": COMPOSING[EXTENDS]}
    made["properties"] |= {EXTENDS: files, ADD: {**_lists(Profile), "description": COMPOSING[ADD]}}
    # The name may come from a file that this one extends.
    made["required"] = ["schema"]
    made["anyOf"] = [{"required": ["name"]}, {"required": [EXTENDS]}]
    return {"$schema": DIALECT, "title": "A profile of podsand", **made}


def _table(model: type[Table]) -> Json:
    return {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "additionalProperties": False,
        "properties": {key: _key(field) for key, field in fields(model).items()},
    }


def _row(model: type[Table]) -> Json:
    """Whole in one file, as no other table has to be."""
    return {**_table(model), "required": [key for key, field in fields(model).items() if field.is_required()]}


def _key(field: FieldInfo) -> Json:
    inner = model_of(field)
    if inner is not None and issubclass(inner, Table):
        return {**_table(inner), "description": field.description}
    made = {**_value(field.annotation, field.metadata), "description": field.description}
    if not field.is_required():
        made["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return made


def _value(annotation: Any, metadata: Iterable[object]) -> Json:
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return _value(inner, (*marks, *metadata))
    if get_origin(annotation) is Literal:
        return {"type": "string", "enum": list(get_args(annotation))}
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": _value(get_args(annotation)[0], ()), **_constraints(metadata)}
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return _row(annotation)
    kinds = {str: "string", int: "integer", bool: "boolean"}
    return {"type": kinds[annotation], **_constraints(metadata)}


def _constraints(metadata: Iterable[object]) -> Json:
    made: Json = {}
    for mark in metadata:
        if isinstance(mark, Shaped):
            made["pattern"] = f"^({mark.pattern})$"
        elif isinstance(mark, MinLen):
            made["minItems"] = mark.min_length
        elif isinstance(mark, Ge):
            made["minimum"] = mark.ge
        elif isinstance(mark, Le):
            made["maximum"] = mark.le
        elif mark == DISTINCT:
            made["uniqueItems"] = True
    return made


def _lists(model: type[Table]) -> Json:
    """The tables that hold lists, and in them the lists alone."""
    properties: Json = {}
    for key, field in fields(model).items():
        inner = model_of(field)
        if inner is not None and issubclass(inner, Table):
            below = _lists(inner)
            if below["properties"]:
                properties[key] = below
        elif is_list(field):
            properties[key] = {key: value for key, value in _key(field).items() if key not in ("default", "minItems")}
    return {"type": "object", "additionalProperties": False, "properties": properties}

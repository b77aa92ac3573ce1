"""Make docs/reference/profile.md from the model.

python -m podsand_gen.reference > docs/reference/profile.md
"""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from podsand_gen.plan import _row_type
from podsand_gen.profile import ADD, COMPOSING, EXTENDS, Profile, Table, canonical_toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

HEAD = """# The profile, key by key

A profile is a TOML file of at most 1 MiB in UTF-8. `schema` and `name` must be there; everything else has a default. Paths on the
target begin with `/` or `~/`; no string holds a control character. What is not listed here is refused, so that a mistyped key
cannot pass for a setting. `extends` and `add` compose several files ([how](../how-to/profiles.md)); the profile that a script
carries has neither.

Made from the model by `python -m podsand_gen.reference`; do not edit.
"""


COMPOSING_KINDS = {EXTENDS: "list of strings", ADD: "table"}


def reference() -> str:
    defaults = tomllib.loads(canonical_toml(Profile.model_validate({"schema": 1, "name": "example"})))
    return HEAD + "".join(_table("", Profile, defaults))


def _table(name: str, model: type[Table], values: dict[str, Any]) -> Iterator[str]:
    plain = {key: field for key, field in model.model_fields.items() if _table_of(field) is None}
    title = f"[{name}]" if name else "Top level"
    yield f"\n## {title}\n\n"
    yield f"{' '.join((model.__doc__ or '').split())}\n\n"
    yield "| key | values | default | what it does |\n| --- | --- | --- | --- |\n"
    for key, field in plain.items():
        shown = field.alias or key
        default = _code(values[shown]) if shown in values and name else "required"
        yield f"| `{shown}` | {_kind(field)} | {default} | {_cell(field.description or '')} |\n"
    if model is Profile:
        yield from (f"| `{key}` | {COMPOSING_KINDS[key]} | | {_cell(text)} |\n" for key, text in COMPOSING.items())
    for key, field in model.model_fields.items():
        inner = _table_of(field)
        if inner is not None:
            yield from _table(f"{name}.{key}" if name else key, inner, values.get(key, {}))
        elif (rows := _row_type(field)) is not None:
            yield from _rows(f"{name}.{key}", rows)


def _rows(name: str, model: type[Table]) -> Iterator[str]:
    yield f"\n## [[{name}]]\n\n{model.__doc__}\n\n"
    yield "| key | values | default | what it does |\n| --- | --- | --- | --- |\n"
    for key, field in model.model_fields.items():
        default = "required" if field.is_required() else _code(field.default)
        yield f"| `{key}` | {_kind(field)} | {default} | {_cell(field.description or '')} |\n"


def _table_of(field: FieldInfo) -> type[Table] | None:
    annotation = field.annotation
    return annotation if isinstance(annotation, type) and issubclass(annotation, Table) else None


def _kind(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return ", ".join(_code(value) for value in get_args(annotation))
    if _row_type(field) is not None:
        return "list of tables"
    if get_origin(annotation) is tuple:
        return "list of strings"
    if annotation is bool:
        return "`true`, `false`"
    return "number" if annotation is int else "string"


def _code(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, list | tuple):
        return f"`[{', '.join(_code(item).strip('`') for item in value)}]`"
    return f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    sys.stdout.write(reference())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Make docs/reference/profile.md from the model.

python -m podsand_gen.reference > docs/reference/profile.md
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from podsand_gen.plan import _row_type
from podsand_gen.profile import ADD, COMPOSING, EXTENDS, Profile, Table, table_of

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
    defaults = Profile.model_validate({"schema": 1, "name": "example"}).model_dump(mode="json", by_alias=True)
    return HEAD + "".join(_table("", Profile, defaults))


def _table(name: str, model: type[Table], values: dict[str, Any]) -> Iterator[str]:
    plain = {key: field for key, field in model.model_fields.items() if table_of(field.annotation) is None}
    title = f"[{name}]" if name else "Top level"
    yield f"\n## {title}\n\n"
    yield f"{' '.join((model.__doc__ or '').split())}\n\n"
    yield "| key | values | default | what it does |\n| --- | --- | --- | --- |\n"
    for key, field in plain.items():
        shown = field.alias or key
        known = values if name else {}
        default = "required" if field.is_required() and shown not in known else _code(known.get(shown, field.default))
        yield f"| `{shown}` | {_kind(field)} | {default} | {_cell(field.description or '')} |\n"
    if model is Profile:
        yield from (f"| `{key}` | {COMPOSING_KINDS[key]} | | {_cell(text)} |\n" for key, text in COMPOSING.items())
    for key, field in model.model_fields.items():
        inner = table_of(field.annotation)
        if inner is not None:
            yield from _table(f"{name}.{key}" if name else key, inner, values.get(key) or {})
        elif (rows := _row_type(field)) is not None:
            yield from _rows(f"{name}.{key}", rows)


def _rows(name: str, model: type[Table]) -> Iterator[str]:
    yield f"\n## [[{name}]]\n\n{model.__doc__}\n\n"
    yield "| key | values | default | what it does |\n| --- | --- | --- | --- |\n"
    for key, field in model.model_fields.items():
        default = "required" if field.is_required() else _code(field.default)
        yield f"| `{key}` | {_kind(field)} | {default} | {_cell(field.description or '')} |\n"


def _kind(field: FieldInfo) -> str:
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return ", ".join(_code(value) for value in get_args(annotation))
    if (inner := table_of(annotation)) is not None:
        return " and ".join(_code_name(key) for key in inner.model_fields)
    if _row_type(field) is not None:
        return "list of tables"
    if get_origin(annotation) is tuple:
        return "list of strings"
    if annotation is bool:
        return "`true`, `false`"
    return "number" if annotation is int else "string"


def _code_name(key: str) -> str:
    return f"`.{key}`"


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

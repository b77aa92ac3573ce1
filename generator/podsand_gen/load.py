"""From a file and --set options to a Profile, with every problem told in the user's words."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from podsand_gen.errors import AT_MOST, ProfileError, ProfileFileError, SetOptionError, did_you_mean, show
from podsand_gen.profile import KEY_BLOCK, SCHEMA, KeyedError, Profile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

SIZE_LIMIT = 1024 * 1024
# A key of n parts costs tomllib n² steps, so a few lines of dots would take hours.
DOTS_LIMIT = 64


def load_profile(path: Path, settings: Sequence[str] = (), *, where: str | None = None) -> Profile:
    """Read, override, inline and validate. Paths in the file are relative to it; those in --set to the current directory."""
    from pathlib import Path as RealPath

    where = where or show(str(path), 200)
    raw = _parse(path, read_text(path))
    _check_schema(where, raw)
    _inline_files(raw, path.parent)
    overrides: dict[str, Any] = {}
    for setting in settings:
        _override(overrides, setting)
    _inline_files(overrides, RealPath())
    return validate(_merged(raw, overrides), where)


def load_resolved(text: str, where: Path) -> Profile:
    """A profile that carries everything already, as the one in a script does: no other file is read, whatever it names."""
    if len(text) > SIZE_LIMIT:
        raise ProfileFileError(where, "is larger than 1 MiB; a profile is not")
    raw = _parse(where, text)
    _check_schema(show(str(where), 200), raw)
    return validate(raw, show(str(where), 200))


def validate(raw: dict[str, Any], where: str) -> Profile:
    try:
        return Profile.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # The rest is only counted: a hint costs time, and a stranger's profile can have a hundred thousand problems.
        raise ProfileError(where, [*map(_told, details[:AT_MOST]), *("" for _ in details[AT_MOST:])]) from None
    except RecursionError:
        raise ProfileError(where, ["tables are nested too deeply"]) from None


# --- the file


def read_text(path: Path, limit: int = SIZE_LIMIT, kind: str = "profile") -> str:
    return decode(path, read_bytes(path, limit, kind))


def read_bytes(path: Path, limit: int, kind: str) -> bytes:
    try:
        # Without O_NONBLOCK a FIFO without a writer would hold us for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ProfileFileError(path, f"there is no such file{_near(path)}") from None
    except (OSError, ValueError) as error:
        raise ProfileFileError(path, f"cannot be read: {_reason(error)}") from None
    # Not by fdopen before its kind is known: that fails on a directory with words of its own.
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        why = "is a directory; name the file in it" if stat.S_ISDIR(mode) else "is not a regular file; save it as one"
        raise ProfileFileError(path, why)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ProfileFileError(path, f"is larger than {limit // SIZE_LIMIT} MiB; a {kind} is not")
    return content


def decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProfileFileError(path, f"is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    if text.startswith("\ufeff"):
        raise ProfileFileError(path, "begins with a byte order mark; save it as UTF-8 without one")
    if "\0" in text:
        raise ProfileFileError(path, f"holds a NUL at byte {content.index(0)}; a profile is text")
    return text


def _near(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix == ".toml")
    except OSError:
        return ""
    return did_you_mean(path.name, names)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _parse(path: Path, text: str) -> dict[str, Any]:
    _refuse_dots(path, text)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ProfileFileError(path, "is nested too deeply") from None
    except ValueError as error:
        message = "".join(char if char.isprintable() else "?" for char in str(error))
        if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
            message = f"a key or table is given twice: {message}"
        raise ProfileFileError(path, f"is not TOML: {message}") from None


def _refuse_dots(path: Path, text: str) -> None:
    if text.count(".") <= DOTS_LIMIT:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > DOTS_LIMIT:
            outside = re.sub(r"""\"(?:[^"\\]|\\.)*"|'[^']*'""", "", line).partition("#")[0]
            if outside.count(".") > DOTS_LIMIT:
                raise ProfileFileError(path, f"line {number} holds a key of too many parts")


def _check_schema(where: str, raw: dict[str, Any]) -> None:
    if "schema" not in raw:
        raise ProfileError(where, [f"schema: missing; write schema = {SCHEMA} as the first line"])
    if raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
        from podsand_gen import __version__

        raise ProfileError(where, [f"schema: {show(raw['schema'])} is not known to podsand-gen {__version__}; it knows {SCHEMA}"])


def _inline_files(raw: dict[str, Any], base: Path) -> None:
    """Put the text of a file in the place of its path. A text that is already there stays, so a resolved profile loads again."""
    table = raw.get("podman")
    if not isinstance(table, dict):
        return
    value = table.get("signing_key")
    if isinstance(value, str) and value and not value.startswith(KEY_BLOCK):
        try:
            table["signing_key"] = read_text(base / value)
        except ProfileFileError as error:
            raise ProfileError("profile", [f"podman.signing_key: {error}"]) from None


# --- --set


def _override(raw: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    key = key.strip()
    if not equals or not re.fullmatch(r"[A-Za-z0-9_.-]+", key):
        raise SetOptionError(setting, "write key=value, such as sandbox.pids=512")
    parts = key.split(".")
    field = _field(setting, parts)
    table = raw
    for part in parts[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise SetOptionError(setting, f"{part} was set to {show(table)} before")
    table[parts[-1]] = _value(text, field)


def _field(setting: str, parts: list[str]) -> FieldInfo:
    model: type[BaseModel] = Profile
    for index, part in enumerate(parts):
        fields = _fields(model)
        if part not in fields:
            raise SetOptionError(setting, unknown_key(tuple(parts[: index + 1])))
        inner = fields[part].annotation
        if index + 1 == len(parts):
            return fields[part]
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            raise SetOptionError(setting, f"{'.'.join(parts[: index + 1])} is not a table")
        model = inner
    raise SetOptionError(setting, "write key=value, such as sandbox.pids=512")


def _value(text: str, field: FieldInfo) -> Any:
    try:
        parsed = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    if set(parsed) != {"value"}:
        return text
    value = parsed["value"]
    # 2 for a key that wants text means "2": nobody writes --set 'sandbox.cpus="2"' in a shell.
    return text if _wants_text(field) and not isinstance(value, str) else value


def _wants_text(field: FieldInfo) -> bool:
    kinds = {type(choice) for choice in get_args(field.annotation)} if field.annotation is not str else {str}
    return kinds == {str}


def _merged(raw: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    result = dict(raw)
    for key, value in overrides.items():
        below = result.get(key)
        result[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


# --- from pydantic's facts to our words


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _model_at(location: Sequence[int | str]) -> type[BaseModel] | None:
    model: type[BaseModel] = Profile
    for part in location:
        if isinstance(part, int):
            continue
        field = _fields(model).get(part)
        inner = _inner_model(field.annotation) if field else None
        if inner is None:
            return None
        model = inner
    return model


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
    known = list(_fields(model)) if model else []
    hint = did_you_mean(word, known)
    if not hint:
        elsewhere = [
            f"{table}.{word}" for table, field in _fields(Profile).items()
            if (inner := _inner_model(field.annotation)) and word in _fields(inner)
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


_KINDS = {
    "missing": "missing; it has no default",
    "string_type": "must be text in quotes, not {input}",
    "int_type": "must be a whole number, not {input}",
    "bool_type": "must be true or false, not {input}",
    "tuple_type": 'must be a list such as ["a", "b"], not {input}',
    "model_type": "must be a table, not {input}",
    "too_short": "must not be empty",
}


def _told(detail: ErrorDetails) -> str:
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

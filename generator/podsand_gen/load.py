"""From a file, what it extends, a lock and --set options to a Profile, with every problem told in the user's words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from podsand_gen.compose import DEFAULT, Composition, Layer, Origin, check_schema, compose, gather, is_list, make_layer
from podsand_gen.document import SIZE_LIMIT, parse
from podsand_gen.errors import AT_MOST, ProfileError, ProfileFileError, SetOptionError, show
from podsand_gen.lockfile import NAME, Entry, read_lock
from podsand_gen.problems import fields, location_of, model_of, told, unknown_key
from podsand_gen.profile import ADD, EXTENDS, Profile, canonical_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class Loaded:
    """A profile, and where its values come from."""

    profile: Profile
    composition: Composition
    # What the lock has for this profile; None when there is no lock, or nothing in it.
    locked: Entry | None

    @cached_property
    def origins(self) -> Mapping[str, tuple[Origin, ...]]:
        """Who said the value of each key of the resolved profile. Several: who said the list, and who added to it."""
        keys = (key.split(".") for key in resolved_values(self.profile))
        return MappingProxyType({".".join(parts): self.composition.origin(parts) or (DEFAULT,) for parts in keys})


def resolved_values(profile: Profile) -> dict[str, Any]:
    """Every key of the resolved profile, dotted, with its value as TOML has it."""
    return {".".join(parts): value for parts, value in _leaves(tomllib.loads(canonical_toml(profile)))}


def load(path: Path, settings: Sequence[str] = (), *, where: str | None = None, lock: bool = True) -> Loaded:
    """Read, compose and validate. Paths in a file are relative to it; those in --set to the current directory."""
    where = where or show(str(path), 200)
    layers = gather(path, where)
    locked = read_lock(path).entry(path.name) if lock else None
    if locked is not None:
        layers.insert(0, Layer(Origin("lock", str(path.with_name(NAME))), locked))
    if settings:
        layers.append(_override_layer(settings))
    composition = compose(layers)
    return Loaded(validate(composition.values, where, composition), composition, locked)


def load_profile(path: Path, settings: Sequence[str] = (), *, where: str | None = None) -> Profile:
    """A file that came along with us has a name of its own (`where`), and no lock."""
    return load(path, settings, where=where, lock=where is None).profile


def load_resolved(text: str, where: Path) -> Profile:
    """A profile that carries everything already, as the one in a script does: no other file is read, whatever it names."""
    if len(text) > SIZE_LIMIT:
        raise ProfileFileError(where, "is larger than 1 MiB; a profile is not")
    raw = parse(where, text)
    check_schema(show(str(where), 200), raw)
    return validate(raw, show(str(where), 200))


def validate(raw: dict[str, Any], where: str, composition: Composition | None = None) -> Profile:
    try:
        return Profile.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # The rest is only counted: a hint costs time, and a stranger's profile can have a hundred thousand problems.
        problems = [told(detail) + _blame(detail, composition) for detail in details[:AT_MOST]]
        raise ProfileError(where, [*problems, *("" for _ in details[AT_MOST:])]) from None
    except RecursionError:
        raise ProfileError(where, ["tables are nested too deeply"]) from None


def _blame(detail: ErrorDetails, composition: Composition | None) -> str:
    """The tail of a problem: who said the value, unless it was the profile itself."""
    origins = composition.origin(location_of(detail)) if composition else ()
    others = [
        show(origin.source, 200) if origin.source else origin.kind for origin in origins if origin.kind not in ("file", "default")
    ]
    return f" (in {', '.join(others)})" if others else ""


def _leaves(table: Mapping[str, Any], parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*parents, key))
        else:
            yield (*parents, key), value


# --- --set


def _override_layer(settings: Sequence[str]) -> Layer:
    overrides: dict[str, Any] = {}
    for setting in settings:
        _override(overrides, setting)
    return make_layer(overrides, Origin("--set"), Path(), "--set")


def _override(raw: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    key = key.strip()
    if not equals or not re.fullmatch(r"[A-Za-z0-9_.-]+", key):
        raise SetOptionError(setting, "write key=value, such as sandbox.pids=512")
    parts = key.split(".")
    if parts[0] == EXTENDS:
        raise SetOptionError(setting, "a file extends others; write it there")
    field = _field(setting, parts[1:] if parts[0] == ADD else parts)
    if parts[0] == ADD and not is_list(field):
        raise SetOptionError(setting, f"{'.'.join(parts[1:])} is no list, so nothing can be added")
    table = raw
    for part in parts[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise SetOptionError(setting, f"{part} was set to {show(table)} before")
    table[parts[-1]] = _value(text, field)


def _field(setting: str, parts: Sequence[str]) -> FieldInfo:
    model: type[BaseModel] = Profile
    for index, part in enumerate(parts):
        field = fields(model).get(part)
        if field is None:
            raise SetOptionError(setting, unknown_key(tuple(parts[: index + 1])))
        if index + 1 == len(parts):
            return field
        inner = model_of(field)
        if inner is None:
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

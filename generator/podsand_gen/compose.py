"""One profile out of several files: which ones `extends` names, in which order, and what a later one does to an earlier one."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_origin

from podsand_gen.document import SIZE_LIMIT, parse, read_text
from podsand_gen.errors import ExtendsError, ProfileError, ProfileFileError, show
from podsand_gen.lock import PINNED
from podsand_gen.problems import fields, model_of, unknown_key
from podsand_gen.profile import ADD, DISTINCT, EXTENDS, SCHEMA, Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

DEPTH_LIMIT, FILES_LIMIT = 8, 32
# The keys that name a file.
_FILES = (("podman", "signing_key"), ("image", "dockerfile"))


@dataclass(frozen=True)
class Origin:
    """Where a value was said."""

    kind: Literal["default", "lock", "extends", "file", "--set"]
    source: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {show(self.source, 200)}" if self.source else self.kind


DEFAULT = Origin("default")
Parts = tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """What one file, or all --set together, say."""

    origin: Origin
    values: Mapping[str, Any]
    added: Mapping[Parts, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Composition:
    """The values of all layers, and a tree of the same shape that says of each leaf who said it."""

    values: dict[str, Any]
    origins: dict[str, Any]

    def origin(self, location: Sequence[int | str]) -> tuple[Origin, ...]:
        """Of a key, or of what is inside its value; empty when nobody said it."""
        found: Any = self.origins
        for part in location:
            if not isinstance(found, dict):
                break
            found = found.get(part, ())
        return found if isinstance(found, tuple) else ()


# --- from files to layers


def gather(path: Path, where: str) -> list[Layer]:
    """The file and all that it extends, the lowest first. A file that is met again counts once, where it was met first."""
    return list(_Gathering().layers(path, where, "file", ()))


class _Gathering:
    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.size = 0

    def layers(self, path: Path, where: str, kind: Literal["file", "extends"], chain: Sequence[Path]) -> Iterator[Layer]:
        text = read_text(path)
        self._account(path, text, chain)
        raw = parse(path, text)
        check_schema(where, raw)
        for word in _extended(where, raw.pop(EXTENDS, [])):
            yield from self._below(path, word, (*chain, path))
        yield make_layer(raw, Origin(kind, str(path)), path.parent, where)

    def _below(self, path: Path, word: str, chain: Sequence[Path]) -> Iterator[Layer]:
        target = path.parent / word
        _refuse_circle(path, word, target, chain)
        if os.path.realpath(target) in self.seen:
            return
        where = f"{show(str(target), 200)}, extended by {show(str(path), 200)}"
        try:
            yield from self.layers(target, where, "extends", chain)
        except ProfileFileError as error:
            raise ExtendsError(path, word, error.why) from None

    def _account(self, path: Path, text: str, chain: Sequence[Path]) -> None:
        self.seen.add(os.path.realpath(path))
        self.size += len(text)
        if len(chain) > DEPTH_LIMIT:
            raise ProfileFileError(path, f"is extended over more than {DEPTH_LIMIT} levels; extend it sooner")
        if len(self.seen) > FILES_LIMIT:
            raise ProfileFileError(path, f"is one of more than {FILES_LIMIT} files; extend fewer")
        if self.size > SIZE_LIMIT:
            raise ProfileFileError(path, "makes the profile larger than 1 MiB, all files together")


def _extended(where: str, words: object) -> list[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ProfileError(where, [f'{EXTENDS}: must be a list of files such as ["company.toml"], not {show(words)}'])
    if len(words) > FILES_LIMIT:
        raise ProfileError(where, [f"{EXTENDS}: names more than {FILES_LIMIT} files; extend fewer"])
    for word in words:
        if "\0" in word or "://" in word:
            raise ProfileError(where, [f"{EXTENDS}: {show(word)} is no path of a file here; download it first, and name the file"])
    return words


def _refuse_circle(path: Path, word: str, target: Path, chain: Sequence[Path]) -> None:
    real = [os.path.realpath(link) for link in chain]
    if os.path.realpath(target) in real:
        circle = chain[real.index(os.path.realpath(target)) :]
        names = " -> ".join(show(str(link), 200) for link in (*circle, target))
        raise ExtendsError(path, word, f"is a circle, {names}; take one of them out")


def check_schema(where: str, raw: Mapping[str, Any]) -> None:
    if "schema" not in raw:
        raise ProfileError(where, [f"schema: missing; write schema = {SCHEMA} as the first line"])
    if raw["schema"] != SCHEMA or isinstance(raw["schema"], bool):
        from podsand_gen import __version__

        raise ProfileError(where, [f"schema: {show(raw['schema'])} is not known to podsand-gen {__version__}; it knows {SCHEMA}"])


def make_layer(raw: dict[str, Any], origin: Origin, base: Path, where: str) -> Layer:
    added = _additions(where, raw.pop(ADD, {}))
    _inline_files(raw, base, where)
    return Layer(origin, raw, added)


def _inline_files(raw: Mapping[str, Any], base: Path, where: str) -> None:
    """Put the text of a file in the place of its path. A text that is already there stays, so a resolved profile loads again."""
    for name, key in _FILES:
        table = raw.get(name)
        value = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(value, str) and value and "\n" not in value:
            try:
                text = read_text(base / value)
            except ProfileFileError as error:
                raise ProfileError(where, [f"{name}.{key}: {error}"]) from None
            # With a line end even when it has none: that is how a text is told from a path.
            table[key] = text.rstrip("\n") + "\n"


# --- the lists under `add`


def _additions(where: str, table: object) -> dict[Parts, list[Any]]:
    found: dict[Parts, list[Any]] = {}
    problems = list(_collect(found, Profile, table, ()))
    if problems:
        raise ProfileError(where, problems)
    return found


def _collect(found: dict[Parts, list[Any]], model: type[BaseModel], table: object, parts: Parts) -> Iterator[str]:
    """Fill `found`; yield what is wrong."""
    if not isinstance(table, dict):
        yield f"{'.'.join((ADD, *parts))}: must be a table, not {show(table)}"
        return
    for key, value in table.items():
        place = (*parts, key)
        field_ = fields(model).get(key)
        inner = model_of(field_)
        if field_ is None:
            yield f"{ADD}.{unknown_key(place)}"
        elif inner is not None:
            yield from _collect(found, inner, value, place)
        elif not is_list(field_):
            yield f"{ADD}.{'.'.join(place)}: is no list, so nothing can be added; write {'.'.join(place)}"
        elif not isinstance(value, list):
            yield f'{ADD}.{".".join(place)}: must be a list such as ["a", "b"], not {show(value)}'
        else:
            found[place] = value


def is_list(found: FieldInfo) -> bool:
    return get_origin(found.annotation) is tuple


def field_at(parts: Sequence[str]) -> FieldInfo:
    model: type[BaseModel] = Profile
    for part in parts[:-1]:
        model = model_of(fields(model)[part]) or model
    return fields(model)[parts[-1]]


# --- from layers to one profile


def compose(layers: Iterable[Layer]) -> Composition:
    made = Composition({}, {})
    for layer in layers:
        _drop_outdated_hashes(made, layer.values)
        _overlay(made.values, made.origins, layer.values, layer.origin)
        for parts, items in layer.added.items():
            _add(made, parts, items, layer.origin)
    return made


def _overlay(values: dict[str, Any], origins: dict[str, Any], upper: Mapping[str, Any], origin: Origin) -> None:
    for key, value in upper.items():
        if not isinstance(value, dict):
            values[key], origins[key] = value, (origin,)
            continue
        if not isinstance(values.get(key), dict):
            values[key], origins[key] = {}, {}
        _overlay(values[key], origins[key], value, origin)


def _drop_outdated_hashes(made: Composition, upper: Mapping[str, Any]) -> None:
    """Hashes and commits belong to a version: whoever names another one takes none of those below."""
    for pin in PINNED:
        below, above = made.values.get(pin.table), upper.get(pin.table)
        if not isinstance(below, dict) or not isinstance(above, dict) or pin.version not in above:
            continue
        if above[pin.version] != below.get(pin.version):
            for key in pin.below:
                below.pop(key, None)
                made.origins[pin.table].pop(key, None)


def _add(made: Composition, parts: Parts, items: Sequence[Any], origin: Origin) -> None:
    values, origins = made.values, made.origins
    for part in parts[:-1]:
        values, origins = values.setdefault(part, {}), origins.setdefault(part, {})
        if not isinstance(values, dict):
            return  # the model says so
    key, kind = parts[-1], field_at(parts)
    below = values.get(key, list(kind.default))
    if not isinstance(below, list):
        return
    new = _absent(items, below) if DISTINCT in kind.metadata else items
    if new:
        before = origins.get(key, (DEFAULT,))
        values[key] = [*below, *new]
        origins[key] = before if before[-1] == origin else (*before, origin)


def _absent(items: Sequence[Any], below: Sequence[Any]) -> list[Any]:
    """What is not there yet, once. What is no text stays: the model refuses it."""
    seen = {item for item in below if isinstance(item, str)}
    new = []
    for item in items:
        if not isinstance(item, str):
            new.append(item)
        elif item not in seen:
            new.append(item)
            seen.add(item)
    return new

"""Snippets: their front matter, their text, and the library that holds them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from podsand_gen.errors import LibraryError, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VETTED = "VETTED.toml"
SHELL_LINE = "# shellcheck shell=bash"
OPEN_LINE = "# /// snippet"
CLOSE_LINE = "# ///"


def _from_list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")], ...], BeforeValidator(_from_list)]
Params = Annotated[tuple[Annotated[str, Field(pattern=r"^CFG_[A-Z0-9_]+$")], ...], BeforeValidator(_from_list)]
Phrase = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]
Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_from_list)]


class Download(BaseModel):
    """What a snippet fetches, from where, and what holds it to the bytes that were meant."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    what: Phrase
    source: Phrase
    pin: Phrase


class FrontMatter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    summary: Phrase
    requires: Names = ()
    params: Params = ()
    hosts: Phrases = ()
    downloads: Annotated[tuple[Download, ...], BeforeValidator(_from_list)] = ()
    writes: Phrases = ()
    undo: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Phrase] = Field(default_factory=dict)
    tools: Phrases = ()
    step: str = ""
    command: str = Field("", pattern=r"^([a-z][a-z0-9-]*)?$")
    root: bool = False
    commands: Phrases = ()
    data: bool = False

    @model_validator(mode="after")
    def _one_role(self) -> Self:
        if self.step and self.command:
            msg = "a snippet is a step or a command, not both"
            raise ValueError(msg)
        if self.step and self.step != self.prefix:
            msg = f"step must be {show(self.prefix)}, as the name says"
            raise ValueError(msg)
        if self.command and self.name != f"command/{self.command}":
            msg = f"the snippet of command {show(self.command)} is named {show(f'command/{self.command}')}"
            raise ValueError(msg)
        return self

    @property
    def prefix(self) -> str:
        """What every function of the file begins with."""
        return re.sub(r"[/-]", "_", self.name.removeprefix("core/"))


@dataclass(frozen=True)
class Snippet:
    path: Path
    text: str
    meta: FrontMatter
    body: str
    body_line: int

    @property
    def name(self) -> str:
        return self.meta.name

    @cached_property
    def sha256(self) -> str:
        """Of the whole file: what VETTED.toml vouches for."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def body_sha256(self) -> str:
        """Of what lands in a script: what a region's first line says."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True)
class Library:
    path: Path
    snippets: Mapping[str, Snippet]
    vetted: Mapping[str, str]

    @classmethod
    def load(cls, path: Path) -> Library:
        """Read every snippet below a directory; what cannot be read is one error with all the problems."""
        if not path.is_dir():
            raise LibraryError([f"{path}: there is no such directory"])
        problems: list[str] = []
        snippets: dict[str, Snippet] = {}
        for file in sorted(path.rglob("*.bash")):
            try:
                snippet = parse_snippet(file, f"{file.relative_to(path).with_suffix('')}")
            except LibraryError as error:
                problems += error.problems
            else:
                snippets[snippet.name] = snippet
        if problems:
            raise LibraryError(problems)
        return cls(path, snippets, _load_vetted(path / VETTED))

    def unvetted(self, names: Iterable[str] | None = None) -> tuple[str, ...]:
        chosen = self.snippets if names is None else names
        return tuple(sorted(name for name in chosen if self.vetted.get(name) != self.snippets[name].sha256))


def parse_snippet(path: Path, name: str) -> Snippet:
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError([f"{path}:1: cannot be read: {error}"]) from None
    lines = text.splitlines()
    if lines[:2] != [SHELL_LINE, OPEN_LINE] or CLOSE_LINE not in lines:
        raise LibraryError([f"{path}:1: must begin with '{SHELL_LINE}', then '{OPEN_LINE}' … '{CLOSE_LINE}'"])
    close = lines.index(CLOSE_LINE)
    if len(lines) < close + 3 or lines[close + 1] or not lines[close + 2]:
        raise LibraryError([f"{path}:{close + 2}: after the front matter come one empty line and the functions"])
    meta = _front_matter(path, lines[2:close])
    if meta.name != name:
        raise LibraryError([f"{path}:3: is named {show(meta.name)}; its place says {show(name)}"])
    body = "".join(text.splitlines(keepends=True)[close + 2 :])
    return Snippet(path, text, meta, body, close + 3)


def _front_matter(path: Path, lines: list[str]) -> FrontMatter:
    for number, line in enumerate(lines, start=3):
        if not line.startswith("# "):
            raise LibraryError([f"{path}:{number}: a line of the front matter begins with '# '"])
    try:
        return FrontMatter.model_validate(tomllib.loads("\n".join(line[2:] for line in lines)))
    except ValidationError as error:
        raise LibraryError(
            [
                f"{path}:3: {'.'.join(map(str, detail['loc'])) or 'front matter'}: {detail['msg'].removeprefix('Value error, ')}"
                for detail in error.errors(include_url=False)
            ]
        ) from None
    except ValueError as error:
        raise LibraryError([f"{path}:3: the front matter is not TOML: {error}"]) from None


def _load_vetted(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise LibraryError([f"{path}:1: cannot be read: {error}"]) from None
    return {name: digest for name, digest in table.items() if isinstance(digest, str)}


def write_vetted(library: Library) -> None:
    lines = [
        "# sha256 of every snippet as it was when it last passed the contract check, its bats file and a review.",
        "# Written by: podsand-gen snippets --vet",
        "",
        *(f'"{name}" = "{snippet.sha256}"' for name, snippet in sorted(library.snippets.items())),
    ]
    (library.path / VETTED).write_text("\n".join(lines) + "\n", encoding="utf-8")

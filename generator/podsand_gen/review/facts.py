"""What a plan does to a machine, step by step: found in the front matter of the snippets, along the calls of their functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from podsand_gen.calls import PLACEHOLDER, CallGraph, needs_words
from podsand_gen.policy import ORDERS, TRUST, Pinned, keys, pin_trust, told, value
from podsand_gen.profile import Download as ImageDownload
from podsand_gen.profile import Hashes, Mirror, Profile, SomeHashes, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from podsand_gen.plan import Plan
    from podsand_gen.snippet import Download as Declared
    from podsand_gen.snippet import Snippet

_BRACES = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)+)\}")
_CONSTANT = re.compile(r"\b(TOOLS|CFG_[A-Z0-9_]+)\b")


@dataclass(frozen=True)
class Pin:
    """`name` is a kind of hash and, where there are several, the architecture; an empty value is no pin at all."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Download:
    """`key` is the profile's key that pins it, `items` what it is made of where that is a list."""

    what: str
    source: str
    key: str
    pins: tuple[Pin, ...]
    items: tuple[str, ...] = ()

    @property
    def pinned(self) -> bool:
        return any(pin.value for pin in self.pins)


@dataclass(frozen=True)
class Undo:
    kind: str
    means: str
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """`commands` run as root; `unvetted` are the snippets among those it comes to that nobody here vouches for."""

    name: str
    summary: str
    root: bool
    commands: tuple[str, ...]
    hosts: tuple[str, ...]
    downloads: tuple[Download, ...]
    writes: tuple[str, ...]
    undo: tuple[Undo, ...]
    snippets: tuple[str, ...]
    unvetted: tuple[str, ...]

    @property
    def vetted(self) -> bool:
        return not self.unvetted


def steps(plan: Plan, profile: Profile, foreign: Iterable[str] = ()) -> tuple[Step, ...]:
    """`foreign` are the regions whose bodies are not the library's."""
    facts = _Facts(plan, profile)
    suspects = {*plan.unvetted, *foreign}
    return tuple(facts.step(facts.snippets[name], suspects) for name in (*plan.steps_root, *plan.steps_user))


class _Facts:
    def __init__(self, plan: Plan, profile: Profile) -> None:
        self.plan, self.profile = plan, profile
        lists = {"TOOLS": plan.tools, "IMAGE_PARTS": plan.image_parts, "IMAGE_LAYERS": plan.image_layers}
        self.constants = {**dict(plan.config), **lists}
        self.snippets = {snippet.name: snippet for region in plan.regions for snippet in region.snippets}
        self.graph = CallGraph.of(self.snippets.values(), self.constants)

    @cached_property
    def declared(self) -> Mapping[str, tuple[tuple[str, bool], ...]]:
        """The root commands of each function, as its front matter spells them: they stand in the order of the file."""
        found: dict[str, tuple[tuple[str, bool], ...]] = {}
        waiting = {name: list(snippet.meta.commands) for name, snippet in self.snippets.items()}
        for function, name in self.graph.owner.items():
            handed = needs_words(self.graph.code[function]) if waiting[name] else []
            found[function] = tuple(zip(waiting[name], handed, strict=False))
            del waiting[name][: len(handed)]
        return found

    def step(self, snippet: Snippet, suspects: set[str]) -> Step:
        functions = self.graph.reach(f"{snippet.meta.step}_apply")
        checked = self.graph.reach(f"{snippet.meta.step}_check")
        names = dict.fromkeys([snippet.name, *(self.graph.owner[function] for function in (*functions, *checked))])
        # Another step's doings are its own, unless this one does them for it; a check does nothing.
        doing = dict.fromkeys([snippet.name, *(self.graph.owner[function] for function in functions)])
        helpers = [self.snippets[name] for name in doing if self._is_helper(name, snippet, functions)]
        return Step(
            name=snippet.name,
            summary=snippet.meta.summary,
            root=snippet.meta.root,
            commands=tuple(dict.fromkeys(self._commands(functions))),
            hosts=tuple(dict.fromkeys(host for helper in helpers for word in helper.meta.hosts for host in self._hosts(word))),
            downloads=tuple(found for helper in helpers for one in helper.meta.downloads for found in self._downloads(one)),
            writes=tuple(dict.fromkeys(place for helper in helpers for text in helper.meta.writes if (place := self._place(text)))),
            undo=tuple(self._undo(kind) for kind in self.graph.kinds(functions)),
            snippets=tuple(sorted(names)),
            unvetted=tuple(sorted(suspects.intersection(names))),
        )

    def _is_helper(self, name: str, step: Snippet, functions: Iterable[str]) -> bool:
        other = self.snippets[name].meta.step
        return name == step.name or not other or f"{other}_apply" in functions

    def _commands(self, functions: Sequence[str]) -> Iterator[str]:
        as_root = self.graph.handed(functions)
        for function in functions:
            for command, needs_words_ in self.declared[function]:
                if not needs_words_ or function in as_root:
                    yield PLACEHOLDER.sub(self._filled, command)

    def _filled(self, match: re.Match[str]) -> str:
        """A gap that is one constant is its value; in others, constants are named by theirs."""
        if (name := match[0][1:-1]) in self.constants:
            return _joined(self.constants[name])
        return _CONSTANT.sub(lambda name: _joined(self.constants.get(name[1], name[1])), match[0])

    def _undo(self, kind: str) -> Undo:
        owner = self.graph.owner.get(f"{kind}_undo", "")
        means = self.snippets[owner].meta.undo.get(kind, "") if owner else ""
        return Undo(kind, means, tuple(self._commands(self.graph.reach(f"{kind}_undo"))))

    def _hosts(self, word: str) -> Iterator[str]:
        key, _, default = word.partition("|")
        if key not in KEYS:
            yield word
            return
        found = value(self.profile, key)
        if not found:
            yield from [default] if default else []
        elif isinstance(found, str):
            yield host(found)
        else:
            yield from (host(address) for item in found for address in _addresses(item))

    def _downloads(self, declared: Declared) -> Iterator[Download]:
        table, _, column = declared.pin.rpartition(".")
        if table not in KEYS:
            yield self._download(declared)
            return
        # One for each row of a list of tables.
        for row in value(self.profile, table):
            what, source = (_of_row(row, table, text) for text in (declared.what, declared.source))
            yield Download(what, source, table, tuple(_hashes(getattr(row, column), TRUST["given"])))

    def _download(self, declared: Declared) -> Download:
        lists = [self._constant(key) for key in _BRACES.findall(declared.what)]
        items = tuple(item for found in lists if isinstance(found, tuple) for item in found)
        key = declared.pin if declared.pin in KEYS else ""
        return Download(self._said(declared.what), self._said(declared.source), key, tuple(self._pins(declared.pin)), items)

    def _said(self, text: str) -> str:
        return _BRACES.sub(lambda match: told(self._constant(match[1])) if match[1] in KEYS else match[0], text)

    def _constant(self, key: str) -> object:
        """As the script has it: what the plan adds to the profile is in it."""
        name = f"CFG_{key.replace('.', '_').upper()}"
        return self.constants[name] if name in self.constants else value(self.profile, key)

    def _pins(self, key: str) -> Iterator[Pin]:
        if key not in KEYS:
            yield Pin("", "", key)
            return
        found = value(self.profile, key)
        order = ORDERS.get(key)
        note = TRUST[pin_trust(order.program, value(self.profile, order.version), found)] if isinstance(order, Pinned) else ""
        if isinstance(found, Hashes | SomeHashes):
            yield from _hashes(found, note)
        elif re.fullmatch(r"[0-9a-f]{40}", found):
            yield Pin("commit", found, note or "what it holds is for its owner to say")
        elif re.fullmatch(r"[0-9a-f]{64}", found):
            yield Pin("sha256", found, note or _default(key, found))
        elif "@sha256:" in found:
            yield Pin("digest", found.partition("@")[2])
        elif "\n" in found:
            yield Pin("signed by the key of", told(found))
        else:
            yield Pin("", "", "a tag, which can move: not pinned")

    def _place(self, text: str) -> str:
        data = "~/.local/share/podsand"
        home = f"{data}/home" if self.profile.conf.scope == "private" else "~"
        places = {
            "@data": data,
            "@conf": f"{home}/.config/containers",
            "@prefix": self.profile.podman.prefix,
            "@launcher": f"{self.profile.launcher.directory}/{self.profile.launcher.name}",
        }
        text = text.replace("<agent>", self.profile.agent.name)
        if match := _BRACES.fullmatch(text):
            return str(self._constant(match[1]))
        return re.sub(r"^@[a-z]+", lambda match: places.get(match[0], match[0]), text)


KEYS = frozenset(keys())


def _hashes(found: Hashes | SomeHashes, note: str) -> Iterator[Pin]:
    for arch, pin in found.model_dump().items():
        yield Pin(f"sha256 {arch}", pin, note) if pin else Pin("", "", f"none for {arch}: there the script stops")


def _default(key: str, found: str) -> str:
    usual = value(Profile.model_validate({"schema": 1, "name": "usual"}), key)
    return TRUST["known" if found == usual else "given"]


def _of_row(row: Table, table: str, text: str) -> str:
    return re.sub(rf"\{{{table}\.([a-z0-9_.]+)\}}", lambda match: str(attrgetter(match[1])(row)), text)


def _addresses(item: str | Table) -> tuple[str, ...]:
    if isinstance(item, ImageDownload):
        return item.url.amd64, item.url.arm64
    return (item.location,) if isinstance(item, Mirror) else (str(item),)


def host(address: str) -> str:
    """The host, with its port if there is one, of an address or of an image's name."""
    return address.partition("://")[2].partition("/")[0] if "://" in address else address.partition("/")[0]


def _joined(constant: object) -> str:
    return " ".join(constant) if isinstance(constant, tuple) else str(constant)

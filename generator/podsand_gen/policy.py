"""Which way is weaker: an order for every key of the profile. A key without one counts as weaker, and fails a test."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from podsand_gen.lock import pins, version_key
from podsand_gen.profile import Hashes, Profile, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Verdict = Literal["weaker", "stronger", "pin", "neutral"]


@dataclass(frozen=True)
class Move:
    """One step of one key, and what it means for the isolation. Of a list: what is new in it, or, without `new`, gone from it."""

    key: str
    verdict: Verdict
    old: str
    new: str
    why: str = ""


# --- the kinds of orders


@dataclass(frozen=True)
class Order:
    """Any change is weaker, because nobody can rank it: the order of keys that decide what runs or who is trusted."""

    why: str = "cannot be ranked: somebody has to judge it"
    empty: str = "none"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            yield self._move(key, "weaker", old, new)

    def between(self, key: str, old: Profile, new: Profile) -> Iterator[Move]:
        yield from self.moves(key, value(old, key), value(new, key))

    def _move(self, key: str, verdict: Verdict, old: Any, new: Any, why: str | None = None) -> Move:
        return Move(key, verdict, told(old, self.empty), told(new, self.empty), self.why if why is None else why)


@dataclass(frozen=True)
class Neutral(Order):
    """The key has no bearing on the isolation; `why` says why not."""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            yield self._move(key, "neutral", old, new)


@dataclass(frozen=True)
class Permits(Order):
    """Each value permits a set of things: more of them is weaker, and so is one thing for another."""

    sets: Mapping[object, frozenset[str]] = field(default_factory=dict)

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old == new:
            return
        # A value that has no set here permits what nobody knows.
        before, after = self.sets.get(old, frozenset()), self.sets.get(new, frozenset("?"))
        yield self._move(key, "stronger" if after < before else "weaker", old, new)


def ranked(*strongest_first: object, why: str = "") -> Permits:
    return Permits(why, sets={item: frozenset(map(str, range(rank))) for rank, item in enumerate(strongest_first)})


@dataclass(frozen=True)
class Ceiling(Order):
    """A limit: more is weaker, and "" is no limit at all."""

    why: str = ""
    empty: str = "unlimited"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        before, after = _amount(old), _amount(new)
        if old != new:
            verdict: Verdict = "neutral" if before == after else "weaker" if after > before else "stronger"
            yield self._move(key, verdict, old, new)


def _amount(limit: str | int) -> float:
    if limit == "":
        return float("inf")
    text = str(limit)
    unit = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}.get(text[-1])
    return float(text) if unit is None else float(int(text[:-1]) * unit)


@dataclass(frozen=True)
class Fewer(Order):
    """A set of things that are let in: one more is weaker, one less is stronger."""

    why: str = ""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        before, after = frozenset(old), frozenset(new)
        yield from (Move(key, "weaker", "", item, self.why) for item in new if item not in before)
        yield from (Move(key, "stronger", item, "", self.why) for item in old if item not in after)
        if old != new and before == after:
            yield self._move(key, "neutral", old, new, "the same in another order")


@dataclass(frozen=True)
class Rows(Order):
    """A list of tables, each one thing that is let in, known by its `names`; the other columns have orders of their own."""

    names: tuple[str, ...] = ()
    columns: Mapping[str, Order] = field(default_factory=dict)

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        before = {self._name(row): row for row in old}
        after = {self._name(row): row for row in new}
        yield from (Move(key, "weaker", "", self._row(row), self.why) for name, row in after.items() if name not in before)
        yield from (Move(key, "stronger", self._row(row), "", self.why) for name, row in before.items() if name not in after)
        for one, other in [(row, after[name]) for name, row in before.items() if name in after]:
            for column, order in self.columns.items():
                for move in order.moves(key, getattr(one, column), getattr(other, column)):
                    yield self._move(key, move.verdict, self._row(one), self._row(other), move.why)
        if old != new and sorted(map(repr, old)) == sorted(map(repr, new)):
            yield self._move(
                key, "neutral", " ".join(map(self._row, old)), " ".join(map(self._row, new)), "the same in another order"
            )

    def _name(self, row: Table) -> tuple[str, ...]:
        return tuple(str(getattr(row, name)) for name in self.names)

    def _row(self, row: Table) -> str:
        flags = [column for column in self.columns if getattr(row, column) is True]
        return " ".join([" at ".join(self._name(row)), *(f"({flag})" for flag in flags)])


@dataclass(frozen=True)
class Absent(Order):
    """Somebody or something is trusted: nobody is stronger, anybody is weaker, and another one cannot be ranked."""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            yield self._move(key, "weaker" if new else "stronger", old, new)


@dataclass(frozen=True)
class Present(Order):
    """Something is demanded: without it is weaker, with it is stronger, and another one cannot be ranked."""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            yield self._move(key, "weaker" if old else "stronger", old, new)


@dataclass(frozen=True)
class Source(Order):
    """Where something comes from that is pinned: who hands it over hardly matters, whether it travels in the clear does."""

    why: str = "what comes from there is held to its sha256"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old == new:
            return
        before, after = old.startswith("http:"), new.startswith("http:")
        verdict: Verdict = "neutral" if before == after else "weaker" if after else "stronger"
        why = (
            self.why
            if before == after
            else "http: everybody on the way can read and change it"
            if after
            else "no longer in the clear"
        )
        yield self._move(key, verdict, old, new, why)


@dataclass(frozen=True)
class Image(Order):
    """An image: another repository cannot be ranked, a digest is stronger than a tag, and from one tag to the next a pin moves."""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old == new:
            return
        if _repository(old) != _repository(new):
            yield self._move(key, "weaker", old, new, "comes from somewhere else: cannot be ranked")
        elif ("@" in old) != ("@" in new):
            why = "held to its digest" if "@" in new else "a tag can move: whoever may write it decides what is pulled"
            yield self._move(key, "stronger" if "@" in new else "weaker", old, new, why)
        else:
            yield self._move(key, "pin", old, new, "" if "@" in new else "a tag, which can move")


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


@dataclass(frozen=True)
class Version(Order):
    """A pinned version: back is weaker, because holes were mended since; forth, a pin moves."""

    why: str = "goes back: what was mended since is open again"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            back = version_key(new) < version_key(old)
            yield self._move(key, "weaker" if back else "pin", old, new, self.why if back else "")


@dataclass(frozen=True)
class Pinned(Order):
    """Hashes of a version: others for the same version, or others than are known here, are weaker."""

    program: str = ""
    version: str = ""

    def between(self, key: str, old: Profile, new: Profile) -> Iterator[Move]:
        before, after = value(old, key), value(new, key)
        moved = value(old, self.version) != value(new, self.version)
        trust = pin_trust(self.program, value(new, self.version), after)
        for arch in ("amd64", "arm64"):
            one, other = getattr(before, arch), getattr(after, arch)
            if one != other and not moved:
                yield Move(f"{key}.{arch}", "weaker", one, other, f"other bytes under the same version {value(new, self.version)}")
            elif one != other:
                yield Move(f"{key}.{arch}", "weaker" if trust == "contradicts" else "pin", one, other, TRUST[trust])


Trust = Literal["known", "given", "contradicts"]
TRUST: dict[Trust, str] = {
    "known": "as podsand-gen knows it",
    "given": "given by the profile: nobody else vouches for it",
    "contradicts": "NOT what podsand-gen knows for this version",
}


def pin_trust(program: str, version: str, hashes: Hashes) -> Trust:
    known = pins(program).lookup(version)
    if known is None:
        return "given"
    return "known" if known == hashes.model_dump() else "contradicts"


# --- the keys


_PROXY = "sees where the script connects to"

ORDERS: dict[str, Order] = {
    "schema": Neutral("the language of the profile"),
    "name": Neutral("a label"),
    "podman.source": ranked("release", "system", why="a system's podman is held to no sha256"),
    "podman.version": Version(),
    "podman.mirror": Source(),
    "podman.prefix": Neutral("a place; new files are listed"),
    "podman.signing_key": Present("who may sign podman's archive"),
    "podman.sha256": Pinned(program="podman", version="podman.version"),
    "conf.scope": ranked("private", "user", why="the user's own podman shares its files, store and configuration"),
    "conf.storage_driver": Neutral("how images are stored"),
    "conf.ignore_chown_errors": ranked(False, True, why="files of the image lose their owners, and belong to the agent's user"),
    "conf.registries": Fewer("images may come from there"),
    "conf.mirrors": Rows(
        "is asked before the registry itself",
        names=("prefix", "location"),
        columns={"insecure": ranked(False, True, why="everybody on the way can exchange images")},
    ),
    "image.name": Neutral("a label"),
    "image.base": Image(),
    "image.packages": Neutral("what is in the image; new downloads are listed"),
    "image.node_version": Version(),
    "image.node_mirror": Source(),
    "image.node_sha256": Pinned(program="node", version="image.node_version"),
    "agent.name": Order("another program"),
    "agent.version": Version(),
    "agent.npm_registry": Source("the agent's program from there is held to its sha256"),
    "agent.command": Order("decides what runs in the sandbox"),
    "agent.sha256": Pinned(program="claude-code", version="agent.version"),
    "sandbox.user": ranked("agent", "root", why="root in the container has capabilities"),
    "sandbox.seccomp": Permits(
        "system calls",
        sets={"strict": frozenset(), "debug": frozenset(["tracing"]), "nested": frozenset(["namespaces", "mounts"])},
    ),
    "sandbox.memory": Ceiling(),
    "sandbox.cpus": Ceiling(),
    "sandbox.pids": Ceiling(),
    "sandbox.tmp_size": Ceiling(),
    "sandbox.home": ranked("tmpfs", "volume", why="what an agent leaves in its home meets the next one"),
    "sandbox.home_size": Ceiling(),
    "sandbox.protect_git": ranked(True, False, why="hooks and configuration of the repository run on the host"),
    "sandbox.env": Fewer("its value is the agent's to read"),
    "sandbox.network": ranked("none", "pasta", why="what it can read it can send"),
    "sandbox.mounts": Rows(
        "one more thing of the host",
        names=("source", "target"),
        columns={"writable": ranked(False, True, why="the agent may change it")},
    ),
    "launcher.name": Neutral("a label; new files are listed"),
    "launcher.directory": Neutral("a place; new files are listed"),
    "script.commands": Neutral("which commands the script has"),
    "proxy.url": Absent(_PROXY),
    "proxy.no_proxy": Fewer("goes past the proxy"),
    "proxy.credentials_env": Absent("a login that the script reads"),
    "proxy.credentials_file": Absent("a login that the script reads"),
    "proxy.ca_bundle": Absent("whoever holds its keys can read and change what goes over TLS, in the sandbox too"),
}

# Keys that have no effect beside others: that they differ is told, and means nothing.
INERT: dict[str, Callable[[Profile], bool]] = {
    "sandbox.home_size": lambda profile: profile.sandbox.home == "volume",
    **dict.fromkeys(
        ("podman.version", "podman.mirror", "podman.signing_key", "podman.sha256"),
        lambda profile: profile.podman.source == "system",
    ),
}
_INERT = Neutral("has no effect beside the other keys")
_UNKNOWN = Order("podsand-gen has no order for this key: somebody has to judge it")


def keys(model: type[Table] = Profile, prefix: str = "") -> Iterator[str]:
    """Every key that can be compared, dotted: a pair of hashes and a list of tables are one."""
    for name, info in model.model_fields.items():
        key = f"{prefix}{info.alias or name}"
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, Table) and not issubclass(inner, Hashes):
            yield from keys(inner, f"{key}.")
        else:
            yield key


def compare(old: Profile, new: Profile) -> tuple[Move, ...]:
    """Every key that says something else, in the order of the keys."""
    return tuple(move for key in keys() for move in _order(key, old, new).between(key, old, new))


def _order(key: str, old: Profile, new: Profile) -> Order:
    inert = INERT.get(key)
    return _INERT if inert and (inert(old) or inert(new)) else ORDERS.get(key, _UNKNOWN)


def value(profile: Profile, key: str) -> Any:
    found: Any = profile
    for part in key.split("."):
        found = getattr(found, "schema_" if part == "schema" else part)
    return found


def columns(key: str) -> tuple[str, ...]:
    """The columns of a key that holds a list of tables; none otherwise."""
    model: Any = Profile
    for part in key.split("."):
        info = model.model_fields["schema_" if part == "schema" else part]
        model = info.annotation
    row = (get_args(model) or (None,))[0]
    return tuple(row.model_fields) if isinstance(row, type) and issubclass(row, Table) else ()


def told(item: Any, empty: str = "none") -> str:
    """A value as the report says it, on one line."""
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, list | tuple):
        return shlex.join(map(str, item)) or empty
    text = str(item)
    if "\n" in text:
        return f"sha256 {hashlib.sha256(text.encode()).hexdigest()}"
    return text or empty

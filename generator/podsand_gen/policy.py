"""Which way is weaker: an order for every key of the profile. A key without one counts as weaker, and fails a test."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from podsand_gen.lock import pins, version_key
from podsand_gen.profile import Hashes, Profile, SomeHashes, Table, Urls, inert_keys, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    """Each value permits a set of things: more of them is weaker, so is one thing for another, and the same is neither."""

    sets: Mapping[object, frozenset[str]] = field(default_factory=dict)

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old == new:
            return
        # A value that has no set here permits what nobody knows.
        before, after = self.sets.get(old, frozenset()), self.sets.get(new, frozenset("?"))
        verdict: Verdict = "neutral" if after == before else "stronger" if after < before else "weaker"
        yield self._move(key, verdict, old, new)

    def crossing(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        """Where the key has an effect on one side only, None stands for the other: what is not there permits nothing."""
        if self.sets.get(new if old is None else old, frozenset("?")):
            yield self._move(key, "weaker" if old is None else "stronger", old, new)


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

    more: Verdict = "weaker"
    less: Verdict = "stronger"
    names: tuple[str, ...] = ()
    columns: Mapping[str, Order] = field(default_factory=dict)

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        before = {self._name(row): row for row in old}
        after = {self._name(row): row for row in new}
        yield from (Move(key, self.more, "", self._row(row), self.why) for name, row in after.items() if name not in before)
        yield from (Move(key, self.less, self._row(row), "", self.why) for name, row in before.items() if name not in after)
        for one, other in [(row, after[name]) for name, row in before.items() if name in after]:
            for column, order in self.columns.items():
                for move in order.moves(key, getattr(one, column), getattr(other, column)):
                    ours, theirs = self._row(one, column, move.old), self._row(other, column, move.new)
                    yield self._move(key, move.verdict, ours, theirs, move.why)
        if old != new and sorted(map(repr, old)) == sorted(map(repr, new)):
            yield self._move(
                key, "neutral", " ".join(map(self._row, old)), " ".join(map(self._row, new)), "the same in another order"
            )

    def _name(self, row: Table) -> tuple[str, ...]:
        return tuple(str(getattr(row, name)) for name in self.names)

    def _row(self, row: Table, column: str = "", said: str = "") -> str:
        """With its flags, and with the column that changed when it is none."""
        flags = [name for name in self.columns if getattr(row, name) is True]
        changed = [column, said] if column and not isinstance(getattr(row, column), bool) else []
        return " ".join([" at ".join(self._name(row)), *(f"({flag})" for flag in flags), *changed])


@dataclass(frozen=True)
class Absent(Order):
    """Somebody or something is trusted: nobody is stronger, anybody is weaker, and another one cannot be ranked."""

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new and (old or new):
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
        before, after = map(_in_the_clear, (old, new))
        verdict: Verdict = "neutral" if before == after else "weaker" if after else "stronger"
        why = (
            self.why
            if before == after
            else "http: everybody on the way can read and change it"
            if after
            else "no longer in the clear"
        )
        yield self._move(key, verdict, old, new, why)


def _in_the_clear(address: str | Urls) -> bool:
    addresses = (address.amd64, address.arm64) if isinstance(address, Urls) else (address,)
    return any(one.startswith("http:") for one in addresses)


@dataclass(frozen=True)
class Bytes(Order):
    """Hashes of something that has no version: others are other bytes, which nobody here knows."""

    why: str = "given by the profile: nobody else vouches for it"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old != new:
            yield self._move(key, "pin", old, new)


@dataclass(frozen=True)
class Commit(Order):
    """A commit of a repository: another one is another state of it, which nobody here knows."""

    why: str = "another state of the repository: somebody has to read what is between the two"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if old and new and old != new:
            yield self._move(key, "pin", old, new)


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
    empty: str = "the newest"

    def moves(self, key: str, old: Any, new: Any) -> Iterator[Move]:
        if not (old and new) and old != new:
            # The newest may have holes mended, and be anything.
            yield self._move(key, "weaker", old, new, "a version that is chosen, or whatever is the newest: cannot be ranked")
        elif old != new:
            back = version_key(new) < version_key(old)
            yield self._move(key, "weaker" if back else "pin", old, new, self.why if back else "")


@dataclass(frozen=True)
class Pinned(Order):
    """Hashes of a version: others for the same version, or others than are known here, are weaker."""

    program: str = ""
    version: str = ""

    def between(self, key: str, old: Profile, new: Profile) -> Iterator[Move]:
        moved = value(old, self.version) != value(new, self.version)
        before = self._pins(key, old)
        for name, pin in self._pins(key, new).items():
            if before[name] != pin and not moved:
                why = f"other bytes under the same version {value(new, self.version)}"
                yield self._move(name, "weaker", before[name], pin, why)
            elif before[name] != pin:
                trust = self._trust(key, new)
                yield self._move(name, "weaker" if trust == "contradicts" else "pin", before[name], pin, TRUST[trust])

    def arrival(self, key: str, new: Profile) -> Iterator[Move]:
        """What is to be said of a pin that had no effect before."""
        if self._trust(key, new) == "contradicts":
            yield from (self._move(name, "weaker", "", pin, TRUST["contradicts"]) for name, pin in self._pins(key, new).items())

    def _trust(self, key: str, profile: Profile) -> Trust:
        return pin_trust(self.program, value(profile, self.version), value(profile, key))

    def _pins(self, key: str, profile: Profile) -> dict[str, str]:
        found = value(profile, key)
        return {key: found} if isinstance(found, str) else {f"{key}.{arch}": getattr(found, arch) for arch in ("amd64", "arm64")}


Trust = Literal["known", "given", "contradicts"]
TRUST: dict[Trust, str] = {
    "known": "as podsand-gen knows it",
    "given": "given by the profile: nobody else vouches for it",
    "contradicts": "NOT what podsand-gen knows for this version",
}


def pin_trust(program: str, version: str, pin: Hashes | SomeHashes | str) -> Trust:
    """Of the hashes of a version, or of its commit."""
    if isinstance(pin, str):
        given, known = {"": pin}, {"": pins(program).commits.get(version, "")}
    else:
        given, known = pin.model_dump(), pins(program).lookup(version) or {}
    if not any(known.values()):
        return "given"
    return "known" if all(known[name] == found for name, found in given.items() if found) else "contradicts"


# --- the keys


_PROXY = "sees where the script connects to"

ORDERS: dict[str, Order] = {
    "schema": Neutral("the language of the profile"),
    "name": Neutral("a label"),
    "podman.source": Permits(
        "an archive is held to its sha256; a build is not, whose Dockerfile fetches what no hash holds, nor is a system's podman",
        sets={
            "release": frozenset(),
            "archive": frozenset(),
            "build": frozenset(["sources that no hash holds"]),
            "system": frozenset(["any version that is there"]),
        },
    ),
    "podman.version": Version(),
    "podman.builder": ranked("podman", "docker", why="docker is a daemon that runs as root, and is installed where there is none"),
    "podman.repository": Source("what comes from there is held to its commit"),
    "podman.commit": Pinned(program="podman", version="podman.version"),
    "podman.mirror": Source(),
    "podman.archives": Neutral("a place; what is taken from there is held to its sha256"),
    "podman.prefix": Neutral("a place; new files are listed"),
    "podman.signing_key": Present("who may sign podman's archive"),
    "podman.sha256": Pinned(program="podman", version="podman.version"),
    "docker.mirror": Source("packages from there are held to the signature of docker.key_sha256"),
    "docker.key_sha256": Order("whoever has that key decides what is installed as root"),
    "docker.channel": ranked("stable", "test", why="versions that nobody else runs yet, as root"),
    "docker.version": Version(),
    "docker.after": ranked("remove", "stop", "keep", why="a daemon that runs as root stays behind"),
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
    "image.dockerfile": Absent("what is in the image, and what its build fetches, is for the Dockerfile to say: read it"),
    "image.base": Image(),
    "image.packages": Neutral("what is in the image; new downloads are listed"),
    "image.path": Neutral("which programs of the image are found first"),
    "image.cargo": Neutral("what is in the image; new downloads are listed"),
    "image.node": Neutral("what is in the image; new downloads are listed"),
    "image.node_version": Version(),
    "image.node_mirror": Source(),
    "image.node_sha256": Pinned(program="node", version="image.node_version"),
    "image.fnm_version": Version(),
    "image.fnm_mirror": Source(),
    "image.fnm_sha256": Pinned(program="fnm", version="image.fnm_version"),
    "image.downloads": Rows(
        "what is in the image; new downloads are listed",
        more="neutral",
        less="neutral",
        names=("path",),
        columns={
            "url": Source(),
            "sha256": Bytes(),
            "unpack": Neutral("how it is unpacked in the image"),
            "mode": Neutral("who may run it in the image"),
            "strip": Neutral("how it is unpacked in the image"),
        },
    ),
    "image.dotfiles.repository": Absent("whose code runs in the build of the image, and lands in its home"),
    "image.dotfiles.commit": Commit(),
    "image.dotfiles.directory": Neutral("a place in the image"),
    "image.dotfiles.submodules": Neutral("they are held to the commits that the repository names"),
    "image.dotfiles.install": Absent("runs in the build of the image, and what it fetches is not pinned"),
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
    "sandbox.home": Permits(
        "a volume keeps what an agent leaves, and it meets the next one; the image's home needs an image that can be written to",
        sets={"tmpfs": frozenset(), "volume": frozenset(["kept"]), "image": frozenset(["the whole image can be written to"])},
    ),
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

_INERT = Neutral("has no effect beside the other keys")
_UNKNOWN = Order("podsand-gen has no order for this key: somebody has to judge it")


def keys(model: type[Table] = Profile, prefix: str = "") -> Iterator[str]:
    """Every key that can be compared, dotted: a pair of hashes and a list of tables are one."""
    for name, info in model.model_fields.items():
        key = f"{prefix}{info.alias or name}"
        inner = table_of(info.annotation)
        if inner and not issubclass(inner, Hashes | SomeHashes):
            yield from keys(inner, f"{key}.")
        else:
            yield key


def compare(old: Profile, new: Profile) -> tuple[Move, ...]:
    """Every key that says something else, in the order of the keys."""
    before, after = set(inert(old)), set(inert(new))
    return tuple(move for key in keys() for move in _moves(key, old, new, was_inert=key in before, is_inert=key in after))


def _moves(key: str, old: Profile, new: Profile, *, was_inert: bool, is_inert: bool) -> Iterator[Move]:
    order = ORDERS.get(key, _UNKNOWN)
    if isinstance(order, Permits) and was_inert != is_inert:
        yield from order.crossing(key, None if was_inert else value(old, key), None if is_inert else value(new, key))
    elif is_inert:
        # Hashes of what is not there were filled in by podsand-gen.
        if not isinstance(order, Pinned):
            yield from _INERT.between(key, old, new)
    elif was_inert:
        found = order.arrival(key, new) if isinstance(order, Pinned) else order.between(key, old, new)
        # Better than what had no effect is no merit.
        yield from (replace(move, verdict="neutral") if move.verdict == "stronger" else move for move in found)
    else:
        yield from order.between(key, old, new)


def inert(profile: Profile) -> Iterator[str]:
    """Keys that have no effect beside others: that they differ is told, and means nothing."""
    without_effect = set(inert_keys(profile))
    yield from (key for key in ORDERS if tuple(key.split(".")[:2]) in without_effect)
    if profile.sandbox.home != "tmpfs":
        yield "sandbox.home_size"


def value(profile: Profile, key: str) -> Any:
    found: Any = profile
    for part in key.split("."):
        # A table that is not there has no values.
        found = None if found is None else getattr(found, "schema_" if part == "schema" else part)
    return found


def columns(key: str) -> tuple[str, ...]:
    """The columns of a key that holds a list of tables; none otherwise."""
    model: Any = Profile
    for part in key.split("."):
        info = model.model_fields["schema_" if part == "schema" else part]
        model = table_of(info.annotation) or info.annotation
    row = (get_args(model) or (None,))[0]
    return tuple(row.model_fields) if isinstance(row, type) and issubclass(row, Table) else ()


def told(item: Any, empty: str = "none") -> str:
    """A value as the report says it, on one line."""
    if item is None:
        return empty
    if isinstance(item, Hashes | SomeHashes | Urls):
        return " ".join(f"{arch} {found}" for arch, found in item.model_dump().items())
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, list | tuple):
        return shlex.join(map(str, item)) or empty
    text = str(item)
    if "\n" in text:
        return f"sha256 {hashlib.sha256(text.encode()).hexdigest()}"
    return text or empty

"""From a profile to the ordered list of snippets and config values. Pure: no clock, no environment, no host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from podsand_gen.errors import AT_MOST, LibraryError, ProfileError, did_you_mean, show
from podsand_gen.profile import Profile, Table, TextFile, canonical_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pydantic.fields import FieldInfo

    from podsand_gen.snippet import Library, Snippet

ConfigValue = str | tuple[str, ...]

ALWAYS_COMMANDS = ("install", "help", "version")
# As `help` lists them.
COMMAND_ORDER = ("install", "plan", "run", "shell", "build", "status", "stop", "export", "uninstall", "help", "version")

# What runs first among steps that do not require each other; the rest follows by name.
STEP_ORDER = (
    "host/packages",
    "host/subids",
    "host/ca-bundle",
    "podman/release",
    "podman/system",
    "podman/containers-conf",
    "podman/storage-conf",
    "podman/registries-conf",
    "podman/policy-json",
    "podman/seccomp-json",
    "image/build",
    "image/volume",
    "launcher/install",
)

# The agent does not work without these in its image.
AGENT_PACKAGES = {"claude-code": ("ca-certificates", "jq")}


@dataclass(frozen=True)
class Rule:
    """One line of the registry: a snippet, and when it is in the plan. What it requires follows by itself."""

    snippet: str
    when: Callable[[Profile], bool] = lambda _: True


REGISTRY = (
    Rule("core/main"),
    Rule("core/proxy-credentials", lambda profile: bool(profile.proxy.credentials_env or profile.proxy.credentials_file)),
    Rule("host/packages"),
    Rule("host/subids"),
    Rule("host/ca-bundle", lambda profile: bool(profile.proxy.ca_bundle)),
    Rule("podman/release", lambda profile: profile.podman.source == "release"),
    Rule("podman/signature", lambda profile: profile.podman.source == "release" and bool(profile.podman.signing_key)),
    Rule("podman/system", lambda profile: profile.podman.source == "system"),
    Rule("podman/containers-conf"),
    Rule("podman/storage-conf"),
    Rule("podman/registries-conf"),
    Rule("podman/policy-json"),
    Rule("podman/seccomp-json"),
    Rule("image/build"),
    Rule("image/volume"),
    Rule("sandbox/extra-mounts", lambda profile: bool(profile.sandbox.mounts)),
    Rule("sandbox/user-agent", lambda profile: profile.sandbox.user == "agent"),
    Rule("sandbox/user-root", lambda profile: profile.sandbox.user == "root"),
    Rule("image/layer-user-agent", lambda profile: profile.sandbox.user == "agent"),
    Rule("image/layer-user-root", lambda profile: profile.sandbox.user == "root"),
    Rule("launcher/install"),
)


@dataclass(frozen=True)
class Region:
    title: str
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True)
class Plan:
    name: str
    toml: str
    sha256: str
    config: tuple[tuple[str, ConfigValue], ...]
    steps_root: tuple[str, ...]
    steps_user: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    regions: tuple[Region, ...]
    unvetted: tuple[str, ...]


def build_plan(profile: Profile, library: Library) -> Plan:
    wanted = [rule.snippet for rule in REGISTRY if rule.when(profile)] + _command_snippets(profile, library)
    chosen = _closure(wanted, library)
    order = _ordered(chosen, lambda name: (name,))
    steps = [name for name in _ordered(chosen, _step_rank(chosen)) if chosen[name].meta.step]
    values = config_values(profile)
    toml = canonical_toml(profile)
    return Plan(
        name=profile.name,
        toml=toml,
        sha256=hashlib.sha256(toml.encode()).hexdigest(),
        config=tuple((name, _value(values, name, chosen)) for name in _params(chosen)),
        steps_root=tuple(name for name in steps if chosen[name].meta.root),
        steps_user=tuple(name for name in steps if not chosen[name].meta.root),
        commands=_commands(chosen),
        tools=tuple(sorted({tool for snippet in chosen.values() for tool in snippet.meta.tools})),
        regions=_regions([chosen[name] for name in order]),
        unvetted=library.unvetted(chosen),
    )


# --- which snippets


def _command_snippets(profile: Profile, library: Library) -> list[str]:
    there = {snippet.meta.command for snippet in library.snippets.values() if snippet.meta.command}
    unknown = [name for name in profile.script.commands if name not in there and name not in COMMAND_ORDER]
    if unknown:
        raise ProfileError(
            "profile",
            [f"script.commands: there is no command {show(name)}{did_you_mean(name, sorted(there))}" for name in unknown[:AT_MOST]]
            + [""] * len(unknown[AT_MOST:]),
        )
    return [f"command/{name}" for name in dict.fromkeys((*ALWAYS_COMMANDS, *profile.script.commands))]


def _closure(wanted: Iterable[str], library: Library) -> dict[str, Snippet]:
    chosen: dict[str, Snippet] = {}
    waiting = [(name, "the plan") for name in wanted]
    missing = []
    while waiting:
        name, by = waiting.pop()
        if name in chosen:
            continue
        if name not in library.snippets:
            missing.append(f"{name} is required by {by} and is not in {library.path.name}/")
            continue
        chosen[name] = library.snippets[name]
        waiting += [(required, name) for required in chosen[name].meta.requires]
    if missing:
        raise LibraryError(sorted(set(missing)))
    return chosen


def _ordered(chosen: Mapping[str, Snippet], key: Callable[[str], tuple[object, ...]]) -> list[str]:
    """Topological by `requires`; among those that are free, always the first by `key`."""
    sorter = TopologicalSorter({name: snippet.meta.requires for name, snippet in chosen.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise LibraryError([f"snippets require each other in a circle: {' -> '.join(error.args[1])}"]) from None
    order: list[str] = []
    free = list(sorter.get_ready())
    while free:
        free.sort(key=key, reverse=True)
        name = free.pop()
        order.append(name)
        sorter.done(name)
        free += sorter.get_ready()
    return order


def _step_rank(chosen: Mapping[str, Snippet]) -> Callable[[str], tuple[object, ...]]:
    """What is no step comes first, so that no step waits for it and the explicit order holds."""

    def rank(name: str) -> tuple[object, ...]:
        if not chosen[name].meta.step:
            return (-1, name)
        return (STEP_ORDER.index(name) if name in STEP_ORDER else len(STEP_ORDER), name)

    return rank


def _regions(order: list[Snippet]) -> tuple[Region, ...]:
    """The reviewer's order: what needs root, what the sandbox may do, the rest."""
    regions: dict[str, list[Snippet]] = {
        "root steps": [],
        "policy of the sandbox": [],
        "user steps": [],
        "commands": [],
        "driver": [],
    }
    for snippet in order:
        regions[_region(snippet)].append(snippet)
    return tuple(Region(title, tuple(snippets)) for title, snippets in regions.items() if snippets)


def _region(snippet: Snippet) -> str:
    folder = snippet.name.partition("/")[0]
    if folder == "core":
        return "driver"
    if snippet.meta.command:
        return "commands"
    if folder == "sandbox":
        return "policy of the sandbox"
    return "root steps" if snippet.meta.root else "user steps"


def _commands(chosen: Mapping[str, Snippet]) -> tuple[tuple[str, str], ...]:
    found = {snippet.meta.command: snippet.meta.summary for snippet in chosen.values() if snippet.meta.command}
    listed = [name for name in COMMAND_ORDER if name in found]
    return tuple((name, found[name]) for name in (*listed, *sorted(set(found) - set(listed))))


# --- which values


def _params(chosen: Mapping[str, Snippet]) -> list[str]:
    """The declared parameters, in the order of the profile's keys."""
    declared = {param for snippet in chosen.values() for param in snippet.meta.params}
    known = [name for name in config_names() if name in declared]
    return known + sorted(declared - set(known))


def _value(values: Mapping[str, ConfigValue], name: str, chosen: Mapping[str, Snippet]) -> ConfigValue:
    if name not in values:
        by = sorted(snippet.name for snippet in chosen.values() if name in snippet.meta.params)
        raise LibraryError([f"{by[0]}: no key of the profile makes {name}{did_you_mean(name, values)}"])
    return values[name]


def config_values(profile: Profile) -> dict[str, ConfigValue]:
    values = dict(_walk(profile, "CFG"))
    packages = (*profile.image.packages, *AGENT_PACKAGES[profile.agent.name])
    values["CFG_IMAGE_PACKAGES"] = tuple(dict.fromkeys(packages))
    return values


def config_names() -> tuple[str, ...]:
    """Every name that a profile can give to the config block."""
    return tuple(_names(Profile, "CFG"))


def _walk(table: Table, prefix: str) -> Iterator[tuple[str, ConfigValue]]:
    for key, field in type(table).model_fields.items():
        value = getattr(table, key)
        name = f"{prefix}_{key.upper()}"
        if isinstance(value, Table):
            yield from _walk(value, name)
        elif (rows := _row_type(field)) is not None:
            for column in rows.model_fields:
                yield f"{name}_{column.upper()}", tuple(_text(getattr(row, column)) for row in value)
        elif isinstance(value, tuple):
            yield name, tuple(_text(item) for item in value)
        elif any(isinstance(mark, TextFile) for mark in field.metadata):
            yield name, tuple(value.splitlines())
        elif field.alias is None:
            yield name, _text(value)


def _names(table: type[Table], prefix: str) -> Iterator[str]:
    for key, field in table.model_fields.items():
        name = f"{prefix}_{key.upper()}"
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            yield from _names(field.annotation, name)
        elif (rows := _row_type(field)) is not None:
            yield from (f"{name}_{column.upper()}" for column in rows.model_fields)
        elif field.alias is None:
            yield name


def _row_type(field: FieldInfo) -> type[Table] | None:
    """The table of a list of tables."""
    inner = getattr(field.annotation, "__args__", (None,))[0]
    return inner if isinstance(inner, type) and issubclass(inner, Table) else None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

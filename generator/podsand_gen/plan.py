"""From a profile to the ordered list of snippets and config values. Pure: no clock, no environment, no host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, get_args, get_origin

from podsand_gen import dockerfile
from podsand_gen.errors import AT_MOST, LibraryError, ProfileError, did_you_mean, show
from podsand_gen.profile import Profile, Table, TextFile, canonical_toml, table_of

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
    "host/ca-trust",
    "docker/engine",
    "podman/build-docker",
    "docker/after",
    "host/ca-bundle",
    "podman/release",
    "podman/archive",
    "podman/system",
    "podman/containers-conf",
    "podman/registries-conf",
    "podman/policy-json",
    "podman/build-podman",
    "podman/storage-conf",
    "podman/seccomp-json",
    "image/build",
    "image/volume",
    "launcher/install",
)

# The layers of an image, in the Dockerfile's order: what changes more often comes later.
LAYER_ORDER = (
    "image/layer-agent",
    "image/layer-base",
    "image/layer-fnm",
    "image/layer-downloads",
    "image/layer-user-agent",
    "image/layer-user-root",
    "image/layer-path",
    "image/layer-dotfiles",
    "image/layer-cargo",
    "image/layer-claude-code",
    dockerfile.NAME,
)

# The agent does not work without these in its image.
AGENT_PACKAGES = {"claude-code": ("ca-certificates", "jq")}


@dataclass(frozen=True)
class Rule:
    """One line of the registry: a snippet, and when it is in the plan. What it requires follows by itself."""

    snippet: str
    when: Callable[[Profile], bool] = lambda _: True


def _layered(profile: Profile) -> bool:
    return not profile.image.dockerfile


REGISTRY = (
    Rule("core/main"),
    Rule("core/proxy-profile", lambda profile: bool(profile.proxy.url)),
    Rule("core/proxy-credentials", lambda profile: bool(profile.proxy.credentials_env or profile.proxy.credentials_file)),
    Rule("host/packages"),
    Rule("host/subids"),
    Rule("host/ca-trust", lambda profile: bool(profile.proxy.ca_bundle) and profile.builds_with_docker),
    Rule("host/ca-bundle", lambda profile: bool(profile.proxy.ca_bundle)),
    Rule("podman/build-docker", lambda profile: profile.builds_with_docker),
    Rule("docker/after", lambda profile: profile.builds_with_docker and profile.docker.after != "keep"),
    Rule("podman/build-podman", lambda profile: profile.podman.source == "build" and profile.podman.builder == "podman"),
    Rule(
        "podman/source-patch",
        lambda profile: profile.podman.source == "build" and bool(profile.proxy.ca_bundle or profile.conf.mirrors),
    ),
    Rule("podman/source-keep", lambda profile: profile.podman.source == "build" and bool(profile.podman.archives)),
    Rule("podman/archive", lambda profile: profile.podman.source == "archive"),
    Rule("podman/release", lambda profile: profile.podman.source == "release"),
    Rule("podman/signature", lambda profile: profile.podman.source == "release" and bool(profile.podman.signing_key)),
    Rule("podman/system", lambda profile: profile.podman.source == "system"),
    Rule("podman/containers-conf"),
    Rule("podman/storage-conf"),
    Rule("podman/storage-fixed", lambda profile: profile.conf.storage_driver != "auto"),
    Rule("podman/registries-conf"),
    Rule("podman/mirrors", lambda profile: bool(profile.conf.mirrors)),
    Rule("podman/policy-json"),
    Rule("podman/seccomp-json"),
    Rule("image/build"),
    Rule("image/part-base", _layered),
    Rule("image/part-fnm", lambda profile: profile.image.node == "fnm"),
    Rule("image/part-downloads", lambda profile: bool(profile.image.downloads)),
    Rule("image/part-path", lambda profile: bool(_path(profile))),
    Rule("image/part-dotfiles", lambda profile: profile.image.dotfiles is not None),
    Rule("image/part-cargo", lambda profile: bool(profile.image.cargo)),
    Rule("image/part-own", lambda profile: bool(profile.image.dockerfile)),
    Rule("image/volume"),
    Rule("sandbox/ca-bundle", lambda profile: bool(profile.proxy.ca_bundle)),
    Rule("sandbox/home-tmpfs", lambda profile: profile.sandbox.home == "tmpfs"),
    Rule("sandbox/home-volume", lambda profile: profile.sandbox.home == "volume"),
    Rule("sandbox/home-image", lambda profile: profile.sandbox.home == "image"),
    Rule("sandbox/extra-mounts", lambda profile: bool(profile.sandbox.mounts)),
    Rule("sandbox/seccomp-strict", lambda profile: profile.sandbox.seccomp == "strict"),
    Rule("sandbox/seccomp-debug", lambda profile: profile.sandbox.seccomp == "debug"),
    Rule("sandbox/seccomp-nested", lambda profile: profile.sandbox.seccomp == "nested"),
    Rule("sandbox/user-agent", lambda profile: profile.sandbox.user == "agent"),
    Rule("sandbox/user-root", lambda profile: profile.sandbox.user == "root"),
    Rule("image/layer-user-agent", lambda profile: _layered(profile) and profile.sandbox.user == "agent"),
    Rule("image/layer-user-root", lambda profile: _layered(profile) and profile.sandbox.user == "root"),
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
    image_parts: tuple[str, ...]
    image_layers: tuple[str, ...]
    commands: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    regions: tuple[Region, ...]
    unvetted: tuple[str, ...]


def build_plan(profile: Profile, library: Library) -> Plan:
    wanted = [rule.snippet for rule in REGISTRY if rule.when(profile)] + _command_snippets(profile, library)
    chosen = _closure(wanted, library)
    if profile.image.dockerfile:
        chosen[dockerfile.NAME] = dockerfile.region(profile.image.dockerfile)
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
        image_parts=tuple(chosen[name].meta.prefix for name in sorted(chosen) if name.startswith("image/part-")),
        image_layers=tuple(chosen[name].meta.prefix for name in LAYER_ORDER if name in chosen),
        commands=_commands(chosen),
        tools=tuple(sorted({tool for snippet in chosen.values() for tool in snippet.meta.tools})),
        regions=_regions([chosen[name] for name in order]),
        unvetted=library.unvetted(chosen.keys() & library.snippets.keys()),
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
    values["CFG_IMAGE_PACKAGES"] = _packages(profile)
    values["CFG_IMAGE_PATH"] = _path(profile)
    if profile.image.dockerfile:
        values["CFG_AGENT_VERSION"] = "as image.dockerfile installs it"
    return values


def _packages(profile: Profile) -> tuple[str, ...]:
    unpacked = {download.unpack for download in profile.image.downloads}
    needed = list(AGENT_PACKAGES[profile.agent.name])
    needed += ["unzip"] if profile.image.node == "fnm" or "zip" in unpacked else []
    needed += ["xz-utils"] if "tar" in unpacked else []
    return tuple(dict.fromkeys((*profile.image.packages, *needed)))


def _path(profile: Profile) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*profile.image.path, *(("~/.cargo/bin",) if profile.image.cargo else ()))))


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
            columns = [dict(_walk(row, name)) for row in value]
            yield from ((column, tuple(str(row[column]) for row in columns)) for column in _names(rows, name))
        elif isinstance(value, tuple):
            yield name, tuple(_text(item) for item in value)
        elif any(isinstance(mark, TextFile) for mark in field.metadata):
            yield name, tuple(value.splitlines())
        elif field.alias is None and value is not None:
            yield name, _text(value)


def _names(table: type[Table], prefix: str) -> Iterator[str]:
    for key, field in table.model_fields.items():
        name = f"{prefix}_{key.upper()}"
        if (inner := table_of(field.annotation) or _row_type(field)) is not None:
            yield from _names(inner, name)
        elif field.alias is None:
            yield name


def _row_type(field: FieldInfo) -> type[Table] | None:
    """The table of a list of tables."""
    return table_of(get_args(field.annotation)[0]) if get_origin(field.annotation) is tuple else None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

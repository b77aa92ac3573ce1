"""The profile: what a user wants, as frozen models. Every field has a constraint, a default and a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from podsand_gen.errors import show
from podsand_gen.lock import pins, version_key
from podsand_gen.quoting import forbidden_character

SCHEMA = 1
EXTENDS, ADD = "extends", "add"
# What a file may say besides the keys of a profile: how it is composed with others (compose.py).
COMPOSING = {
    EXTENDS: "Files, relative to this one, whose values it begins with. A later one wins over an earlier one, this one over all.",
    ADD: "Tables of the same names, for lists alone: their items are added at the end of a list, which keeps what it has.",
}
KEY_BLOCK = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class KeyedError(ValueError):
    """A problem between several keys of a table, told under the key that should change."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


# --- the types of values


class TextFile:
    """Marks a field that holds the text of a file: bash gets an array of its lines."""


def _one_line(value: str) -> str:
    found = forbidden_character(value)
    if found is not None:
        index, name = found
        msg = f"{show(value)} holds {name} at character {index + 1}; write one line of visible text"
        raise ValueError(msg)
    return value


@dataclass(frozen=True, slots=True)
class Shaped(AfterValidator):
    """A check with the pattern of what passes it, for editors. The check may know more; it never takes what does not match."""

    pattern: str


def _matches(pattern: str, remedy: str) -> Shaped:
    # Not compiled here: most values of most profiles are defaults, and most patterns are never asked.
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            msg = f"{show(value)} {remedy}"
            raise ValueError(msg)
        return value

    return Shaped(check, pattern)


def _path(value: str) -> str:
    if not value.startswith(("/", "~/")):
        msg = f"{show(value)} is not a path on the target; begin it with / or ~/"
        raise ValueError(msg)
    parts = [part for part in value.split("/") if part]
    if ".." in parts or "." in parts:
        msg = f"{show(value)} holds a . or .. component; write the path out"
        raise ValueError(msg)
    normal = "/".join(parts) if value.startswith("~/") else "/" + "/".join(parts)
    if normal in ("/", "~"):
        msg = f"{show(value)} is a whole file system or home; name a directory below it"
        raise ValueError(msg)
    return normal


_HOSTNAME = r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)"
_URL = rf"https?://{_HOSTNAME}(:[0-9]{{1,5}})?(/[^\s?#]*)?"
_PROXY_URL = rf"http://{_HOSTNAME}:[0-9]{{1,5}}/?"


def _url(value: str) -> str:
    if re.match(r"[^/]*//[^/]*@", value):
        msg = "holds a user or password; profiles and scripts are shared, so keep logins out of them"
        raise ValueError(msg)
    if not re.fullmatch(_URL, value):
        msg = f"{show(value)} is not a plain http or https address; write https://HOST/PATH without query or fragment"
        raise ValueError(msg)
    return value.rstrip("/")


def _proxy_url(value: str) -> str:
    if re.fullmatch(r"[a-z0-9]+://[^/]*@.*", value):
        msg = (
            "holds a user or password; profiles and scripts are shared: write http://HOST:PORT here, and name "
            "where the login is in proxy.credentials_env or proxy.credentials_file"
        )
        raise ValueError(msg)
    if not re.fullmatch(_PROXY_URL, value):
        msg = f"{show(value)} is not the address of an HTTP proxy; write http://HOST:PORT"
        raise ValueError(msg)
    return value.rstrip("/")


_TAG = r"v[0-9]+\.[0-9]+\.[0-9]+"
_VERSION = r"[0-9]+\.[0-9]+\.[0-9]+"


def _podman_tag(value: str) -> str:
    if not re.fullmatch(_TAG, value):
        msg = f'{show(value)} is not a tag; did you mean "{pins("podman").nearest(value)}"?'
        raise ValueError(msg)
    return value


def _node_version(value: str) -> str:
    if not re.fullmatch(_TAG, value):
        msg = f'{show(value)} is not a Node version; did you mean "{pins("node").nearest(value)}"?'
        raise ValueError(msg)
    return value


def _agent_version(value: str) -> str:
    if not re.fullmatch(_VERSION, value):
        msg = f'{show(value)} is not an exact version; did you mean "{pins("claude-code").nearest(value)}"?'
        raise ValueError(msg)
    return value


_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?"
_REPOSITORY = r"(/[a-z0-9]+([._-]+[a-z0-9]+)*)"
_IMAGE = rf"{_HOST}{_REPOSITORY}+(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(@sha256:[0-9a-f]{{64}})?"


def _is_registry(word: str) -> bool:
    return "." in word or ":" in word or word == "localhost"


def _image_ref(value: str) -> str:
    first = value.partition("/")[0]
    if re.fullmatch(_IMAGE, value) and _is_registry(first):
        if ":" not in value.rpartition("/")[2] and "@" not in value:
            msg = f"{show(value)} names no version; add a :TAG or, better, a @sha256:DIGEST"
            raise ValueError(msg)
        return value
    hint = ""
    if re.fullmatch(r"[a-z0-9][a-z0-9._/-]*(:[A-Za-z0-9_.-]+)?", value) and not ("/" in value and _is_registry(first)):
        path = value if "/" in value else f"library/{value}"
        hint = f"; did you mean {show(f'docker.io/{path}')}?"
    msg = f"{show(value)} is not a whole image name; write REGISTRY/REPOSITORY:TAG{hint}"
    raise ValueError(msg)


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            msg = f"{show(value)} is there twice; keep one"
            raise ValueError(msg)
        seen.add(value)
    return values


def _from_list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


_ARMOR_LINE = re.compile(r"-----[A-Z ]+-----|[A-Z][A-Za-z-]*: .*|[A-Za-z0-9+/=]*")


def _key_text(value: str) -> str:
    if not value:
        return value
    for number, line in enumerate(value.splitlines(), start=1):
        if forbidden_character(line) is not None or not line.isascii():
            msg = f"the key holds a forbidden character in line {number}; export it with gpg --armor --export"
            raise ValueError(msg)
        if not _ARMOR_LINE.fullmatch(line):
            msg = f"line {number} of the key is no line of an armored key; export it with gpg --armor --export"
            raise ValueError(msg)
    if not value.startswith(KEY_BLOCK):
        msg = "is not an armored OpenPGP public key; export it with gpg --armor --export"
        raise ValueError(msg)
    return value.rstrip("\n") + "\n"


Line = Annotated[str, Shaped(_one_line, r"[^\x00-\x1f\x7f]*")]
Path = Annotated[Line, Shaped(_path, r"(/|~/).+")]
OptionalPath = Annotated[Line, Shaped(lambda value: _path(value) if value else value, r"((/|~/).+)?")]
Url = Annotated[Line, Shaped(_url, _URL)]
OptionalUrl = Annotated[Line, Shaped(lambda value: _url(value) if value else value, rf"({_URL})?")]
ProxyUrl = Annotated[Line, Shaped(lambda value: _proxy_url(value) if value else value, rf"({_PROXY_URL})?")]
Sha256 = Annotated[Line, _matches(r"[0-9a-f]{64}", "is not a sha256; write its 64 lower-case hexadecimal digits")]
Slug = Annotated[
    Line,
    _matches(r"[a-z0-9][a-z0-9-]{0,39}", "is not a name; write 1 to 40 of a-z, 0-9 and -, not beginning with -"),
]
CommandName = Annotated[
    Line, _matches(r"[a-z][a-z0-9-]{0,39}", "is not a command name; write a-z, 0-9 and -, beginning with a letter")
]
Registry = Annotated[Line, _matches(_HOST, "is not a registry; write HOST or HOST:PORT in lower case")]
RegistryPath = Annotated[
    Line,
    _matches(rf"{_HOST}{_REPOSITORY}*", "is not a registry or a part of one; write HOST[:PORT][/NAMESPACE]"),
]
ImageRef = Annotated[Line, Shaped(_image_ref, _IMAGE)]
Package = Annotated[
    Line,
    _matches(r"[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?", "is not the name of an apt package; write NAME or NAME=VERSION"),
]
Variable = Annotated[Line, _matches(r"[A-Za-z_][A-Za-z0-9_]*", "is not the name of an environment variable")]
OptionalVariable = Annotated[
    Line, _matches(r"([A-Za-z_][A-Za-z0-9_]*)?", "is not the name of an environment variable; put no secret here")
]
Size = Annotated[Line, _matches(r"[1-9][0-9]*[bkmg]", "is not a size; write a number and b, k, m or g, such as 2g")]
OptionalSize = Annotated[
    Line, _matches(r"([1-9][0-9]*[bkmg])?", 'is not a size; write a number and b, k, m or g, such as 8g, or "" for none')
]
Cpus = Annotated[
    Line,
    _matches(r"([1-9][0-9]{0,3}(\.[0-9]{1,2})?|0\.([1-9][0-9]?|0[1-9]))?", 'is not a number of CPUs; write "1.5", or "" for all'),
]
NoProxy = Annotated[Line, _matches(r"[A-Za-z0-9.*:/_\[\]-]+", "is not a host, .domain or network")]
KeyText = Annotated[str, AfterValidator(_key_text), TextFile()]

_AS_TUPLE = BeforeValidator(_from_list)
DISTINCT = AfterValidator(_distinct)
Words = Annotated[tuple[Line, ...], _AS_TUPLE, Field(min_length=1)]
Registries = Annotated[tuple[Registry, ...], _AS_TUPLE, Field(min_length=1), DISTINCT]
Packages = Annotated[tuple[Package, ...], _AS_TUPLE, DISTINCT]
Variables = Annotated[tuple[Variable, ...], _AS_TUPLE, DISTINCT]
CommandNames = Annotated[tuple[CommandName, ...], _AS_TUPLE, DISTINCT]
NoProxies = Annotated[tuple[NoProxy, ...], _AS_TUPLE, DISTINCT]


# --- the tables


class Hashes(Table):
    """The sha256 of one artefact, for each architecture."""

    amd64: Sha256 = Field(description="sha256 for x86_64 machines.")
    arm64: Sha256 = Field(description="sha256 for aarch64 machines.")


# Stands for "not given and not known" until the table's own validator has said so.
_UNPINNED = Hashes.model_construct(amd64="", arm64="")


def _with_pins(data: object, program: str, version_key_: str, hashes_key: str) -> object:
    """Fill the hashes of a version that pins.toml knows into a table that does not give them."""
    if not isinstance(data, dict) or hashes_key in data:
        return data
    found = pins(program).lookup(str(data.get(version_key_, pins(program).default)))
    return {**data, hashes_key: dict(found)} if found else data


def _require_pins(hashes: Hashes, program: str, version: str, hashes_key: str) -> None:
    if hashes is _UNPINNED:
        known = ", ".join(pins(program).sha256)
        msg = (
            f"no sha256 is known here for {program} {version}; give {hashes_key}.amd64 and {hashes_key}.arm64, "
            f"or take a version that is known: {known}"
        )
        raise KeyedError(hashes_key, msg)


class Podman(Table):
    """Where podman and its helpers come from."""

    source: Literal["release", "system"] = Field(
        "release",
        description='"release" downloads the pinned podman-static archive; "system" uses a podman of 4.8 or newer that is there.',
    )
    version: Annotated[Line, Shaped(_podman_tag, _TAG)] = Field(
        pins("podman").default, description='Release tag of podman-static. Only for source "release".'
    )
    mirror: Url = Field(
        "https://github.com/mgoltzsche/podman-static/releases/download",
        description="Where archives are: MIRROR/VERSION/podman-linux-ARCH.tar.gz, and the same with .asc for the signature.",
    )
    prefix: Path = Field(
        "~/.local/share/podsand/engine",
        description="Directory on the target that holds one directory per version and the link `current`.",
    )
    signing_key: KeyText = Field(
        "",
        description="Path of an armored OpenPGP public key, relative to the profile; its text is put into the script, and the "
        "archive must then carry its signature. Empty: no signature is asked for, the sha256 always is.",
    )
    sha256: Hashes = Field(_UNPINNED, description="Hashes of the archive, one per architecture.")

    @model_validator(mode="before")
    @classmethod
    def _pin(cls, data: object) -> object:
        return _with_pins(data, "podman", "version", "sha256")

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if self.source == "release":
            _require_pins(self.sha256, "podman", self.version, "sha256")
        return self


class Mirror(Table):
    """One mirror of a registry."""

    prefix: RegistryPath = Field(description="The registry, or a part of it, that is mirrored.")
    location: RegistryPath = Field(description="Where the mirror is.")
    insecure: bool = Field(False, description="Talk plain HTTP, or HTTPS without checking the certificate.")


class Conf(Table):
    """The configuration files of podman."""

    scope: Literal["private", "user"] = Field(
        "private",
        description='"private" gives podsand\'s podman its own files and store; "user" writes ~/.config/containers.',
    )
    storage_driver: Literal["auto", "overlay", "fuse-overlayfs", "vfs"] = Field(
        "auto", description='How images are stored; "auto" takes the best that the machine can do.'
    )
    ignore_chown_errors: bool = Field(
        False, description="Go on where files cannot be given to their owner: only for users without subordinate ids."
    )
    registries: Registries = Field(
        ("docker.io",), description="The only registries that images may come from, searched in this order."
    )
    mirrors: Annotated[tuple[Mirror, ...], _AS_TUPLE] = Field((), description="Mirrors that are asked before the registries.")


class Image(Table):
    """The container image in which the agent runs."""

    name: Slug = Field("podsand", description="Name of the image: localhost/NAME:latest.")
    base: ImageRef = Field(
        "docker.io/library/ubuntu:noble-20250619",
        description="The image to build on: REGISTRY/REPOSITORY:TAG or @sha256:DIGEST, with apt inside.",
    )
    packages: Packages = Field(
        ("ca-certificates", "curl", "git", "jq", "ripgrep", "unzip"),
        description="apt packages in the image. What the agent itself needs is added.",
    )
    node_version: Annotated[Line, Shaped(_node_version, _TAG)] = Field(
        pins("node").default, description="Version of Node, by which the agent is installed."
    )
    node_mirror: Url = Field(
        "https://nodejs.org/dist", description="Where archives are: MIRROR/VERSION/node-VERSION-linux-{x64,arm64}.tar.xz."
    )
    node_sha256: Hashes = Field(_UNPINNED, description="Hashes of the Node archive, one per architecture.")

    @model_validator(mode="before")
    @classmethod
    def _pin(cls, data: object) -> object:
        return _with_pins(data, "node", "node_version", "node_sha256")

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        _require_pins(self.node_sha256, "node", self.node_version, "node_sha256")
        return self


class Agent(Table):
    """The coding agent."""

    name: Literal["claude-code"] = Field("claude-code", description="Which agent.")
    version: Annotated[Line, Shaped(_agent_version, _VERSION)] = Field(
        pins("claude-code").default, description="Its exact version."
    )
    npm_registry: OptionalUrl = Field("", description="npm registry to install it from. Empty: npm's own default.")
    command: Words = Field(
        ("claude", "--dangerously-skip-permissions"),
        description="What starts in the sandbox. The permission prompts are off because the sandbox is the permission.",
    )
    sha256: Hashes = Field(_UNPINNED, description="Hashes of the agent's program as it lands in the image.")

    @model_validator(mode="before")
    @classmethod
    def _pin(cls, data: object) -> object:
        return _with_pins(data, "claude-code", "version", "sha256")

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        _require_pins(self.sha256, "claude-code", self.version, "sha256")
        return self


_SYSTEM = ("/bin", "/etc", "/lib", "/lib64", "/run", "/sbin", "/tmp", "/usr")  # noqa: S108 - in the container


class Mount(Table):
    """One more directory or file of the host that the sandbox sees."""

    source: Path = Field(description="Path on the host; it must exist when the sandbox starts.")
    target: Path = Field(description="Absolute path in the sandbox.")
    writable: bool = Field(False, description="Whether the sandbox may change it.")

    @model_validator(mode="after")
    def _target(self) -> Self:
        if self.target.startswith("~/"):
            raise KeyedError("target", f"{show(self.target)} begins with ~/; write an absolute path")
        top = self.target.split("/")[1]
        if top in ("proc", "sys", "dev") or self.target in _SYSTEM:
            raise KeyedError("target", f"{show(self.target)} would hide a part of the system; choose another, such as /mnt/NAME")
        return self


class Sandbox(Table):
    """What a running sandbox may reach and do."""

    user: Literal["agent", "root"] = Field(
        "agent", description='"agent" is uid 1000 without capabilities; "root" is root inside the sandbox, which is weaker.'
    )
    seccomp: Literal["strict", "debug", "nested"] = Field(
        "strict",
        description='System calls: "strict"; "debug" adds ptrace and its like; "nested" adds what sandboxes inside need.',
    )
    memory: OptionalSize = Field("8g", description='Memory limit. "" for none.')
    cpus: Cpus = Field("", description='CPU limit, such as "1.5". "" for none.')
    pids: Annotated[int, Field(ge=16, le=4194304)] = Field(4096, description="Limit of processes and threads.")
    tmp_size: Size = Field("2g", description="Size of /tmp, which is in memory.")
    home: Literal["tmpfs", "volume"] = Field(
        "tmpfs", description='Home directory: "tmpfs" is forgotten at the end, "volume" is kept.'
    )
    home_size: Size = Field("4g", description='Size of the home directory when it is a "tmpfs", which is in memory.')
    protect_git: bool = Field(
        True,
        description="Keep the repository's hooks and configuration read-only. This is no barrier: what an agent writes elsewhere "
        "in a repository can still make git on the host execute something.",
    )
    env: Variables = Field(
        (
            "TERM",
            "COLORTERM",
            "LANG",
            "TZ",
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_BASE_URL",
            "CLAUDE_CODE_OAUTH_TOKEN",
        ),
        description="Names of the environment variables that pass into the sandbox; values come from whoever starts it.",
    )
    network: Literal["pasta", "none"] = Field("pasta", description='"pasta" reaches the network; "none" reaches nothing.')
    mounts: Annotated[tuple[Mount, ...], _AS_TUPLE] = Field((), description="Further mounts beside the current directory.")

    @model_validator(mode="after")
    def _own_variables(self) -> Self:
        own = {"HOME", "PATH", "PWD", "USER"}.intersection(self.env)
        if own:
            raise KeyedError("env", f"{show(min(own))} is set by the sandbox itself; leave it out")
        targets: set[str] = set()
        for mount in self.mounts:
            if mount.target in targets:
                raise KeyedError("mounts", f"two mounts have the target {show(mount.target)}; keep one")
            targets.add(mount.target)
        return self


class Launcher(Table):
    """The command that starts a sandbox."""

    name: CommandName = Field("podsand", description="Its name.")
    directory: Path = Field("~/.local/bin", description="Directory on the target where it is put.")


class Script(Table):
    """The script itself."""

    commands: CommandNames = Field(
        ("build", "export", "plan", "run", "shell", "status", "stop", "uninstall"),
        description="Optional commands to put in; install, help and version are always there. What is left out is not in the file.",
    )


class Proxy(Table):
    """The way out of a company network."""

    url: ProxyUrl = Field(
        "", description="http://HOST:PORT of a proxy. Empty: http_proxy, https_proxy and no_proxy of whoever runs the script."
    )
    no_proxy: NoProxies = Field((), description="Hosts and domains that are reached without the proxy.")
    credentials_env: OptionalVariable = Field(
        "", description="Name of an environment variable that holds USER:PASSWORD when the script runs."
    )
    credentials_file: OptionalPath = Field(
        "", description="File on the target, mode 0600, that holds USER:PASSWORD. At most one of the two."
    )
    ca_bundle: OptionalPath = Field("", description="PEM file on the target with the company's certificate authorities.")

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        if self.credentials_env and self.credentials_file:
            raise KeyedError("credentials_file", "proxy.credentials_env is given too; keep one of the two")
        for key in ("credentials_env", "credentials_file"):
            if getattr(self, key) and not self.url:
                raise KeyedError(key, "is a login for a proxy, and proxy.url is empty; give the proxy's address")
        return self


class Profile(Table):
    """What a user wants."""

    schema_: int = Field(alias="schema", description=f"Version of the profile's language: {SCHEMA}.")
    name: Slug = Field(description="Name of the profile; it stands in the script's header.")
    podman: Podman = Field(description="Where podman comes from.")
    conf: Conf = Field(description="Configuration files of podman.")
    image: Image = Field(description="The image.")
    agent: Agent = Field(description="The agent.")
    sandbox: Sandbox = Field(description="The sandbox.")
    launcher: Launcher = Field(description="The launcher.")
    script: Script = Field(description="The script.")
    proxy: Proxy = Field(description="Proxy and certificates.")

    @model_validator(mode="before")
    @classmethod
    def _tables(cls, data: object) -> object:
        """A table that is not given is an empty one: its own fields know their defaults."""
        return {**_EMPTY_TABLES, **data} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _allowed_registries(self) -> Self:
        allowed = set(self.conf.registries)
        base = self.image.base.partition("/")[0]
        if base not in allowed:
            msg = f"{show(self.image.base)} comes from {base}, which conf.registries does not allow; add it there"
            raise KeyedError("image.base", msg)
        for index, mirror in enumerate(self.conf.mirrors):
            registry = mirror.prefix.partition("/")[0]
            if registry not in allowed:
                msg = f"{show(mirror.prefix)} is not in conf.registries; add it there, or drop the mirror"
                raise KeyedError(f"conf.mirrors[{index}].prefix", msg)
        return self

    def warnings(self) -> tuple[str, ...]:
        """What is allowed and unwise."""
        found = []
        if self.podman.source == "system":
            inert = sorted(self.podman.model_fields_set & _RELEASE_ONLY)
            found += [f'podman.{key} has no effect with podman.source = "system"' for key in inert if key != "sha256"]
        elif version_key(self.podman.version) < version_key(pins("podman").advised):
            found.append(
                f"podman.version: {self.podman.version} has vulnerabilities that {pins('podman').advised} mends; "
                f'use "{pins("podman").advised}" or newer'
            )
        if self.conf.storage_driver == "fuse-overlayfs" and self.podman.source == "release":
            found.append('conf.storage_driver: fuse-overlayfs 1.16 may corrupt images as they are built; prefer "auto"')
        if self.sandbox.user == "root":
            found.append('sandbox.user: "root" keeps capabilities inside the sandbox; prefer "agent"')
        if self.sandbox.network == "none":
            found.append('sandbox.network: with "none" the agent cannot reach its API')
        return tuple(found)


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Table)


_EMPTY_TABLES: dict[str, object] = {name: {} for name, field in Profile.model_fields.items() if _is_table(field.annotation)}
_RELEASE_ONLY = frozenset(("version", "mirror", "signing_key", "sha256"))


def canonical_toml(profile: Profile) -> str:
    """The profile with every default and every file in it, always in the same form: it can be compiled again."""
    import tomli_w

    data = profile.model_dump(mode="json", by_alias=True)
    if profile.podman.source == "system":
        for key in _RELEASE_ONLY:
            del data["podman"][key]
    text = tomli_w.dumps(data, multiline_strings=True)
    # Short: one line a list, no heading for two hashes, no empty lines between tables. No string can look like this: none
    # holds a line end but a key, and no line of a key begins with a space or a bracket.
    text = re.sub(r"\[\n((?:    .*,\n)+)\]", _one_line_list, text)
    text = re.sub(r"\n\n(?=\[)", "\n", text)
    return re.sub(r"^\[\w+\.(\w+)\]\n(amd64 = .*\n)(arm64 = .*\n)", r"\1.\2\1.\3", text, flags=re.MULTILINE)


def _one_line_list(match: re.Match[str]) -> str:
    return "[" + " ".join(line.strip() for line in match[1].splitlines()).removesuffix(",") + "]"

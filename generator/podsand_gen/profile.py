"""The profile: what a user wants, as frozen models. Every field has a constraint, a default and a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from podsand_gen import dockerfile
from podsand_gen.errors import show
from podsand_gen.lock import pins, version_key
from podsand_gen.quoting import forbidden_character

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = 1
# A list of the resolved profile that is longer has a line for each item.
LINE = 150
EXTENDS, ADD = "extends", "add"
# What a file may say besides the keys of a profile: how it is composed with others (compose.py).
COMPOSING = {
    EXTENDS: "Files, relative to this one, whose values it begins with. A later one wins over an earlier one, this one over all.",
    ADD: "Tables of the same names, for lists alone: their items are added at the end of a list, which keeps what it has.",
}
KEY_BLOCK = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def table_of(annotation: object) -> type[Table] | None:
    """The table that a field holds, be it optional or not."""
    choices = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    return next((choice for choice in choices if isinstance(choice, type) and issubclass(choice, Table)), None)


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


def _fnm_version(value: str) -> str:
    if not re.fullmatch(r"v[0-9]+\.[0-9]+\.[0-9]+", value):
        msg = f'{show(value)} is not a tag; did you mean "{pins("fnm").nearest(value)}"?'
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


def _dockerfile_text(value: str) -> str:
    if not value:
        return value
    text = value.rstrip("\n") + "\n"
    if (found := dockerfile.problem(text)) is not None:
        raise ValueError(found)
    return text


Line = Annotated[str, Shaped(_one_line, r"[^\x00-\x1f\x7f]*")]
Path = Annotated[Line, Shaped(_path, r"(/|~/).+")]
OptionalPath = Annotated[Line, Shaped(lambda value: _path(value) if value else value, r"((/|~/).+)?")]
Url = Annotated[Line, Shaped(_url, _URL)]
OptionalUrl = Annotated[Line, Shaped(lambda value: _url(value) if value else value, rf"({_URL})?")]
ProxyUrl = Annotated[Line, Shaped(lambda value: _proxy_url(value) if value else value, rf"({_PROXY_URL})?")]
Sha256 = Annotated[Line, _matches(r"[0-9a-f]{64}", "is not a sha256; write its 64 lower-case hexadecimal digits")]
OptionalSha256 = Annotated[Line, _matches(r"([0-9a-f]{64})?", "is not a sha256; write its 64 lower-case hexadecimal digits")]
OptionalCommit = Annotated[Line, _matches(r"([0-9a-f]{40})?", "is not a commit; write its 40 lower-case hexadecimal digits")]
OptionalVersion = Annotated[Line, _matches(r"([0-9]+\.[0-9]+\.[0-9]+)?", 'is not a version; write X.Y.Z, or "" for the newest')]
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
DockerfileText = Annotated[str, AfterValidator(_dockerfile_text), TextFile()]
Commit = Annotated[Line, _matches(r"[0-9a-f]{40}", "is not a commit; write its 40 hexadecimal digits, not a branch or a tag")]
HomePath = Annotated[Path, _matches(r"~/.*", "is not below the home in the image; begin it with ~/")]
BinPath = Annotated[
    Path, _matches(r"~?(/[A-Za-z0-9._+@-]+)+", "is not a plain path in the image, such as /opt/NAME/bin or ~/.cargo/bin")
]
ImagePath = Annotated[
    Line,
    _matches(r"(/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+", "is not a plain absolute path in the image, such as /usr/local/bin/NAME"),
]
Mode = Annotated[Line, _matches(r"0[0-7]{3}", 'is not a mode; write four octal digits such as "0755"')]
Crate = Annotated[
    Line,
    _matches(
        r"[A-Za-z][A-Za-z0-9_-]*@[0-9]+\.[0-9]+\.[0-9]+([-+][A-Za-z0-9.+-]+)?",
        "is not a crate with its exact version; write NAME@1.2.3",
    ),
]

_AS_TUPLE = BeforeValidator(_from_list)
DISTINCT = AfterValidator(_distinct)
Words = Annotated[tuple[Line, ...], _AS_TUPLE, Field(min_length=1)]
Registries = Annotated[tuple[Registry, ...], _AS_TUPLE, Field(min_length=1), DISTINCT]
Packages = Annotated[tuple[Package, ...], _AS_TUPLE, DISTINCT]
Variables = Annotated[tuple[Variable, ...], _AS_TUPLE, DISTINCT]
CommandNames = Annotated[tuple[CommandName, ...], _AS_TUPLE, DISTINCT]
BinPaths = Annotated[tuple[BinPath, ...], _AS_TUPLE, DISTINCT]
Crates = Annotated[tuple[Crate, ...], _AS_TUPLE, DISTINCT]
ScriptLines = Annotated[tuple[Line, ...], _AS_TUPLE]
NoProxies = Annotated[tuple[NoProxy, ...], _AS_TUPLE, DISTINCT]


# --- the tables


class Hashes(Table):
    """The sha256 of one artefact, for each architecture."""

    amd64: Sha256 = Field(description="sha256 for x86_64 machines.")
    arm64: Sha256 = Field(description="sha256 for aarch64 machines.")


class SomeHashes(Table):
    """The sha256 of one artefact, for one architecture or both: who built it has it for one."""

    amd64: OptionalSha256 = Field("", description='sha256 for x86_64 machines. "": none, and on such a machine the script stops.')
    arm64: OptionalSha256 = Field("", description="The same for aarch64 machines.")


# "Not given and not known", until the table's own validator has said so.
_UNPINNED = Hashes.model_construct(amd64="", arm64="")


def _with_pins(data: object, program: str, version_key_: str, hashes_key: str) -> object:
    """Fill the hashes of a version that pins.toml knows into a table that does not give them."""
    if not isinstance(data, dict) or hashes_key in data:
        return data
    found = pins(program).lookup(str(data.get(version_key_, pins(program).default)))
    return {**data, hashes_key: dict(found)} if found else data


def _require_pins(hashes: Hashes | SomeHashes, program: str, version: str, hashes_key: str) -> None:
    if not (hashes.amd64 or hashes.arm64):
        known = ", ".join(pins(program).sha256)
        msg = (
            f"no sha256 is known here for {program} {version}; give {hashes_key}.amd64 and {hashes_key}.arm64, "
            f"or take a version that is known: {known}"
        )
        raise KeyedError(hashes_key, msg)


class Podman(Table):
    """Where podman and its helpers come from."""

    source: Literal["build", "release", "archive", "system"] = Field(
        "build",
        description='"build" builds podman-static from its source at a pinned commit; "release" downloads its pinned archive; '
        '"archive" takes one that is on the machine; "system" uses a podman of 4.8 or newer that is there.',
    )
    version: Annotated[Line, Shaped(_podman_tag, _TAG)] = Field(
        pins("podman").default, description='Tag of podman-static. Not for source "system".'
    )
    builder: Literal["docker", "podman"] = Field(
        "docker",
        description='What builds it: "docker", installed where there is none, or a "podman" that is there, without root.',
    )
    repository: Url = Field(
        "https://github.com/mgoltzsche/podman-static",
        description='git repository of podman-static, or a mirror. Only for source "build".',
    )
    commit: OptionalCommit = Field(
        "", description='The commit that is built, whatever the tag points to. Known for known versions. Only for source "build".'
    )
    mirror: Url = Field(
        "https://github.com/mgoltzsche/podman-static/releases/download",
        description="Where archives are: MIRROR/VERSION/podman-linux-ARCH.tar.gz, and the same with .asc for the signature. "
        'Only for source "release".',
    )
    archives: OptionalPath = Field(
        "",
        description='Directory on the target with podman-linux-ARCH.tar.gz: source "archive" takes it from there, source "build" '
        "keeps there what it built. Empty: nothing is kept.",
    )
    prefix: Path = Field(
        "~/.local/share/podsand/engine",
        description="Directory on the target that holds one directory per version and the link `current`.",
    )
    signing_key: KeyText = Field(
        "",
        description="Path of an armored OpenPGP public key, relative to the profile; its text is put into the script, and the "
        'archive must then carry its signature. Empty: no signature is asked for, the sha256 always is. Only for source "release".',
    )
    sha256: SomeHashes = Field(
        SomeHashes.model_construct(amd64="", arm64=""),
        description='Hashes of the archive, one per architecture. Only for the sources "release" and "archive".',
    )

    @model_validator(mode="before")
    @classmethod
    def _pin(cls, data: object) -> object:
        data = _with_pins(data, "podman", "version", "sha256")
        if isinstance(data, dict) and not data.get("commit"):
            data = {**data, "commit": pins("podman").commits.get(str(data.get("version", pins("podman").default)), "")}
        return data

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if self.source in ("release", "archive"):
            _require_pins(self.sha256, "podman", self.version, "sha256")
        if self.source == "archive" and not self.archives:
            raise KeyedError("archives", 'is empty, and podman.source is "archive"; name the directory on the target that holds it')
        if self.source == "build" and not self.commit:
            known = ", ".join(pins("podman").commits)
            msg = f"no commit is known here for podman-static {self.version}; give it, or take a version that is known: {known}"
            raise KeyedError("commit", msg)
        return self

    def effective_keys(self) -> frozenset[str]:
        """The keys that have an effect with this source."""
        return frozenset(("source", "prefix")) | _PODMAN_KEYS[self.source]


_PODMAN_KEYS: dict[str, frozenset[str]] = {
    "build": frozenset(("version", "builder", "repository", "commit", "archives")),
    "release": frozenset(("version", "mirror", "signing_key", "sha256")),
    "archive": frozenset(("version", "archives", "sha256")),
    "system": frozenset(),
}


class Docker(Table):
    """Docker Engine, which builds podman: only for podman.source = "build" with podman.builder = "docker"."""

    mirror: Url = Field(
        "https://download.docker.com/linux", description="Docker's package archive, or a mirror: MIRROR/debian and MIRROR/ubuntu."
    )
    key_sha256: Sha256 = Field(
        pins("docker").key_sha256,
        description="sha256 of the archive's signing key, MIRROR/debian/gpg; the default is Docker's own.",
    )
    channel: Literal["stable", "test"] = Field("stable", description="Component of the archive.")
    version: OptionalVersion = Field("", description="Version of docker-ce, such as 28.5.1. Empty: the newest.")
    after: Literal["keep", "stop", "remove"] = Field(
        "keep",
        description="What becomes of a docker that podsand installed or started, when podman is built. "
        "One that ran before is left alone.",
    )


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


class Urls(Table):
    """Where one artefact is, for each architecture."""

    amd64: Url = Field(description="Address for x86_64 machines.")
    arm64: Url = Field(description="Address for aarch64 machines.")


class Download(Table):
    """A file from the network that lands in the image: downloaded by the script, which demands its sha256."""

    path: ImagePath = Field(
        description="Where it goes: the file, or the directory for what is unpacked; not below /home, which is made later."
    )
    url: Urls = Field(description="Addresses, one per architecture.")
    sha256: Hashes = Field(description="Hashes, one per architecture.")
    unpack: Literal["no", "gzip", "tar", "zip"] = Field(
        "no", description='"no" and "gzip" make one file; "tar", compressed or not, and "zip" a directory.'
    )
    mode: Mode = Field("0755", description="Mode of the file; what is unpacked into a directory has its own.")
    strip: Annotated[int, Field(ge=0, le=9)] = Field(0, description='Leading directories that a "tar" loses.')

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.path.startswith(("/home/", "/dev/", "/proc/", "/sys/", "/run/", "/tmp/")):  # noqa: S108 - in the image
            raise KeyedError("path", f"{show(self.path)} is not kept in the image; choose another, such as /usr/local/bin/NAME")
        if self.strip and self.unpack != "tar":
            raise KeyedError("strip", f'has no effect with unpack = "{self.unpack}"; leave it out')
        return self


class Dotfiles(Table):
    """A repository of yours in the image's home, and what it installs there."""

    repository: Url = Field(description="https address of the git repository.")
    commit: Commit = Field(description="The commit, in full: what is checked out, with the submodules that it names.")
    directory: HomePath = Field("~/.dotfiles", description="Where it is checked out, in the home of the image's user.")
    submodules: bool = Field(True, description="Check out its submodules, and theirs.")
    install: ScriptLines = Field(
        (),
        description="Lines of a sh script that runs there as the image's user; the first command that fails stops the build. "
        "What it downloads by itself is not pinned.",
    )


class Image(Table):
    """The container image in which the agent runs."""

    name: Slug = Field("podsand", description="Name of the image: localhost/NAME:latest.")
    dockerfile: DockerfileText = Field(
        "",
        description="Path of a Dockerfile of your own, relative to the profile; its text is put into the script, and builds the "
        "image alone: of the other keys of this table only `name` goes with it.",
    )
    base: ImageRef = Field(
        "docker.io/library/ubuntu:noble-20250619",
        description="The image to build on: REGISTRY/REPOSITORY:TAG or @sha256:DIGEST, with apt inside.",
    )
    packages: Packages = Field(
        ("ca-certificates", "curl", "git", "jq", "ripgrep", "unzip"),
        description="apt packages in the image. What the agent itself needs, and other keys, is added.",
    )
    path: BinPaths = Field((), description="Directories in the image that come first in PATH; ~/ is the home of its user.")
    cargo: Crates = Field(
        (), description="Rust programs that cargo builds and puts into ~/.cargo/bin: NAME@VERSION, with their lock files."
    )
    node: Literal["build", "fnm"] = Field(
        "build", description='Node.js: "build" has it while the agent is installed only; "fnm" keeps it in the image, with fnm.'
    )
    node_version: Annotated[Line, Shaped(_node_version, _TAG)] = Field(
        pins("node").default, description="Version of Node, by which the agent is installed."
    )
    node_mirror: Url = Field(
        "https://nodejs.org/dist", description="Where archives are: MIRROR/VERSION/node-VERSION-linux-{x64,arm64}.tar.xz."
    )
    node_sha256: Hashes = Field(_UNPINNED, description="Hashes of the Node archive, one per architecture.")
    fnm_version: Annotated[Line, AfterValidator(_fnm_version)] = Field(
        pins("fnm").default, description='Release tag of fnm. Only for node = "fnm".'
    )
    fnm_mirror: Url = Field(
        "https://github.com/Schniz/fnm/releases/download",
        description="Where its archives are: MIRROR/VERSION/fnm-{linux,arm64}.zip.",
    )
    fnm_sha256: Hashes = Field(_UNPINNED, description="Hashes of fnm's archive, one per architecture.")
    downloads: Annotated[tuple[Download, ...], _AS_TUPLE] = Field((), description="Further files from the network.")
    dotfiles: Dotfiles | None = Field(None, description="A repository of yours.")

    @model_validator(mode="before")
    @classmethod
    def _pin(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("dockerfile"):
            return data
        return _with_pins(_with_pins(data, "node", "node_version", "node_sha256"), "fnm", "fnm_version", "fnm_sha256")

    @model_validator(mode="after")
    def _pinned(self) -> Self:
        if self.dockerfile:
            return self
        _require_pins(self.node_sha256, "node", self.node_version, "node_sha256")
        if self.node == "fnm":
            _require_pins(self.fnm_sha256, "fnm", self.fnm_version, "fnm_sha256")
        return self

    @model_validator(mode="after")
    def _together(self) -> Self:
        paths: set[str] = set()
        for index, download in enumerate(self.downloads):
            if download.path in paths:
                raise KeyedError(f"downloads[{index}].path", f"{show(download.path)} is the place of another download; keep one")
            paths.add(download.path)
        if self.cargo and self.dotfiles is None and not {"cargo", "rustup"}.intersection(_names_of(self.packages)):
            raise KeyedError("cargo", 'needs cargo in the image: add "cargo" to image.packages, or dotfiles that install it')
        if self.dotfiles is not None and "git" not in _names_of(self.packages):
            raise KeyedError("dotfiles", 'needs git in the image: add "git" to image.packages')
        return self


def _names_of(packages: tuple[str, ...]) -> set[str]:
    return {package.partition("=")[0] for package in packages}


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
    home: Literal["tmpfs", "volume", "image"] = Field(
        "tmpfs",
        description='Home directory: "tmpfs" is in memory, a copy of the image\'s, and forgotten at the end; "volume" is kept; '
        '"image" is the image\'s own, for one of many gigabytes: nothing is read-only then, and everything is forgotten.',
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
    docker: Docker = Field(description="Docker, which builds podman.")
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
        if base not in allowed and not self.image.dockerfile:
            msg = f"{show(self.image.base)} comes from {base}, which conf.registries does not allow; add it there"
            raise KeyedError("image.base", msg)
        for index, mirror in enumerate(self.conf.mirrors):
            registry = mirror.prefix.partition("/")[0]
            if registry not in allowed:
                msg = f"{show(mirror.prefix)} is not in conf.registries; add it there, or drop the mirror"
                raise KeyedError(f"conf.mirrors[{index}].prefix", msg)
        return self

    @property
    def builds_with_docker(self) -> bool:
        return self.podman.source == "build" and self.podman.builder == "docker"

    @model_validator(mode="after")
    def _own_dockerfile(self) -> Self:
        if self.image.dockerfile:
            given = [f"image.{key}" for key in _LAYERED if key in self.image.model_fields_set]
            given += [f"agent.{key}" for key in ("version", "npm_registry") if key in self.agent.model_fields_set]
            if given:
                raise KeyedError(given[0], "has no effect with image.dockerfile; say it in the Dockerfile, and leave it out here")
        return self

    def warnings(self) -> tuple[str, ...]:
        """What is allowed and unwise."""
        found = []
        # What pins.toml fills in by itself was not asked for.
        inert = sorted(self.podman.model_fields_set - self.podman.effective_keys() - {"sha256", "commit"})
        found += [f"podman.{key} has no effect with podman.source = {show(self.podman.source)}" for key in inert]
        if self.docker.model_fields_set and not self.builds_with_docker:
            found.append("docker has no effect: podman is not built with docker in this profile")
        if self.podman.source != "system" and version_key(self.podman.version) < version_key(pins("podman").advised):
            found.append(
                f"podman.version: {self.podman.version} has vulnerabilities that {pins('podman').advised} mends; "
                f'use "{pins("podman").advised}" or newer'
            )
        if self.conf.storage_driver == "fuse-overlayfs" and self.podman.source != "system":
            found.append('conf.storage_driver: fuse-overlayfs 1.16 may corrupt images as they are built; prefer "auto"')
        if self.image.node != "fnm":
            inert = sorted(self.image.model_fields_set & {"fnm_version", "fnm_mirror"})
            found += [f'image.{key} has no effect without image.node = "fnm"' for key in inert]
        if self.image.dotfiles is not None and self.image.dotfiles.install:
            found.append("image.dotfiles.install: what it downloads by itself is not pinned; read what it runs")
        if self.sandbox.user == "root":
            found.append('sandbox.user: "root" keeps capabilities inside the sandbox; prefer "agent"')
        if self.sandbox.home == "image":
            found.append(
                'sandbox.home: with "image" the sandbox can write to the whole image, though it is forgotten; prefer "tmpfs"'
            )
        if self.sandbox.network == "none":
            found.append('sandbox.network: with "none" the agent cannot reach its API')
        return tuple(found)


_EMPTY_TABLES: dict[str, object] = {
    name: {} for name, field in Profile.model_fields.items() if table_of(field.annotation) is not None
}
# What composes an image of layers, so has no effect beside a Dockerfile.
_LAYERED = tuple(key for key in Image.model_fields if key not in ("name", "dockerfile"))


def inert_keys(profile: Profile) -> Iterator[tuple[str, str]]:
    """Table and key of what has no effect in this profile, and so does not stand in its resolved form."""
    yield from (("podman", key) for key in set(Podman.model_fields) - profile.podman.effective_keys())
    if not profile.builds_with_docker:
        yield from (("docker", key) for key in Docker.model_fields)
    if profile.image.dockerfile:
        yield from (("image", key) for key in _LAYERED)
        yield from (("agent", key) for key in ("version", "npm_registry", "sha256"))
    elif profile.image.node != "fnm":
        yield from (("image", key) for key in ("fnm_version", "fnm_mirror", "fnm_sha256"))


def _without_empty(data: dict[str, Any], model: type[Table]) -> dict[str, Any]:
    """Without the keys whose default is nothing, and that are so."""
    kept = {}
    for key, field in model.model_fields.items():
        name = field.alias or key
        value = data[name]
        table = table_of(field.annotation)
        if value in (None, "", []) and field.default in (None, "", ()):
            continue
        kept[name] = _without_empty(value, table) if table is not None else value
    return kept


def canonical_toml(profile: Profile) -> str:
    """The profile with every default and every file in it, always in the same form: it can be compiled again."""
    import tomli_w

    data = _without_empty(profile.model_dump(mode="json", by_alias=True), Profile)
    for table, key in inert_keys(profile):
        data[table].pop(key, None)
    if not data["docker"]:
        del data["docker"]
    texts = _taken_out(data)
    text = tomli_w.dumps(data)
    # Short: one line a list that fits it, no heading for two hashes, no empty lines between tables. No string can look like
    # this: none holds a line end, for the texts of files are not in it yet.
    text = re.sub(r"\[\n((?:    .*,\n)+)\]", _one_line_list, text)
    text = re.sub(r"\n\n(?=\[)", "\n", text)
    text = re.sub(r"^\[[\w.]+\.(\w+)\]\n(amd64 = .*\n)(arm64 = .*\n)", r"\1.\2\1.\3", text, flags=re.MULTILINE)
    for mark, content in texts.items():
        text = text.replace(mark, content)
    return text


def _taken_out(data: dict[str, Any]) -> dict[str, str]:
    """Puts a mark in the place of each text of several lines; what each mark stands for, both as they are in TOML."""
    import tomli_w

    texts = {}
    for name, table in data.items():
        for key, value in table.items() if isinstance(table, dict) else ():
            if isinstance(value, str) and "\n" in value:
                # No value holds a control character, so nothing else is written like this.
                table[key] = f"\x01{name}.{key}"
                texts[f'"\\u0001{name}.{key}"'] = tomli_w.dumps({"x": value}, multiline_strings=True)[4:-1]
    return texts


def _one_line_list(match: re.Match[str]) -> str:
    line = "[" + " ".join(item.strip() for item in match[1].splitlines()).removesuffix(",") + "]"
    return line if len(line) <= LINE else match[0]

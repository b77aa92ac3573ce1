from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from podsand_gen.errors import ProfileError
from podsand_gen.load import validate
from podsand_gen.lock import pins
from podsand_gen.plan import config_names
from podsand_gen.profile import Profile, Table, canonical_toml, table_of

KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: made up\n\nbWFkZSB1cA==\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
DOTFILES = {"repository": "https://a/b", "commit": "0" * 40}
DOCKERFILE = 'FROM docker.io/library/debian:trixie\nRUN x=[\n    "a",\n]\n[conf]\n\tprintf \'%s\' "${x}" \\\n'
HASHES = {"amd64": "0" * 64, "arm64": "1" * 64}


DOWNLOAD = {"path": "/usr/local/bin/tool", "url": {"amd64": "https://a/b", "arm64": "https://a/c"}, "sha256": HASHES}


def profile(**tables: Any) -> Profile:
    return validate({"schema": 1, "name": "a", **tables}, "profile.toml")


def nested(key: str, value: object) -> dict[str, Any]:
    table, _, rest = key.partition(".")
    return {table: nested(rest, value) if rest else value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "0-a"),
        ("podman.mirror", "http://[::1]:8080/a"),
        ("podman.prefix", "~/a b"),
        ("conf.storage_driver", "vfs"),
        ("image.base", "docker.io/library/debian@sha256:" + "0" * 64),
        ("image.packages", ["g++", "libc6-dev", "git=1:2.39.5-0+deb12u2"]),
        ("agent.command", ["claude", "it's $(x)", ""]),
        ("sandbox.memory", ""),
        ("sandbox.cpus", "0.5"),
        ("sandbox.pids", 16),
        ("sandbox.env", []),
        ("launcher.name", "agent2"),
        ("proxy.no_proxy", ["localhost", ".example.com", "10.0.0.0/8", "::1"]),
    ],
)
def test_a_value_that_works_is_taken(key: str, value: object) -> None:
    profile(**nested(key, value))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("name", "A", 'name: "A" is not a name'),
        ("name", "a" * 41, "1 to 40"),
        ("name", "", "name"),
        ("podman.version", "5.8", 'podman.version: "5.8" is not a tag; did you mean "v5.8.4"?'),
        ("podman.source", "relase", 'did you mean "release"?'),
        ("podman.mirror", "ftp://x/y", "is not a plain http or https address"),
        ("podman.mirror", "https://x/y?z", "without query"),
        ("podman.mirror", "https://me:secret@x/y", "keep logins out"),
        ("podman.version", "v5.5.1", "podman.commit: no commit is known"),
        ("podman.commit", "a14f4b3", "write its 40 lower-case"),
        ("podman.commit", "v5.8.4", "write its 40 lower-case"),
        ("podman.repository", "git://example.com/x", "plain http or https"),
        ("podman.source", "archive", "podman.archives: is empty"),
        ("podman.archives", "archives", "begin it with"),
        ("docker.key_sha256", "", "write its 64 lower-case"),
        ("docker.version", "28", "write X.Y.Z"),
        ("docker.after", "leave", "is not one of"),
        ("podman.mirror", "HTTPS://me:secret@x/y?z", "keep logins out"),
        ("podman.prefix", "engine", "begin it with / or ~/"),
        ("podman.prefix", "~/a/../b", ". or .. component"),
        ("podman.prefix", "/", "a whole file system"),
        ("podman.prefix", "~", "begin it with"),
        ("podman.sha256.amd64", "0" * 63, "podman.sha256.amd64"),
        ("podman.signing_key", "not a key", "gpg --armor --export"),
        ("podman.signing_key", KEY + "[podman]\n", "is no line of an armored key"),
        ("podman.signing_key", KEY + "\x1b\n", "forbidden character"),
        ("conf.scope", "users", 'did you mean "user"?'),
        ("conf.registries", [], "must not be empty"),
        ("conf.registries", ["docker.io", "docker.io"], "is there twice"),
        ("conf.registries", ["https://docker.io"], "is not a registry"),
        ("conf.registries", ["quay.io"], "image.base"),
        ("conf.mirrors", [{"prefix": "quay.io", "location": "a:1"}], "conf.mirrors[0].prefix"),
        ("conf.mirrors", [{"prefix": "docker.io"}], "conf.mirrors[0].location: missing"),
        ("conf.ignore_chown_errors", "yes", "must be true or false"),
        ("image.base", "ubuntu", 'did you mean "docker.io/library/ubuntu"?'),
        ("image.base", "docker.io/library/ubuntu", "names no version"),
        ("image.packages", ["--option"], "is not the name of an apt package"),
        ("image.packages", "git", "must be a list"),
        ("image.path", ["bin"], "begin it with"),
        ("image.path", ["/a:/b"], "is not a plain path in the image"),
        ("image.path", ["/a $PATH"], "is not a plain path in the image"),
        ("image.cargo", ["ripgrep"], "write NAME@1.2.3"),
        ("image.cargo", ["ripgrep@14"], "write NAME@1.2.3"),
        ("image.cargo", ["ripgrep@14.1.1"], 'image.cargo: needs cargo in the image: add "cargo" to image.packages'),
        ("image.node", "nvm", "is not one of"),
        ("image.fnm_version", "1.39", 'did you mean "v1.39.0"?'),
        ("image.dotfiles", {"repository": "https://a/b"}, "image.dotfiles.commit: missing"),
        ("image.dotfiles", {**DOTFILES, "commit": "main"}, "not a branch or a tag"),
        ("image.dotfiles", {**DOTFILES, "repository": "git@github.com:me/dotfiles"}, "is not a plain http or https address"),
        ("image.dotfiles", {**DOTFILES, "repository": "https://me:secret@a/b"}, "keep logins out"),
        ("image.dotfiles", {**DOTFILES, "directory": "/opt/dotfiles"}, "begin it with ~/"),
        ("image.dotfiles", {**DOTFILES, "install": ["one\ntwo"]}, "image.dotfiles.install[0]"),
        ("image.downloads", [{**DOWNLOAD, "path": "bin/tool"}], "is not a plain absolute path"),
        ("image.downloads", [{**DOWNLOAD, "path": "/usr/local/bin/../../etc/passwd"}], "is not a plain absolute path"),
        ("image.downloads", [{**DOWNLOAD, "path": "/home/agent/bin/tool"}], "is not kept in the image"),
        ("image.downloads", [{**DOWNLOAD, "mode": "u+x"}], "is not a mode"),
        ("image.downloads", [{**DOWNLOAD, "strip": 1}], "image.downloads[0].strip: has no effect"),
        ("image.downloads", [{**DOWNLOAD, "sha256": {"amd64": "0" * 64}}], "image.downloads[0].sha256.arm64: missing"),
        ("image.downloads", [DOWNLOAD, DOWNLOAD], "image.downloads[1].path"),
        ("image.dockerfile", "RUN true\n", "image.dockerfile: has no FROM instruction"),
        ("image.dockerfile", "FROM a\r\n", "Windows line ends"),
        ("image.dockerfile", "FROM a\nRUN \x1b[1m\n", "line 2 holds U+001B at character 5"),
        ("image.dockerfile", "FROM a\nRUN \u202e\n", "line 2 holds U+202E"),
        ("image.dockerfile", "FROM a\nPODSAND_DOCKERFILE\n", "line 2 is PODSAND_DOCKERFILE"),
        ("image.dockerfile", "FROM a\n# <<< image/layer-own\n", "line 2 reads like a mark"),
        ("image.dockerfile", "FROM a\n--- end profile\n", "line 2 reads like a mark"),
        ("image.dockerfile", "FROM a\n" + "#" * 65536 + "\n", "is larger than 64 KiB"),
        ("image.node_version", "24", 'did you mean "v24.11.1"?'),
        ("agent.name", "claude", 'agent.name: "claude" is not one of'),
        ("agent.version", "latest", 'did you mean "2.1.330"?'),
        ("agent.command", [], "must not be empty"),
        ("agent.command", ["a\nb"], "agent.command[0]"),
        ("sandbox.memory", "8 GB", "a number and b, k, m or g"),
        ("sandbox.cpus", "0", "is not a number of CPUs"),
        ("sandbox.pids", 15, "the least is 16"),
        ("sandbox.pids", "4096", "must be a whole number"),
        ("sandbox.pids", True, "must be a whole number"),
        ("sandbox.tmp_size", "", "is not a size"),
        ("sandbox.env", ["A=b"], "is not the name of an environment variable"),
        ("sandbox.env", ["HOME"], "set by the sandbox itself"),
        ("sandbox.network", "host", "is not one of"),
        ("sandbox.mounts", [{"source": "~/a", "target": "~/a"}], "write an absolute path"),
        ("sandbox.mounts", [{"source": "~/a", "target": "/usr"}], "hide a part of the system"),
        ("sandbox.mounts", [{"source": "~/a", "target": "/a"}, {"source": "~/b", "target": "/a"}], "two mounts"),
        ("launcher.name", "2x", "is not a command name"),
        ("launcher.directory", "bin", "begin it with"),
        ("script.commands", ["Plan"], "is not a command name"),
        ("proxy.url", "proxy:3128", "write http://HOST:PORT"),
        ("proxy.url", "http://me:secret@proxy:3128", "proxy.credentials_env"),
        ("proxy.credentials_env", "LOGIN", "proxy.url is empty"),
        ("proxy.credentials_file", "login", "begin it with"),
    ],
)
def test_a_value_that_does_not_work_is_told_with_its_key_and_a_remedy(key: str, value: object, words: str) -> None:
    with pytest.raises(ProfileError) as error:
        profile(**nested(key, value))

    assert words in str(error.value)
    assert key.partition(".")[0] in str(error.value) or "image.base" in words
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("character", ["\n", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\u2066"])
@pytest.mark.parametrize("key", ["agent.command", "sandbox.env", "image.packages", "podman.prefix", "image.base", "proxy.url"])
def test_no_text_holds_what_cannot_be_seen(key: str, character: str) -> None:
    value = f"/a{character}b"

    with pytest.raises(ProfileError) as error:
        profile(**nested(key, value if "." not in key or key.split(".")[1] in ("prefix", "base", "url") else [value]))

    assert f"U+{ord(character):04X}" in str(error.value)
    assert character not in str(error.value).replace("\n", "") or character == "\n"


def test_at_most_ten_problems_are_told_and_the_rest_is_counted() -> None:
    with pytest.raises(ProfileError) as error:
        profile(sandbox={f"x{number}": 1 for number in range(14)})

    assert len(error.value.problems) == 14
    assert len(str(error.value).splitlines()) == 12
    assert "and 4 more" in str(error.value)


@pytest.mark.parametrize(
    ("table", "key", "program", "hashes"),
    [
        ("podman", "version", "podman", "sha256"),
        ("image", "node_version", "node", "node_sha256"),
        ("agent", "version", "claude-code", "sha256"),
    ],
)
def test_a_known_version_brings_its_hashes_and_an_unknown_one_must(table: str, key: str, program: str, hashes: str) -> None:
    unknown = "9.9.9" if program == "claude-code" else "v9.9.9"

    assert getattr(getattr(profile(), table), hashes).model_dump() == pins(program).lookup(pins(program).default)
    source = {"source": "release"} if program == "podman" else {}
    with pytest.raises(ProfileError, match=rf"{table}\.{hashes}: no sha256 is known"):
        profile(**{table: {key: unknown, **source}})
    given = profile(**{table: {key: unknown, hashes: HASHES, **source}})
    assert getattr(getattr(given, table), hashes).model_dump() == HASHES


def test_a_known_version_brings_its_commit_and_another_can_be_given() -> None:
    commit = "0123456789" * 4

    assert {version: profile(podman={"version": version}).podman.commit for version in pins("podman").commits} == pins(
        "podman"
    ).commits
    assert profile(podman={"version": "v9.9.9", "commit": commit}).podman.commit == commit


def test_one_architecture_may_lack_a_hash_and_none_may_not() -> None:
    made = profile(podman={"source": "release", "version": "v9.9.9", "sha256": {"amd64": "0" * 64}})

    assert made.podman.sha256.arm64 == ""
    with pytest.raises(ProfileError, match=r"podman\.sha256: no sha256 is known"):
        profile(podman={"source": "release", "version": "v9.9.9", "sha256": {}})


@pytest.mark.parametrize(
    ("tables", "warning"),
    [
        ({"podman": {"mirror": "https://x/y"}}, 'podman.mirror has no effect with podman.source = "build"'),
        ({"podman": {"source": "release", "builder": "podman"}}, 'podman.builder has no effect with podman.source = "release"'),
        ({"podman": {"source": "release"}, "docker": {"after": "stop"}}, "docker has no effect"),
        ({"podman": {"builder": "podman"}, "docker": {"after": "stop"}}, "docker has no effect"),
    ],
)
def test_a_key_without_an_effect_is_warned_about_and_left_out(tables: dict[str, Any], warning: str) -> None:
    made = profile(**tables)

    assert [warning in one for one in made.warnings()] == [True]
    assert tables["podman"].get("mirror", "https://x") not in canonical_toml(made)


def test_a_podman_of_the_system_needs_no_hashes_and_its_inert_keys_are_warned_about() -> None:
    made = profile(podman={"source": "system", "version": "v9.9.9"})

    assert made.warnings() == ('podman.version has no effect with podman.source = "system"',)
    assert "v9.9.9" not in canonical_toml(made)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"podman": {"version": "v5.5.2"}}, "vulnerabilities"),
        ({"conf": {"storage_driver": "fuse-overlayfs"}}, "corrupt"),
        ({"sandbox": {"user": "root"}}, "sandbox.user"),
        ({"sandbox": {"network": "none"}}, "sandbox.network"),
    ],
)
def test_what_is_allowed_and_unwise_is_warned_about(tables: dict[str, Any], words: str) -> None:
    assert [words in warning for warning in profile(**tables).warnings()] == [True]
    assert profile().warnings() == ()


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"podman": {"source": "system"}},
        {"podman": {"source": "release"}},
        {"podman": {"source": "archive", "archives": "~/a b", "sha256": {"amd64": "0" * 64}}},
        {"podman": {"builder": "podman"}, "docker": {"after": "stop"}},
        {"docker": {"after": "remove", "version": "28.5.1"}},
        {"podman": {"source": "release", "signing_key": KEY, "version": "v5.5.2", "sha256": HASHES}},
        {"agent": {"command": ["[x]", "a, b", '"]', "[podman.sha256]", "#", "    x,"]}},
        {"sandbox": {"mounts": [{"source": "~/a", "target": "/a"}, {"source": "~/b", "target": "/b", "writable": True}]}},
        {"conf": {"mirrors": [{"prefix": "docker.io", "location": "a:1"}]}},
    ],
)
def test_the_canonical_form_is_the_same_profile_and_its_own_canonical_form(tables: dict[str, Any]) -> None:
    made = profile(**tables)
    text = canonical_toml(made)

    again = validate(tomllib.loads(text), "again")

    assert canonical_toml(again) == text
    assert "\n\n[" not in text
    assert made.podman.source == again.podman.source
    if tables.get("podman", {}).get("signing_key"):
        assert again == made


def test_the_canonical_form_says_every_key_of_the_model_but_those_whose_default_is_nothing() -> None:
    data = tomllib.loads(canonical_toml(profile(image={"node": "fnm"})))
    data["podman"] |= tomllib.loads(canonical_toml(profile(podman={"source": "release"})))["podman"]

    def missing(model: type[Table], values: dict[str, Any]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            table = table_of(field.annotation)
            if (field.alias or name) not in values:
                found += [] if field.default in (None, "", ()) else [name]
            elif table is not None:
                found += missing(table, values[field.alias or name])
        return found

    assert missing(Profile, data) == []
    assert "mounts" not in data["sandbox"]
    assert tomllib.loads(canonical_toml(profile(sandbox={"memory": "", "env": []})))["sandbox"]["memory"] == ""
    assert len(config_names()) == len(set(config_names()))


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        profile().sandbox.pids = 1  # type: ignore[misc]


def test_every_key_says_what_it_does() -> None:
    def undescribed(model: type[Table]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            if not (field.description or "").endswith((".", "64")):
                found.append(f"{model.__name__}.{name}")
            if (table := table_of(field.annotation)) is not None:
                found += undescribed(table)
        return found

    assert undescribed(Profile) == []


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"image": {"packages": ["git"]}}, "image.packages"),
        ({"image": {"base": "docker.io/library/debian:trixie"}}, "image.base"),
        ({"image": {"cargo": ["a@1.2.3"], "packages": ["cargo"]}}, "image.packages"),
        ({"image": {"downloads": [DOWNLOAD]}}, "image.downloads"),
        ({"image": {"dotfiles": DOTFILES}}, "image.dotfiles"),
        ({"image": {"node": "fnm"}}, "image.node"),
        ({"image": {"node_sha256": HASHES}}, "image.node_sha256"),
        ({"agent": {"version": "2.1.330"}}, "agent.version"),
        ({"agent": {"npm_registry": "https://npm"}}, "agent.npm_registry"),
    ],
)
def test_what_an_own_dockerfile_replaces_is_refused_beside_it_by_its_key(tables: dict[str, Any], key: str) -> None:
    image = {"dockerfile": DOCKERFILE, **tables.get("image", {})}

    with pytest.raises(ProfileError, match=f"{key}: has no effect with image.dockerfile"):
        profile(**{**tables, "image": image})


def test_a_dockerfile_loads_again_from_the_resolved_profile_byte_for_byte_whatever_it_looks_like() -> None:
    made = profile(image={"dockerfile": DOCKERFILE, "name": "mine"}, agent={"command": ['"\\u0001image.dockerfile"', "x"]})

    data = tomllib.loads(canonical_toml(made))

    assert data["image"] == {"name": "mine", "dockerfile": DOCKERFILE}
    assert validate(data, "again").image.dockerfile == DOCKERFILE
    assert data["agent"]["command"] == ['"\\u0001image.dockerfile"', "x"]


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ({"dotfiles": {**DOTFILES, "install": ["./install"]}}, "not pinned"),
        ({"fnm_version": "v1.39.0"}, 'without image.node = "fnm"'),
    ],
)
def test_what_is_unwise_or_without_effect_in_an_image_is_warned_of(image: dict[str, Any], words: str) -> None:
    assert any(words in warning for warning in profile(image=image).warnings())
    assert not any(words in warning for warning in profile().warnings())

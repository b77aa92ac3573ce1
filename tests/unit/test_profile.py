from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from podsand_gen.errors import ProfileError
from podsand_gen.load import validate
from podsand_gen.lock import pins
from podsand_gen.plan import config_names
from podsand_gen.profile import Profile, Table, canonical_toml

KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: made up\n\nbWFkZSB1cA==\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
HASHES = {"amd64": "0" * 64, "arm64": "1" * 64}


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
        ("podman.version", "v5.5.1", "give sha256.amd64 and sha256.arm64"),
        ("podman.source", "relase", 'did you mean "release"?'),
        ("podman.mirror", "ftp://x/y", "is not a plain http or https address"),
        ("podman.mirror", "https://x/y?z", "without query"),
        ("podman.mirror", "https://me:secret@x/y", "keep logins out"),
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
    with pytest.raises(ProfileError, match=rf"{table}\.{hashes}: no sha256 is known"):
        profile(**{table: {key: unknown}})
    given = profile(**{table: {key: unknown, hashes: HASHES}})
    assert getattr(getattr(given, table), hashes).model_dump() == HASHES


def test_a_podman_of_the_system_needs_no_hashes_and_its_inert_keys_are_warned_about() -> None:
    made = profile(podman={"source": "system", "version": "v9.9.9"})

    assert made.warnings() == ('podman.version has no effect with podman.source = "system"',)
    assert "v9.9.9" not in canonical_toml(made)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"podman": {"version": "v5.5.2", "sha256": HASHES}}, "vulnerabilities"),
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
        {"podman": {"signing_key": KEY, "version": "v5.5.2", "sha256": HASHES}},
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
    if made.podman.source == "release":
        assert again == made


def test_the_canonical_form_says_every_key_of_the_model() -> None:
    data = tomllib.loads(canonical_toml(profile()))

    def missing(model: type[Table], values: dict[str, Any]) -> list[str]:
        found = []
        for name, field in model.model_fields.items():
            if (field.alias or name) not in values:
                found.append(name)
            elif isinstance(field.annotation, type) and issubclass(field.annotation, Table):
                found += missing(field.annotation, values[field.alias or name])
        return found

    assert missing(Profile, data) == []
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
            if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
                found += undescribed(field.annotation)
        return found

    assert undescribed(Profile) == []

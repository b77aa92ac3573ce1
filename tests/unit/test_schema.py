from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.generator import ROOT

from podsand_gen.errors import ProfileError
from podsand_gen.init import new_profile
from podsand_gen.load import load_profile, validate
from podsand_gen.plan import config_names
from podsand_gen.profile import canonical_toml
from podsand_gen.schema import FILE_NAME, profile_schema, schema_text

SCHEMA = profile_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
MINIMAL = {"schema": 1, "name": "a"}


def faults(profile: dict[str, Any]) -> list[str]:
    return [".".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(profile)]


def nested(key: str, value: object) -> dict[str, Any]:
    head, _, rest = key.partition(".")
    return {head: nested(rest, value) if rest else value}


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert json.loads(schema_text()) == SCHEMA


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_is_valid_and_so_is_what_it_resolves_to(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))

    assert faults(raw) == []
    assert faults(tomllib.loads(canonical_toml(load_profile(path)))) == []


@pytest.mark.parametrize(
    "more",
    [
        {"extends": ["company.toml"]},
        {"add": {"image": {"packages": ["gdb"]}, "sandbox": {"mounts": [{"source": "~/a", "target": "/a"}]}}},
        {"podman": {"sha256": {"amd64": "0" * 64}}},
    ],
)
def test_what_a_composed_profile_says_is_valid(more: dict[str, Any]) -> None:
    assert faults({**MINIMAL, **more}) == []


def test_a_name_may_come_from_a_file_that_is_extended() -> None:
    assert faults({"schema": 1, "extends": ["company.toml"]}) == []
    assert faults({"schema": 1}) == [""]


REFUSED_BY_BOTH: list[tuple[str, Any]] = [
    ("name", "A"),
    ("podman.version", "5.8"),
    ("podman.source", "relase"),
    ("podman.mirror", "ftp://x/y"),
    ("podman.mirror", "https://x/y?z"),
    ("podman.mirror", "https://me:secret@x/y"),
    ("podman.prefix", "engine"),
    ("podman.sha256", {"amd64": "0" * 63, "arm64": "0" * 64}),
    ("podman.sha256.i386", "0" * 64),
    ("conf.registries", []),
    ("conf.registries", ["docker.io", "docker.io"]),
    ("conf.registries", ["https://docker.io"]),
    ("conf.mirrors", [{"prefix": "docker.io"}]),
    ("conf.ignore_chown_errors", "yes"),
    ("image.base", "ubuntu"),
    ("image.packages", ["--option"]),
    ("image.packages", "git"),
    ("image.node_version", "24"),
    ("agent.name", "claude"),
    ("agent.command", []),
    ("agent.command", ["a\nb"]),
    ("agent.command", ["a\x7f"]),
    ("agent.version", "latest"),
    ("sandbox.memory", "8 GB"),
    ("sandbox.cpus", "0"),
    ("sandbox.pids", 15),
    ("sandbox.pids", 4194305),
    ("sandbox.pids", "4096"),
    ("sandbox.pids", True),
    ("sandbox.tmp_size", ""),
    ("sandbox.env", ["A=b"]),
    ("sandbox.network", "host"),
    ("sandbox.memry", "1g"),
    ("sandbox.mounts", [{"source": "a", "target": "/a"}]),
    ("sandbox.mounts", [{"source": "~/a", "target": "/a", "mode": "ro"}]),
    ("launcher.name", "2x"),
    ("proxy.url", "proxy:3128"),
    ("podmann", {}),
    ("podman", 1),
]


@pytest.mark.parametrize(("key", "value"), REFUSED_BY_BOTH)
def test_what_the_model_refuses_of_one_key_the_schema_refuses_at_that_key(key: str, value: Any) -> None:
    raw = {**MINIMAL, **nested(key, value)}

    with pytest.raises(ProfileError):
        validate(raw, "profile")
    places = faults(raw)
    assert places
    # A key that is not known is a fault of the table that holds it.
    assert all(place.startswith(key) or place == key.rpartition(".")[0] for place in places)


def test_another_schema_is_refused() -> None:
    assert faults({**MINIMAL, "schema": 2}) == ["schema"]


@pytest.mark.parametrize("key", ["add.image.packages", "add.agent.command"])
def test_additions_are_checked_as_lists_are(key: str) -> None:
    assert faults({**MINIMAL, **nested(key, ["ok"])}) == []
    assert faults({**MINIMAL, **nested(key, ["\x01"])}) == [f"{key}.0"]
    assert faults({**MINIMAL, **nested(key, "ok")}) == [key]


@pytest.mark.parametrize("key", ["add.sandbox.memory", "add.name", "add.launcher"])
def test_nothing_can_be_added_to_what_is_no_list(key: str) -> None:
    assert faults({**MINIMAL, **nested(key, ["1g"])}) != []


def test_every_key_has_a_description_and_what_has_a_default_says_it() -> None:
    keys = []

    def walk(table: dict[str, Any], name: str) -> None:
        for key, value in table["properties"].items():
            place = f"{name}_{key.upper()}"
            assert value["description"].endswith((".", "64")), place
            if "properties" in value:
                walk(value, place)
            elif "items" in value and "properties" in value["items"]:
                walk(value["items"], place)
            else:
                keys.append(place)
                assert "default" in value or value.get("pattern") or key == "schema", place

    walk({"properties": {key: value for key, value in SCHEMA["properties"].items() if key not in ("extends", "add")}}, "CFG")
    assert set(config_names()) == set(keys) - {"CFG_SCHEMA"}


def test_taplo_checks_a_profile_by_the_line_that_init_writes(tmp_path: Path) -> None:
    """What editors use."""
    taplo = shutil.which("taplo", path=f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}")
    if taplo is None:
        pytest.skip("taplo is not installed")
    (tmp_path / FILE_NAME).write_text(schema_text())
    text = new_profile({"memory": "4g", "packages": "gdb"}, None)

    def lint(profile: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "mine.toml").write_text(profile)
        return subprocess.run([taplo, "lint", "mine.toml"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert lint(text).returncode == 0
    assert lint(f"#:schema ./{FILE_NAME}\n" + (ROOT / "examples/team.toml").read_text()).returncode == 0
    wrong = lint(text.replace('"4g"', '"4 GB"'))
    assert wrong.returncode != 0
    assert '"4 GB" does not match' in wrong.stderr


LISTS = ("image.packages", "agent.command", "sandbox.env", "proxy.no_proxy")
# What a user might write for a key: near the patterns, so that both answers come up.
SHAPES = {
    "name": r"[a-zA-Z0-9-]{1,4}",
    "podman.version": r"v?[0-9]\.[0-9](\.[0-9])?",
    "podman.prefix": r"(/|~/|)[a-z./~]{0,6}",
    "podman.mirror": r"(https?|ftp)://[a-z@:?/.\[\]0-9]{1,8}",
    "image.base": r"(docker\.io/)?[a-z/._-]{1,8}(:[a-z0-9.]{1,4})?",
    "image.packages": r"[a-z0-9+=.-]{1,5}",
    "agent.command": r"[ -~\t\x7f]{0,4}",
    "sandbox.memory": r"[0-9]{0,2}[bkmgGB]?",
    "sandbox.cpus": r"[0-9]{0,2}\.?[0-9]{0,3}",
    "sandbox.env": r"[A-Z0-9_=]{1,3}",
    "proxy.url": r"(http://)?[a-z@.]{1,5}(:[0-9]{1,6})?/?",
    "proxy.no_proxy": r"[a-z.*:/,]{1,4}",
}


@given(st.data(), st.sampled_from(sorted(SHAPES)))
def test_the_schema_never_refuses_what_the_model_takes(data: st.DataObject, key: str) -> None:
    text = data.draw(st.from_regex(SHAPES[key], fullmatch=True))
    raw = {
        **MINIMAL,
        **nested(key, [text] if key in LISTS else text),
    }

    try:
        validate(raw, "profile")
    except ProfileError:
        return
    assert faults(raw) == []

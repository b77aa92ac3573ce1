from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podsand_gen.errors import LibraryError, ProfileError
from podsand_gen.load import load_profile
from podsand_gen.plan import ALWAYS_COMMANDS, LAYER_ORDER, REGISTRY, STEP_ORDER, Plan, Rule, build_plan, config_names, config_values
from podsand_gen.profile import Profile
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFkZSB1cA==\n-----END PGP PUBLIC KEY BLOCK-----\n"


DOCKERFILE = "FROM docker.io/library/debian:trixie\n"
BOTH = {"amd64": "0" * 64, "arm64": "1" * 64}
DOWNLOAD = {"path": "/opt/tool", "url": {"amd64": "https://a/b", "arm64": "https://a/c"}, "sha256": BOTH, "unpack": "tar"}
DOTFILES = {"repository": "https://a/b", "commit": "0" * 40}
EVERYTHING = {
    "packages": ["git"],
    "node": "fnm",
    "path": ["/opt/bin"],
    "cargo": ["a@1.2.3"],
    "downloads": [DOWNLOAD],
    "dotfiles": DOTFILES,
}


def profile(**tables: Any) -> Profile:
    return Profile.model_validate({"schema": 1, "name": "a", **tables})


def plan(**tables: Any) -> Plan:
    return build_plan(profile(**tables), Library.load(ROOT / "snippets"))


def names(made: Plan) -> list[str]:
    return [snippet.name for region in made.regions for snippet in region.snippets]


def snippet(directory: Path, name: str, front_matter: str = "") -> None:
    path = directory / f"{name}.bash"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'# shellcheck shell=bash\n# /// snippet\n# name = "{name}"\n# summary = "X."\n{front_matter}# ///\n\nx() {{\n  :\n}}\n'
    )


def test_every_rule_and_every_place_in_the_order_names_a_snippet_that_is_there() -> None:
    there = set(Library.load(ROOT / "snippets").snippets)

    assert {rule.snippet for rule in REGISTRY} <= there
    assert set(STEP_ORDER) <= there


def test_every_snippet_is_in_the_plan_of_some_profile() -> None:
    reached: set[str] = set()
    mounts = [{"source": "~/a", "target": "/a"}]
    proxy = {"url": "http://proxy:3128", "credentials_env": "LOGIN", "ca_bundle": "/etc/ca.pem"}
    mirrors = [{"prefix": "docker.io", "location": "a:1"}]
    reached.update(
        names(
            plan(
                conf={"mirrors": mirrors, "storage_driver": "vfs"},
                docker={"after": "remove"},
                proxy=proxy,
                sandbox={"mounts": mounts},
            )
        )
    )
    reached.update(names(plan(podman={"builder": "podman", "archives": "~/archives"})))
    reached.update(names(plan(podman={"source": "release", "signing_key": KEY})))
    reached.update(names(plan(podman={"source": "archive", "archives": "~/archives"})))
    reached.update(names(plan(podman={"source": "system"}, sandbox={"user": "root", "home": "volume", "seccomp": "debug"})))
    reached.update(names(plan(sandbox={"seccomp": "nested"})))
    reached.update(names(plan(image=EVERYTHING, sandbox={"home": "image"})))
    reached.update(names(plan(image={"dockerfile": DOCKERFILE})))
    reached.remove("image/layer-own")

    assert reached == set(Library.load(ROOT / "snippets").snippets)


@pytest.mark.parametrize(
    ("tables", "snippets"),
    [
        ({"podman": {"source": "system"}}, {"podman/system"}),
        ({"podman": {"source": "release"}}, {"podman/pinned", "podman/release"}),
        ({"podman": {"source": "release", "signing_key": KEY}}, {"podman/pinned", "podman/release", "podman/signature"}),
        ({"podman": {"source": "archive", "archives": "~/a"}}, {"podman/pinned", "podman/archive"}),
        ({"podman": {"builder": "podman"}}, {"podman/build-podman"}),
        ({"docker": {"after": "stop"}}, {"docker/after"}),
        ({"podman": {"archives": "~/a"}}, {"podman/source-keep"}),
        ({"conf": {"storage_driver": "vfs"}}, {"podman/storage-fixed"}),
        (
            {"podman": {"source": "release"}, "proxy": {"ca_bundle": "/etc/ca.pem"}},
            {"podman/pinned", "podman/release", "host/ca-bundle", "sandbox/ca-bundle"},
        ),
        ({"proxy": {"ca_bundle": "/etc/ca.pem"}}, {"host/ca-bundle", "host/ca-trust", "podman/source-patch", "sandbox/ca-bundle"}),
        ({"conf": {"mirrors": [{"prefix": "docker.io", "location": "a:1"}]}}, {"podman/mirrors", "podman/source-patch"}),
        ({"proxy": {"url": "http://proxy:3128", "credentials_env": "LOGIN"}}, {"core/proxy-credentials", "core/proxy-profile"}),
        ({"sandbox": {"user": "root"}}, {"sandbox/user-root", "image/layer-user-root"}),
        ({"image": {"node": "fnm"}}, {"image/part-fnm", "image/layer-fnm"}),
        ({"image": {"downloads": [DOWNLOAD]}}, {"image/part-downloads", "image/layer-downloads"}),
        ({"image": {"path": ["/opt/bin"]}}, {"image/part-path", "image/layer-path"}),
        ({"image": {"dotfiles": DOTFILES}}, {"image/part-dotfiles", "image/layer-dotfiles"}),
        (
            {"image": {"cargo": ["a@1.2.3"], "packages": ["cargo"]}},
            {"image/part-cargo", "image/layer-cargo", "image/part-path", "image/layer-path"},
        ),
        ({"image": {"dockerfile": DOCKERFILE}}, {"image/part-own", "image/probe-own", "image/layer-own"}),
        ({"sandbox": {"home": "volume"}}, {"sandbox/home-volume"}),
        ({"sandbox": {"home": "image"}}, {"sandbox/home-image"}),
        ({"sandbox": {"mounts": [{"source": "~/a", "target": "/a"}]}}, {"sandbox/extra-mounts"}),
    ],
)
def test_a_feature_brings_its_snippets_and_no_others(tables: dict[str, Any], snippets: set[str]) -> None:
    assert set(names(plan(**tables))) - set(names(plan())) == snippets


@pytest.mark.parametrize("chosen", ["strict", "debug", "nested"])
def test_a_script_carries_the_system_calls_of_its_own_seccomp_profile_alone(chosen: str) -> None:
    carried = {name for name in names(plan(sandbox={"seccomp": chosen})) if name.startswith("sandbox/seccomp-")}

    assert carried == {"sandbox/seccomp-common", f"sandbox/seccomp-{chosen}"}


def test_what_a_snippet_requires_stands_before_it_in_its_region_and_among_the_steps() -> None:
    made = plan(podman={"source": "release", "signing_key": KEY})
    order = [*made.steps_root, *made.steps_user]

    for region in made.regions:
        inside = [entry.name for entry in region.snippets]
        for entry in region.snippets:
            assert all(inside.index(name) < inside.index(entry.name) for name in entry.meta.requires if name in inside)
    for entry in (entry for region in made.regions for entry in region.snippets if entry.name in order):
        assert all(order.index(name) < order.index(entry.name) for name in entry.meta.requires if name in order)


def test_every_layer_has_its_place_in_the_dockerfile() -> None:
    there = {name for name in Library.load(ROOT / "snippets").snippets if name.startswith("image/layer-")}

    assert there | {"image/layer-own"} == set(LAYER_ORDER)


def test_the_layers_and_parts_of_an_image_are_the_plans_in_the_dockerfiles_order() -> None:
    assert plan().image_parts == ("image_part_base",)
    assert plan().image_layers == ("image_layer_agent", "image_layer_base", "image_layer_user_agent", "image_layer_claude_code")
    assert plan(image=EVERYTHING).image_layers == (
        *("image_layer_agent", "image_layer_base", "image_layer_fnm", "image_layer_downloads", "image_layer_user_agent"),
        *("image_layer_path", "image_layer_dotfiles", "image_layer_cargo", "image_layer_claude_code"),
    )
    own = plan(image={"dockerfile": DOCKERFILE})
    assert (own.image_parts, own.image_layers) == (("image_part_own",), ("image_layer_own",))


def test_what_a_part_needs_of_the_distribution_is_among_the_packages() -> None:
    assert set(config_values(profile(image=EVERYTHING))["CFG_IMAGE_PACKAGES"]) == {
        *("ca-certificates", "git", "jq", "unzip", "xz-utils")
    }


def test_an_own_dockerfile_is_a_region_of_its_own_and_its_values_of_other_images_are_not_in_the_config() -> None:
    made = plan(image={"dockerfile": DOCKERFILE})
    (region,) = (entry for each in made.regions for entry in each.snippets if entry.name == "image/layer-own")

    assert region.body == f"image_layer_own() {{\n  cat <<'PODSAND_DOCKERFILE'\n{DOCKERFILE}PODSAND_DOCKERFILE\n}}\n"
    assert made.unvetted == ()
    assert {name for name, _ in made.config if name.startswith("CFG_IMAGE_")} == {"CFG_IMAGE_NAME"}
    assert dict(made.config)["CFG_AGENT_VERSION"] == "as image.dockerfile installs it"


def test_steps_run_in_the_explicit_order_root_first() -> None:
    made = plan()

    assert list(made.steps_root) == ["host/packages", "host/subids", "docker/engine", "podman/build-docker"]
    assert list(made.steps_user) == [name for name in STEP_ORDER if name in made.steps_user]


def test_regions_stand_in_the_order_of_a_reviewer() -> None:
    made = plan()

    assert [region.title for region in made.regions] == [
        "root steps",
        "policy of the sandbox",
        "user steps",
        "commands",
        "driver",
    ]
    assert len(names(made)) == len(set(names(made)))
    assert all(entry.meta.root for entry in made.regions[0].snippets)


def test_commands_that_are_left_out_are_not_in_the_plan_and_three_always_are() -> None:
    made = plan(script={"commands": []})

    assert {name for name, _ in made.commands} == set(ALWAYS_COMMANDS)
    assert "command/plan" not in names(made)


def test_an_unknown_command_is_told_with_the_nearest() -> None:
    with pytest.raises(ProfileError, match=r'script.commands: there is no command "stats"; did you mean "status"\?'):
        plan(script={"commands": ["stats"]})


def test_only_declared_values_are_in_the_config_and_each_has_a_key() -> None:
    made = plan()
    declared = {param for region in made.regions for entry in region.snippets for param in entry.meta.params}

    assert {name for name, _ in made.config} == declared
    assert declared <= set(config_names())


def test_values_reach_bash_as_text_lists_and_columns() -> None:
    mirrors = [{"prefix": "docker.io", "location": "a:1"}, {"prefix": "docker.io/x", "location": "b:2", "insecure": True}]
    values = config_values(profile(conf={"mirrors": mirrors, "ignore_chown_errors": True}, podman={"signing_key": KEY}))

    assert values["CFG_SANDBOX_PIDS"] == "4096"
    assert values["CFG_CONF_IGNORE_CHOWN_ERRORS"] == "true"
    assert values["CFG_CONF_MIRRORS_LOCATION"] == ("a:1", "b:2")
    assert values["CFG_CONF_MIRRORS_INSECURE"] == ("false", "true")
    columns = config_values(profile(image=EVERYTHING))
    assert columns["CFG_IMAGE_DOWNLOADS_URL_ARM64"] == ("https://a/c",)
    assert columns["CFG_IMAGE_DOWNLOADS_STRIP"] == ("0",)
    assert columns["CFG_IMAGE_DOTFILES_SUBMODULES"] == "true"
    assert values["CFG_PODMAN_SIGNING_KEY"] == tuple(KEY.splitlines())
    assert set(columns) == set(config_names())


@pytest.mark.parametrize(
    "podman", [{"builder": "podman"}, {"source": "release"}, {"source": "archive", "archives": "~/a"}, {"source": "system"}]
)
def test_what_is_not_built_with_docker_has_nothing_of_docker(podman: dict[str, str]) -> None:
    made = plan(podman=podman)

    assert [name for name in names(made) if "docker" in name] == ["image/dockerfile"]
    assert list(made.steps_root) == ["host/packages", "host/subids"]
    assert [name for name, _ in made.config if "DOCKER" in name] == []
    assert "[docker]" in plan().toml
    assert "[docker]" not in made.toml


def test_what_the_agent_needs_is_in_its_image_whatever_the_profile_says() -> None:
    values = config_values(profile(image={"packages": ["git", "jq"]}))

    assert values["CFG_IMAGE_PACKAGES"] == ("git", "jq", "ca-certificates")


@pytest.fixture
def small_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans of core/main alone, so that a library of two snippets is whole."""
    monkeypatch.setattr("podsand_gen.plan.REGISTRY", (Rule("core/main"),))
    monkeypatch.setattr("podsand_gen.plan._command_snippets", lambda profile, library: [])


def test_a_circle_of_snippets_is_told(small_registry: None, tmp_path: Path) -> None:
    snippet(tmp_path, "core/main", '# requires = ["core/other"]\n')
    snippet(tmp_path, "core/other", '# requires = ["core/main"]\n')

    with pytest.raises(LibraryError, match="in a circle"):
        build_plan(profile(), Library.load(tmp_path))


def test_a_snippet_that_is_required_and_missing_is_told_with_who_wants_it(small_registry: None, tmp_path: Path) -> None:
    snippet(tmp_path, "core/main", '# requires = ["core/gone"]\n')

    with pytest.raises(LibraryError, match="core/gone is required by core/main"):
        build_plan(profile(), Library.load(tmp_path))


def test_a_parameter_that_no_key_makes_is_told_with_the_nearest(small_registry: None, tmp_path: Path) -> None:
    snippet(tmp_path, "core/main", '# params = ["CFG_SANDBOX_PID"]\n')

    with pytest.raises(
        LibraryError, match='core/main: no key of the profile makes CFG_SANDBOX_PID; did you mean "CFG_SANDBOX_PIDS"'
    ):
        build_plan(profile(), Library.load(tmp_path))


def test_the_same_profile_is_the_same_plan_however_it_was_written(tmp_path: Path) -> None:
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    one.write_text('schema = 1\nname = "a"\n[sandbox]\npids = 99\nmemory = "1g"\n')
    other.write_text("name = \"a\"\nsandbox.memory = '1g'\nsandbox.pids = 0x63\nschema = 1 # as said\n")
    library = Library.load(ROOT / "snippets")

    assert build_plan(load_profile(one), library) == build_plan(load_profile(other), library)

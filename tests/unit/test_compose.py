from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from podsand_gen.compose import DEPTH_LIMIT, FILES_LIMIT, Layer, Origin, compose, gather
from podsand_gen.errors import ExtendsError, ProfileError, ProfileFileError, UsageError
from podsand_gen.load import Loaded, load, validate
from podsand_gen.lock import PINNED
from podsand_gen.profile import Profile, canonical_toml

MINIMAL = 'schema = 1\nname = "mine"\n'
HASHES = {"amd64": "0" * 64, "arm64": "1" * 64}
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFkZSB1cA==\n-----END PGP PUBLIC KEY BLOCK-----\n"
DEFAULT_PACKAGES = Profile.model_validate({"schema": 1, "name": "a"}).image.packages


def write(directory: Path, **files: str) -> Path:
    """NAME=text becomes NAME.toml, with the schema line; the path of the first."""
    for name, text in files.items():
        (directory / f"{name}.toml").write_text(f"schema = 1\n{text}")
    return directory / f"{next(iter(files))}.toml"


def made(directory: Path, **files: str) -> Loaded:
    return load(write(directory, **files))


def layer(values: dict[str, Any], added: dict[tuple[str, ...], list[Any]] | None = None, name: str = "a") -> Layer:
    return Layer(Origin("file", name), values, added or {})


# --- what a later file does to an earlier one


def test_a_later_file_wins_key_by_key_and_the_profile_wins_over_all(tmp_path: Path) -> None:
    profile = made(
        tmp_path,
        mine='name = "mine"\nextends = ["one.toml", "two.toml"]\n[sandbox]\npids = 300\n',
        one='name = "one"\n[sandbox]\npids = 100\nmemory = "1g"\ncpus = "1"\n',
        two='[sandbox]\npids = 200\nmemory = "2g"\n',
    ).profile

    assert profile.name == "mine"
    assert (profile.sandbox.pids, profile.sandbox.memory, profile.sandbox.cpus) == (300, "2g", "1")


def test_a_list_replaces_a_list(tmp_path: Path) -> None:
    profile = made(
        tmp_path,
        mine='name = "mine"\nextends = ["base.toml"]\n[image]\npackages = ["gdb"]\n',
        base='[image]\npackages = ["git", "jq"]\n',
    ).profile

    assert profile.image.packages == ("gdb",)


def test_add_appends_to_the_default_or_to_what_a_file_below_says_and_each_item_once(tmp_path: Path) -> None:
    default = made(tmp_path, mine=MINIMAL[11:] + '[add.image]\npackages = ["gdb", "git", "gdb"]\n').profile
    below = made(
        tmp_path,
        mine='name = "mine"\nextends = ["base.toml"]\nadd.image.packages = ["gdb"]\nadd.sandbox.env = ["A"]\n',
        base='[image]\npackages = ["git"]\n[add.image]\npackages = ["jq"]\n[sandbox]\nenv = []\n',
    ).profile

    assert default.image.packages == (*DEFAULT_PACKAGES, "gdb")
    assert below.image.packages == ("git", "jq", "gdb")
    assert below.sandbox.env == ("A",)


def test_a_file_that_says_a_list_and_adds_to_it_is_one_origin(tmp_path: Path) -> None:
    found = made(tmp_path, mine='name = "mine"\nimage.packages = ["git"]\nadd.image.packages = ["gdb"]\n')

    assert found.profile.image.packages == ("git", "gdb")
    assert [origin.kind for origin in found.origins["image.packages"]] == ["file"]


def test_words_of_a_command_may_be_added_twice(tmp_path: Path) -> None:
    profile = made(tmp_path, mine=MINIMAL[11:] + 'add.agent.command = ["--add-dir", "/a", "--add-dir", "/b"]\n').profile

    assert profile.agent.command[2:] == ("--add-dir", "/a", "--add-dir", "/b")


def test_rows_of_tables_are_added(tmp_path: Path) -> None:
    row = '[[{}sandbox.mounts]]\nsource = "~/{}"\ntarget = "/{}"\n'

    profile = made(
        tmp_path, mine='name = "mine"\nextends = ["base.toml"]\n' + row.format("add.", "b", "b"), base=row.format("", "a", "a")
    ).profile

    assert [mount.target for mount in profile.sandbox.mounts] == ["/a", "/b"]


def test_a_file_that_is_extended_twice_counts_once_and_where_it_was_met_first(tmp_path: Path) -> None:
    profile = made(
        tmp_path,
        mine='name = "mine"\nextends = ["left.toml", "right.toml"]\n',
        left='extends = ["base.toml"]\n[sandbox]\npids = 200\n',
        right='extends = ["./base.toml"]\n',
        base='[sandbox]\npids = 100\n[add.agent]\ncommand = ["--verbose"]\n',
    ).profile

    assert profile.sandbox.pids == 200
    assert profile.agent.command.count("--verbose") == 1


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "shared/keys").mkdir(parents=True)
    (tmp_path / "shared/keys/podman.asc").write_text(KEY)
    write(tmp_path / "shared", company='extends = ["more.toml"]\n[podman]\nsigning_key = "keys/podman.asc"\n', more="")

    profile = made(tmp_path, mine='name = "mine"\nextends = ["shared/company.toml"]\n').profile

    assert profile.podman.signing_key == KEY


@pytest.mark.parametrize("pinned", PINNED, ids=lambda pinned: pinned.program)
def test_hashes_go_with_the_version_that_they_belong_to(pinned: Any) -> None:
    below = {pinned.table: {pinned.version: "v1", **dict.fromkeys(pinned.below, HASHES), "mirror": "x"}}

    other = compose([layer(below), layer({pinned.table: {pinned.version: "v2"}})])
    same = compose([layer(below), layer({pinned.table: {pinned.version: "v1"}})])
    half = compose([layer(below), layer({pinned.table: {pinned.version: "v2", pinned.below[-1]: {"amd64": "2"}}})])

    assert other.values == {pinned.table: {pinned.version: "v2", "mirror": "x"}}
    assert all(other.origin((pinned.table, key, "amd64")) == () for key in pinned.below)
    assert same.values == below
    assert half.values[pinned.table][pinned.below[-1]] == {"amd64": "2"}


def test_another_version_over_hashes_of_a_base_is_refused_and_not_compiled_with_the_wrong_ones(tmp_path: Path) -> None:
    write(tmp_path, base='[podman]\nsource = "release"\nversion = "v9.9.9"\n[podman.sha256]\n' + tomli_w.dumps(HASHES))

    control = made(tmp_path, mine='name = "mine"\nextends = ["base.toml"]\n')
    assert control.profile.podman.sha256.model_dump() == HASHES
    with pytest.raises(ProfileError, match=r"podman\.sha256: no sha256 is known here for podman v9\.9\.8"):
        made(tmp_path, mine='name = "mine"\nextends = ["base.toml"]\n[podman]\nversion = "v9.9.8"\n')


# --- laws

VALUES: dict[tuple[str, ...], list[Any]] = {
    ("name",): ["a", "b"],
    ("podman", "mirror"): ["https://a.example.com", "https://b.example.com"],
    ("image", "packages"): [["git"], ["gdb", "jq"], []],
    ("sandbox", "pids"): [16, 17],
    ("sandbox", "memory"): ["1g", ""],
    ("sandbox", "env"): [[], ["A", "B"]],
    ("sandbox", "mounts"): [[], [{"source": "~/a", "target": "/a"}]],
    ("proxy", "no_proxy"): [["localhost"], []],
}
ADDABLE = [("image", "packages"), ("sandbox", "env")]


def nested(flat: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for parts, value in flat.items():
        table = tree
        for part in parts[:-1]:
            table = table.setdefault(part, {})
        table[parts[-1]] = value
    return tree


flats = st.fixed_dictionaries({}, optional={parts: st.sampled_from(values) for parts, values in VALUES.items()})
additions = st.fixed_dictionaries(
    {}, optional={parts: st.lists(st.sampled_from(["A", "gdb", "strace"]), max_size=3) for parts in ADDABLE}
)
layers = st.builds(lambda flat, added: layer(nested(flat), added), flats, additions)


@given(st.lists(layers, max_size=4), flats)
def test_the_last_to_say_a_value_is_who_said_it(below: list[Layer], flat: dict[tuple[str, ...], Any]) -> None:
    composition = compose([*below, layer(nested(flat), name="last")])

    for parts, value in flat.items():
        found: Any = composition.values
        for part in parts:
            found = found[part]
        assert found == value
        assert composition.origin(parts) == (Origin("file", "last"),)


@given(st.lists(layers, max_size=4))
def test_an_empty_layer_and_the_same_layer_once_more_change_nothing(below: list[Layer]) -> None:
    values = compose(below).values

    assert compose([*below, layer({})]).values == values
    assert compose([*below, *below[-1:]]).values == values


@given(st.lists(layers, max_size=3), st.lists(layers, max_size=3))
def test_composing_in_two_goes_is_composing_in_one(first: list[Layer], second: list[Layer]) -> None:
    assert compose([layer(compose(first).values), *second]).values == compose([*first, *second]).values


@given(st.lists(layers, max_size=4))
def test_composing_leaves_its_layers_alone_and_a_value_always_has_an_origin(below: list[Layer]) -> None:
    before = repr(below)

    composition = compose(below)

    def shape(tree: Any) -> Any:
        return {key: shape(value) for key, value in tree.items()} if isinstance(tree, dict) else None

    assert repr(below) == before
    assert shape(composition.values) == shape(composition.origins)


@settings(max_examples=40)
@given(flat=flats, places=st.lists(st.integers(0, 2), min_size=len(VALUES), max_size=len(VALUES)), reverse=st.booleans())
def test_two_ways_to_write_a_profile_give_the_same_bytes(
    flat: dict[tuple[str, ...], Any], places: list[int], reverse: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In one file, or spread over three that extend each other."""
    directory = tmp_path_factory.mktemp("ways")
    flat = {("name",): "a", **flat}
    parts: list[dict[tuple[str, ...], Any]] = [{}, {}, {}]
    for (key, value), place in zip(reversed(flat.items()) if reverse else flat.items(), places, strict=False):
        parts[place][key] = value
    for index, part in enumerate(parts):
        head = {"schema": 1} | ({"extends": [f"{index - 1}.toml"]} if index else {})
        (directory / f"{index}.toml").write_text(tomli_w.dumps({**head, **nested(part)}))

    spread = load(directory / "2.toml").profile

    assert canonical_toml(spread) == canonical_toml(validate({"schema": 1, **nested(flat)}, "one file"))


# --- what may be wrong


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"mine": 'extends = "base.toml"'}, ["mine.toml", 'must be a list of files such as ["company.toml"], not "base.toml"']),
        ({"mine": "extends = [1]"}, ["mine.toml", "must be a list of files"]),
        ({"mine": 'extends = [""]'}, ["must be a list of files"]),
        ({"mine": f"extends = {['a.toml'] * 33}"}, ["mine.toml", "extends: names more than 32 files"]),
        ({"mine": 'extends = ["https://example.com/a.toml"]'}, ["no path of a file here; download it first"]),
        ({"mine": 'extends = ["a\\u0000b"]'}, ["no path of a file here"]),
        ({"mine": 'extends = ["bsae.toml"]', "base": ""}, ["mine.toml", '"bsae.toml"', "no such file", 'mean "base.toml"']),
        ({"mine": 'extends = ["."]'}, ["mine.toml", "is a directory"]),
        ({"mine": 'extends = ["mine.toml"]'}, ["mine.toml", "is a circle"]),
        (
            {"mine": 'extends = ["b.toml"]', "b": 'extends = ["c.toml"]', "c": 'extends = ["b.toml"]'},
            ["c.toml", 'extends "b.toml"', "is a circle", "take one of them out"],
        ),
        ({"mine": 'extends = ["base.toml"]', "base": "x ="}, ["mine.toml", "base.toml", "is not TOML"]),
        ({"mine": 'extends = ["base.toml"]', "base": "schema = 1"}, ["mine.toml", "base.toml", "given twice"]),
        ({"mine": 'extends = ["base.toml"]', "base": "[sandbox]\nmemry = 1"}, ["mine.toml", "base.toml", 'mean "memory"?']),
        ({"mine": 'extends = ["base.toml"]', "base": "[sandbox]\npids = 1"}, ["mine.toml", "base.toml", "least is 16"]),
        (
            {"mine": 'extends = ["base.toml"]', "base": "extend = 1"},
            ["base.toml", 'extend: there is no such key; did you mean "extends"?'],
        ),
        ({"mine": 'extends = ["base.toml"]', "base": '[podman]\nsigning_key = "x"'}, ["base.toml", "extended by", "mine.toml"]),
        ({"mine": "add = 1"}, ["mine.toml", "add: must be a table, not 1"]),
        ({"mine": "add.image = 1"}, ["add.image: must be a table, not 1"]),
        ({"mine": 'add.image.packages = "gdb"'}, ['add.image.packages: must be a list such as ["a", "b"], not "gdb"']),
        ({"mine": "add.image.packagez = []"}, ["add.image.packagez: there is no such key", 'mean "packages"?']),
        ({"mine": 'add.sandbox.memory = ["1g"]'}, ["add.sandbox.memory: is no list", "write sandbox.memory"]),
        ({"mine": "add.podmann.x = []"}, ["add.podmann: there is no such key", 'mean "podman"?']),
        (
            {"mine": 'extends = ["base.toml"]', "base": 'add.image.packages = ["--x"]'},
            ["image.packages[6]", "is not the name of an apt package", '(in "', "base.toml"],
        ),
        ({"mine": "image = 3\nadd.image.packages = []"}, ["image: must be a table, not 3"]),
        ({"mine": "image.packages = 3\nadd.image.packages = ['gdb']"}, ["image.packages: must be a list"]),
        ({"mine": 'add.image.packages = [1, {}, ["x"]]'}, ["image.packages[6]: must be text", "image.packages[8]"]),
    ],
)
def test_what_cannot_be_composed_is_told_with_both_files_and_a_remedy(
    files: dict[str, str], words: list[str], tmp_path: Path
) -> None:
    path = write(tmp_path, **{name: (f'name = "mine"\n{text}' if name == "mine" else text) for name, text in files.items()})

    with pytest.raises(UsageError) as error:
        load(path)

    assert error.value.exit_code == 64
    for word in words:
        assert word in str(error.value)
    assert str(error.value).replace("\n", "").isprintable()


def test_a_base_that_declares_another_schema_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, mine='extends = ["base.toml"]\nname = "mine"\n')
    (tmp_path / "base.toml").write_text("schema = 2\n")

    with pytest.raises(ProfileError, match=r'base\.toml", extended by ".*mine\.toml".*\n.*schema: 2 is not known'):
        load(path)


def test_the_depth_of_a_chain_and_the_number_of_files_are_limited(tmp_path: Path) -> None:
    def chain(length: int) -> Path:
        names = {f"n{index}": f'name = "a"\nextends = ["n{index + 1}.toml"]\n' for index in range(length)}
        return write(tmp_path, **names, **{f"n{length}": ""})

    def fan(count: int) -> Path:
        names = [f"f{index}" for index in range(count)]
        return write(tmp_path, mine=f'name = "a"\nextends = {[f"{name}.toml" for name in names]}\n', **dict.fromkeys(names, ""))

    assert len(gather(chain(DEPTH_LIMIT), "a")) == DEPTH_LIMIT + 1
    with pytest.raises(ExtendsError, match=r'extends "n9\.toml".*more than 8 levels'):
        gather(chain(DEPTH_LIMIT + 1), "a")
    assert len(gather(fan(FILES_LIMIT - 1), "a")) == FILES_LIMIT
    with pytest.raises(ExtendsError, match=r'extends "f31\.toml".*more than 32 files'):
        gather(fan(FILES_LIMIT), "a")


def test_all_files_together_are_limited_and_each_of_them(tmp_path: Path) -> None:
    half = "#" * (600 * 1024)
    path = write(tmp_path, mine=f'name = "a"\nextends = ["base.toml"]\n{half}', base="")

    assert load(path).profile.name == "a"
    (tmp_path / "base.toml").write_text(f"schema = 1\n{half}")
    with pytest.raises(ExtendsError, match=r"larger than 1 MiB, all files together"):
        load(path)
    (tmp_path / "base.toml").write_text(half * 2)
    with pytest.raises(ExtendsError, match=r"is larger than 1 MiB"):
        load(path)


def test_a_long_list_of_additions_does_not_keep_us_busy(tmp_path: Path) -> None:
    words = [f"p{index}" for index in range(60_000)]
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps({"schema": 1, "name": "a", "add": {"image": {"packages": words}}}))
    began = time.monotonic()

    assert load(path).profile.image.packages[-1] == "p59999"
    assert time.monotonic() - began < 10


def test_the_main_file_keeps_its_own_kind_of_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileFileError, match="no such file"):
        gather(tmp_path / "gone.toml", "a")


def test_the_resolved_profile_says_nothing_of_files(tmp_path: Path) -> None:
    profile = made(tmp_path, mine='name = "mine"\nextends = ["base.toml"]\nadd.image.packages = ["gdb"]\n', base="").profile
    text = canonical_toml(profile)

    assert set(tomllib.loads(text)) == {field.alias or name for name, field in Profile.model_fields.items()}
    assert str(tmp_path) not in text
    assert "base.toml" not in text

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from podsand_gen.errors import LibraryError
from podsand_gen.snippet import Library, parse_snippet, write_vetted

ROOT = Path(__file__).resolve().parents[2]
TEXT = """\
# shellcheck shell=bash
# /// snippet
# name = "host/greeting"
# summary = "Leave a greeting."
# requires = ["core/files"]
# params = ["CFG_NAME"]
# step = "host_greeting"
# ///

host_greeting_check() {
  files_holds "$HOME/greeting" "$CFG_NAME"
}
"""


def parsed(directory: Path, text: str | bytes, name: str = "host/greeting") -> None:
    path = directory / "snippet.bash"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    parse_snippet(path, name)


def test_a_snippet_is_its_front_matter_and_its_body(tmp_path: Path) -> None:
    path = tmp_path / "greeting.bash"
    path.write_text(TEXT)

    snippet = parse_snippet(path, "host/greeting")

    assert snippet.meta.requires == ("core/files",)
    assert snippet.meta.prefix == "host_greeting"
    assert snippet.body == TEXT[TEXT.index("host_greeting_check") :]
    assert TEXT.splitlines()[snippet.body_line - 1] == "host_greeting_check() {"
    assert snippet.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert snippet.body_sha256 == hashlib.sha256(snippet.body.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# /// snippet", "# snippet", "must begin with"),
        ("# shellcheck shell=bash\n", "", "must begin with"),
        ("# ///\n\n", "# ///\n", "one empty line"),
        ('"host/greeting"', "host/greeting", "is not TOML"),
        ('# summary = "Leave a greeting."\n', "", "summary"),
        ("# requires", "# require", "require"),
        ("# requires", "#requires", "begins with '# '"),
        ('"host_greeting"', '"greeting"', "step must be"),
        ('# step = "host_greeting"', '# command = "greeting"', "is named"),
        ('# step = "host_greeting"', '# step = "host_greeting"\n# command = "x"', "not both"),
        ('["CFG_NAME"]', '["NAME"]', "params"),
        ('["CFG_NAME"]', '"CFG_NAME"', "params"),
    ],
)
def test_front_matter_that_breaks_the_contract_is_refused_by_file_and_line(
    old: str, new: str, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(LibraryError) as error:
        parsed(tmp_path, TEXT.replace(old, new, 1))

    assert problem in str(error.value)
    assert f"{tmp_path}/snippet.bash:" in str(error.value)


def test_a_snippet_in_the_wrong_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match='its place says "host/other"'):
        parsed(tmp_path, TEXT, "host/other")


def test_a_snippet_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot be read"):
        parsed(tmp_path, TEXT.encode() + b"# \xff\n")


def test_all_snippets_that_cannot_be_read_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.bash").write_text("")
    (tmp_path / "b.bash").write_text("")

    with pytest.raises(LibraryError) as error:
        Library.load(tmp_path)

    assert len(error.value.problems) == 2


def test_a_snippet_is_vetted_until_a_byte_of_it_changes(tmp_path: Path) -> None:
    library = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    write_vetted(Library.load(library))
    assert Library.load(library).unvetted() == ()

    path = library / "core/lock.bash"
    path.write_text(path.read_text().replace('summary = "', 'summary = "Not ', 1))

    assert Library.load(library).unvetted() == ("core/lock",)
    assert Library.load(library).unvetted(["core/log"]) == ()


def test_without_a_list_of_vetted_snippets_none_is_vetted(tmp_path: Path) -> None:
    library = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (library / "VETTED.toml").unlink()

    loaded = Library.load(library)

    assert loaded.unvetted() == tuple(sorted(loaded.snippets))

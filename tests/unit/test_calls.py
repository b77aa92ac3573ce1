from __future__ import annotations

from pathlib import Path

import pytest

from podsand_gen.calls import CallGraph, functions, needs_words, root_commands, without_names
from podsand_gen.snippet import FrontMatter, Snippet


def snippet(name: str, body: str) -> Snippet:
    return Snippet(Path(name), body, FrontMatter(name=name, summary="."), body, 1)


def test_functions_are_told_apart_without_comments_and_without_the_text_of_heredocs() -> None:
    body = "# a_b comes first\na_b() { # <x>\n  c \\\n    d\n  # e\n}\n\nf() {\n  cat <<'EOF'\na_b() {\nas_root x\nEOF\n}\n"

    assert functions(body) == {"a_b": "  c      d\n}\n", "f": "\n  cat <<'EOF'\n}\n"}


@pytest.mark.parametrize(
    ("code", "commands"),
    [
        ("as_root apt-get -o A::B=1 update\n", ["apt-get -o A::B=1 update"]),
        ('as_root usermod "${A[@]}" "$B"', ["usermod <> <>"]),
        ('as_root sed -i -e "/^${2//./\\\\.}\\$/d" "$1"', ["sed -i -e /^<>$/d <>"]),
        ("task_run 'x y' as_root install -m 0644 'a b' /etc/x; true", ["install -m 0644 a b /etc/x"]),
        ("x=$(as_root cat /etc/shadow)", ["cat /etc/shadow"]),
        ('as_root tee "/etc/$(id -un)/x" >/dev/null', ["tee /etc/<>/x"]),
        ("if as_root true && as_root false; then", ["true", "false"]),
        ("as_root_ready ' apt-get'\n", []),
        ("as_root() {", []),
    ],
)
def test_a_root_command_is_told_word_for_word_with_gaps_for_what_the_machine_decides(code: str, commands: list[str]) -> None:
    assert root_commands(code) == commands


def test_names_in_gaps_are_for_the_reader() -> None:
    assert without_names("usermod <a range> /etc/<x>/y") == "usermod <> /etc/<>/y"


def test_a_call_by_a_name_with_gaps_is_every_function_that_its_variables_can_name() -> None:
    graph = CallGraph.of(
        [
            snippet("e/e", 'e_kind() {\n  local kind=one\n  [[ -z $X ]] || kind=two\n  "k_${kind}_$1"\n}\n'),
            snippet("k/k", "k_one_go() {\n  :\n}\n\nk_two_go() {\n  :\n}\n\nk_one_stay() {\n  :\n}\n\nk_three_go() {\n  :\n}\n"),
            snippet("u/u", "u_u() {\n  e_kind go\n}\n"),
        ],
        {},
    )

    assert sorted(graph.reach("u_u")) == ["e_kind", "k_one_go", "k_two_go", "u_u"]


def test_what_is_run_by_words_that_are_handed_in_is_a_root_command_where_as_root_is_handed_in() -> None:
    graph = CallGraph.of(
        [
            snippet("a/a", "a_root() {\n  until b_b as_root; do\n    :\n  done\n}\n\na_user() {\n  b_b\n}\n"),
            snippet(
                "b/b", 'b_b() {\n  c_c "$@"\n  as_root true\n}\n\nc_c() {\n  x=$("$@" rm -- "$1" 2>/dev/null)\n  "$@" || :\n}\n'
            ),
        ],
        {},
    )

    assert graph.handed(["a_root"]) == {"b_b", "c_c"}
    assert graph.handed(["a_user"]) == set()
    assert root_commands(graph.code["c_c"]) == ["rm -- <>"]
    assert [needs_words(graph.code[name]) for name in ("b_b", "c_c")] == [[False], [True]]


def test_what_a_function_comes_to_is_followed_through_files_and_through_names_that_a_constant_completes() -> None:
    graph = CallGraph.of(
        [
            snippet("a/a", 'a_a_apply() {\n  b_b\n  "c_${CFG_KIND}_go"\n  say "main"\n}\n'),
            snippet("b/b", "b_b() {\n  journal_add b_b_thing x\n}\n\nb_b_other() {\n  journal_add never x\n}\n"),
            snippet("c/c", "c_x_go() {\n  a_a_apply\n}\n\nc_y_go() {\n  b_b_other\n}\n\nmain() {\n  c_y_go\n}\n"),
        ],
        {"CFG_KIND": "x"},
    )

    assert sorted(graph.reach("a_a_apply")) == ["a_a_apply", "b_b", "c_x_go"]
    assert graph.kinds(graph.reach("a_a_apply")) == ["b_b_thing"]
    assert graph.reach("nothing") == []

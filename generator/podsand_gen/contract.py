"""The snippet contract, checked: what snippets/README.md says, as far as a program can tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from podsand_gen.calls import FUNCTION, HANDED_ON, CallGraph, functions, needs_words, root_commands, without_names
from podsand_gen.lint import shellcheck
from podsand_gen.plan import config_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podsand_gen.snippet import Library, Snippet

MAX_LINES = 150
PARAM = re.compile(r"\bCFG_[A-Z0-9_]+\b")
HOST = re.compile(r"\.(?:com|io|net|org)$")
KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")
FETCH = re.compile(r"\bfetch_(?:verified|download)\b")
# What the parts of an image append, image/build fetches.
ROWS_ADDED = re.compile(r"\bIMAGE_BUILD_DOWNLOADS\+=\([^)]")
ROWS_FETCHED = "IMAGE_BUILD_DOWNLOADS[@]:"
PINNED = re.compile(r"CFG_([A-Z0-9_]*(?:SHA256|COMMIT))(?:_AMD64|_ARM64)?\b")
BRACES = re.compile(r"\{([a-z0-9_]+(?:\.[a-z0-9_]+)+)\}")
# Data regions hold other languages: these rules are about the bash around them.
BANNED = (
    (re.compile(r"\|\s*(grep -[a-zA-Z]*q|head)\b"), "stops reading early, which pipefail takes for a failure; use a here-string"),
    (re.compile(r"^\s*local -r\b"), "local -r breaks a caller's variable of the same name"),
    (re.compile(r"^\s*readonly\b"), "readonly is for the config block"),
    (re.compile(r"^\s*function\b"), "functions are written name() {"),
    (re.compile(r"(^|[;&|])\s*echo\b"), "use printf"),
    (re.compile(r"\(\([a-z_]+(\+\+|--)\)\)"), "fails from 0 under set -e; use name=$((name + 1))"),
)


def check_library(library: Library) -> list[str]:
    """Every breach, as `file:line: what`, in the order of the files."""
    problems = [problem for snippet in library.snippets.values() for problem in check_snippet(snippet, library)]
    return problems + check_bodies(library)


def check_snippet(snippet: Snippet, library: Library) -> Iterator[str]:
    if len(snippet.body.splitlines()) > MAX_LINES:
        yield _at(snippet, snippet.body_line + MAX_LINES, f"is longer than {MAX_LINES} lines")
    for required in snippet.meta.requires:
        if required not in library.snippets:
            yield _at(snippet, 3, f"requires {required}, which is not there")
        elif (helper := library.snippets[required].meta).root and not helper.step and not snippet.meta.root:
            yield _at(snippet, 3, f"requires {required}, which works as root, and is not root itself")
    yield from _functions(snippet)
    yield from _params(snippet)
    yield from _bans(snippet)
    yield from _root_commands(snippet)
    yield from _handed_on(snippet, library)
    yield from _undo(snippet)
    yield from _downloads(snippet, library)
    if not snippet.meta.root and not snippet.name.startswith("core/") and "as_root" in _code(snippet):
        yield _at(snippet, snippet.body_line, "calls as_root, and is no root step")


def _functions(snippet: Snippet) -> Iterator[str]:
    names = []
    inside = False
    end_of_data = ""
    for number, line in enumerate(snippet.body.splitlines(), start=snippet.body_line):
        if end_of_data:
            end_of_data = "" if line == end_of_data else end_of_data
        elif data := re.search(r"<<'(\w+)'$", line):
            end_of_data = data[1]
        elif match := FUNCTION.match(line):
            names.append(match[1])
            inside = not line.rstrip().endswith("}")
            if not _prefixed(match[1], snippet):
                yield _at(snippet, number, f"{match[1]} does not begin with {snippet.meta.prefix}")
        elif inside:
            inside = line != "}"
        elif line and not line.startswith("#"):
            yield _at(snippet, number, "stands outside of a function")
    yield from (_at(snippet, snippet.body_line, f"lacks the function {name}") for name in _expected(snippet) if name not in names)


def _prefixed(name: str, snippet: Snippet) -> bool:
    prefix = f"command_{snippet.meta.command.replace('-', '_')}" if snippet.meta.command else snippet.meta.prefix
    return name == prefix or name.startswith(f"{prefix}_")


def _expected(snippet: Snippet) -> list[str]:
    meta = snippet.meta
    if meta.command:
        return [f"command_{meta.command.replace('-', '_')}"]
    if meta.step:
        parts = ("check", "apply", "commands") if meta.root else ("check", "apply")
        return [f"{meta.step}_{part}" for part in parts]
    return []


def _params(snippet: Snippet) -> Iterator[str]:
    read = set(PARAM.findall(_code(snippet)))
    declared = set(snippet.meta.params)
    known = set(config_names())
    yield from (_at(snippet, 3, f"reads {name} and does not declare it") for name in sorted(read - declared))
    yield from (_at(snippet, 3, f"declares {name} and does not read it") for name in sorted(declared - read))
    yield from (_at(snippet, 3, f"declares {name}, which no key of the profile makes") for name in sorted(declared - known))


# --- what explain tells about a body is held against the body


def _root_commands(snippet: Snippet) -> Iterator[str]:
    """Word for word and in the order of the file: explain shows them as what will run."""
    called = [] if snippet.name == "core/as-root" else root_commands("\n".join(functions(snippet.body).values()))
    declared = [without_names(command) for command in snippet.meta.commands]
    for index in range(max(len(called), len(declared))):
        ours, theirs = (list_[index] if index < len(list_) else "nothing" for list_ in (called, declared))
        if ours != theirs:
            yield _at(snippet, 3, f"runs as root: {ours}; and commands says: {theirs}")
    yield from (
        _at(snippet, 3, f"runs as root what cannot be told: {command}; name the program")
        for command in called
        if command.startswith("<>")
    )


def _handed_on(snippet: Snippet, library: Library) -> Iterator[str]:
    """`f as_root`: what f runs by the words that it is given must be told where f, or what it calls, stands."""
    mine = functions(snippet.body)
    if not any(HANDED_ON.search(code) for code in mine.values()):
        return
    graph = CallGraph.of(library.snippets.values(), {})
    for name in mine:
        handed = graph.handed([name])
        if HANDED_ON.search(graph.code[name]) and not any(True in needs_words(graph.code[one]) for one in handed):
            yield _at(snippet, 3, f"{name} hands as_root on, and nothing says what is run by it")


def _undo(snippet: Snippet) -> Iterator[str]:
    kinds = {name.removesuffix("_undo") for name in functions(snippet.body) if name.endswith("_undo") and name != "journal_undo"}
    declared = set(snippet.meta.undo)
    yield from (_at(snippet, 3, f"has {kind}_undo, and undo says nothing of {kind}") for kind in sorted(kinds - declared))
    yield from (_at(snippet, 3, f"undo tells of {kind}, and there is no {kind}_undo") for kind in sorted(declared - kinds))


def _downloads(snippet: Snippet, library: Library) -> Iterator[str]:
    downloads = snippet.meta.downloads
    if len(downloads) < (fetches := _fetches(snippet)):
        yield _at(snippet, 3, f"fetches {fetches} times, and downloads tells of {len(downloads)}")
    # A helper that holds an archive to its hash, wherever it comes from, leaves it to those who bring it.
    users = [other for other in library.snippets.values() if snippet.name in other.meta.requires]
    pins = dict.fromkeys(name.lower() for name in PINNED.findall(_code(snippet)))
    yield from (
        _at(snippet, 3, f"holds something to the pin {pin}, and no download says so")
        for pin in pins
        if not _tells(snippet, pin) and not (users and all(_tells(user, pin) for user in users))
    )
    readers = [snippet, *(library.snippets[name] for name in snippet.meta.requires if name in library.snippets)]
    yield from (
        _at(snippet, 3, f"pins by {download.pin}, and does not read it")
        for download in downloads
        if KEY.fullmatch(download.pin) and not any(_reads(reader, download.pin) for reader in readers)
    )
    yield from _keys(snippet)


def _fetches(snippet: Snippet) -> int:
    code = _code(snippet)
    if snippet.name == "core/fetch" or ROWS_FETCHED in code:
        return 0
    return len(FETCH.findall(code)) + len(ROWS_ADDED.findall(code))


def _tells(snippet: Snippet, pin: str) -> bool:
    return any(download.pin.replace(".", "_") == pin for download in snippet.meta.downloads)


def _keys(snippet: Snippet) -> Iterator[str]:
    """What the front matter says in terms of the profile."""
    keys = set(config_names())
    tables = {key.split("_")[1].lower() for key in keys}
    named = [text.partition("|")[0] for text in snippet.meta.hosts]
    # docker.io is a host, podman.miror a key that is not there.
    named = [key for key in named if KEY.fullmatch(key) and key.partition(".")[0] in tables and not HOST.search(key)]
    texts = [f"{download.source} {download.what}" for download in snippet.meta.downloads]
    named += [key for text in (*texts, *snippet.meta.writes) for key in BRACES.findall(text)]
    yield from (
        _at(snippet, 3, f"tells of {key}, which is no key of the profile")
        for key in dict.fromkeys(named)
        if not any(name == _param(key) or name.startswith(f"{_param(key)}_") for name in keys)
    )


def _reads(snippet: Snippet, key: str) -> bool:
    return any(param == _param(key) or param.startswith(f"{_param(key)}_") for param in snippet.meta.params)


def _param(key: str) -> str:
    return f"CFG_{key.replace('.', '_').upper()}"


def _bans(snippet: Snippet) -> Iterator[str]:
    if snippet.meta.data:
        return
    for number, line in enumerate(snippet.body.splitlines(), start=snippet.body_line):
        code = "" if line.lstrip().startswith("#") else line
        yield from (_at(snippet, number, reason) for pattern, reason in BANNED if pattern.search(code))


def check_bodies(library: Library) -> list[str]:
    """What shellcheck finds in all bodies together, with every parameter and constant as a stub."""
    names = (*config_names(), "PODSAND_VERSION", "PROFILE_SHA256")
    arrays = ("IMAGE_LAYERS", "IMAGE_PARTS", "TOOLS", "STEPS_ROOT", "STEPS_USER", "COMMANDS")
    text = "".join(snippet.body for snippet in library.snippets.values())
    used_as_array = {name for name in names if re.search(rf"\$\{{#?{name}\[", text)}
    stub = [f"readonly -a {name}=(x y)" if name in used_as_array else f"readonly {name}=x" for name in names]
    stub += [f"readonly -a {name}=(x y)" for name in arrays]
    header = (
        "#!/usr/bin/env bash\nset -euo pipefail\nshopt -s inherit_errexit\n"
        + "\n".join(f"# shellcheck disable=SC2034\n{line}" for line in stub)
        + "\n"
    )
    findings = shellcheck(header + text + 'main "$@"\n')
    return [_placed(finding, header.count("\n"), library) for finding in findings]


def _placed(finding: str, above: int, library: Library) -> str:
    """`line N: …` of all bodies together, as the file and line that it came from."""
    place, _, what = finding.partition(": ") if finding.startswith("line ") else ("", "", finding)
    line = int(re.sub(r"[^0-9]", "", place) or 0) - above
    for snippet in library.snippets.values():
        length = snippet.body.count("\n")
        if 0 < line <= length:
            return _at(snippet, snippet.body_line + line - 1, what)
        line -= length
    return f"all snippets together: {finding}"


def _code(snippet: Snippet) -> str:
    return "\n".join(line for line in snippet.body.splitlines() if not line.lstrip().startswith("#"))


def _at(snippet: Snippet, line: int, what: str) -> str:
    return f"{snippet.path}:{line}: {what}"

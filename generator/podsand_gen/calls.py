"""Just enough of bash to say, without running it, what the functions of snippets call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from podsand_gen.snippet import Snippet

FUNCTION = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*)\(\) \{")
HEREDOC = re.compile(r"<<'(\w+)'$")
# The second: a function that is handed the words before each command, `as_root` perhaps.
ROOT_CALL = re.compile(r'(?:^|[\s;&|({!])(?:as_root[ \t]+(?=\S)|"\$@"[ \t]+(?=[a-z]))', re.MULTILINE)
HANDED_ON = re.compile(r"([^\n;|&(]*) as_root[ \t]*(?=[;\n)|&]|$)")
JOURNAL_CALL = re.compile(r"\bjournal_add ([a-z_]+)")
PLACEHOLDER = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[A-Za-z_]\w*")
# With what the plan fills: the functions that a list of them names are called, too.
_CONSTANT = re.compile(r"\$\{?((?:CFG|IMAGE)_[A-Z0-9_]+)(?:\[@\])?\}?")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_GAPPED = re.compile(r'"([a-z_]+(?:\$\{?\w+\}?[a-z_]*)+)"')
_EXPANSION = re.compile(r"\$(?:\w+|[@*#?$!-])")
_ENDS = frozenset("\n;|&)<>")
_PAIRS = {"{": "}", "(": ")"}


def functions(body: str) -> dict[str, str]:
    """The code of each function: without comments, without the text of quoted heredocs, with continued lines joined."""
    found: dict[str, list[str]] = {}
    name = end_of_data = ""
    for line in body.split("\n"):
        if end_of_data:
            end_of_data = "" if line == end_of_data else end_of_data
            continue
        if match := FUNCTION.match(line):
            name = match[1]
            found[name] = []
        code = line[match.end() :] if match else line
        if name and not code.lstrip().startswith("#"):
            found[name].append(code)
        if data := HEREDOC.search(line):
            end_of_data = data[1]
    return {name: "\n".join(lines).replace("\\\n", " ") for name, lines in found.items()}


def root_commands(code: str) -> list[str]:
    """What `as_root` is given, word for word, or what follows words that are handed in; what only the machine knows is `<>`."""
    return [_command(code[match.end() :]) for match in ROOT_CALL.finditer(code)]


def needs_words(code: str) -> list[bool]:
    """Of each root command, whether it is one only when `as_root` is handed in."""
    return ['"$@"' in match[0] for match in ROOT_CALL.finditer(code)]


def without_names(command: str) -> str:
    """A command of a front matter as `root_commands` says it: `<package>` is there for the reader."""
    return PLACEHOLDER.sub("<>", command)


def _command(text: str) -> str:
    """Up to the end of the command. Quotes go, as bash takes them away."""
    words = ""
    quoted = False
    index = 0
    while index < len(text):
        char = text[index]
        if not quoted and char in _ENDS:
            # 2>/dev/null: the number is no word of the command.
            words = re.sub(r"(?<=\s)[0-9]$", "", words) if char in "<>" else words
            break
        if char == "'" and not quoted:
            end = text.index("'", index + 1)
            words += text[index + 1 : end]
            index = end
        elif char == '"':
            quoted = not quoted
        elif char == "\\":
            index += 1
            words += text[index : index + 1]
        elif char == "$" and (end := _expansion_end(text, index)) > index:
            words += "<>"
            index = end - 1
        else:
            words += char
        index += 1
    return " ".join(words.split())


def _expansion_end(text: str, start: int) -> int:
    opening = text[start + 1 : start + 2]
    if opening not in _PAIRS:
        match = _EXPANSION.match(text, start)
        return match.end() if match else start
    depth = 0
    for index in range(start + 1, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == _PAIRS[opening]:
            depth -= 1
            if not depth:
                return index + 1
    return len(text)


@dataclass(frozen=True)
class CallGraph:
    """Which function is in which snippet, and which functions it names: rather one too many than one too few."""

    owner: Mapping[str, str]
    code: Mapping[str, str]
    called: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, snippets: Iterable[Snippet], constants: Mapping[str, object]) -> CallGraph:
        """Constants fill the gaps of names such as `sandbox_user_${CFG_SANDBOX_USER}`."""
        owner: dict[str, str] = {}
        code: dict[str, str] = {}
        for snippet in snippets:
            for name, text in functions(snippet.body).items():
                owner[name] = snippet.name
                code[name] = text
        return cls(owner, code, {name: tuple(dict.fromkeys(_called(name, code, constants))) for name in code})

    def reach(self, start: str) -> list[str]:
        """The functions that a call of this one can come to, each after those that it calls: as they end."""
        if start not in self.owner:
            return []
        found: dict[str, None] = {}
        # The driver's way in is nobody's helper: a message that says "main" is no call of it.
        seen = {start, "main"}

        def visit(name: str) -> None:
            for called in self.called[name]:
                if called not in seen:
                    seen.add(called)
                    visit(called)
            found[name] = None

        visit(start)
        return list(found)

    def handed(self, names: Iterable[str]) -> set[str]:
        """The functions to which one of these hands `as_root`."""
        commands = [command for name in names for command in HANDED_ON.findall(self.code[name])]
        return {reached for command in commands for word in command.split() for reached in self.reach(word)}

    def kinds(self, names: Iterable[str]) -> list[str]:
        """The kinds of journal entries that these functions write."""
        return list(dict.fromkeys(kind for name in names for kind in JOURNAL_CALL.findall(self.code[name])))


def _called(name: str, code: Mapping[str, str], constants: Mapping[str, object]) -> Iterator[str]:
    filled = _CONSTANT.sub(lambda match: str(constants.get(match[1], "")), code[name])
    yield from (word for word in _WORD.findall(filled) if word in code)
    yield from _dispatched(name, code)


def _dispatched(name: str, code: Mapping[str, str]) -> Iterator[str]:
    """What `"podman_${kind}_$1"` can be: kind is what the function sets it to, $1 what anybody calls the function with."""
    for gapped in _GAPPED.findall(code[name]):
        literals = _VARIABLE.split(gapped)
        choices = [_choices(variable, name, code) for variable in literals[1::2]]
        pattern = "".join(map("".join, zip_longest(literals[::2], choices, fillvalue="")))
        yield from (function for function in code if re.fullmatch(pattern, function))


def _choices(variable: str, name: str, code: Mapping[str, str]) -> str:
    if variable == "1":
        found = [word for text in code.values() for word in re.findall(rf"\b{name} ([a-z_]+)", text)]
    else:
        found = re.findall(rf"\b{variable}=([a-z_]+)", code[name])
    return f"(?:{'|'.join(dict.fromkeys(found)) or '(?!)'})"

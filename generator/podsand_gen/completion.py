"""What a shell offers next, and what makes it ask: click does the asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

SHELLS = ("bash", "fish", "zsh")


def complete_file(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_directory(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def complete_key(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    from click.shell_completion import CompletionItem

    from podsand_gen.problems import settable

    return [CompletionItem(f"{key}=", help=text) for key, text in settable() if key.startswith(incomplete)]


def completion_script(command: click.Command, program: str, shell: str) -> str:
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    found = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}[shell]
    # The variable by which click knows, at its start, that a shell is asking.
    variable = f"_{program.upper().replace('-', '_')}_COMPLETE"
    return found(command, {}, program, variable).source()

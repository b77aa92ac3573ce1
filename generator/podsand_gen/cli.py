"""The command line: parse, call, print, exit code. The one place that prints or exits."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from podsand_gen import __version__
from podsand_gen.completion import SHELLS, complete_directory, complete_file, complete_key
from podsand_gen.errors import (
    DIFFERENT,
    FAILED,
    INTERRUPTED,
    OK,
    USAGE,
    WEAKER,
    LibraryError,
    PodsandError,
    ProfileFileError,
    UnvettedError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from podsand_gen.init import Question
    from podsand_gen.load import Loaded
    from podsand_gen.snippet import Library

PROGRAM = "podsand-gen"
DEFAULT_COMMAND = "generate"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class ProfileFirst(click.Group):
    """A group whose first word may be a profile: what is no command is compiled."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A shell that completes the first word shall be told the commands as well.
        as_given = _names_command(args) or (ctx.resilient_parsing and not args)
        return super().parse_args(ctx, args if as_given else [DEFAULT_COMMAND, *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            known = {item.value for item in found}
            return found + [item for item in generate.shell_complete(ctx, incomplete) if item.value not in known]
        # First: click's bash forgets what stood before it, and offers files where no command fits.
        return [*complete_file(ctx, generate.params[0], incomplete), *found]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[PROFILE] [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [OPTIONS]", prefix=" " * len("Usage: "))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Options"):
            records = [record for param in generate.params if (record := param.get_help_record(ctx))]
            records += [record for param in self.get_params(ctx) if (record := param.get_help_record(ctx))]
            formatter.write_dl(records)
        self.format_commands(ctx, formatter)


def _names_command(args: list[str]) -> bool:
    return bool(args) and (args[0] in cli.commands or args[0] in ("-h", "--help", "--version"))


def _examples(*lines: str) -> str:
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@click.group(
    cls=ProfileFirst,
    context_settings=CONTEXT,
    epilog=_examples("podsand-gen > setup.sh", "podsand-gen mine.toml -o setup.sh --set sandbox.memory=4g"),
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def cli() -> None:
    """Compile a profile into one bash script that sets up podsand.

    Without a PROFILE the default one is compiled: podsand-gen > setup.sh
    """


@cli.command(DEFAULT_COMMAND, hidden=True)
@click.argument("profile", required=False, shell_complete=complete_file)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=complete_file,
    help="Write to FILE at once or not at all, instead of standard output.",
)
@click.option(
    "--set", "settings", metavar="KEY=VALUE", multiple=True, shell_complete=complete_key,
    help="Override one key of the profile; repeatable.",
)  # fmt: skip
@click.option("--no-lint", is_flag=True, help="Leave out the check of the script by shellcheck.")
@click.option(
    "--snippets", "directory", metavar="DIR", shell_complete=complete_directory, help="Take the snippets of DIR, vetted or not."
)
@click.option("--locked", is_flag=True, help="Refuse when podsand.lock is not there, or not up to date.")
def generate(
    profile: str | None,
    output: str | None,
    settings: tuple[str, ...],
    no_lint: bool,
    directory: str | None,
    locked: bool,
) -> int:
    """Compile a profile."""
    from podsand_gen.output import write

    write(compile_script(profile, settings, directory, lint=not no_lint, locked=locked), output)
    return OK


@cli.command(epilog=_examples("podsand-gen init -o mine.toml", "podsand-gen init --yes --name team --memory 4g -o team.toml"))
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE, which must not be there yet.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: the default of whatever no option says.")
@click.option("--name", metavar="NAME", help="Name of the profile.")
@click.option("--podman", metavar="SOURCE", help="Where podman comes from: release or system.")
@click.option("--packages", metavar="NAMES", help="More apt packages in the image, with commas or spaces between them.")
@click.option("--memory", metavar="SIZE", help="Memory limit of a sandbox, such as 8g.")
@click.option("--home", metavar="KIND", help="Home directory in a sandbox: tmpfs or volume.")
@click.option("--network", metavar="KIND", help="Network of a sandbox: pasta or none.")
@click.option("--proxy", metavar="URL", help="HTTP proxy, as http://HOST:PORT.")
def init(output: str | None, yes: bool, **answers: str | None) -> int:
    """Write a profile, with a comment on each key. What no option says is asked for on a terminal."""
    from podsand_gen.init import new_profile, write_profile
    from podsand_gen.output import must_be_new, write_stdout

    if output is not None:
        must_be_new(output)
    text = new_profile(answers, None if yes or not _is_terminal() else _ask)
    if output is None:
        write_stdout(text)
    else:
        schema = write_profile(output, text)
        click.echo(f"podsand-gen: wrote {output}; editors complete and check it by {schema} beside it", err=True)
    return OK


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _ask(question: Question, problem: str) -> str:
    click.echo(f"  {problem}" if problem else f"\n{question.why}", err=True)
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    answer: str = click.prompt(f"{question.text}{choices}", default=question.default, show_default=bool(question.default), err=True)
    return answer


@cli.command(
    epilog=_examples("podsand-gen lock mine.toml", "podsand-gen lock --upgrade mine.toml", "podsand-gen lock --check mine.toml")
)
@click.argument("profile", required=False, shell_complete=complete_file)
@click.option("--upgrade", is_flag=True, help="Take the pins of this podsand-gen in place of those that are locked.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 when the lock would change.")
def lock(profile: str | None, upgrade: bool, check: bool) -> int:
    """Write what PROFILE pins into podsand.lock beside it. What is locked already stays, unless PROFILE says otherwise."""
    from podsand_gen.errors import NoLockError
    from podsand_gen.output import TEXT_MODE, write_file
    from podsand_gen.relock import relock

    if not profile:
        raise NoLockError
    found = relock(Path(profile), upgrade=upgrade)
    for change in found.changes:
        click.echo(change)
    if check:
        return DIFFERENT if found.changes else OK
    if found.changes:
        write_file(str(found.path), found.text, TEXT_MODE)
    click.echo(f"podsand-gen: {found.path}: {'written' if found.changes else 'no change'}", err=True)
    return OK


@cli.command(epilog=_examples("podsand-gen schema > podsand.schema.json"))
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE instead of standard output.")
def schema(output: str | None) -> int:
    """Print the JSON Schema of profiles, for editors."""
    from podsand_gen.output import TEXT_MODE, write
    from podsand_gen.schema import schema_text

    write(schema_text(), output, TEXT_MODE)
    return OK


@cli.command(
    epilog=_examples(
        'bash: eval "$(podsand-gen completion bash)"        in ~/.bashrc',
        'zsh:  eval "$(podsand-gen completion zsh)"         in ~/.zshrc, after compinit',
        "fish: podsand-gen completion fish > ~/.config/fish/completions/podsand-gen.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the completion of a shell: commands, options, files, keys."""
    from podsand_gen.completion import completion_script

    click.echo(completion_script(cli, PROGRAM, shell))
    return OK


@cli.command(epilog=_examples("podsand-gen man | man -l -", "podsand-gen man > ~/.local/share/man/man1/podsand-gen.1"))
def man() -> int:
    """Print the manual page."""
    from podsand_gen.manual import manual

    click.echo(manual(cli, generate), nl=False)
    return OK


@cli.command(epilog=_examples("podsand-gen snippets", "podsand-gen snippets --check --snippets mine/"))
@click.option("--check", is_flag=True, help="Check every snippet against the contract.")
@click.option("--vet", is_flag=True, help="Check, then vouch for the snippets as they are.")
@click.option(
    "--snippets",
    "directory",
    metavar="DIR",
    shell_complete=complete_directory,
    help="The snippets of DIR instead of the ones that came along.",
)
def snippets(check: bool, vet: bool, directory: str | None) -> int:
    """List the snippets, or check them."""
    from podsand_gen.snippet import write_vetted

    library = _library(directory)
    if check or vet:
        from podsand_gen.contract import check_library

        problems = check_library(library)
        if problems:
            raise LibraryError(problems)
        if vet:
            write_vetted(library)
        click.echo(f"{len(library.snippets)} snippets keep the contract", err=True)
        return OK
    unvetted = set(library.unvetted())
    width = max(map(len, library.snippets), default=0)
    for name, snippet in library.snippets.items():
        click.echo(f"{name:<{width}}  {snippet.meta.summary}{' (not vetted)' if name in unvetted else ''}")
    return OK


# --- review: what a script means, what changed, whether it is what it says


def _review_options(*formats: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """`formats` are those beyond what every report can be said in."""
    choice = click.Choice(["text", "markdown", "json", *formats])
    snippets = click.option(
        "--snippets",
        "directory",
        metavar="DIR",
        shell_complete=complete_directory,
        help="Hold it against the snippets of DIR instead.",
    )
    form = click.option("--format", "form", type=choice, default="text", help="How to say it; text is the default.")
    return lambda command: form(snippets(command))


@cli.command(
    epilog=_examples(
        "podsand-gen explain setup.sh --format html > setup.html       of a script that somebody sent nothing is run",
        "podsand-gen explain mine.toml --origin    and who says each value: the file, one that it extends, the lock",
        "git show HEAD~1:setup.sh | podsand-gen explain - --format markdown",
    )
)
@click.argument("source", metavar="[PROFILE | SCRIPT | REV:PATH | -]", required=False, shell_complete=complete_file)
@click.option("--origin", is_flag=True, help="Say of every value of the profile who set it.")
@_review_options("html")
def explain(source: str | None, origin: bool, form: str, directory: str | None) -> int:
    """Say what a script or profile does: root, network, downloads, files, and what the agent may.

    Without a word the default profile is explained.
    """
    from podsand_gen.review.explain import explain as explained
    from podsand_gen.review.subject import read_subject

    library = _library(directory)
    subject = read_subject(source, library)
    # HTML shows the source beside what is said of it.
    beside = (subject,) if form == "html" else ()
    _report("explanation", explained(subject, origin=origin), form, *beside)
    return OK


@cli.command(
    epilog=_examples(
        "podsand-gen diff HEAD:setup.sh setup.sh",
        "podsand-gen diff examples/release.toml examples/locked-down.toml",
        "podsand-gen diff main:mine.toml mine.toml --format markdown",
    )
)
@click.argument("old", shell_complete=complete_file)
@click.argument("new", shell_complete=complete_file)
@_review_options("html")
def diff(old: str, new: str, form: str, directory: str | None) -> int:
    """Say what changed from OLD to NEW, what it means first: each a script, a profile or REV:PATH.

    Exit code: 0 the same, 2 different, 3 isolation is weaker or cannot be judged, 1 failed.
    """
    from podsand_gen.review.diff import diff as compared
    from podsand_gen.review.subject import read_subject

    library = _library(directory)
    found = compared(read_subject(old, library), read_subject(new, library))
    _report("difference", found, form)
    return {"same": OK, "different": DIFFERENT, "weaker": WEAKER}[found.verdict]


@cli.command(epilog=_examples("podsand-gen check setup.sh", "podsand-gen check setup.sh --profile mine.toml"))
@click.argument("scripts", metavar="SCRIPT...", nargs=-1, required=True, shell_complete=complete_file)
@click.option("--profile", metavar="PROFILE", shell_complete=complete_file, help="The script must be made of this profile.")
@click.option("--no-lint", is_flag=True, help="Leave out the check of the script by shellcheck.")
@_review_options()
def check(scripts: tuple[str, ...], profile: str | None, no_lint: bool, form: str, directory: str | None) -> int:
    """Make a script again from the profile in it, and compare the two byte for byte.

    Exit code: 0 all are identical, 2 one is stale, edited, of another profile or unreadable.
    """
    from podsand_gen.load import load_profile
    from podsand_gen.review.check import check as checked

    library = _library(directory)
    wanted = load_profile(Path(profile)) if profile else None
    found = [checked(script, library, wanted, lint=not no_lint) for script in scripts]
    _report("checks", found, form)
    return OK if all(one.good for one in found) else DIFFERENT


def _report(kind: str, found: object, form: str, *beside: object) -> None:
    """`kind` is the function of the format's module, `beside` what it takes beside the report."""
    from importlib import import_module

    from podsand_gen.output import write_stdout
    from podsand_gen.review import terminal

    if form != "text":
        write_stdout(getattr(import_module(f"podsand_gen.review.{form}"), kind)(found, *beside))
        return
    lines = getattr(import_module("podsand_gen.review.lines"), kind)(found)
    if terminal.is_terminal():
        terminal.show(lines)
    else:
        write_stdout(terminal.plain(lines))


def compile_script(
    profile: str | None, settings: tuple[str, ...], directory: str | None, *, lint: bool, locked: bool = False
) -> str:
    from podsand_gen.plan import build_plan
    from podsand_gen.render import render

    loaded = _load(profile, settings)
    for warning in (*loaded.profile.warnings(), *_lock_warnings(profile, loaded, locked=locked)):
        click.echo(f"podsand-gen: warning: {warning}", err=True)
    plan = build_plan(loaded.profile, _library(directory))
    if plan.unvetted and directory is None:
        raise UnvettedError(plan.unvetted)
    script = render(plan)
    if lint:
        from podsand_gen.lint import lint as check

        check(script)
    return script


def _load(profile: str | None, settings: tuple[str, ...]) -> Loaded:
    from podsand_gen.load import load
    from podsand_gen.resources import resource

    if profile is None:
        return load(resource("examples/default.toml"), settings, where="the default profile", lock=False)
    if not profile:
        raise UsageError("the name of the profile is empty; name a file, or nothing at all for the default profile")
    try:
        return load(Path(profile), settings)
    except ProfileFileError as error:
        raise _or_command(profile, error) from None


def _lock_warnings(profile: str | None, loaded: Loaded, *, locked: bool) -> list[str]:
    from podsand_gen.errors import NoLockError
    from podsand_gen.lockfile import hold

    if profile is not None:
        return hold(Path(profile), loaded.profile, loaded.locked, strict=locked)
    if locked:
        raise NoLockError
    return []


def _or_command(word: str, error: ProfileFileError) -> ProfileFileError:
    from podsand_gen.errors import did_you_mean

    visible = [name for name, command in cli.commands.items() if not command.hidden]
    if "/" not in word and "." not in word and (hint := did_you_mean(word, visible)):
        return ProfileFileError(Path(word), f"there is no such file, nor such a command{hint}")
    return error


def _library(directory: str | None) -> Library:
    from podsand_gen.resources import resource
    from podsand_gen.snippet import Library

    return Library.load(Path(directory) if directory is not None else resource("snippets"))


# --- the way out


def main(args: list[str] | None = None) -> NoReturn:
    arguments = sys.argv[1:] if args is None else args
    # No plugin that another package brought into this environment has a say in what a profile means.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "1"
    # A run is over before collecting would pay.
    gc.disable()
    try:
        code = cli.main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except BrokenPipeError:
        code = FAILED
    except (KeyboardInterrupt, click.Abort):
        code = _fail(arguments, "interrupted", INTERRUPTED)
    except click.ClickException as error:
        code = _fail(arguments, f"{error.format_message()} (see podsand-gen --help)", USAGE)
    except PodsandError as error:
        code = _fail(arguments, str(error), error.exit_code)
    except OSError as error:
        code = _fail(arguments, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", FAILED)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a user
        code = _unexpected(arguments, error)
    # Nor does it pay at the very end: the interpreter would look through everything once more.
    gc.freeze()
    sys.exit(_flushed(code if isinstance(code, int) else OK))


def _fail(arguments: list[str], message: str, code: int) -> int:
    click.echo(f"podsand-gen: {message}", err=True)
    if not _names_command(arguments):
        from podsand_gen.output import leave_failing_script

        leave_failing_script(arguments, message)
    return code


def _unexpected(arguments: list[str], error: Exception) -> int:
    if os.environ.get("PODSAND_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return _fail(arguments, f"unexpected {what}; please report it, with PODSAND_DEBUG=1 for the details", FAILED)


def _flushed(code: int) -> int:
    """The exit code when everything is out: what cannot go out must not stay for the interpreter's own last flush."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            code = code or FAILED
    return code

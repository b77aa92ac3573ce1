"""The words that every format of the reports has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from podsand_gen import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podsand_gen.review.check import Check
    from podsand_gen.review.diff import Difference, Finding
    from podsand_gen.review.explain import About, Explanation

Style = str
Item = TypeVar("Item")
AT_MOST = 100
NOT_OF_EDITS = "; what is said here is of the profile in it, not of the edits"


@dataclass(frozen=True)
class Section:
    """One tuple of findings of a difference; `always` says so when there are none."""

    name: str
    title: str
    style: Style = ""
    always: bool = True


SECTIONS = (
    Section("unknown", "Edited: nobody here can say what this does", "bad", always=False),
    Section("weaker", "Isolation, weaker", "bad"),
    Section("stronger", "Isolation, stronger", "good"),
    Section("root_commands", "New root commands", "root"),
    Section("hosts", "New hosts", "warn"),
    Section("downloads", "New downloads", "warn"),
    Section("files", "New files"),
    Section("pins", "Pins that moved"),
    Section("steps", "Steps added and removed"),
    Section("commands", "Commands of the script added and removed", always=False),
    Section("bodies", "Bodies changed"),
    Section("settings", "Other settings", always=False),
    Section("cosmetic", "Cosmetic", "quiet", always=False),
)


def short(found: Explanation) -> tuple[tuple[str, str], ...]:
    """What can be said in four lines."""
    roots = [step for step in found.steps if step.root]
    commands = sum(len(step.commands) for step in roots)
    hosts = dict.fromkeys(host for step in found.steps for host in step.hosts)
    downloads = [download for step in found.steps for download in step.downloads]
    loose = [download.what.partition(":")[0] for download in downloads if not download.pinned]
    return (
        ("as root", f"{len(roots)} of {len(found.steps)} steps, {commands} commands: {', '.join(step.name for step in roots)}"),
        ("contacts", ", ".join(hosts)),
        (
            "fetches",
            f"{len(downloads)} things, {len(loose)} of them not pinned: {'; '.join(loose)}"
            if loose
            else f"{len(downloads)} things, all pinned",
        ),
        ("code", _vetting(found)),
    )


def _vetting(found: Explanation) -> str:
    if found.about.state != "identical":
        return "NOT VETTED as it stands: a line that was edited anywhere may change what any step does"
    if found.unvetted:
        return f"NOT VETTED: {', '.join(found.unvetted)}"
    return "all of it vetted, but for the profile's own Dockerfile, which somebody has to read" if found.own else "all of it vetted"


def headline(found: Difference) -> tuple[Style, str]:
    if found.same:
        return "good", "SAME: every byte is"
    if found.verdict == "different":
        return "warn", f"DIFFERENT: no key of the profile makes isolation weaker{_stronger(found)}{_read(found)}"
    weaker = [f"ISOLATION IS WEAKER in {places(len(found.weaker))}"] if found.weaker else []
    edits = "1 edit does" if len(found.unknown) == 1 else f"{len(found.unknown)} edits do"
    unknown = [f"NOBODY HERE CAN SAY what {edits}"] if found.unknown else []
    return "bad", f"{'; '.join(unknown + weaker)}{_stronger(found)}{_read(found)}"


def _stronger(found: Difference) -> str:
    return f"; stronger in {places(len(found.stronger))}" if found.stronger else ""


def _read(found: Difference) -> str:
    changed = sum(finding.sign == "~" for finding in found.bodies)
    bodies = "1 body" if changed == 1 else f"{changed} bodies"
    return f"; {bodies} of code changed, which only a reader can judge" if changed else ""


def places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"


def state_of(found: About | Check, beside: str = "") -> tuple[Style, str]:
    """`beside` is what has to be said of an edited script where other things are said of it."""
    if getattr(found, "kind", "") == "profile":
        return "good", f"as podsand-gen {__version__} reads it"
    by = found.version or "nobody knows which podsand-gen"
    match found.state:
        case "identical":
            return "good", f"identical: byte for byte what podsand-gen {__version__} makes of the profile in it"
        case "stale":
            said = f"stale: it says that podsand-gen {by} made it, which only that one can confirm"
            return "warn", f"{said}; {_otherwise(found)}"
        case "edited":
            return "bad", f"EDITED in {places(len(found.edits))}: no podsand-gen made it{beside}"
        case "other profile":
            return "bad", "made of another profile"
        case "faulty":
            return "bad", "identical, and shellcheck finds fault with it"
        case _:
            return "bad", f"unreadable: {getattr(found, 'why', '')}"


def shown(items: Sequence[Item]) -> tuple[Sequence[Item], str]:
    """As many as somebody reads, and a word about the rest."""
    return items[:AT_MOST], f"… and {len(items) - AT_MOST} more" if len(items) > AT_MOST else ""


def nothing(found: Difference) -> str:
    """What stands for an empty section: of edited code, that it holds nothing new is more than anybody knows."""
    return "none that the profiles tell of" if found.unknown else "none"


def _otherwise(found: About | Check) -> str:
    if not found.edits:
        return f"{__version__} makes the same of the profile in it, but for its own name"
    return f"{__version__} makes it otherwise in {places(len(found.edits))}"


def target(finding: Finding) -> str:
    """What moved, from → to, in one line."""
    if finding.old and finding.new:
        return f"{finding.what}  {finding.old} → {finding.new}"
    item = finding.new or finding.old
    text = f"{finding.sign} {finding.what}" if item in ("", finding.what) else f"{finding.what}  {finding.sign} {item}"
    return f"{text}  {finding.means}" if finding.means else text


def differs(findings: Sequence[Finding]) -> bool:
    """Whether anything came or changed; what only went is told below a title that says none."""
    return any(finding.sign != "-" for finding in findings)

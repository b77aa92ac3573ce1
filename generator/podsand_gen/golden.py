"""Make out/ from examples/, and tests/golden/reports/: what is committed, read in reviews, and held against its sources by a test.

python -m podsand_gen.golden          in a checkout
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

from podsand_gen.cli import compile_script
from podsand_gen.load import load_profile
from podsand_gen.resources import resource
from podsand_gen.review import lines, markdown
from podsand_gen.review.diff import diff
from podsand_gen.review.explain import explain
from podsand_gen.review.subject import of_profile
from podsand_gen.review.terminal import plain
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]


def compiled(*, lint: bool) -> dict[str, str]:
    """The script of each example, by the name that it has in out/."""
    return {
        f"{profile.stem}.sh": compile_script(str(profile), (), None, lint=lint)
        for profile in sorted((ROOT / "examples").glob("*.toml"))
    }


def reports() -> dict[str, str]:
    """Each example explained, the difference of each to the next, and that of the worked example, by the name of its file."""
    library = Library.load(resource("snippets"))
    review = ROOT / "tests/golden/review"
    paths = [*sorted((ROOT / "examples").glob("*.toml")), review / "before.toml", review / "after.toml"]
    subjects = {path.stem: of_profile(load_profile(path), f"{path.relative_to(ROOT)}", library) for path in paths}
    found = {f"explain-{name}.txt": plain(lines.explanation(explain(one))) for name, one in subjects.items()}
    for old, new in pairwise(subjects):
        if (old, new) != (paths[-3].stem, "before"):
            found[f"diff-{old}-{new}.txt"] = plain(lines.difference(diff(subjects[old], subjects[new])))
    found["diff-before-after.md"] = markdown.difference(diff(subjects["before"], subjects["after"]))
    return found


def main() -> int:
    scripts = compiled(lint=True)
    _write(ROOT / "out", "*.sh", scripts, 0o755)
    _write(ROOT / "tests/golden/reports", "*", reports(), 0o644)
    for name, script in scripts.items():
        print(f"out/{name}: {len(script.splitlines())} lines")
    return 0


def _write(directory: Path, pattern: str, files: dict[str, str], mode: int) -> None:
    directory.mkdir(exist_ok=True)
    for stale in {path.name for path in directory.glob(pattern)} - set(files):
        (directory / stale).unlink()
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")
        (directory / name).chmod(mode)


if __name__ == "__main__":
    sys.exit(main())

"""Make out/ from examples/: what the examples compile to is committed, read in reviews, and held against them by a test.

python -m podsand_gen.golden          in a checkout
"""

from __future__ import annotations

import sys
from pathlib import Path

from podsand_gen.cli import compile_script

ROOT = Path(__file__).resolve().parents[2]


def compiled(*, lint: bool) -> dict[str, str]:
    """The script of each example, by the name that it has in out/."""
    return {
        f"{profile.stem}.sh": compile_script(str(profile), (), None, lint=lint)
        for profile in sorted((ROOT / "examples").glob("*.toml"))
    }


def main() -> int:
    scripts = compiled(lint=True)
    out = ROOT / "out"
    out.mkdir(exist_ok=True)
    for stale in {path.name for path in out.glob("*.sh")} - set(scripts):
        (out / stale).unlink()
    for name, script in scripts.items():
        (out / name).write_text(script, encoding="utf-8", newline="\n")
        (out / name).chmod(0o755)
        print(f"out/{name}: {len(script.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Things that take long to build are built once and kept under a key made from their recipe."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ENVIRONMENT_VARIABLE = "PODSAND_TESTBED_CACHE"


def default_root() -> Path:
    configured = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(configured) if configured else Path.home() / ".cache" / "podsand-testbed"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on path, waiting for whoever has it; the kernel frees it when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Cache:
    """A directory of finished builds. What is published is complete and never changes."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()
        self.root.mkdir(parents=True, exist_ok=True)

    def part(self, name: str) -> Cache:
        """A cache in a directory of its own, for entries that a machine sees all together."""
        return Cache(self.root / name)

    def path(self, name: str, recipe: str) -> Path:
        """Where the entry is or will be: some builds must know their final name."""
        return self.root / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    def entry(self, name: str, recipe: str, build: Callable[[Path], None]) -> Path:
        """The directory of the entry, made by build(directory) if nobody made it before."""
        final = self.path(name, recipe)
        if final.is_dir():
            return final
        with locked(self.root / "locks" / f"{final.name}.lock"):
            if not final.is_dir():
                self._publish(final, build)
        return final

    def _publish(self, final: Path, build: Callable[[Path], None]) -> None:
        partial = self.root / "partial" / final.name
        remove_tree(partial)
        partial.mkdir(parents=True)
        try:
            build(partial)
            partial.rename(final)
        except BaseException:
            remove_tree(partial)
            raise


def remove_tree(path: Path) -> None:
    """Remove a tree without ever crossing into something that is mounted below it."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif os.geteuid() != 0:
        shutil.rmtree(path, ignore_errors=True)
    else:
        subprocess.run(["rm", "-rf", "--one-file-system", "--", str(path)], check=True)

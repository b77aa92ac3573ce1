"""Debian base systems: debootstrapped once, then copied and added to with apt."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.cache import Cache
from tests.support.host import program

# What debootstrap of the host does not know by name yet is bootstrapped as unstable is.
SCRIPT = Path("/usr/share/debootstrap/scripts")
ADD_PACKAGES = """\
apt-get update -q
apt-get install -q -y --no-install-recommends {packages}
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log
"""
# Only what is not released yet has an index that expires, which a mirror that lags lets happen. Signatures are still verified.
EXPIRED_IS_GOOD = Path("etc/apt/apt.conf.d/99-test-bed")
IN_ROOT = Path(__file__).with_name("inroot.bash")


class BuildError(RuntimeError):
    """A build step of the test bed failed; its output tells why."""


def run_logged(
    argv: list[str | Path], *, stdin: str | None = None, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a build step; its output is shown only when it fails."""
    words = [str(word) for word in argv]
    done = subprocess.run(
        words, input=stdin, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{' '.join(words)} failed ({done.returncode}):\n{done.stdout[-4000:]}")
    return done.stdout


def run_in_root(root: Path, script: str) -> str:
    return run_logged(["bash", IN_ROOT, root], stdin=script)


def minimal(cache: Cache, suite: str) -> Path:
    """A minbase system without any additional package."""

    known = (SCRIPT / suite).exists()
    recipe = f"debootstrap minbase {suite} 1" if known else f"debootstrap minbase {suite} as sid 2"

    def build(directory: Path) -> None:
        script: list[str | Path] = [] if known else ["", SCRIPT / "sid"]
        run_logged([program("debootstrap"), "--variant=minbase", suite, directory, *script])
        if not known:
            (directory / EXPIRED_IS_GOOD).write_text('Acquire::Check-Valid-Until "false";\n')
        run_in_root(directory, "apt-get clean; rm -rf /var/lib/apt/lists/* /var/log/bootstrap.log /var/log/dpkg.log")

    return cache.entry(f"minbase-{suite}", recipe, build)


def with_packages(cache: Cache, suite: str, packages: tuple[str, ...]) -> Path:
    """A minbase system with packages added; the same set in another order is the same system."""
    script = ADD_PACKAGES.format(packages=" ".join(sorted(set(packages))))

    def build(directory: Path) -> None:
        directory.rmdir()
        run_logged(["cp", "-a", "--reflink=auto", minimal(cache, suite), directory])
        run_in_root(directory, script)

    return cache.entry(f"root-{suite}", f"{suite}\n{script}", build)

"""What the test bed needs of the host, and what to say where it is missing."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

PACKAGES_FILE = Path(__file__).with_name("host-packages.txt")
INSTALL_HINT = f"sed 's/#.*//' tests/support/{PACKAGES_FILE.name} | xargs apt-get install -y --no-install-recommends"

# program -> Debian package that brings it
PROGRAMS = {
    "apt-ftparchive": "apt-utils",
    "catatonit": "catatonit",
    "debootstrap": "debootstrap",
    "dnsmasq": "dnsmasq-base",
    "docker-registry": "docker-registry",
    "dpkg-deb": "dpkg",
    "file": "file",
    "git": "git",
    "gpg": "gpg",
    "ip": "iproute2",
    "npm": "npm",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "patchelf": "patchelf",
    "setpriv": "util-linux",
    "skopeo": "skopeo",
    "slirp4netns": "slirp4netns",
    "unshare": "util-linux",
    "xz": "xz-utils",
}


class HostError(RuntimeError):
    """The host cannot carry a test machine."""


def search_path() -> str:
    """PATH with the system directories, which an unprivileged login may lack."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def program(name: str) -> str:
    found = shutil.which(name, path=search_path())
    if found is None:
        raise HostError(f"{name} is missing: apt-get install {PROGRAMS.get(name, name)}")
    return found


@functools.cache
def why_no_machines() -> str:
    """Empty where test machines can run, otherwise what is missing and how to get it."""
    if os.geteuid() != 0:
        return "test machines need root: run pytest as root"
    missing = sorted({package for name, package in PROGRAMS.items() if shutil.which(name, path=search_path()) is None})
    if missing:
        return f"test machines need the packages {' '.join(missing)}: {INSTALL_HINT}"
    if cgroup2_mount() is None:
        return "test machines need cgroup v2 mounted on the host: mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    return _why_no_namespaces()


def _why_no_namespaces() -> str:
    probe = (
        "set -e; mount -t tmpfs tmpfs /mnt; mkdir /mnt/l /mnt/u /mnt/w /mnt/m; "
        "mount -t overlay overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m; unshare --user true"
    )
    namespaces = ["--mount", "--pid", "--fork", "--uts", "--ipc", "--net", "--cgroup", "--propagation", "private"]
    done = subprocess.run(["unshare", *namespaces, "sh", "-c", probe], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    return f"test machines need namespaces, overlay and user namespaces, which this host refuses: {done.stderr.strip()}"


def cgroup2_mount() -> Path | None:
    """Where cgroup v2 is mounted: /sys/fs/cgroup, or below it on hosts in hybrid mode."""
    return next((mount for kind, _, mount in _cgroup_mounts() if kind == "cgroup2"), None)


def cgroup1_mounts() -> dict[str, Path]:
    """The v1 hierarchies of a hybrid host: options by which to mount each one -> where it is mounted."""
    return {_v1_name(options): mount for kind, options, mount in _cgroup_mounts() if kind == "cgroup"}


def _v1_name(options: str) -> str:
    generic = {"rw", "ro", "xattr", "relatime", "clone_children"}
    words = (word for word in options.split(",") if word not in generic and not word.startswith("release_agent="))
    return ",".join(words)


def _cgroup_mounts() -> list[tuple[str, str, Path]]:
    mounts = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            mounts.append((kind, options, Path(before.split(" ")[4])))
    return mounts

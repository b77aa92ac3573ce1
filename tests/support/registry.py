"""The storage of a registry, with small images under the names that scripts and Dockerfiles ask for."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import rootfs, standin
from tests.support.cache import Cache, remove_tree
from tests.support.host import program
from tests.support.rootfs import run_logged

BASE_IMAGE = "library/ubuntu:noble-20250619"
ALPINE_IMAGE = "library/alpine:3.22"
# Where update-ca-certificates finds what else is to be trusted.
TRUSTED = "usr/local/share/ca-certificates/stub-internet.crt"
READY_SECONDS = 10.0


@dataclass(frozen=True)
class Image:
    """What the registry calls it, how its root is laid out in a directory, and a text that changes whenever the result does."""

    name: str
    recipe: str
    lay_out: Callable[[Cache, Path], None]
    environment: tuple[str, ...] = ()


def storage(cache: Cache, images: Sequence[Image]) -> Path:
    """A directory with config.yml, which `docker-registry serve` reads."""
    recipe = "registry 4\n" + "".join(f"{image.name}\n{image.recipe}\n{image.environment}\n" for image in images)
    final = cache.path("registry", recipe)

    def build(directory: Path) -> None:
        (directory / "config.yml").write_text(_config(directory))
        archives = {image.name: _archive(cache, image, directory) for image in images}
        _push(directory, archives)
        for archive in archives.values():
            archive.unlink()
        # Published under another name: the place of the storage is in the file.
        (directory / "config.yml").write_text(_config(final))

    return cache.entry("registry", recipe, build)


def _config(directory: Path) -> str:
    data = f"storage: {{filesystem: {{rootdirectory: {directory}/data}}}}"
    return f"version: 0.1\nlog: {{level: error}}\n{data}\nhttp: {{addr: '127.0.0.1:0'}}\n"


def _push(directory: Path, archives: dict[str, Path]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    server = subprocess.Popen(
        [program("docker-registry"), "serve", str(directory / "config.yml")],
        env={**os.environ, "REGISTRY_HTTP_ADDR": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address)
        copy = [program("skopeo"), "--insecure-policy", "copy", "--dest-tls-verify=false"]
        for name, archive in archives.items():
            run_logged([*copy, f"docker-archive:{archive}", f"docker://{address}/{name}"])
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection((host, int(port))).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise rootfs.BuildError(f"docker-registry did not listen on {address}") from None
            time.sleep(0.02)


def _archive(cache: Cache, image: Image, directory: Path) -> Path:
    work = directory / image.name.replace("/", "-").replace(":", "-")
    root = work / "root"
    root.mkdir(parents=True)
    image.lay_out(cache, root)
    layer = work / "layer.tar"
    left_out = [f"--exclude=./{name}/*" for name in ("dev", "proc", "sys")]
    run_logged(["tar", "-C", root, *left_out, "--sort=name", "-cf", layer, "."])
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": [path, *image.environment], "Cmd": ["/bin/sh"]},
        # podman builds nothing from its cache on a base without one.
        "history": [{"created_by": f"a stand-in for {image.name}"}],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    (work / "config.json").write_text(json.dumps(config))
    manifest = [{"Config": "config.json", "RepoTags": [image.name], "Layers": ["layer.tar"]}]
    (work / "manifest.json").write_text(json.dumps(manifest))
    archive = directory / f"{work.name}.tar"
    run_logged(["tar", "-C", work, "-cf", archive, "config.json", "manifest.json", "layer.tar"])
    remove_tree(work)
    return archive


# --- the images. Where a trusted text is given, it is to the image what the public CAs are to the real one.


# Ubuntu's image has this user, and nothing to read.
UBUNTU = """\
useradd --uid 1000 --create-home --shell /bin/bash --comment Ubuntu ubuntu
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* /var/cache/debconf/*-old
"""


def ubuntu(trusted: str = "") -> Image:
    """A small Debian under Ubuntu's name."""

    def lay_out(cache: Cache, root: Path) -> None:
        root.rmdir()
        run_logged(["cp", "-a", "--reflink=auto", rootfs.minimal(cache, "trixie"), root])
        rootfs.run_in_root(root, UBUNTU)
        if trusted:
            _write(root / TRUSTED, trusted)

    # Node.js brings its own CAs, and reads no file of the system's unless it is told.
    environment = (f"NODE_EXTRA_CA_CERTS=/{TRUSTED}",) if trusted else ()
    return Image(BASE_IMAGE, f"ubuntu stand-in\n{UBUNTU}{trusted}", lay_out, environment)


ALPINE_PACKAGES = ("busybox-static", "git")
ALPINE_PROGRAMS = ("usr/bin/busybox", "usr/bin/git", "usr/lib/git-core/git-remote-http")
ALPINE_FILES = {
    "etc/group": "root:x:0:\n",
    "etc/os-release": 'ID=alpine-stand-in\nPRETTY_NAME="A stand-in for Alpine, made of Debian\'s busybox and git"\n',
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
}


def alpine(trusted: str) -> Image:
    """busybox, and git, which stands for all that `apk add` would bring."""

    def lay_out(cache: Cache, root: Path) -> None:
        source = rootfs.with_packages(cache, "trixie", ALPINE_PACKAGES)
        for name in ("bin", "dev", "etc", "proc", "root", "run", "sys", "usr/share/git-core/templates", "var"):
            (root / name).mkdir(parents=True)
        (root / "tmp").mkdir(mode=0o1777)
        for name in ALPINE_PROGRAMS:
            _copy_program(source, name, root)
        for name in ("http", "https"):
            _link(root / "usr/lib/git-core" / f"git-remote-{name}", "git-remote-http")
        for name in run_logged(["chroot", source, "/usr/bin/busybox", "--list"]).split():
            _link(root / "bin" / name, "/usr/bin/busybox")
        for name, text in {**ALPINE_FILES, "etc/ssl/certs/ca-certificates.crt": trusted}.items():
            _write(root / name, text)

    recipe = f"alpine stand-in 1\n{ALPINE_PACKAGES}{ALPINE_PROGRAMS}{ALPINE_FILES}{trusted}"
    return Image(ALPINE_IMAGE, recipe, lay_out)


def _copy_program(source: Path, name: str, root: Path) -> None:
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / name, target)
    for library in standin.libraries(source, source / name):
        place = "lib64" if library.startswith("ld-") else "lib/x86_64-linux-gnu"
        (root / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(standin.real_library(source, library), root / place / library)


def _link(path: Path, target: str) -> None:
    if not path.exists() and not path.is_symlink():
        path.symlink_to(target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

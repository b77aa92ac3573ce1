"""What a machine sees of the world beyond the packages' registries: releases, Node.js and images, from servers of its own.

They stand at 10.11.12.1, an address on the loopback interface of the machine's network namespace: containers reach it
through pasta, as they would reach the internet, which 127.0.0.1 would not allow.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import rootfs, standin
from tests.support.cache import Cache, remove_tree
from tests.support.host import program
from tests.support.machine import Machine, die_with_us
from tests.support.rootfs import run_logged
from tests.support.standin import Release

ADDRESS = "10.11.12.1"
ASSETS_PORT = 8080
REGISTRY_PORT = 5000
BASE_IMAGE = "library/ubuntu:noble-20250619"
CA_BUNDLE = "/etc/testbed/ca.pem"
ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 10.0


class World:
    """A machine with the servers that its script will ask."""

    def __init__(self, machine: Machine, directory: Path, release: Release | None = None) -> None:
        self.machine = machine
        self.cache: Cache = machine.cache
        self.assets = directory / "assets"
        self.log = directory / "assets.log"
        self.release = release or standin.podman(self.cache)
        self.node = standin.node(self.cache)

    def start(self) -> None:
        self._in_network("ip", "addr", "add", f"{ADDRESS}/32", "dev", "lo")
        self.offer(self.release)
        node = self.assets / "node" / f"v{standin.NODE_VERSION}" / self.node.name
        node.parent.mkdir(parents=True)
        node.symlink_to(self.node)
        server = ROOT / "tests/support/asset_server.py"
        self.serve([sys.executable, str(server), ADDRESS, str(ASSETS_PORT), str(self.assets)], ASSETS_PORT)
        registry = _registry(self.cache)
        self.serve([program("docker-registry"), "serve", str(registry / "config.yml")], REGISTRY_PORT)
        self.machine.put(CA_BUNDLE, Path("/etc/ssl/certs/ca-certificates.crt"), owner="root")

    def offer(self, release: Release) -> None:
        """Put a release, good or bad, where the script looks for it."""
        directory = self.assets / "podman" / release.version
        directory.mkdir(parents=True, exist_ok=True)
        for source, name in (
            (release.archive, "podman-linux-amd64.tar.gz"),
            (release.signature, "podman-linux-amd64.tar.gz.asc"),
        ):
            shutil.copy(source, directory / f"{name}.new")
            (directory / f"{name}.new").rename(directory / name)

    def cut_after(self, path: str, size: int) -> None:
        """From now on each answer with this asset, such as podman/v5.4.2/podman-linux-amd64.tar.gz, ends after so many bytes."""
        self._fault(path, f"cut {size}")

    def answer(self, path: str, status: int, times: int = 1) -> None:
        """The next requests for this asset get a status and nothing else."""
        self._fault(path, f"status {status} {times}")

    def behave(self, path: str) -> None:
        (self.assets / f"{path}.fault").unlink(missing_ok=True)

    def _fault(self, path: str, text: str) -> None:
        if not (self.assets / path).is_file():
            raise FileNotFoundError(f"no asset {path} that could misbehave")
        new = self.assets / f"{path}.fault.new"
        new.write_text(text)
        new.rename(self.assets / f"{path}.fault")

    def requests(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    @property
    def arguments(self) -> list[str]:
        """What podsand-gen must be told so that the script asks these servers."""
        node_sha256 = standin.sha256(self.node)
        return self.engine_arguments + settings(
            {
                "image.node_version": f"v{standin.NODE_VERSION}",
                "image.node_mirror": f"http://{ADDRESS}:{ASSETS_PORT}/node",
                "image.node_sha256.amd64": node_sha256,
                "image.node_sha256.arm64": node_sha256,
            }
        )

    @property
    def engine_arguments(self) -> list[str]:
        """The same, for a profile whose image is of its own Dockerfile."""
        mirror = f'[{{prefix="docker.io",location="{ADDRESS}:{REGISTRY_PORT}",insecure=true}}]'
        return settings(
            {
                "podman.version": self.release.version,
                "podman.mirror": f"http://{ADDRESS}:{ASSETS_PORT}/podman",
                "podman.sha256.amd64": self.release.sha256,
                "podman.sha256.arm64": self.release.sha256,
                "conf.mirrors": mirror,
                "proxy.ca_bundle": CA_BUNDLE,
            }
        )

    def asset(self, path: str, content: bytes = b"") -> Path:
        """A place below what the servers offer; its URL is `url` and the path."""
        file = self.assets / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    @property
    def url(self) -> str:
        return f"http://{ADDRESS}:{ASSETS_PORT}"

    def script(self, *arguments: str, servers: Sequence[str] | None = None) -> str:
        """What podsand-gen prints for the default profile, or the one that is named, and these servers; a test's values win."""
        told = self.arguments if servers is None else servers
        command = [sys.executable, "-m", "podsand_gen", *told, *arguments, "--no-lint"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "generator")}
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
        if made.returncode != 0:
            raise rootfs.BuildError(f"podsand-gen made no script ({made.returncode}):\n{made.stderr}")
        return made.stdout

    def install(self, *arguments: str, path: str = "") -> str:
        """Put such a script into the user's home; returns its path there."""
        path = path or f"{self.machine.home}/setup.sh"
        self.machine.put(path, self.script(*arguments))
        return path

    def _in_network(self, *command: str) -> None:
        run_logged(["nsenter", "--net", "--target", str(self.machine.pid), *command])

    def serve(self, command: list[str], port: int, *, log: Path | None = None, inside: bool = True) -> None:
        """Run a server until the machine stops; back when the machine can reach it. Not inside: it finds its way in itself."""
        enter = ["nsenter", "--net", "--target", str(self.machine.pid)] if inside else []
        log = log or self.log
        with log.open("a") as output:
            server = subprocess.Popen(
                [*die_with_us(), *enter, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.machine.at_stop(lambda: _end(server))
        deadline = time.monotonic() + READY_SECONDS
        while not self._listens(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise rootfs.BuildError(f"{command[0]} did not listen on {port}:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def _listens(self, port: int) -> bool:
        network = Path(f"/proc/{self.machine.pid}/net")
        lines = (network / "tcp").read_text() + (network / "tcp6").read_text()
        return re.search(rf":{port:04X} 0+:0000 0A", lines) is not None


def settings(values: Mapping[str, str]) -> list[str]:
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- the registry


# Ubuntu's image has this user, and nothing to read.
UBUNTU = """\
useradd --uid 1000 --create-home --shell /bin/bash --comment Ubuntu ubuntu
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/info/* /usr/share/locale/* /var/cache/debconf/*-old
"""
REGISTRY_RECIPE = f"registry 3\n{BASE_IMAGE}\n{UBUNTU}"


def _registry(cache: Cache) -> Path:
    """The storage of a registry that holds the base image: a small Debian under Ubuntu's name."""

    def build(directory: Path) -> None:
        root = directory / "root"
        run_logged(["cp", "-a", "--reflink=auto", rootfs.minimal(cache, "trixie"), root])
        rootfs.run_in_root(root, UBUNTU)
        archive = _image_archive(root, directory)
        remove_tree(root)
        (directory / "config.yml").write_text(_config(directory))
        server = subprocess.Popen(
            [program("docker-registry"), "serve", str(directory / "config.yml")],
            env={**os.environ, "REGISTRY_HTTP_ADDR": "127.0.0.1:5999"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            target = f"docker://127.0.0.1:5999/{BASE_IMAGE}"
            copy = [program("skopeo"), "--insecure-policy", "copy", "--retry-times=5", "--dest-tls-verify=false"]
            run_logged([*copy, f"docker-archive:{archive}", target])
        finally:
            _end(server)
        archive.unlink()
        # Published under another name: the place of the storage is in the file.
        (directory / "config.yml").write_text(_config(final))

    final = cache.path("registry", REGISTRY_RECIPE)
    return cache.entry("registry", REGISTRY_RECIPE, build)


def _config(directory: Path) -> str:
    storage = f"storage: {{filesystem: {{rootdirectory: {directory}/data}}}}"
    return f"version: 0.1\nlog: {{level: error}}\n{storage}\nhttp: {{addr: '0.0.0.0:{REGISTRY_PORT}'}}\n"


def _image_archive(root: Path, directory: Path) -> Path:
    layer = directory / "layer.tar"
    left_out = [f"--exclude=./{name}/*" for name in ("dev", "proc", "sys")]
    run_logged(["tar", "-C", root, *left_out, "--sort=name", "-cf", layer, "."])
    digest = hashlib.sha256(layer.read_bytes()).hexdigest()
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": [path], "Cmd": ["/bin/bash"]},
        # podman builds nothing from its cache on a base without one.
        "history": [{"created_by": "a small Debian that stands in for Ubuntu"}],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    (directory / "config.json").write_text(json.dumps(config))
    manifest = [{"Config": "config.json", "RepoTags": [BASE_IMAGE], "Layers": ["layer.tar"]}]
    (directory / "manifest.json").write_text(json.dumps(manifest))
    archive = directory / "image.tar"
    run_logged(["tar", "-C", directory, "-cf", archive, "config.json", "manifest.json", "layer.tar"])
    layer.unlink()
    return archive

"""What a machine sees of the world beyond the packages' registries: releases, Node.js and images, from servers of its own.

A script must be told where they are; tests.support.internet has them under their publishers' own names.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.support import registry, standin
from tests.support.certificates import HOST_BUNDLE
from tests.support.host import program
from tests.support.machine import Machine
from tests.support.servers import ADDRESS, ROOT, Servers, settings
from tests.support.standin import Release

ASSETS_PORT = 8080
REGISTRY_PORT = 5000
CA_BUNDLE = "/etc/testbed/ca.pem"


class World(Servers):
    """A machine with the servers that its script will ask."""

    def __init__(self, machine: Machine, directory: Path, release: Release | None = None) -> None:
        super().__init__(machine, directory)
        self.release = release or standin.podman(self.cache)
        self.node = standin.node(self.cache)

    def start(self) -> None:
        self.add_address(ADDRESS)
        self.offer(self.release)
        node = self.assets / "node" / f"v{standin.NODE_VERSION}" / self.node.name
        node.parent.mkdir(parents=True)
        node.symlink_to(self.node)
        server = ROOT / "tests/support/asset_server.py"
        self.serve([sys.executable, str(server), ADDRESS, str(ASSETS_PORT), str(self.assets)], ASSETS_PORT)
        storage = registry.storage(self.cache, [registry.ubuntu()])
        everywhere = {"REGISTRY_HTTP_ADDR": f"0.0.0.0:{REGISTRY_PORT}"}
        self.serve([program("docker-registry"), "serve", str(storage / "config.yml")], REGISTRY_PORT, env=everywhere)
        self.machine.put(CA_BUNDLE, HOST_BUNDLE, owner="root")

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
                "podman.source": "release",
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

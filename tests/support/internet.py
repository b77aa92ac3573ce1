"""A stub of the internet inside a machine's network: what scripts contact, under its own names, over TLS, from stand-ins.

    internet = StubInternet(machine, directory).start()
    internet.install()                 # a script that knows other versions, and no other URL

Only the names below are the stub's, for the machine and for all containers in it, because its name server says so. All
others, such as Debian's mirrors and npm's registry, are the real ones, and are reached by the machine's uplink.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support import docker_standin, podman_static_standin, registry, standin
from tests.support.cache import Cache
from tests.support.certificates import HOST_BUNDLE, make_certificate
from tests.support.host import program
from tests.support.internet_server import RELEASES_HOST
from tests.support.machine import SLIRP_DNS, Machine
from tests.support.rootfs import run_logged
from tests.support.servers import ADDRESS, ROOT, Servers, settings
from tests.support.standin import Release

# An address of its own, because it needs a port 443 of its own: that of the registry, which does TLS itself.
REGISTRY_ADDRESS = "10.11.12.2"
REGISTRY_HOSTS = ("registry-1.docker.io",)
HOSTS = (docker_standin.HOST, "github.com", RELEASES_HOST, "nodejs.org", "passt.top")
PODMAN_STATIC = "https://github.com/mgoltzsche/podman-static"
HTTPS_PORT = 443
GIT_PORT = 9418
DNS_PORT = 53
CA_DAYS = 3650


@dataclass(frozen=True)
class Authority:
    """The CA of the stub, kept with the other builds: images that trust it are."""

    directory: Path

    @property
    def certificate(self) -> Path:
        return self.directory / "ca.pem"

    @property
    def server(self) -> Path:
        """Key and certificate of all its servers."""
        return self.directory / "server-with-key.pem"

    @property
    def trusted(self) -> str:
        """What takes the place of the public CAs: the stub's, and all that the host trusts."""
        return self.certificate.read_text() + HOST_BUNDLE.read_text()


def authority(cache: Cache) -> Authority:
    names = [f"DNS:{host}" for host in (*HOSTS, *REGISTRY_HOSTS)]

    def build(directory: Path) -> None:
        directory.chmod(0o700)
        make_certificate(directory, names, CA_DAYS)

    return Authority(cache.entry("stub-internet-ca", f"stub CA 1 {CA_DAYS}\n{names}", build))


class StubInternet(Servers):
    """A machine whose internet is partly a stub. The first release is the one that scripts are made for.

    Without git_protocol nothing passes on port 9418, as behind many a company's firewall.
    """

    def __init__(self, machine: Machine, directory: Path, releases: Sequence[Release] = (), *, git_protocol: bool = True) -> None:
        super().__init__(machine, directory)
        self._git_protocol = git_protocol
        self.releases = list(releases) or [standin.podman(self.cache)]
        self.node = standin.node(self.cache)
        self.authority = authority(self.cache)
        self.docker = docker_standin.repository(self.cache)
        self._repositories = podman_static_standin.repositories(self.cache, self.releases)
        self._git = directory / "git"
        self._registry = registry.storage(
            self.cache, [registry.ubuntu(self.authority.trusted), registry.alpine(self.authority.trusted)]
        )

    @property
    def release(self) -> Release:
        return self.releases[0]

    def commit(self, version: str = "") -> str:
        """The commit of podman-static that is the release's."""
        return self._repositories.commits[version or self.release.version]

    def start(self) -> Self:
        for address in (ADDRESS, REGISTRY_ADDRESS):
            self.add_address(address)
        self._lay_out()
        self._start_servers()
        self.machine.put("/etc/resolv.conf", f"nameserver {ADDRESS}\n", owner="root")
        self.machine.put(f"/{registry.TRUSTED}", self.authority.trusted, owner="root")
        self.machine.run("update-ca-certificates", user="root")
        return self

    def cut(self) -> None:
        """No network from now on, also for what is under way: servers, names and uplink are gone."""
        self.machine.unplug()
        self.end_servers()

    def mend(self) -> None:
        if self.machine.options.network == "slirp":
            self.machine.plug_in()
        self._start_servers()

    def offer(self, release: Release) -> None:
        """Put a release, good or bad, where GitHub's redirect leads."""
        directory = self.assets / RELEASES_HOST / "mgoltzsche/podman-static/releases/download" / release.version
        _link(release.archive, directory / "podman-linux-amd64.tar.gz")
        _link(release.signature, directory / "podman-linux-amd64.tar.gz.asc")

    @property
    def arguments(self) -> list[str]:
        """Versions and what pins them: that is all in which a script for the stub differs from one for the internet."""
        node_sha256 = standin.sha256(self.node)
        values = {
            "podman.version": self.release.version,
            "podman.commit": self.commit(),
            "docker.key_sha256": standin.sha256(self.docker.key),
            "podman.sha256.amd64": self.release.sha256,
            "podman.sha256.arm64": self.release.sha256,
            "image.node_version": f"v{standin.NODE_VERSION}",
            "image.node_sha256.amd64": node_sha256,
            "image.node_sha256.arm64": node_sha256,
        }
        return settings(values)

    def _lay_out(self) -> None:
        for host in HOSTS:
            (self.assets / host).mkdir(parents=True)
        for release in self.releases:
            self.offer(release)
        _link(self.node, self.assets / "nodejs.org/dist" / f"v{standin.NODE_VERSION}" / self.node.name)
        # Links to files, so that each can be given a fault and none is in the cache.
        shutil.copytree(self.docker.files, self.assets / docker_standin.HOST, copy_function=os.symlink, dirs_exist_ok=True)
        _link(self._repositories.podman_static, self._git / "github.com/mgoltzsche/podman-static.git")
        _link(self._repositories.passt, self._git / "passt.top/passt.git")

    def _start_servers(self) -> None:
        key = str(self.authority.server)
        server = [sys.executable, "-m", "tests.support.internet_server", ADDRESS, str(self.assets), str(self._git), key]
        self.serve(server, HTTPS_PORT, address=ADDRESS, env={"PYTHONPATH": str(ROOT)})
        if self._git_protocol:
            self.serve(self._git_daemon(), GIT_PORT, address=ADDRESS)
        tls = {"REGISTRY_HTTP_TLS_CERTIFICATE": key, "REGISTRY_HTTP_TLS_KEY": key}
        where = {"REGISTRY_HTTP_ADDR": f"{REGISTRY_ADDRESS}:{HTTPS_PORT}"}
        config = str(self._registry / "config.yml")
        self.serve([program("docker-registry"), "serve", config], HTTPS_PORT, address=REGISTRY_ADDRESS, env={**tls, **where})
        self.serve(self._name_server(), DNS_PORT, address=ADDRESS)

    def _git_daemon(self) -> list[str]:
        # Not `git daemon`, which leaves the daemon behind when it is killed.
        daemon = Path(run_logged([program("git"), "--exec-path"]).strip()) / "git-daemon"
        return [str(daemon), "--reuseaddr", "--export-all", f"--listen={ADDRESS}", f"--base-path={self._git}/passt.top"]

    def _name_server(self) -> list[str]:
        places = {**dict.fromkeys(HOSTS, ADDRESS), **dict.fromkeys(REGISTRY_HOSTS, REGISTRY_ADDRESS)}
        records = [f"--host-record={host},{address}" for host, address in places.items()]
        # Nobody else is asked about them, so that there is no IPv6 address of the real ones.
        records += [f"--local=/{host}/" for host in places]
        upstream = [f"--server={SLIRP_DNS}"] if self.machine.options.network == "slirp" else []
        where = ["--no-hosts", "--no-resolv", "--bind-interfaces", f"--listen-address={ADDRESS}"]
        return [program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", *where, *records, *upstream]


def _link(target: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.symlink_to(target)
    new.rename(path)

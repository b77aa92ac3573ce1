"""What a company's network adds to a world: a proxy that wants a password, and TLS that only the company's CA vouches for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.host import program
from tests.support.rootfs import run_logged
from tests.support.world import ADDRESS, CA_BUNDLE, ROOT, World

PROXY_PORT = 3128
HTTPS_PORT = 8443
HOST_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Proxy:
    url: str
    credentials: str
    log: Path

    def requests(self) -> list[str]:
        """One line for each request: who asked, and for what."""
        return self.log.read_text().splitlines() if self.log.exists() else []


def proxy(world: World, credentials: str = "dev:s3cret") -> Proxy:
    """A stub of a proxy at 10.11.12.1:3128. A machine made with network="none" has no other way out."""
    log = world.log.with_name("proxy.log")
    network = f"/proc/{world.machine.pid}/ns/net"
    command = [sys.executable, str(ROOT / "tests/support/proxy_stub.py"), network, ADDRESS, str(PROXY_PORT), credentials]
    world.serve(command, PROXY_PORT, log=log, inside=False)
    return Proxy(f"http://{ADDRESS}:{PROXY_PORT}", credentials, log)


def https(world: World) -> str:
    """Serve the same assets over TLS too; the CA is in the bundle that the profile names. Returns the URL of the server."""
    directory = world.log.parent / "tls"
    certificate = make_certificate(directory)
    server = [sys.executable, str(ROOT / "tests/support/asset_server.py"), ADDRESS, str(HTTPS_PORT), str(world.assets)]
    world.serve([*server, str(certificate)], HTTPS_PORT)
    world.machine.put(CA_BUNDLE, HOST_BUNDLE.read_text() + (directory / "ca.pem").read_text(), owner="root")
    return f"https://{ADDRESS}:{HTTPS_PORT}"


def make_certificate(directory: Path) -> Path:
    """A throw-away CA (ca.pem), and a file with key and certificate of a server that it vouches for."""
    directory.mkdir()
    openssl = program("openssl")
    new = [openssl, "req", "-newkey", "rsa:2048", "-nodes", "-subj"]
    run_logged([*new, "/CN=stub CA", "-x509", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"], cwd=directory)
    run_logged([*new, "/CN=stub", "-keyout", "server.key", "-out", "server.csr"], cwd=directory)
    (directory / "names").write_text(f"subjectAltName=IP:{ADDRESS},DNS:localhost\n")
    sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
    run_logged([openssl, *sign, "-extfile", "names", "-out", "server.pem"], cwd=directory)
    both = directory / "server-with-key.pem"
    both.write_text((directory / "server.key").read_text() + (directory / "server.pem").read_text())
    return both

"""What a company's network adds to a world: a proxy that wants a password, and TLS that only the company's CA vouches for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import HOST_BUNDLE, make_certificate
from tests.support.servers import ADDRESS, ROOT
from tests.support.world import CA_BUNDLE, World

PROXY_PORT = 3128
HTTPS_PORT = 8443


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
    certificate = make_certificate(directory, [f"IP:{ADDRESS}", "DNS:localhost"])
    server = [sys.executable, str(ROOT / "tests/support/asset_server.py"), ADDRESS, str(HTTPS_PORT), str(world.assets)]
    world.serve([*server, str(certificate)], HTTPS_PORT)
    world.machine.put(CA_BUNDLE, HOST_BUNDLE.read_text() + (directory / "ca.pem").read_text(), owner="root")
    return f"https://{ADDRESS}:{HTTPS_PORT}"

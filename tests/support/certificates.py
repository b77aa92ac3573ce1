"""Throw-away certificates: a CA that nobody but a test machine trusts, and a server that it vouches for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.support.host import program
from tests.support.rootfs import run_logged

# What the host trusts: the public CAs, and the one of a company whose proxy opens TLS.
HOST_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def make_certificate(directory: Path, names: Iterable[str], days: int = 2) -> Path:
    """A CA (ca.pem), and a file with key and certificate of a server of these names, such as DNS:localhost."""
    directory.mkdir(exist_ok=True)
    openssl = program("openssl")
    new = [openssl, "req", "-newkey", "rsa:2048", "-nodes", "-subj"]
    last = ["-days", str(days)]
    run_logged([*new, "/CN=stub CA", "-x509", *last, "-keyout", "ca.key", "-out", "ca.pem"], cwd=directory)
    run_logged([*new, "/CN=stub", "-keyout", "server.key", "-out", "server.csr"], cwd=directory)
    (directory / "names").write_text(f"subjectAltName={','.join(names)}\n")
    sign = ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", *last]
    run_logged([openssl, *sign, "-extfile", "names", "-out", "server.pem"], cwd=directory)
    both = directory / "server-with-key.pem"
    both.write_text((directory / "server.key").read_text() + (directory / "server.pem").read_text())
    return both

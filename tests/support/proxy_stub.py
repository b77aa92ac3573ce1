"""A stub of a company's proxy: NETWORK ADDRESS PORT CREDENTIALS. Listens in one network and goes out through another.

NETWORK is the /proc/PID/ns/net of a test machine. The proxy listens there, and reaches the machine's own servers (ADDRESS)
there; everything else it reaches from the network that it was started in. So a machine without an uplink has one way out.
CREDENTIALS is USER:PASSWORD, or empty for a proxy that asks for none. Logs one line for each request: user, method, target.
"""

from __future__ import annotations

import base64
import ctypes
import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
CHUNK = 1 << 16
IDLE_SECONDS = 60.0
LIBC = ctypes.CDLL(None, use_errno=True)
HOP_BY_HOP = {"proxy-authorization", "proxy-connection", "connection", "keep-alive"}


@contextmanager
def network(path: str) -> Iterator[None]:
    """What this thread opens inside belongs to the other network, and stays there."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(path, os.O_RDONLY)
    try:
        _enter(there)
        yield
    finally:
        _enter(before)
        os.close(there)
        os.close(before)


def _enter(namespace: int) -> None:
    if LIBC.setns(namespace, NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Handler(BaseHTTPRequestHandler):
    machine = ""
    address = ""
    credentials = ""

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        if (upstream := self._upstream(host, int(port))) is not None:
            with upstream:
                self.send_response(200, "Connection established")
                self.end_headers()
                self._relay(upstream)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if (upstream := self._upstream(url.hostname or "", url.port or 80)) is None:
            return
        with upstream:
            self.log_request("relayed")
            path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
            headers = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
            # One request each: the next one may go to another host.
            lines = [f"{self.command} {path} HTTP/1.1", *headers, "Connection: close", "", ""]
            upstream.sendall("\r\n".join(lines).encode())
            self._relay(upstream)

    do_HEAD = do_GET

    def _upstream(self, host: str, port: int) -> socket.socket | None:
        if not self._is_allowed():
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="stub"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        try:
            if host == self.address:
                with network(self.machine):
                    return socket.create_connection((host, port), IDLE_SECONDS)
            return socket.create_connection((host, port), IDLE_SECONDS)
        except OSError as error:
            self.send_error(502, str(error))
            return None

    def _user(self) -> str:
        kind, _, encoded = self.headers.get("Proxy-Authorization", "").partition(" ")
        return base64.b64decode(encoded).decode() if kind == "Basic" else ""

    def _is_allowed(self) -> bool:
        return not self.credentials or self._user() == self.credentials

    def _relay(self, upstream: socket.socket) -> None:
        self.close_connection = True
        pairs = {self.connection: upstream, upstream: self.connection}
        while ready := select.select([*pairs], [], [], IDLE_SECONDS)[0]:
            for source in ready:
                data = source.recv(CHUNK)
                if not data:
                    return
                pairs[source].sendall(data)

    def log_message(self, format: str, *words: object) -> None:
        # Never the password: logs of proxies do not hold it either.
        user = self._user().partition(":")[0] or "-"
        sys.stdout.write(f"{user} {format % words}\n")
        sys.stdout.flush()


def main() -> None:
    Handler.machine, Handler.address, port, Handler.credentials = sys.argv[1:]
    with network(Handler.machine):
        server = ThreadingHTTPServer((Handler.address, int(port)), Handler)
    server.serve_forever()


if __name__ == "__main__":
    main()

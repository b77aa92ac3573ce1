"""A small file server for tests: ADDRESS PORT DIRECTORY [PEM]. Says its URL first, knows ranges, logs each request as one line.

With PEM, a file of key and certificate, it speaks TLS.
A file NAME.fault beside NAME makes it misbehave: `cut N` closes the connection after N bytes, `status CODE TIMES` answers CODE
that often, `slow N` sends N bytes a second.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

CHUNK = 1 << 16


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory = Path()
    pause = 0.0

    def do_GET(self) -> None:
        name = unquote(self.path.partition("?")[0]).lstrip("/")
        # Without `..`, and with the symlinks that lead to builds elsewhere.
        path = Path(os.path.normpath(self.directory / name))
        if not path.is_relative_to(self.directory) or not path.is_file():
            self._refuse(404)
            return
        words = _fault(path)
        if words[:1] == ["status"]:
            self._refuse(int(words[1]))
            return
        size = path.stat().st_size
        start = self._start(size)
        if start is None:
            self._refuse(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(size - start))
        self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.end_headers()
        self.pause = CHUNK / int(words[1]) if words[:1] == ["slow"] else 0.0
        if self.command != "HEAD":
            self._send(path, start, size - start, int(words[1]) if words[:1] == ["cut"] else size)

    do_HEAD = do_GET

    def _start(self, size: int) -> int | None:
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(match[1]) if match else 0
        return start if start < size or start == 0 else None

    def _send(self, path: Path, start: int, promised: int, limit: int) -> None:
        left = min(promised, limit)
        self.close_connection = left < promised
        with path.open("rb") as file:
            file.seek(start)
            while left > 0 and (data := file.read(min(CHUNK, left))):
                self.wfile.write(data)
                left -= len(data)
                time.sleep(self.pause)

    def _refuse(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *words: object) -> None:
        sys.stdout.write(f"{format % words} range={self.headers.get('Range', '')}\n")
        sys.stdout.flush()


def _fault(path: Path) -> list[str]:
    file = path.with_name(f"{path.name}.fault")
    if not file.exists():
        return []
    words = file.read_text().split()
    if words[0] == "status":
        left = int(words[2]) - 1
        if left > 0:
            file.write_text(f"status {words[1]} {left}")
        else:
            file.unlink()
    return words


def main() -> None:
    address, port, directory, *pem = sys.argv[1:]
    Handler.directory = Path(directory).absolute()
    server = ThreadingHTTPServer((address, int(port)), Handler)
    for file in pem:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    sys.stdout.write(f"http{'s' if pem else ''}://{address}:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

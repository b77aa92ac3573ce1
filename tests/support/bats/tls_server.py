"""A file server over TLS for tests: PEM DIRECTORY ELSEWHERE. Says its URL first; /away/NAME is redirected to ELSEWHERE/NAME."""

from __future__ import annotations

import functools
import ssl
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class Handler(SimpleHTTPRequestHandler):
    elsewhere = ""

    def do_GET(self) -> None:
        if not self.path.startswith("/away/"):
            super().do_GET()
            return
        self.send_response(302)
        self.send_header("Location", self.elsewhere + self.path.removeprefix("/away"))
        self.send_header("Content-Length", "0")
        self.end_headers()


def main() -> None:
    pem, directory, Handler.elsewhere = sys.argv[1:]
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"https://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

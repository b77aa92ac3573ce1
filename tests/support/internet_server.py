"""A server for many hosts at once, over TLS: python -m tests.support.internet_server ADDRESS DIRECTORY GIT_DIRECTORY PEM.

DIRECTORY/HOST/PATH is what https://HOST/PATH answers with, and can be made to misbehave as in asset_server.py.
GIT_DIRECTORY/HOST/PATH.git is a repository that can be cloned, with or without the .git.
Releases of github.com are redirected to another host, as GitHub does it.
"""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.support.asset_server import Handler

# It becomes the name of a directory, so it is no path.
HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
GIT = re.compile(r"(/[^?]+?)(?:\.git)?(/info/refs|/git-upload-pack)(?:\?(.*))?")
RELEASE = re.compile(r"/[^/]+/[^/]+/releases/download/.+")
RELEASES_HOST = "release-assets.githubusercontent.com"


class InternetHandler(Handler):
    hosts = Path()
    repositories = Path()

    @property
    def host(self) -> str:
        match = HOST.match(self.headers.get("Host", ""))
        return match[0] if match else "no-host"

    def do_GET(self) -> None:
        if not self._answer_git():
            self._answer_file()

    def do_HEAD(self) -> None:
        self._answer_file()

    def do_POST(self) -> None:
        if not self._answer_git():
            self._refuse(405)

    def _answer_file(self) -> None:
        if self.host == "github.com" and RELEASE.fullmatch(self.path):
            self.send_response(302)
            self.send_header("Location", f"https://{RELEASES_HOST}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.directory = self.hosts / self.host
        super().do_GET()

    def _answer_git(self) -> bool:
        """By git's own server, which speaks CGI."""
        match = GIT.fullmatch(self.path)
        if not match or not (repository := self.repositories / self.host / f"{match[1].lstrip('/')}.git").is_dir():
            return False
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(repository),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": match[2],
            "QUERY_STRING": match[3] or "",
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, stdout=subprocess.PIPE, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200" if head else "500").split()[0]))
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return True

    def log_message(self, format: str, *words: object) -> None:
        super().log_message(f"{self.host} {format}", *words)


def main() -> None:
    address, hosts, repositories, pem = sys.argv[1:]
    InternetHandler.hosts, InternetHandler.repositories = Path(hosts).absolute(), Path(repositories).absolute()
    server = ThreadingHTTPServer((address, 443), InternetHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Servers in a machine's network, what they offer, and the scripts that ask them.

They stand at 10.11.12.1, an address on the loopback interface of the machine's network namespace: containers reach it
through pasta, as they would reach the internet, which 127.0.0.1 would not allow.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import rootfs
from tests.support.cache import Cache
from tests.support.machine import Machine, die_with_us
from tests.support.rootfs import run_logged

ADDRESS = "10.11.12.1"
ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 10.0


class Servers(ABC):
    """A machine, files that are offered to it, and faults that they can be given."""

    def __init__(self, machine: Machine, directory: Path) -> None:
        self.machine = machine
        self.cache: Cache = machine.cache
        self.assets = directory / "assets"
        self.log = directory / "assets.log"
        self._running: list[subprocess.Popen[bytes]] = []

    # --- what they answer

    def cut_after(self, path: str, size: int) -> None:
        """From now on each answer with this asset, such as podman/v5.4.2/podman-linux-amd64.tar.gz, ends after so many bytes."""
        self._fault(path, f"cut {size}")

    def answer(self, path: str, status: int, times: int = 1) -> None:
        """The next requests for this asset get a status and nothing else."""
        self._fault(path, f"status {status} {times}")

    def slow_down(self, path: str, bytes_a_second: int) -> None:
        self._fault(path, f"slow {bytes_a_second}")

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

    # --- the scripts

    @property
    @abstractmethod
    def arguments(self) -> list[str]:
        """What podsand-gen must be told so that the script gets along with these servers."""

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

    # --- the processes

    def add_address(self, address: str) -> None:
        run_logged([*self._in_network(), "ip", "addr", "add", f"{address}/32", "dev", "lo"])

    def _in_network(self) -> list[str]:
        return ["nsenter", "--net", "--target", str(self.machine.pid)]

    def serve(
        self,
        command: Sequence[str],
        port: int,
        *,
        address: str = "",
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        inside: bool = True,
    ) -> None:
        """Run a server until the machine stops; back when it listens there. Not inside: it finds its way in itself."""
        log = log or self.log
        with log.open("a") as output:
            server = subprocess.Popen(
                [*die_with_us(), *(self._in_network() if inside else []), *command],
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.machine.at_stop(lambda: _end(server))
        self._running.append(server)
        deadline = time.monotonic() + READY_SECONDS
        while not self._listens(port, address):
            if server.poll() is not None or time.monotonic() > deadline:
                raise rootfs.BuildError(f"{command[0]} did not listen on {port}:\n{log.read_text()[-2000:]}")
            time.sleep(0.02)

    def end_servers(self) -> None:
        while self._running:
            _end(self._running.pop())

    def _listens(self, port: int, address: str) -> bool:
        network = Path(f"/proc/{self.machine.pid}/net")
        lines = (network / "tcp").read_text() + (network / "tcp6").read_text()
        # The kernel prints an IPv4 address as a number of this machine's byte order.
        where = f"{int.from_bytes(socket.inet_aton(address), sys.byteorder):08X}" if address else ""
        return re.search(rf"{where}:{port:04X} 0+:0000 0A", lines) is not None


def settings(values: Mapping[str, str]) -> list[str]:
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

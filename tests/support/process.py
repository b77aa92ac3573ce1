"""Commands that run inside a test machine, seen from the host."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_OUTPUT = 12_000
# How long to wait for output after the command has ended: only a daemon that it left behind can hold the pipe longer.
DRAIN_SECONDS = 1.0


@dataclass(frozen=True)
class Result:
    command: str
    returncode: int
    stdout: str
    stderr: str
    # A process that the command left behind still holds its output open.
    held_open: bool = False

    def describe(self) -> str:
        code = f"exit {self.returncode}" if self.returncode >= 0 else signal.Signals(-self.returncode).name
        return f"{self.command}\n[{code}]\n--- stdout\n{_shown(self.stdout)}\n--- stderr\n{_shown(self.stderr)}"


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN_OUTPUT else f"[…]{text[-SHOWN_OUTPUT:]}"


class CommandFailed(AssertionError):
    """A command in a test machine ended in another way than the test expects."""

    def __init__(self, result: Result, why: str = "") -> None:
        self.result = result
        super().__init__(f"{why}{': ' if why else ''}{result.describe()}")


class _Pipe:
    """One direction of output, read by a thread so that no daemon can make us wait for ever."""

    def __init__(self, owner: tuple[int, int]) -> None:
        self.reader, self.writer = os.pipe()
        # A process opens /dev/stderr anew by name: it may only when the pipe is its own.
        os.fchown(self.writer, *owner)
        self._chunks: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)

    def start(self) -> None:
        os.close(self.writer)
        self._thread.start()

    def _read(self) -> None:
        with os.fdopen(self.reader, "rb", buffering=0) as stream:
            while chunk := stream.read(65536):
                self._chunks.append(chunk)

    def drained(self) -> bool:
        self._thread.join(DRAIN_SECONDS)
        return not self._thread.is_alive()

    @property
    def text(self) -> str:
        return b"".join(self._chunks).decode(errors="replace")


class Process:
    """A running command; what it printed so far can be read at any time."""

    def __init__(self, argv: Sequence[str], command: str, owner: tuple[int, int], stdin: bytes | None = None) -> None:
        self.command = command
        self._stdout, self._stderr = _Pipe(owner), _Pipe(owner)
        self._popen = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=self._stdout.writer,
            stderr=self._stderr.writer,
            start_new_session=True,
            umask=0o022,
        )
        self._stdout.start()
        self._stderr.start()
        if stdin is not None:
            threading.Thread(target=self._feed, args=(stdin, owner), daemon=True).start()

    def _feed(self, data: bytes, owner: tuple[int, int]) -> None:
        stream = self._popen.stdin
        assert stream is not None
        os.fchown(stream.fileno(), *owner)
        try:
            with stream:
                stream.write(data)
        except BrokenPipeError:
            pass  # it ended without reading everything, which is its right

    @property
    def stdout(self) -> str:
        return self._stdout.text

    @property
    def stderr(self) -> str:
        return self._stderr.text

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def send_signal(self, number: int = signal.SIGTERM) -> None:
        """To the command alone, as `kill PID` does."""
        for pid in children(self._popen.pid):
            _send(pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        """To the command and whatever it runs in the foreground, as a key like Ctrl-C does."""
        for pid in group_members(self._popen.pid):
            # The one that waits on the host must live to hand on how the command ended.
            if pid != self._popen.pid:
                _send(pid, number)

    def wait_for_output(self, text: str, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.stdout and text not in self.stderr:
            if time.monotonic() > deadline or not self.running:
                raise CommandFailed(self._result(-signal.SIGALRM), f"never printed {text!r}")
            time.sleep(0.01)

    def wait(self, timeout: float = 600, *, check: bool = False) -> Result:
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.interrupt(signal.SIGKILL)
            self._popen.wait(10)
            raise CommandFailed(self._result(-signal.SIGKILL), f"no end after {timeout} s") from None
        result = self._result(code)
        if check and code != 0:
            raise CommandFailed(result)
        return result

    def _result(self, code: int) -> Result:
        drained = [pipe.drained() for pipe in (self._stdout, self._stderr)]
        return Result(self.command, code, self.stdout, self.stderr, held_open=not all(drained))


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def quoted(command: str | Sequence[str]) -> str:
    return command if isinstance(command, str) else shlex.join(command)


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def children(pid: int) -> list[int]:
    return [other for other in _pids() if stat_fields(other)[1:2] == [str(pid)]]


def group_members(group: int) -> list[int]:
    return [other for other in _pids() if stat_fields(other)[2:3] == [str(group)]]


def start_time(pid: int) -> str:
    """Together with the pid this names one process for ever; empty when it has ended."""
    fields = stat_fields(pid)
    return fields[19] if fields and fields[0] != "Z" else ""

"""Chromium without a window, driven by its DevTools protocol over two pipes: it needs no port, no driver and no client library."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from select import select
from types import TracebackType
from typing import Any, Self

ANSWER_SECONDS = 60
# What Chromium calls its two ends.
_READS, _WRITES = 3, 4


class ChromiumError(AssertionError):
    """Chromium ended, kept silent, or refused a command."""


def program() -> str | None:
    return shutil.which("chromium")


class Chromium:
    """One browser with one page. Its profile is in a directory of the caller's, and it reaches no network."""

    def __init__(self, directory: Path) -> None:
        self._buffer = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []
        self._start(directory)
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def _start(self, directory: Path) -> None:
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        flags = ["--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars"]
        # No name is resolved, so that what a page loads fails where it could not before.
        flags += ["--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe", f"--user-data-dir={directory}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        redirected = f'exec "$@" {_READS}<&{theirs_in} {_WRITES}>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", redirected, "chromium", program() or "chromium", *flags],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory)},
        )
        os.close(theirs_in)
        os.close(theirs_out)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait(ANSWER_SECONDS)
        os.close(self._to)
        os.close(self._from)

    # --- the protocol

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._call(method, parameters, {"sessionId": self._session})

    def _call(self, method: str, parameters: Mapping[str, Any], session: Mapping[str, str] | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters, **(session or {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while True:
            answer = self._message()
            if answer.get("id") != self._number:
                self.events.append(answer)
            elif "error" in answer:
                raise ChromiumError(f"{method}: {answer['error']}")
            else:
                result: dict[str, Any] = answer["result"]
                return result

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            if not select([self._from], [], [], ANSWER_SECONDS)[0]:
                raise ChromiumError(f"said nothing for {ANSWER_SECONDS} s")
            chunk = os.read(self._from, 1 << 20)
            if not chunk:
                raise ChromiumError(f"ended with {self._process.wait(ANSWER_SECONDS)}")
            self._buffer += chunk
        first, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message

    # --- a page

    def open(self, path: Path, *, width: int = 1280, scheme: str = "light", media: str = "") -> None:
        self.events.clear()
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", media=media, features=[feature])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call("Page.navigate", url=path.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._message())

    def evaluate(self, expression: str) -> Any:
        """By the debugger, which the page's own Content-Security-Policy does not bind."""
        done = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise ChromiumError(f"{expression[:80]}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        """`text` is what the key types, without which some elements do not answer to it."""
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def complaints(self) -> list[str]:
        """What the console and the log of the page hold: errors, warnings, and what the policy refused."""
        self.evaluate("0")
        logged = [event["params"]["entry"]["text"] for event in self.events if event.get("method") == "Log.entryAdded"]
        thrown = [str(event["params"]) for event in self.events if event.get("method") == "Runtime.exceptionThrown"]
        said = [str(event["params"]["args"]) for event in self.events if event.get("method") == "Runtime.consoleAPICalled"]
        return [*logged, *thrown, *said]

    def requests(self) -> list[str]:
        sent = (event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent")
        return [one["request"]["url"] for one in sent]

    def screenshot(self, path: Path) -> None:
        image = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(image["data"]))

    def pdf(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"]))

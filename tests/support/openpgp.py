"""Throw-away OpenPGP keys: each is made for one thing that it signs, and its secret half does not outlive that."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.host import program
from tests.support.rootfs import run_logged

OWNER = "stub@podsand.invalid"


@dataclass(frozen=True)
class Key:
    home: Path

    def _gpg(self, *words: str | Path) -> str:
        return run_logged([program("gpg"), "--homedir", self.home, "--batch", "--yes", "--quiet", *words])

    def sign_apart(self, file: Path, signature: Path) -> None:
        self._gpg("--armor", "--detach-sign", "--output", signature, file)

    def sign_within(self, file: Path, signed: Path) -> None:
        self._gpg("--clearsign", "--output", signed, file)

    def export(self, public_key: Path) -> None:
        self._gpg("--armor", "--export", "--output", public_key)

    @property
    def fingerprint(self) -> str:
        listed = self._gpg("--with-colons", "--fingerprint", OWNER)
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))


@contextmanager
def throwaway_key(home: Path) -> Iterator[Key]:
    home.mkdir(mode=0o700)
    key = Key(home)
    try:
        key._gpg("--passphrase", "", "--quick-generate-key", OWNER, "rsa2048", "sign", "never")
        yield key
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home)

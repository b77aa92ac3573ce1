"""The accounts of a test machine, as Debian's adduser leaves them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

UID = 1000
USER = "dev"
PASSWORD = "dev"
# openssl passwd -6 -salt podsand dev
PASSWORD_HASH = "$6$podsand$prZrC3nhjoXy/jEMcDx7hmhxAgy0VY0BtXtUprcfhduqs90zZXWJzh5VaxZGlYX0KAqd7AFdzMbT2Ji7jqbJ41"

Sudo = Literal["nopasswd", "password", "none"]
RULES = {"nopasswd": f"{USER} ALL=(ALL:ALL) NOPASSWD: ALL\n", "password": f"{USER} ALL=(ALL:ALL) ALL\n"}


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    home: str
    shell: str


def find(passwd: str, name: str) -> Account:
    for line in passwd.splitlines():
        fields = line.split(":")
        if fields[0] == name:
            return Account(name, int(fields[2]), int(fields[3]), fields[5], fields[6])
    raise LookupError(f"no account {name} in the test machine")


def add_user(lower: Path, upper: Path, home: str, *, sudo: Sudo, subids: bool) -> None:
    """Add the user to the files of upper, which lie over those of the base system."""
    lines = {
        "passwd": f"{USER}:x:{UID}:{UID}:,,,:{home}:/bin/bash\n",
        "group": f"{USER}:x:{UID}:\n",
        "gshadow": f"{USER}:!::\n",
        "shadow": f"{USER}:{PASSWORD_HASH}:20000:0:99999:7:::\n",
    }
    if subids:
        lines |= dict.fromkeys(("subuid", "subgid"), f"{USER}:100000:65536\n")
    for name, line in lines.items():
        _append(lower / "etc" / name, upper / "etc" / name, line)
    if sudo != "none":
        write(upper / "etc/sudoers.d" / USER, RULES[sudo], 0o440)


def _append(old: Path, new: Path, line: str) -> None:
    if not old.exists():
        write(new, line)
        return
    status = old.stat()
    write(new, old.read_text() + line, status.st_mode & 0o777)
    os.chown(new, status.st_uid, status.st_gid)


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)

"""A stub of somebody's dotfiles, as the article's author has them: with a submodule and an SDK installer that gets stuck at first.

Its SDK is a stub of cargo, because no registry of crates can be reached from the tests.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

INSTALLER = """\
#!/bin/sh
# A stub of an SDK installer: it gets stuck the first time.
set -eu
if [ ! -e ~/.installed-once ]; then
  : >~/.installed-once
  echo 'the stub gets stuck' >&2
  exit 1
fi
mkdir -p ~/bin ~/.cargo/bin ~/.config/env
cp tools/tool-stub ~/bin
cp cargo-stub ~/.cargo/bin/cargo
echo 'export SDK_STUB=sourced' >~/.config/env/path.sh
"""
CARGO = """\
#!/bin/sh
# A stub of cargo: for `cargo install --locked --root DIRECTORY NAME@VERSION` it makes a program NAME that says VERSION.
set -eu
test "$1 $2 $3" = 'install --locked --root'
printf '#!/bin/sh\\necho %s\\n' "${5#*@}" >"$4/bin/${5%@*}"
chmod 755 "$4/bin/${5%@*}"
"""
TOOL = "#!/bin/sh\necho tool of the submodule\n"


def publish(directory: Path, url: str) -> str:
    """Put the repository and its submodule where a plain file server offers them at this URL; the commit to pin."""
    work = directory.with_name(f"{directory.name}-work")
    tools = _repository(work / "tools", {"tool-stub": TOOL})
    dotfiles = _repository(work / "dotfiles-stub", {"install_sdk.sh": INSTALLER, "cargo-stub": CARGO})
    _git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tools), "tools", cwd=dotfiles)
    _git("config", "--file", ".gitmodules", "submodule.tools.url", f"{url}/tools.git", cwd=dotfiles)
    _git("commit", "--quiet", "--all", "--message", "tools", cwd=dotfiles)
    pinned = _git("rev-parse", "HEAD", cwd=dotfiles).strip()
    # What the branch has today is not what is pinned.
    (dotfiles / "install_sdk.sh").write_text("#!/bin/sh\nexit 9\n")
    _git("commit", "--quiet", "--all", "--message", "later", cwd=dotfiles)
    for repository in (tools, dotfiles):
        bare = directory / f"{repository.name}.git"
        _git("clone", "--quiet", "--bare", str(repository), str(bare), cwd=work)
        _git("update-server-info", cwd=bare)
    return pinned


def _repository(directory: Path, programs: dict[str, str]) -> Path:
    directory.mkdir(parents=True)
    _git("init", "--quiet", cwd=directory)
    for name, text in programs.items():
        (directory / name).write_text(text)
        (directory / name).chmod(0o755)
    _git("add", ".", cwd=directory)
    _git("commit", "--quiet", "--message", "programs", cwd=directory)
    return directory


def _git(*arguments: str, cwd: Path) -> str:
    identity = {f"GIT_{who}_{what}": "stub@podsand.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return subprocess.run(["git", *arguments], cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout

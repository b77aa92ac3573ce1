from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from podsand_gen.errors import LibraryError
from podsand_gen.load import load_profile
from podsand_gen.plan import Plan, build_plan
from podsand_gen.render import render
from podsand_gen.snippet import Library

ROOT = Path(__file__).resolve().parents[2]
REGION = re.compile(r"^# >>> (\S+) sha256:([0-9a-f]{64}) (.+)\n((?s:.*?))^# <<< \1$", re.MULTILINE)


def plan(library: Path = ROOT / "snippets", *settings: str) -> Plan:
    return build_plan(load_profile(ROOT / "examples/release.toml", settings), Library.load(library))


def test_a_region_is_the_body_byte_for_byte_under_its_own_sha256_and_summary() -> None:
    library = Library.load(ROOT / "snippets")

    regions = REGION.findall(render(plan()))

    assert [name for name, *_ in regions] == [snippet.name for region in plan().regions for snippet in region.snippets]
    for name, digest, summary, body in regions:
        assert hashlib.sha256(body.encode()).hexdigest() == digest
        assert library.snippets[name].text.endswith(f"# ///\n\n{body}")
        assert summary == library.snippets[name].meta.summary


def test_what_stands_between_the_regions_is_the_same_for_every_profile() -> None:
    def rest(text: str) -> list[str]:
        text = REGION.sub("", text[text.index("\n{\n") :])
        text = re.sub(r"(?s)# --- (config|profile).*?# --- end \1", "", text)
        return [line for line in text.splitlines() if line]

    assert rest(render(plan())) == rest(render(plan(ROOT / "snippets", "podman.source=system", "sandbox.user=root")))


def test_the_header_names_the_profile_and_its_sha256_and_every_snippet_that_is_not_vetted(tmp_path: Path) -> None:
    library = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (library / "core/lock.bash").write_text((library / "core/lock.bash").read_text() + "# more\n")
    changed = plan(library)

    lines = render(changed).splitlines()

    assert "# profile: release" in lines
    assert f"# profile sha256: {changed.sha256}" in lines
    assert changed.sha256 == hashlib.sha256(changed.toml.encode()).hexdigest()
    assert any(line.startswith("# NOT VETTED: ") and "core/lock" in line for line in lines)


@pytest.mark.parametrize("line", ["# >>> core/x sha256:0", "# <<< core/lock", "# --- config: ours"])
def test_a_body_that_holds_a_marker_is_refused(line: str, tmp_path: Path) -> None:
    library = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    (library / "core/lock.bash").write_text((library / "core/lock.bash").read_text() + f"{line}\n")

    with pytest.raises(LibraryError, match="core/lock: holds a region marker"):
        render(plan(library))


def test_what_looks_like_a_template_in_a_body_or_value_is_left_alone(tmp_path: Path) -> None:
    library = Path(shutil.copytree(ROOT / "snippets", tmp_path / "snippets"))
    line = "# {{ version }} {% if x %} {# gone #} ${#a[@]}\n"
    (library / "core/lock.bash").write_text((library / "core/lock.bash").read_text() + line)

    text = render(plan(library, 'agent.command=["{{ version }}"]'))

    assert line in text
    assert "=('{{ version }}')\n" in text


def test_bash_reads_the_script_and_its_constants_are_the_values() -> None:
    text = render(plan(ROOT / "snippets", 'agent.command=["a b", "$(false)", "~/x"]'))
    config = text[text.index("# --- config") : text.index("# --- end config")]
    script = f"""{config}
printf '%s\\n' "${{CFG_AGENT_COMMAND[@]}}" "${{#COMMANDS[@]}}" "${{STEPS_ROOT[0]}}" """

    subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    printed = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=True).stdout.splitlines()
    assert printed == ["a b", "$(false)", "~/x", str(2 * len(plan().commands)), "host/packages"]

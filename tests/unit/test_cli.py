from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.generator import ROOT, podsand_gen, refused


def profile(directory: Path, text: str | bytes) -> str:
    path = directory / "profile.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


MINIMAL = 'schema = 1\nname = "mine"\n'


def test_without_a_profile_the_default_script_is_printed() -> None:
    result = podsand_gen("--no-lint")

    assert result.returncode == 0
    assert result.stdout == (ROOT / "out/default.sh").read_text()
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('schema = 1\nname = "a"\n[podman]\nversion = "5.8"\n', ['podman.version: "5.8" is not a tag; did you mean "v5.8.4"?']),
        ('schema = 1\nname = "a"\n[podmann]\n', ["podmann", 'did you mean "podman"?']),
        ('schema = 1\nname = "a"\n[sandbox]\nmemry = "1g"\n', ["sandbox.memry", 'did you mean "memory"?']),
        ('schema = 2\nname = "a"\n', ["schema"]),
        ('name = "a"\n', ["schema"]),
        ('schema = 1\nname = "a"\nname = "b"\n', ["line 3"]),
        ('schema = 1\nname = "a\\nb"\n', ["name"]),
        ('schema = 1\nname = "a"\n[agent]\ncommand = ["x\\u0000y"]\n', ["agent.command", "U+0000"]),
        ('schema = 1\nname = "a"\n[agent]\ncommand = ["x\\u202ey"]\n', ["agent.command", "U+202E"]),
        ('schema = 1\nname = "a"\n[podman]\nversion = "v5.5.1"\n', ["no commit is known", "podman.commit"]),
        ('schema = 1\nname = "a"\n[podman]\nsource = "release"\nversion = "v5.5.1"\n', ["no sha256 is known", "podman.sha256"]),
        ('schema = 1\nname = "a"\n[proxy]\nurl = "http://me:secret@proxy:3128"\n', ["proxy.url", "credentials_env"]),
        ('schema = 1\nname = "a"\n[podman]\nprefix = "~/../x"\n', ["podman.prefix"]),
        ('schema = 1\nname = "a"\n[image]\nbase = "ubuntu:noble"\n', ["image.base", "docker.io/library/ubuntu:noble"]),
        ('schema = 1\nname = "a"\n[image]\npackages = ["x; rm -rf /"]\n', ["image.packages"]),
        ('schema = 1\nname = "a"\n[sandbox]\npids = "many"\n', ["sandbox.pids"]),
    ],
)
def test_a_bad_profile_is_told_by_key_and_remedy(text: str, words: list[str], tmp_path: Path) -> None:
    result = podsand_gen(profile(tmp_path, text), "--no-lint")

    refused(result, *words)
    assert "secret" not in result.stderr


def test_several_problems_are_told_at_once(tmp_path: Path) -> None:
    result = podsand_gen(
        profile(tmp_path, MINIMAL + '[podman]\nversion = "5"\n[sandbox]\nmemory = "lots"\nuser = "me"\n'), "--no-lint"
    )

    refused(result, "podman.version", "sandbox.memory", "sandbox.user")


def test_bytes_that_are_not_utf_8_are_refused_with_their_place(tmp_path: Path) -> None:
    refused(podsand_gen(profile(tmp_path, b'schema = 1\nname = "\xff"\n'), "--no-lint"), "UTF-8")


def test_a_file_over_a_mebibyte_is_refused(tmp_path: Path) -> None:
    refused(podsand_gen(profile(tmp_path, MINIMAL + "#" * (1 << 20)), "--no-lint"), "1 MiB")
    assert podsand_gen(profile(tmp_path, MINIMAL + "#" * 1000), "--no-lint").returncode == 0


def test_what_is_no_file_is_refused_and_never_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    refused(podsand_gen(str(tmp_path / "fifo"), "--no-lint"), "fifo")
    refused(podsand_gen(str(tmp_path), "--no-lint"), str(tmp_path))
    refused(podsand_gen(str(tmp_path / "missing.toml"), "--no-lint"), "missing.toml")


def test_a_key_of_very_many_parts_does_not_keep_us_busy(tmp_path: Path) -> None:
    refused(podsand_gen(profile(tmp_path, MINIMAL + "a." * 100_000 + "b = 1\n"), "--no-lint"), "line 3", "too many parts")

    dots = ", ".join(['".example.com"'] * 50).replace(".example", "{}.example").format(*range(50))
    assert podsand_gen(profile(tmp_path, MINIMAL + f"[proxy]\nno_proxy = [{dots}] # {'.' * 100}\n"), "--no-lint").returncode == 0


def test_empty_names_are_refused() -> None:
    refused(podsand_gen("--no-lint", ""), "the name of the profile is empty")
    refused(podsand_gen("--no-lint", "-o", ""), "names no file")


def test_an_output_that_is_full_is_told_without_a_traceback() -> None:
    for arguments in (["--no-lint"], ["snippets"]):
        with Path("/dev/full").open("wb") as full:
            result = subprocess.run(
                [sys.executable, "-m", "podsand_gen", *arguments],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")},
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )

        assert result.returncode == 1
        assert "No space left on device" in result.stderr
        assert "Traceback" not in result.stderr
        assert "report" not in result.stderr


def test_lint_depends_on_nothing_of_the_caller() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "podsand_gen", "--set", 'agent.command=["claude", "ünï\u2019$x"]'],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "generator"),
            "LC_ALL": "C",
            "SHELLCHECK_OPTS": "--no-such-option",
        },
        capture_output=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "ünï\u2019$x".encode() in result.stdout


def test_a_mistyped_command_is_recognised(tmp_path: Path) -> None:
    refused(podsand_gen("snipets", "--no-lint", cwd=tmp_path), 'did you mean "snippets"?')


def test_set_overrides_are_typed_by_the_model() -> None:
    script = podsand_gen(
        "--no-lint",
        *("--set", "sandbox.pids=512", "--set", 'image.packages=["a1", "b2"]', "--set", "podman.source=system"),
        *("--set", 'conf.mirrors=[{prefix="docker.io",location="10.0.0.1:5000",insecure=true}]'),
    ).stdout

    assert "readonly CFG_SANDBOX_PIDS='512'" in script
    assert "readonly CFG_PODMAN_SOURCE='system'" in script
    assert "readonly -a CFG_IMAGE_PACKAGES=('a1' 'b2' 'ca-certificates' 'jq')\n" in script
    assert "readonly -a CFG_CONF_MIRRORS_INSECURE=('true')\n" in script


@pytest.mark.parametrize("setting", ["sandbox.pidss=1", "sandbox.pids=many", "nonsense", "sandbox=1"])
def test_bad_overrides_are_usage_errors(setting: str) -> None:
    refused(podsand_gen("--no-lint", "--set", setting))


def test_unknown_options_are_usage_errors() -> None:
    refused(podsand_gen("--nolint"), "--nolint")


def test_output_is_written_whole_with_its_mode_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "setup.sh"
    target.write_text("old")

    failed = podsand_gen("--no-lint", "--set", "sandbox.pids=0", "-o", str(target))
    assert failed.returncode == 64
    assert target.read_text() == "old"
    assert failed.stdout == ""

    assert podsand_gen("--no-lint", "-o", str(target)).returncode == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o755
    assert target.read_text() == (ROOT / "out/default.sh").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["setup.sh"]


def test_a_directory_as_output_is_refused_with_the_remedy(tmp_path: Path) -> None:
    result = podsand_gen("--no-lint", "-o", str(tmp_path))

    assert result.returncode in (1, 64)
    assert "is a directory; name a file in it" in result.stderr


def test_a_closed_pipe_is_no_traceback() -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator")}
    generator = subprocess.Popen(
        [sys.executable, "-m", "podsand_gen", "--no-lint"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert generator.stdout is not None
    assert generator.stderr is not None
    generator.stdout.close()
    said = generator.stderr.read()
    generator.wait(30)
    generator.stderr.close()

    assert b"Traceback" not in said


def test_the_signing_key_is_found_beside_the_profile_and_inlined(tmp_path: Path) -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbWFkZSB1cA==\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"
    (tmp_path / "key.asc").write_text(key)

    script = podsand_gen(profile(tmp_path, MINIMAL + '[podman]\nsource = "release"\nsigning_key = "key.asc"\n'), "--no-lint").stdout

    assert "  'bWFkZSB1cA=='\n" in script
    assert str(tmp_path) not in script


def test_help_and_version_and_the_list_of_snippets() -> None:
    assert "--set" in podsand_gen("--help").stdout
    assert podsand_gen("--version").stdout.startswith("podsand-gen ")
    assert "podman/release" in podsand_gen("snippets").stdout


def test_lint_is_part_of_every_generation(tmp_path: Path) -> None:
    library = tmp_path / "snippets"
    subprocess.run(["cp", "-r", str(ROOT / "snippets"), str(library)], check=True)
    snippet = library / "command/version.bash"
    snippet.write_text(snippet.read_text().replace("command_version() {\n", "command_version() {\n  printf $HOME\n"))

    found = podsand_gen("--snippets", str(library))
    left_out = podsand_gen("--snippets", str(library), "--no-lint")

    assert found.returncode == 1
    assert "SC2086" in found.stderr
    assert left_out.returncode == 0
    assert "# NOT VETTED: command/version\n" in left_out.stdout


# --- review


@pytest.mark.parametrize("command", ["explain", "diff", "check"])
def test_help_of_a_command_that_reviews_has_examples(command: str) -> None:
    result = podsand_gen(command, "--help")

    assert result.returncode == 0
    assert f"  podsand-gen {command} " in result.stdout[result.stdout.index("Examples:") :]


def test_exit_codes_say_what_was_found(tmp_path: Path) -> None:
    script = (ROOT / "out/release.sh").read_text()
    edited = tmp_path / "edited.sh"
    edited.write_text(script.replace("umask 022", "umask 000"))
    smaller = profile(tmp_path, 'schema = 1\nname = "release"\npodman.source = "release"\n[sandbox]\nmemory = "1g"\n')

    codes = {
        ("explain", "out/release.sh"): 0,
        ("explain", str(edited)): 0,
        ("explain", "benchmarks/launcher.bash"): 1,
        ("explain", "missing.sh"): 64,
        ("diff", "out/release.sh", "examples/release.toml"): 0,
        ("diff", "out/release.sh", smaller): 2,
        ("diff", smaller, "out/release.sh"): 3,
        ("diff", "out/release.sh", str(edited)): 3,
        ("diff", "out/release.sh", "nowhere:x"): 1,
        ("diff", "out/release.sh"): 64,
        ("check", "--no-lint", "out/release.sh", "out/company.sh"): 0,
        ("check", "--no-lint", "out/release.sh", str(edited)): 2,
        ("check", "--no-lint", "out/release.sh", "--profile", smaller): 2,
        ("check", "--no-lint", "benchmarks/launcher.bash"): 2,
        ("check", "missing.sh"): 64,
        ("check",): 64,
        ("check", "out/release.sh", "--format", "html"): 64,
    }
    for arguments, code in codes.items():
        result = podsand_gen(*arguments)
        assert result.returncode == code, (arguments, result.stderr)
        assert "Traceback" not in result.stderr


def test_each_format_is_written_whatever_the_locale() -> None:
    for form, first in (("text", "default: "), ("markdown", "# default"), ("json", "{")):
        result = subprocess.run(
            [sys.executable, "-m", "podsand_gen", "explain", "--format", form],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "generator"), "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=True,
        )
        assert result.stdout.decode().startswith(first)


def test_our_own_scripts_are_identical_and_clean() -> None:
    result = podsand_gen("check", "out/release.sh")

    assert result.returncode == 0, result.stdout
    assert "identical" in result.stdout

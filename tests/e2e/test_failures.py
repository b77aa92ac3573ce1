"""What goes wrong is said in so many words, leaves nothing behind, and the next run completes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support import standin
from tests.support.machine import Machine
from tests.support.standin import Release
from tests.support.world import World

STEPS = "--yes --only podman/release"
ENGINE = ".local/share/podsand/engine"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A machine that has what the release step needs; the tests put good and bad releases in front of it."""
    with ExitStack() as stack:
        machine = stack.enter_context(Machine("trixie", packages=("curl", "uidmap")))
        world = World(machine, tmp_path_factory.mktemp("world"))
        world.start()
        yield world


def offered(world: World, release: Release, *, pinned: Release | None = None, key: Path | None = None) -> None:
    """Offer a release; the script pins that release, or another."""
    world.machine.run("rm -rf .local")
    world.offer(release)
    world.release = pinned or release
    world.install(*(("--set", f"podman.signing_key={key}") if key else ()))


def refused(world: World, code: int, *words: str) -> None:
    result = world.machine.run(f"bash setup.sh {STEPS}", check=False)
    for word in words:
        assert word in result.stderr, result.stderr
    assert result.returncode == code
    left = world.machine.run(f"find {ENGINE} .local/share/podsand/cache -type f 2>/dev/null || true").stdout
    assert left == ""


def test_the_good_release_is_the_control(prepared: World) -> None:
    release = standin.podman(prepared.cache)
    offered(prepared, release, key=release.public_key)

    prepared.machine.run(f"bash setup.sh {STEPS}")

    assert prepared.machine.run(f"readlink {ENGINE}/current").stdout.startswith(f"{release.version}-")


def test_another_sha256_is_refused(prepared: World, tmp_path: Path) -> None:
    good = standin.podman(prepared.cache)
    offered(prepared, standin.without(good, ["README.md"], tmp_path), pinned=good)

    refused(prepared, 1, "is not what this script expects", good.sha256)


def test_a_signature_by_another_key_is_refused(prepared: World, tmp_path: Path) -> None:
    good = standin.podman(prepared.cache)
    offered(prepared, standin.signed_by_another(good, tmp_path), key=good.public_key)

    refused(prepared, 1, "the signature of the podman archive is not good")


def test_a_truncated_archive_is_refused(prepared: World, tmp_path: Path) -> None:
    offered(prepared, standin.truncated(standin.podman(prepared.cache), tmp_path))

    refused(prepared, 1, "does not unpack")


def test_an_archive_without_conmon_is_refused(prepared: World, tmp_path: Path) -> None:
    offered(prepared, standin.without(standin.podman(prepared.cache), ["usr/local/lib/podman/conmon"], tmp_path))

    refused(prepared, 1, "lacks lib/podman/conmon")


def test_an_archive_of_another_version_is_refused(prepared: World) -> None:
    offered(prepared, replace(standin.podman(prepared.cache), version="v5.9.9"))

    refused(prepared, 1, "the archive holds podman 5.4.2, the script expects v5.9.9")


def test_without_a_verifier_nothing_is_believed(prepared: World) -> None:
    release = standin.podman(prepared.cache)
    offered(prepared, release, key=release.public_key)
    machine = prepared.machine
    machine.run("mv /usr/bin/sqv /usr/bin/sqv.away", user="root")
    try:
        result = machine.run(f"bash setup.sh {STEPS}", check=False)
    finally:
        machine.run("mv /usr/bin/sqv.away /usr/bin/sqv", user="root")

    assert result.returncode == 69
    assert "neither sqv nor gpgv is here" in result.stderr
    assert machine.run(f"ls {ENGINE} 2>/dev/null || true").stdout == ""


def test_a_broken_download_goes_on_where_it_stopped(prepared: World) -> None:
    release = standin.podman(prepared.cache)
    offered(prepared, release)
    archive = prepared.assets / "podman" / release.version / "podman-linux-amd64.tar.gz"
    fault = archive.with_name(f"{archive.name}.fault")
    fault.write_text("cut 1000000")
    try:
        broken = prepared.machine.run(f"bash setup.sh {STEPS}", check=False)
        assert broken.returncode == 75
        assert "cannot be reached" in broken.stderr
    finally:
        fault.unlink()
    before = len(prepared.requests())

    prepared.machine.run(f"bash setup.sh {STEPS}")

    assert any("range=bytes=" in line for line in prepared.requests()[before:])
    assert prepared.machine.run(f"test -x {ENGINE}/current/bin/podman").returncode == 0


def test_trap_11_another_version_lands_beside_the_old_one(prepared: World, tmp_path: Path) -> None:
    first = standin.podman(prepared.cache)
    offered(prepared, first)
    prepared.machine.run(f"bash setup.sh {STEPS}")
    old = prepared.machine.run(f"readlink -f {ENGINE}/current").stdout.strip()
    other = standin.without(first, ["README.md"], tmp_path)
    prepared.offer(other)
    prepared.release = other
    prepared.install()

    prepared.machine.run(f"bash setup.sh {STEPS}")

    new = prepared.machine.run(f"readlink -f {ENGINE}/current").stdout.strip()
    assert new != old
    assert prepared.machine.run(f"test -x {old}/bin/podman && test ! -e {ENGINE}/current/current").returncode == 0


@pytest.mark.parametrize("seconds", [0.3, 1.0, 6.0, 20.0])
def test_killed_at_any_time_the_next_run_completes(seconds: float, tmp_path: Path) -> None:
    with Machine("trixie", packages=("curl", "uidmap")) as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install("--set", 'image.packages=["ca-certificates","jq"]')
        run = machine.spawn("exec bash setup.sh --yes")
        time.sleep(seconds)
        run.kill()

        # A child of the killed script (tar, say) holds the lock until it has ended: that is what 75 is for.
        machine.run(
            "for try in {1..40}; do code=0; bash setup.sh --yes || code=$?; ((code == 75)) || exit $code; sleep 0.5; done; exit 75"
        )

        machine.run("mkdir project")
        said = machine.run("cd project && ~/.local/bin/podsand -- claude --version").stdout
        assert said.startswith("2.1.330 ")
        assert "no change" in machine.run("bash setup.sh").stderr


@pytest.mark.parametrize("home", ["/home/de v", "/home/$(touch pwned)", "/home/ünï'c\"ode"])
def test_homes_with_odd_names_are_taken_literally_or_refused_in_one_screen(home: str, tmp_path: Path) -> None:
    with Machine("trixie", home=home, packages=("curl", "uidmap")) as machine:
        world = World(machine, tmp_path)
        world.start()
        path = world.install()

        result = machine.run(["bash", path, "--yes", *["--skip", "image/build", "--skip", "image/volume"]], check=False)

        assert not machine.exists(f"{home}/pwned")
        if result.returncode == 0:
            assert machine.run(["bash", "-c", '"$HOME"/.local/bin/podsand version']).stdout.startswith("podsand ")
        else:
            assert result.returncode == 69
            assert len(result.stderr.splitlines()) < 12


def test_an_unset_home_is_looked_up(tmp_path: Path) -> None:
    with Machine("trixie") as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install()

        plan = machine.run("env -u HOME bash /home/dev/setup.sh plan", check=False)

        assert plan.returncode == 2
        assert "/home/dev/.local/share/podsand" in plan.stdout


def test_trap_no_session_gets_a_runtime_directory_of_its_own(tmp_path: Path) -> None:
    with Machine("trixie", runtime_dir=False, packages=("curl", "uidmap")) as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install("--set", "sandbox.network=none")

        machine.run("bash setup.sh --yes --skip image/build --skip image/volume", session=False)

        assert "runtime_dir\t/tmp/podsand-1000\t" in machine.run("cat .local/share/podsand/decisions").stdout


def test_without_subordinate_ids_the_script_adds_a_range(tmp_path: Path) -> None:
    with Machine("trixie", subids=False, packages=("curl", "uidmap")) as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install()

        machine.run("bash setup.sh --yes --only host/subids")

        for name in ("subuid", "subgid"):
            assert machine.run(["cat", f"/etc/{name}"]).stdout == "dev:100000:65536\n"
        machine.run("bash setup.sh uninstall --purge --yes")
        assert machine.run(["cat", "/etc/subuid"]).stdout == ""


def test_without_sudo_it_says_what_an_administrator_must_run(tmp_path: Path) -> None:
    with Machine("trixie", sudo="none") as machine:
        world = World(machine, tmp_path)
        world.start()
        world.install()

        result = machine.run("bash setup.sh --yes", check=False)

        assert result.returncode == 77
        assert "Timeout=120 install -y --no-install-recommends curl uidmap" in result.stderr

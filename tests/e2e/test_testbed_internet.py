"""The stub of the internet serves real clients in a machine as the publishers' own hosts would."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.e2e.conftest import InternetFactory, MachineFactory
from tests.support import host, podman_static_standin, standin
from tests.support.cache import Cache
from tests.support.internet import PODMAN_STATIC, StubInternet
from tests.support.machine import Machine
from tests.support.process import Result
from tests.support.standin import TOP

UBUNTU = "docker.io/library/ubuntu:noble-20250619"
ASSET = "podman-linux-amd64.tar.gz"
DOCKER = "docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin"
KEYRING = "/etc/apt/keyrings/docker.asc"
PACKAGES = ("curl", "git", "make", "passt", "podman", "uidmap")
UPDATE = "apt-get update -q -o APT::Update::Error-Mode=any"


@pytest.fixture(scope="module")
def here(shared_internet: InternetFactory) -> StubInternet:
    return shared_internet("trixie", packages=PACKAGES)


def run(internet: StubInternet, command: str, user: str = "dev") -> str:
    return internet.machine.run(command, user=user).stdout


# --- names and certificates


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://download.docker.com/linux/debian/gpg", 200),
        (f"{PODMAN_STATIC}/info/refs?service=git-upload-pack", 200),
        (f"{PODMAN_STATIC}/releases/download/v5.4.2/{ASSET}", 302),
        (f"https://nodejs.org/dist/v{standin.NODE_VERSION}/node-v{standin.NODE_VERSION}-linux-x64.tar.xz", 200),
        ("https://passt.top/passt/info/refs?service=git-upload-pack", 200),
        ("https://registry-1.docker.io/v2/library/ubuntu/manifests/noble-20250619", 200),
        ("https://nodejs.org/dist/v1.2.3/none", 404),
        ("https://nodejs.org/../download.docker.com/linux/debian/gpg", 404),
    ],
)
def test_the_hosts_answer_under_their_own_names_to_whoever_trusts_the_stub(here: StubInternet, url: str, status: int) -> None:
    accept = "-H 'Accept: application/vnd.docker.distribution.manifest.v2+json'"
    fetch = f"curl -s --path-as-is -o /dev/null -w '%{{http_code}}' {accept}"

    assert run(here, f"{fetch} '{url}'") == str(status)
    one_of_the_public = "--cacert /usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt"
    assert here.machine.run(f"{fetch} {one_of_the_public} '{url}'", check=False).returncode == 60


def test_other_names_are_the_real_ones_and_what_the_stub_has_not_is_nowhere(here: StubInternet) -> None:
    assert run(here, "getent ahostsv4 github.com").startswith("10.11.12.1 ")
    real = run(here, "getent ahostsv4 deb.debian.org")
    assert real
    assert "10.11.12." not in real
    assert here.machine.run("getent hosts api.github.com", check=False).returncode == 2


def test_an_asset_of_a_release_is_where_the_redirect_leads(here: StubInternet) -> None:
    url = f"{PODMAN_STATIC}/releases/download/{here.release.version}/{ASSET}"

    assert run(here, f"curl -sL {url} | sha256sum").split()[0] == here.release.sha256
    assert run(here, f"curl -s {url} | wc -c") == "0\n"
    assert f'release-assets.githubusercontent.com "GET /{url.partition("github.com/")[2]} HTTP/1.1" 200' in "".join(here.requests())


# --- git


def test_podman_static_is_cloned_by_its_tag_or_by_its_commit_alone(here: StubInternet) -> None:
    version, commit = here.release.version, here.commit()

    run(here, f"git clone -q --depth 1 --branch {version} {PODMAN_STATIC} by-tag")
    assert run(here, "git -C by-tag rev-parse HEAD").strip() == commit
    # The tag is an object of its own, as theirs are.
    assert run(here, f"git -C by-tag rev-parse {version}").strip() != commit

    fetch = f"git init -q by-commit && cd by-commit && git fetch -q --depth 1 {PODMAN_STATIC}.git"
    run(here, f"{fetch} {commit} && git checkout -q FETCH_HEAD && test -s Makefile")
    unknown = here.machine.run(f"{fetch} {commit[::-1]}", check=False)
    assert "not our ref" in unknown.stderr


def test_passt_is_cloned_over_both_protocols(here: StubInternet) -> None:
    over_git = run(here, "git ls-remote --tags git://passt.top/passt")

    assert f"stand-in-{here.release.version}" in over_git
    assert run(here, "git ls-remote --tags https://passt.top/passt") == over_git


def test_a_machine_without_uplink_and_git_protocol_has_what_the_stub_has_over_https(internet: InternetFactory) -> None:
    made = internet("trixie", network="none", git_protocol=False, packages=PACKAGES)

    assert made.machine.run("git ls-remote git://passt.top/passt", check=False).returncode == 128
    assert run(made, "git ls-remote https://passt.top/passt")
    assert made.machine.run("getent hosts deb.debian.org", check=False).returncode == 2


def test_the_same_release_has_the_same_commit_wherever_it_is_committed(here: StubInternet, tmp_path: Path) -> None:
    releases = [here.release, standin.podman(here.cache, "forky")]
    commits = [podman_static_standin.repositories(Cache(tmp_path / name), releases).commits for name in ("a", "b")]

    assert commits[0] == commits[1]
    assert commits[0][here.release.version] == here.commit()
    assert len(set(commits[0].values())) == 2


# --- docker


def add_repository(machine: Machine, directory: str = "/etc/apt/sources.list.d", keyring: str = KEYRING) -> None:
    """As the vendor's manual has it."""
    machine.run(f"mkdir -p /etc/apt/keyrings && curl -fsSL https://download.docker.com/linux/debian/gpg -o {KEYRING}", user="root")
    source = f"""\
Types: deb
URIs: https://download.docker.com/linux/debian
Suites: {machine.options.suite}
Components: stable
Architectures: amd64
Signed-By: {keyring}
"""
    machine.put(f"{directory}/docker.sources", source, owner="root")


def install_docker(machine: Machine) -> None:
    add_repository(machine)
    quiet = "DEBIAN_FRONTEND=noninteractive"
    machine.run(f"{UPDATE} && {quiet} apt-get install -q -y --no-install-recommends {DOCKER}", user="root")
    machine.run("service docker start; until docker version; do sleep 0.1; done", user="root", timeout=30)


@pytest.fixture(scope="module")
def docker(here: StubInternet) -> StubInternet:
    install_docker(here.machine)
    return here


def test_apt_wants_the_repository_signed_by_its_key(here: StubInternet) -> None:
    apart = "-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/srv/apt -o Dir::State::lists=/srv/apt/lists"
    add_repository(here.machine, "/srv/apt", "/usr/share/keyrings/debian-archive-keyring.gpg")
    run(here, "mkdir -p /srv/apt/lists/partial", "root")
    refused = here.machine.run(f"{UPDATE} {apart}", user="root", check=False)
    assert "is not signed" in refused.stderr

    add_repository(here.machine, "/srv/apt")
    run(here, f"{UPDATE} {apart}", "root")
    assert "download.docker.com_linux_debian_dists_trixie_InRelease" in run(here, "ls /srv/apt/lists", "root")


def test_the_key_has_the_fingerprint_that_is_told(here: StubInternet) -> None:
    served = run(here, "curl -s https://download.docker.com/linux/debian/gpg")
    assert served == here.docker.key.read_text()

    shown = subprocess.run(["gpg", "--show-keys", "--with-colons"], input=served, capture_output=True, text=True, check=True)
    assert f"fpr:::::::::{here.docker.fingerprint}:" in shown.stdout


def test_docker_runs_the_base_image_under_its_own_name(docker: StubInternet) -> None:
    run(docker, f"docker pull -q {UBUNTU}", "root")
    said = run(docker, f"docker run --rm {UBUNTU} sh -c 'getent hosts nodejs.org; id -un 1000'", "root")

    assert said.split() == ["10.11.12.1", "nodejs.org", "ubuntu"]
    assert docker.machine.run(f"docker run --rm {UBUNTU} false", user="root", check=False).returncode == 1


def test_podman_pulls_it_rootless(here: StubInternet) -> None:
    assert run(here, f"podman pull -q {UBUNTU}").strip()


def test_a_container_trusts_the_stub_as_it_would_the_public_cas(docker: StubInternet) -> None:
    ask = "git ls-remote --tags https://passt.top/passt"
    assert "stand-in" in run(docker, f"docker run --rm alpine:3.22 {ask}", "root")

    # The first certificate of the bundle is the stub's.
    distrust = "sed -i '1,/END CERTIFICATE/d' /etc/ssl/certs/ca-certificates.crt"
    distrusting = docker.machine.run(
        ["docker", "run", "--rm", "alpine:3.22", "sh", "-c", f"{distrust}; {ask}"], user="root", check=False
    )
    assert "certificate signer not trusted" in distrusting.stderr


# --- podman-static's build


def build(internet: StubInternet, builder: str, user: str, *more: str) -> Result:
    directory = "./build/images/podman/linux_amd64"
    options = f"--output=type=local,dest={directory} --platform=linux/amd64"
    clone = f"git clone -q --depth 1 --branch {internet.release.version} {PODMAN_STATIC} ~/{builder}"
    make = ["make", "singlearch-tar", f"DOCKER={builder}", "PLATFORM=linux/amd64", f"BUILDX_OPTS={options}", *more]
    internet.machine.run(f"rm -rf ~/{builder} && {clone}", user=user)
    home = internet.machine.account(user).home
    return internet.machine.run(make, user=user, cwd=f"{home}/{builder}", check=False)


def contents(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as tar:
        return {member.name: f"{member.type!r} {member.linkname} {member.size}" for member in tar if not member.isdir()}


@pytest.mark.parametrize(("builder", "user"), [("docker", "root"), ("podman", "dev")])
def test_the_build_makes_the_layout_of_the_release(docker: StubInternet, builder: str, user: str, tmp_path: Path) -> None:
    built = build(docker, builder, user, "BUILDX_BUILDER=")
    assert built.returncode == 0, built.describe()

    home = docker.machine.account(user).home
    (tmp_path / ASSET).write_bytes(docker.machine.get(f"{home}/{builder}/build/asset/{ASSET}"))
    assert contents(tmp_path / ASSET) == contents(docker.release.archive)
    program = f"{home}/{builder}/build/asset/{TOP}/usr/local/bin/podman"
    assert run(docker, f"{program} --version", user) == f"podman version {docker.release.version.removeprefix('v')}\n"


def test_the_inner_make_hands_on_the_name_of_a_builder_that_nobody_created(docker: StubInternet) -> None:
    built = build(docker, "docker", "root")

    assert built.returncode != 0
    assert 'no builder "podman-builder" found' in built.stderr


# --- faults, other systems, leftovers


def test_the_network_can_be_cut_under_way_and_mended(here: StubInternet) -> None:
    path = f"release-assets.githubusercontent.com/mgoltzsche/podman-static/releases/download/{here.release.version}/{ASSET}"
    here.slow_down(path, 1_000_000)
    fetch = f"curl -fsS -o part https://{path}"
    download = here.machine.spawn(f"echo started; {fetch}")
    download.wait_for_output("started")
    while not here.machine.exists(f"{here.machine.home}/part"):
        assert download.running

    here.cut()
    try:
        assert download.wait(30).returncode in {18, 56}
        assert here.machine.run(fetch, check=False).returncode == 6
        assert here.machine.run("getent hosts deb.debian.org", check=False).returncode == 2
    finally:
        here.mend()
    here.behave(path)

    run(here, f"{fetch} -C -")
    assert run(here, "sha256sum part").split()[0] == here.release.sha256
    assert run(here, "getent hosts deb.debian.org")


def test_docker_runs_on_bookworm_and_nothing_is_left_of_it(fresh_machine: MachineFactory, tmp_path: Path) -> None:
    machine = fresh_machine("bookworm", packages=("curl",))
    before = {path for path in cgroups(machine) if machine.name not in path.name}
    internet = StubInternet(machine, tmp_path).start()
    install_docker(machine)
    machine.run("docker buildx version && docker compose version && docker run -d --rm alpine:3.22 sleep 600", user="root")
    network = network_of(machine.pid)
    assert len(members(network)) > 4
    assert cgroups(machine) > before

    machine.stop()

    assert members(network) == []
    assert internet.log.exists()
    assert str(machine.directory) not in Path("/proc/mounts").read_text()
    assert cgroups(machine) == before


def cgroups(machine: Machine) -> set[Path]:
    """Those of the machine, and what a dockerd makes that sees the host's cgroups and not the machine's."""
    mounts = filter(None, (host.cgroup2_mount(), *host.cgroup1_mounts().values()))
    return {path for mount in mounts for path in mount.iterdir() if machine.name in path.name or path.name == "docker"}


def network_of(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def members(network: str) -> list[int]:
    """The servers and all that runs in the machine are processes of its network."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if network_of(int(process.name)) == network:
                found.append(int(process.name))
        except OSError:
            continue
    return found

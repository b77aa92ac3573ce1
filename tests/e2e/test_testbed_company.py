"""The stand-ins for a company's network refuse what the real ones would refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.support import company
from tests.support.company import Proxy
from tests.support.machine import Machine
from tests.support.servers import ADDRESS
from tests.support.world import CA_BUNDLE, World


class Company:
    """A machine without an uplink, its proxy, and the URL of the TLS server."""

    def __init__(self, world: World) -> None:
        self.machine = world.machine
        self.proxy: Proxy = company.proxy(world)
        self.url = company.https(world)
        (world.assets / "hello").write_text("hello")

    def curl(self, *arguments: str) -> tuple[int, str]:
        result = self.machine.run(["curl", "-sS", "-w", "%{http_code}", *arguments], check=False)
        return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with ExitStack() as stack:
        machine = stack.enter_context(Machine("trixie", network="none", packages=("curl",)))
        world = World(machine, tmp_path_factory.mktemp("world"))
        world.start()
        yield Company(world)


def test_only_the_bundle_makes_the_company_s_certificates_good(here: Company) -> None:
    assert here.curl("--cacert", CA_BUNDLE, f"{here.url}/hello") == (0, "hello200")

    code, said = here.curl(f"{here.url}/hello")
    assert code == 60
    assert "certificate" in said


def test_the_proxy_wants_to_know_who_asks_and_says_nothing_of_the_password(here: Company) -> None:
    through = ["--noproxy", "", "--proxy", here.proxy.url]
    assert here.curl(*through, f"http://{ADDRESS}:8080/hello")[1].endswith("407")
    known = [*through, "--proxy-user", here.proxy.credentials]

    assert here.curl(*known, f"http://{ADDRESS}:8080/hello") == (0, "hello200")
    assert here.curl(*known, "--cacert", CA_BUNDLE, f"{here.url}/hello") == (0, "hello200")

    logged = here.proxy.requests()
    assert any(line.startswith('dev "GET http') for line in logged)
    assert any(line.startswith('dev "CONNECT 10.11.12.1:8443') for line in logged)
    assert "s3cret" not in "".join(logged)


def test_without_an_uplink_apt_reaches_its_archive_through_the_proxy_only(here: Company) -> None:
    update = ["apt-get", "update", "-q", "-o", "Acquire::Retries=0", "-o", "APT::Update::Error-Mode=any"]
    assert here.machine.run(update, user="root", check=False).returncode != 0

    user = here.proxy.url.replace("http://", f"http://{here.proxy.credentials}@")
    here.machine.run(update, user="root", env={"http_proxy": user})

    assert any("/dists/trixie/" in line for line in here.proxy.requests())

"""The whole road where the only way out is a proxy that wants a password, and TLS is signed by a CA of the company's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support import company
from tests.support.machine import Machine
from tests.support.servers import ADDRESS
from tests.support.world import World

VARIABLE = "PODSAND_PROXY_CREDENTIALS"


@pytest.mark.slow
def test_a_machine_whose_only_way_out_is_the_company_s_proxy_gets_its_agent(tmp_path: Path) -> None:
    with Machine("trixie", network="none") as machine:
        world = World(machine, tmp_path)
        world.start()
        proxy, mirror = company.proxy(world), company.https(world)
        values = {
            "proxy.url": proxy.url,
            "proxy.credentials_env": VARIABLE,
            "proxy.no_proxy": f'["{ADDRESS}"]',
            "podman.mirror": f"{mirror}/podman",
            "image.node_mirror": f"{mirror}/node",
        }
        script = world.script(*(word for key, value in values.items() for word in ("--set", f"{key}={value}")))
        machine.put(f"{machine.home}/setup.sh", script)
        knowing = {VARIABLE: proxy.credentials}

        machine.run("bash setup.sh --yes", env=knowing)

        said = machine.run("mkdir project && cd project && ~/.local/bin/podsand -- claude --version", env=knowing).stdout
        assert said.startswith("2.1.330 ")
        # apt on the machine, and apt and npm in the image's build
        for line in ("/dists/trixie/InRelease", "CONNECT "):
            assert any(line in request for request in proxy.requests()), line
        password = proxy.credentials.partition(":")[2]
        found = machine.run(["grep", "-rlF", password, "/home", "/etc", "/tmp", "/var/tmp"], user="root", check=False)
        assert found.stdout == ""
        # The control: what is no secret is found by the same search.
        host = proxy.url.partition("//")[2]
        assert "setup.sh" in machine.run(["grep", "-rlF", host, "/home", "/etc", "/tmp", "/var/tmp"], user="root").stdout

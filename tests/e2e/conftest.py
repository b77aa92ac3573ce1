from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.support import host
from tests.support.internet import StubInternet
from tests.support.machine import Machine
from tests.support.standin import Release
from tests.support.world import World

MachineFactory = Callable[..., Machine]
WorldFactory = Callable[..., World]
InternetFactory = Callable[..., StubInternet]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = host.why_no_machines()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if reason:
                item.add_marker(pytest.mark.skip(reason=f"no test machines here: {reason}"))


@pytest.fixture
def fresh_machine() -> Iterator[MachineFactory]:
    """fresh_machine("trixie", subids=False): a machine that nobody used before, gone when the test ends."""
    with ExitStack() as stack:
        yield _machines(stack)


@pytest.fixture
def world(fresh_machine: MachineFactory, tmp_path_factory: pytest.TempPathFactory) -> WorldFactory:
    """world("trixie", release=standin.podman(cache, "forky")): a fresh machine, and the servers that its script will ask."""
    return _worlds(fresh_machine, tmp_path_factory)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorldFactory]:
    """As world, for a module's own fixture: its machines live as long as the module's tests."""
    with ExitStack() as stack:
        yield _worlds(_machines(stack), tmp_path_factory)


@pytest.fixture
def internet(fresh_machine: MachineFactory, tmp_path_factory: pytest.TempPathFactory) -> InternetFactory:
    """internet("trixie", releases=[…]): a fresh machine with a stub of the internet, under the publishers' own names."""
    return _internets(fresh_machine, tmp_path_factory)


@pytest.fixture(scope="module")
def shared_internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InternetFactory]:
    """As internet, for a module's own fixture: its machines live as long as the module's tests."""
    with ExitStack() as stack:
        yield _internets(_machines(stack), tmp_path_factory)


def _machines(stack: ExitStack) -> MachineFactory:
    def make(*arguments: Any, **options: Any) -> Machine:
        return stack.enter_context(Machine(*arguments, **options))

    return make


def _worlds(machines: MachineFactory, directories: pytest.TempPathFactory) -> WorldFactory:
    def make(*arguments: Any, release: Release | None = None, **options: Any) -> World:
        # A directory each: a test that has two worlds must not find one's releases in the other.
        made = World(machines(*arguments, **options), directories.mktemp("world"), release)
        made.start()
        return made

    return make


def _internets(machines: MachineFactory, directories: pytest.TempPathFactory) -> InternetFactory:
    def make(*arguments: Any, releases: Sequence[Release] = (), git_protocol: bool = True, **options: Any) -> StubInternet:
        directory = directories.mktemp("internet")
        return StubInternet(machines(*arguments, **options), directory, releases, git_protocol=git_protocol).start()

    return make

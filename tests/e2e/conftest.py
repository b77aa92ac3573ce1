from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.support import host
from tests.support.machine import Machine
from tests.support.world import World

MachineFactory = Callable[..., Machine]
WorldFactory = Callable[..., World]
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

        def make(*arguments: Any, **options: Any) -> Machine:
            return stack.enter_context(Machine(*arguments, **options))

        yield make


@pytest.fixture
def world(fresh_machine: MachineFactory, tmp_path: Path) -> WorldFactory:
    """world("trixie"): a fresh machine, and the servers that its script will ask."""

    def make(*arguments: Any, **options: Any) -> World:
        made = World(fresh_machine(*arguments, **options), tmp_path)
        made.start()
        return made

    return make

"""One engine for all tests of this folder, and where it asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint
from playground.engine import Engine


@pytest.fixture(scope="session")
def where(simulation: DemoServer) -> dict[str, Endpoint]:
    """Endpoints of the simulation."""
    return simulation.endpoints()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()

"""One simulation without delays and one engine for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint
from playground.engine import Engine


@pytest.fixture(scope="session")
def where() -> Iterator[dict[str, Endpoint]]:
    """Endpoints of the simulation."""
    with DemoServer(pace=0) as server:
        yield dict(server.endpoints())


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()

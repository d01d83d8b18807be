"""A real engine against the built-in simulation, without its pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from playground.demo.process import DemoServer
from playground.engine import Engine


@pytest.fixture
def demo(simulation: DemoServer) -> DemoServer:
    return simulation


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()

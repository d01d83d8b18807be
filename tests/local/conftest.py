"""The model that `playground local` has set up on this computer, where it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.domain import Endpoint
from playground.engine import Engine
from playground.local import setup, weights
from playground.local.server import LocalServer

SET_UP = weights.folder(dict(os.environ)).absolute()
"""Where it is, read before tests get folders of their own."""


@pytest.fixture(scope="package")
def set_up() -> Iterator[Path]:
    """The folder with runtime and weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_LOCAL_DIR", str(SET_UP))
        if not setup.ready():
            pytest.skip("no model is set up on this computer (127 MB): run `playground local` once")
        yield SET_UP


@pytest.fixture(scope="package")
def server(set_up: Path) -> Iterator[LocalServer]:
    """The real server with the real model, one for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_LOCAL_DIR", str(set_up))
        with LocalServer() as running:
            yield running


@pytest.fixture(scope="package")
def endpoints(server: LocalServer) -> dict[str, Endpoint]:
    return {"here": server.endpoint()}


@pytest.fixture(scope="package")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()

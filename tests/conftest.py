"""What several test folders share: a pool, a loopback provider, and an environment without anyone's keys."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from playground.wire import Pool, open_pool
from tests.loopback import Handler, Loopback, start

_PROVIDERS = ("OPENAI_", "ANTHROPIC_", "GEMINI_", "GOOGLE_")


@pytest.fixture(autouse=True)
def _nobodys_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see the keys and addresses of whoever runs them."""
    for name in list(os.environ):
        if name.startswith(_PROVIDERS):
            monkeypatch.delenv(name)


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """Connections of one test."""
    opened = open_pool()
    yield opened
    await opened.aclose()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[Loopback]]]:
    """Start a loopback provider that answers with the handler given."""
    servers: list[asyncio.Server] = []

    async def begin(handler: Handler) -> Loopback:
        loopback, server = await start(handler)
        servers.append(server)
        return loopback

    yield begin
    for server in servers:
        server.close()

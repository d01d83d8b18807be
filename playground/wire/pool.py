"""The connections of the whole process."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable
from urllib.parse import urlsplit

import httpcore2
import httpx2

from playground.domain import Endpoint
from playground.wire.guard import GuardedBackend

CONNECT_TIMEOUT = 10.0
"""Seconds to open a connection, TLS included."""
_KEEP_ALIVE = 120.0


class Pool:
    """Shared connections, opened only where the guard allows; for one event loop."""

    def __init__(self, *, hosted: bool = False) -> None:
        self.hosted = hosted
        self._backend = GuardedBackend(hosted=hosted)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=1000,
            max_keepalive_connections=200,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=self._backend,
        )

    def allow(self, endpoint: Endpoint) -> None:
        """Let a server that this process runs itself be called although it is on loopback."""
        parts = urlsplit(endpoint.base_url)
        if endpoint.simulated and parts.hostname and parts.port:
            self._backend.own.add((parts.hostname, parts.port))

    async def send(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send one request; the caller closes the response."""
        response = await self._pool.handle_async_request(request)
        assert isinstance(response.stream, AsyncIterable)  # noqa: S101 - httpcore2 types it for sync and async
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def open_pool(*, hosted: bool = False) -> Pool:
    """The pool to give to every Call of one event loop: no proxies, no redirects, no retries, plenty of connections."""
    hush("httpx2")
    hush("httpcore2")
    return Pool(hosted=hosted)


def hush(library: str) -> None:
    """Keep a library from logging requests and answers: headers, URLs and bodies may hold keys."""
    logging.getLogger(library).setLevel(logging.WARNING)

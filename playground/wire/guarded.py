"""A plain httpx2 transport over the guarded pool, for a client that is no provider's SDK: nothing is recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpcore2
import httpx2

from playground.wire.guard import check_url
from playground.wire.pool import Pool


class Guarded(httpx2.AsyncBaseTransport):
    """Sends where the guard allows; ForbiddenHost, or what httpcore2 raises, otherwise."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; the answer's body is read as it comes."""
        url = str(request.url)
        check_url(url, hosted=self._pool.hosted)
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions=request.extensions,
        )
        answer = await self._pool.send(sent, self._pool.proxy_to(url))
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )


class _Body(httpx2.AsyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()

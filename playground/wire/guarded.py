"""A plain httpx2 transport over the guarded pool, for a client that is no provider's SDK: nothing is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpcore2
import httpx2

from playground.wire.decoding import decoded, too_large
from playground.wire.guard import check_url
from playground.wire.pool import Pool

MOST = 4 * 2**20
"""Bytes of one body: parsing it holds the interpreter, and so every stream that is being timed."""


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
            headers=[(n, v) for n, v in answer.headers if n.lower() != b"content-encoding"],
            stream=_Body(answer.stream, _encoding(answer.headers), request.url.host),
            extensions=answer.extensions,
        )


class _Body(httpx2.AsyncByteStream):
    """A body as it comes, unpacked, and no more than MOST of it."""

    def __init__(self, stream: Any, encoding: str, host: str) -> None:
        self._stream = stream
        self._encoding, self._host = encoding, host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for piece in decoded(self._stream, self._encoding, self._host, MOST):
            received += len(piece)
            if received > MOST:
                raise too_large(self._host, MOST)
            yield piece
            await asyncio.sleep(0)

    async def aclose(self) -> None:
        await self._stream.aclose()


def _encoding(headers: list[tuple[bytes, bytes]]) -> str:
    told = [
        value.decode("latin-1") for name, value in headers if name.lower() == b"content-encoding"
    ]
    return ", ".join(told) or "identity"

"""Content codings undone, of a body that may have no end."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import cast

import httpx2

from playground.wire.limits import Endless

_NAMES = {"x-gzip": "gzip", "x-deflate": "deflate"}
"""Content codings by their old names (RFC 9110 8.4.1.3), which the decoders do not know."""


def decoded(
    stream: AsyncIterable[bytes] | None, encoding: str, host: str, most: int
) -> AsyncIterable[bytes]:
    """The body as it was before it was packed; Endless when more than so many bytes of it were received."""
    if encoding.lower() == "identity":
        return cast("AsyncIterable[bytes]", stream)
    known = [_NAMES.get(one.strip(), one.strip()) for one in encoding.lower().split(",")]
    response = httpx2.Response(
        200,
        headers={"content-encoding": ", ".join(known)},
        stream=_Stream(cast("AsyncIterable[bytes]", stream), host, most),
    )
    return response.aiter_bytes()


def too_large(host: str, most: int) -> Endless:
    """What is raised where a body has more bytes than are read of any."""
    return Endless(f"{host} sent more than {most // 2**20} MB")


class _Stream(httpx2.AsyncByteStream):
    """httpcore2's stream in the shape that httpx2's decoders take, and no more of it than is read of any body."""

    def __init__(self, stream: AsyncIterable[bytes], host: str, most: int) -> None:
        self._inner = stream
        self._host = host
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in self._inner:
            received += len(chunk)
            if received > self._most:
                raise too_large(self._host, self._most)
            yield chunk

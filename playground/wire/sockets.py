"""The sockets under the pool: httpcore2's network interface on asyncio itself, with nothing between a byte and its stamp.

Its own, over anyio, asks the system to listen and not to listen around every piece that is read: of a stream that comes
in 200 pieces that was a fifth of all work (benchmarks/cpu_per_request.py).
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpcore2

ARRIVED = "arrived"
"""What a stream is asked for when the newest bytes came that were read of it (perf_counter), and an answer's extension of it."""
_MOST = 256 * 1024
"""Bytes that may wait to be read before the other side is held up."""


class Backend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections to addresses; who may be called is not asked here."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect; ConnectError or ConnectTimeout where that fails."""
        loop = asyncio.get_running_loop()
        local = (local_address, 0) if local_address else None
        try:
            async with asyncio.timeout(timeout):
                transport, pipe = await loop.create_connection(
                    lambda: _Pipe(loop), host, port, local_addr=local
                )
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return _Stream(transport, pipe)

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.ConnectError("Unix sockets are not called.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _Pipe(asyncio.Protocol):
    """What has come and was not read yet, and whether more may be written."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.pieces: deque[tuple[float, bytes]] = deque()
        """When each came, and what."""
        self.arrived: float | None = None
        """When the newest that was read came (perf_counter): not when its reader had its turn, which others' work may delay."""
        self.over = False
        """True when nothing will come any more."""
        self.broken: Exception | None = None
        """What cut the connection, if it was not ended in order."""
        self._size = 0
        self._held = False
        self._transport: Any = None
        self._reader: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def over_tls(self, transport: Any) -> None:
        """From now on what comes is what this transport has deciphered."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.pieces.append((time.perf_counter(), data))
        self._size += len(data)
        if self._size > _MOST and not self._held:
            self._held = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        self.over = True
        self._wake()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.over, self.broken = True, error
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writable = self.loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def take(self, most: int) -> bytes:
        """The next piece, of this size at most."""
        self.arrived, piece = self.pieces.popleft()
        if len(piece) > most:
            self.pieces.appendleft((self.arrived, piece[most:]))
            piece = piece[:most]
        self._size -= len(piece)
        if self._held and self._size < _MOST // 2:
            self._held = False
            if not self.over:
                self._transport.resume_reading()
        return piece

    async def more(self, patience: float | None) -> None:
        """Wait until something has come or the connection is over; TimeoutError."""
        self._reader = self.loop.create_future()
        try:
            await self._wait(self._reader, patience)
        finally:
            self._reader = None

    async def drained(self, patience: float | None) -> None:
        """Wait until the other side takes more; TimeoutError."""
        if self._writable is not None:
            await self._wait(self._writable, patience)

    async def _wait(self, future: asyncio.Future[None], patience: float | None) -> None:
        if patience is None:
            await future
            return
        timer = self.loop.call_later(patience, _expire, future)
        try:
            await future
        finally:
            timer.cancel()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


def _expire(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())


class _Stream(httpcore2.AsyncNetworkStream):
    """One connection."""

    def __init__(self, transport: Any, pipe: _Pipe) -> None:
        self._transport = transport
        self._pipe = pipe

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
    ) -> bytes:
        """The next bytes, none at the end; ReadTimeout after so many seconds of silence, ReadError where it broke."""
        pipe = self._pipe
        if not pipe.pieces and not pipe.over:
            try:
                await pipe.more(timeout)
            except TimeoutError as error:
                raise httpcore2.ReadTimeout(str(error)) from error
        if pipe.pieces:
            return pipe.take(max_bytes)
        if pipe.broken is not None:
            raise httpcore2.ReadError(str(pipe.broken)) from pipe.broken
        return b""

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
    ) -> None:
        """Send; WriteTimeout when the other side does not take it in time, WriteError when it is gone."""
        if not buffer:
            return
        if self._pipe.over or self._transport.is_closing():
            raise httpcore2.WriteError(str(self._pipe.broken or "The connection is closed."))
        self._transport.write(buffer)
        try:
            await self._pipe.drained(timeout)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout(str(error)) from error
        if self._pipe.over:
            raise httpcore2.WriteError(str(self._pipe.broken or "The connection was closed."))

    async def aclose(self) -> None:
        self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection enciphered; ConnectError or ConnectTimeout where that fails."""
        pipe = self._pipe
        try:
            async with asyncio.timeout(timeout):
                transport = await pipe.loop.start_tls(
                    self._transport, pipe, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            self._transport.abort()
            raise httpcore2.ConnectTimeout(str(error)) from error
        except OSError as error:  # ssl.SSLError too
            self._transport.abort()
            raise httpcore2.ConnectError(str(error)) from error
        if transport is None:
            raise httpcore2.ConnectError("The connection was closed.")
        pipe.over_tls(transport)
        return _Stream(transport, pipe)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._pipe.pieces or self._pipe.over)
        if info == ARRIVED:
            return self._pipe.arrived
        known = {"client_addr": "sockname", "server_addr": "peername"}
        return self._transport.get_extra_info(known.get(info, info))

"""The sockets under the pool, against servers of asyncio's own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpcore2
import pytest

from playground.wire.sockets import Backend
from tests.tinyproxy import authority

Served = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(served: Served, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that does this with each connection, and closes it then."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                await served(reader, writer)
                await writer.drain()
        finally:
            writer.transport.abort() if tls else writer.close()

    def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(begun, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@asynccontextmanager
async def connected(served: Served) -> AsyncIterator[httpcore2.AsyncNetworkStream]:
    """A connection to a server that does this."""
    async with listening(served) as port:
        stream = await Backend().connect_tcp("127.0.0.1", port, 5.0)
        try:
            yield stream
        finally:
            await stream.aclose()


async def test_what_comes_is_read_in_order_and_in_pieces_of_the_size_asked_for() -> None:
    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello world")

    async with connected(served) as stream:
        read = []
        while piece := await stream.read(4, 5.0):
            read.append(piece)
        assert b"".join(read) == b"hello world"
        assert max(map(len, read)) <= 4
        assert await stream.read(4, 5.0) == b""


async def test_silence_is_a_read_timeout_and_the_connection_lives_on() -> None:
    told = asyncio.Event()

    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await told.wait()
        writer.write(b"late")
        await writer.drain()

    async with connected(served) as stream:
        with pytest.raises(httpcore2.ReadTimeout):
            await stream.read(100, 0.01)
        told.set()
        assert await stream.read(100, 5.0) == b"late"


async def test_a_connection_that_is_reset_is_a_read_error_after_what_had_come() -> None:
    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"half")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.get_extra_info("socket").setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")  # SO_LINGER 0
        writer.transport.abort()

    async with connected(served) as stream:
        assert await stream.read(100, 5.0) == b"half"
        with pytest.raises(httpcore2.ReadError):
            await stream.read(100, 5.0)
        with pytest.raises(httpcore2.WriteError):
            await stream.write(b"more", 5.0)


async def test_who_is_not_read_from_is_held_up() -> None:
    sent = 0

    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    async with connected(served) as stream:
        await stream.read(1, 5.0)
        before = -1
        while before != sent:
            before = sent
            await asyncio.sleep(0.2)
        assert sent < 16 * 2**20  # what the system's own buffers take, and no more
        for _ in range(200):
            await stream.read(65536, 5.0)
        await asyncio.sleep(0.2)
        assert sent > before


async def test_who_does_not_read_is_a_write_timeout() -> None:
    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async with connected(served) as stream:
        with pytest.raises(httpcore2.WriteTimeout):
            await stream.write(b"x" * 64 * 2**20, 0.05)


async def test_nobody_there_is_a_connect_error() -> None:
    with pytest.raises(httpcore2.ConnectError):
        await Backend().connect_tcp("127.0.0.1", 1, 5.0)


async def test_tls_is_spoken_and_a_certificate_that_nobody_vouches_for_is_a_connect_error(
    tmp_path: Path,
) -> None:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"secret " + await reader.read(100))

    ours = authority(tmp_path)
    trusting = ssl.create_default_context(cafile=str(ours.certificate))
    async with listening(served, ours.server) as port:
        plain = await Backend().connect_tcp("127.0.0.1", port, 5.0)
        stream = await plain.start_tls(trusting, "localhost", 5.0)
        assert stream.get_extra_info("ssl_object").version().startswith("TLS")
        await stream.write(b"hi")
        assert await stream.read(100, 5.0) == b"secret hi"
        assert await stream.read(100, 5.0) == b""
        await stream.aclose()
        plain = await Backend().connect_tcp("127.0.0.1", port, 5.0)
        with pytest.raises(httpcore2.ConnectError, match="certificate"):
            await plain.start_tls(ssl.create_default_context(), "localhost", 5.0)


async def test_a_server_that_does_not_answer_the_handshake_is_a_connect_timeout() -> None:
    async def served(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(30)

    async with connected(served) as stream:
        with pytest.raises(httpcore2.ConnectTimeout):
            await stream.start_tls(ssl.create_default_context(), "localhost", 0.05)


async def test_an_idle_connection_that_was_closed_is_seen() -> None:
    async def served(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with connected(served) as stream:
        assert await stream.read(1, 5.0) == b""
        assert stream.get_extra_info("is_readable")

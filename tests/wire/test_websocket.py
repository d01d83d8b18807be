"""A WebSocket goes where the guard lets it, follows nobody, and everything on it is copied with the keys masked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from playground.domain import Endpoint, Secret
from playground.domain.session import timeline
from playground.wire import ForbiddenHost, Pool, SocketRecorder, open_pool
from playground.wire.tapped import RefusedHandshake

KEY = Secret("canary-7f3a9c-canary")


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serve(echo, "127.0.0.1", 0) as server:
        yield next(iter(server.sockets)).getsockname()[1]


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    made = open_pool()
    yield made
    await made.aclose()


def recorder(pool: Pool, port: int, host: str = "127.0.0.1") -> SocketRecorder:
    return SocketRecorder(pool, base_url=f"http://{host}:{port}", secrets=(KEY,))


async def test_messages_of_both_directions_are_kept_in_order(pool: Pool, port: int) -> None:
    one = recorder(pool, port)
    headers = {"Authorization": f"Bearer {KEY.reveal()}", "X-From-The-Environment": "no"}
    options = await one.open()
    async with connect(f"ws://127.0.0.1:{port}/x", additional_headers=headers, **options) as line:
        await line.send('{"type": "hello", "key": "canary-7f3a9c-canary"}')
        await line.recv()
    await one.aclose()
    exchange = one.exchange(one.messages, zero=one.zero or 0.0)
    assert exchange is not None
    assert [(e.direction, e.type) for e in timeline(exchange)] == [
        ("sent", "hello"),
        ("received", "hello"),
    ]
    assert exchange.status == 101
    assert exchange.url == f"ws://127.0.0.1:{port}/x"
    assert exchange.request_headers["authorization"] == "•••"
    assert "x-from-the-environment" not in exchange.request_headers
    assert "canary" not in repr(exchange) + "".join(e.data for e in exchange.events)
    assert one.connect is not None


async def test_a_redirect_is_a_failure(pool: Pool, port: int) -> None:
    def away(connection: ServerConnection, request: Request) -> Response:
        return Response(302, "Found", Headers({"Location": f"ws://127.0.0.1:{port}/x"}), b"moved")

    async with serve(echo, "127.0.0.1", 0, process_request=away) as server:
        there = next(iter(server.sockets)).getsockname()[1]
        one = recorder(pool, there)
        with pytest.raises(RefusedHandshake):
            await connect(f"ws://127.0.0.1:{there}/x", **await one.open())
        await one.aclose()
    assert (one.status, one.body) == (302, b"moved")


async def test_the_way_leads_to_no_other_server(pool: Pool, port: int) -> None:
    async with serve(echo, "127.0.0.1", 0) as other:
        elsewhere = next(iter(other.sockets)).getsockname()[1]
        one = recorder(pool, port)
        with pytest.raises(Exception, match="403"):
            await connect(f"ws://127.0.0.1:{elsewhere}/x", **await one.open())
        await one.aclose()


async def test_nobody_else_can_use_the_way(pool: Pool, port: int) -> None:
    one = recorder(pool, port)
    way = (await one.open())["proxy"]
    stranger = "http://session:guessed@" + way.partition("@")[2]
    with pytest.raises(Exception, match="403"):
        await connect(f"ws://127.0.0.1:{port}/x", proxy=stranger)
    await one.aclose()


async def test_hosted_mode_reaches_no_private_address(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    """A name that leads to a private address gets no connection, and no byte."""
    hosted = open_pool(hosted=True)

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, None, None, "", ("127.0.0.1", port))]

    one = SocketRecorder(hosted, base_url="https://rebound.example.org", secrets=(KEY,))
    options = await one.open()
    loop = asyncio.get_running_loop()
    known = loop.getaddrinfo

    async def either(host: Any, port: Any, **how: Any) -> Any:
        return await (getaddrinfo if host == "rebound.example.org" else known)(host, port, **how)

    monkeypatch.setattr(loop, "getaddrinfo", either)
    with pytest.raises(Exception, match="502"):
        await connect("wss://rebound.example.org/x", **options)
    assert isinstance(one.error, ForbiddenHost)
    assert "public internet" in str(one.error)
    await one.aclose()
    await hosted.aclose()


async def test_the_simulation_is_reached_in_hosted_mode(port: int) -> None:
    hosted = open_pool(hosted=True)
    hosted.allow(Endpoint(provider="openai", base_url=f"http://127.0.0.1:{port}", simulated=True))
    one = recorder(hosted, port)
    async with connect(f"ws://127.0.0.1:{port}/x", **await one.open()) as line:
        await line.send("{}")
        assert await line.recv() == "{}"
    await one.aclose()
    await hosted.aclose()


async def test_tls_ends_before_a_plain_server_where_an_sdk_insists_on_it(
    pool: Pool, port: int
) -> None:
    one = recorder(pool, port)
    options = await one.open()
    trusted = one.trusting(always_tls=True)
    async with connect(f"wss://127.0.0.1:{port}/x", ssl=trusted, **options) as line:
        await line.send("{}")
        assert await line.recv() == "{}"
    await one.aclose()


async def test_what_is_trusted_for_it_is_trusted_for_nothing_else(pool: Pool, port: int) -> None:
    one, other = recorder(pool, port), recorder(pool, port)
    options = await one.open()
    one.trusting(always_tls=True)
    await other.open()
    with pytest.raises(Exception, match="certificate"):
        await connect(f"wss://127.0.0.1:{port}/x", ssl=other.trusting(always_tls=True), **options)
    await one.aclose()
    await other.aclose()

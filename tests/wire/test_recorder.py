"""The recorder keeps the stream, hands the SDK an empty one, stamps times and lets only the call's own key out."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from playground.domain import Secret
from playground.wire import MASK, Pool, Recorder
from playground.wire.line import Line
from playground.wire.recorder import SecondRequest
from tests.loopback import (
    END,
    STREAM,
    Handler,
    Loopback,
    Seen,
    answer,
    chunk,
    head,
    sse,
    stream,
    whole,
)

Serve = Callable[[Handler], Awaitable[Loopback]]
KEY = Secret("canary-7f3a9c-canary")


async def send(
    recorder: Recorder, url: str, headers: dict[str, str] | None = None
) -> httpx2.Response:
    client = httpx2.AsyncClient(transport=recorder, trust_env=False)
    return await client.post(f"{url}/v1/x", json={"say": "hi"}, headers=headers)


async def read(recorder: Recorder) -> bytes:
    return b"".join([piece async for piece in recorder.chunks()])


async def test_the_sdk_gets_the_head_and_an_empty_body_and_we_keep_the_stream(
    serve: Serve, pool: Pool
) -> None:
    body = sse({"a": 1}, {"b": 2})
    provider = await serve(stream([body]))
    recorder = Recorder(pool, base_url=provider.url)
    response = await send(recorder, provider.url)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["x-request-id"] == "r1"
    assert recorder.streaming
    assert await read(recorder) == body
    await recorder.aclose()


async def test_any_other_answer_is_kept_and_not_handed_on(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({"error": "no"}, status=400))
    recorder = Recorder(pool, base_url=provider.url)
    response = await send(recorder, provider.url)
    assert (response.status_code, response.json()) == (400, {})
    assert recorder.body == b'{"error": "no"}'
    assert not recorder.streaming


async def test_compressed_bodies_and_streams_come_out_plain(serve: Serve, pool: Pool) -> None:
    body = sse({"a": "é" * 500})
    packed = gzip.compress(body)

    async def zipped(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM.replace(b"x-request-id", b"content-encoding: gzip\r\nx-request-id"))
        for start in range(0, len(packed), 7):
            writer.write(chunk(packed[start : start + 7]))
        writer.write(END)

    provider = await serve(zipped)
    recorder = Recorder(pool, base_url=provider.url)
    await send(recorder, provider.url)
    assert await read(recorder) == body
    await recorder.aclose()

    provider = await serve(whole(200, gzip.compress(b'{"a": 1}'), content_encoding="gzip"))
    recorder = Recorder(pool, base_url=provider.url)
    await send(recorder, provider.url)
    assert recorder.body == b'{"a": 1}'


async def test_bytes_are_stamped_when_they_come_not_when_their_reader_has_its_turn(
    serve: Serve, pool: Pool
) -> None:
    more = asyncio.Event()

    async def halting(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM + chunk(sse({"a": 1})))
        await more.wait()
        writer.write(chunk(sse({"b": 2})) + END)

    provider = await serve(halting)
    recorder = Recorder(pool, base_url=provider.url)
    await send(recorder, provider.url)
    chunks = recorder.chunks()
    await anext(chunks)
    ((shard,),) = pool._shards.values()
    assert isinstance(shard.pool, Line)
    connection = shard.pool._stream
    assert connection is not None
    more.set()
    while not connection.get_extra_info("is_readable"):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    there = time.perf_counter()
    await anext(chunks)
    assert recorder.first_chunk is not None
    assert recorder.last_chunk is not None
    assert recorder.first_chunk < recorder.last_chunk < there
    await recorder.aclose()


async def test_times_are_in_order_and_connecting_stands_apart(serve: Serve, pool: Pool) -> None:
    provider = await serve(stream([sse({"a": 1}), sse({"b": 2})]))
    recorder = Recorder(pool, base_url=provider.url)
    await send(recorder, provider.url)
    await read(recorder)
    await recorder.aclose()
    first = recorder.timing()
    assert first.connect is not None
    assert first.tls is None
    offsets = [
        first.request_sent,
        first.headers,
        first.first_chunk,
        first.last_chunk,
        first.closed,
    ]
    assert all(offset is not None and offset >= 0 for offset in offsets)
    assert offsets == sorted(offsets, key=lambda offset: offset or 0)
    again = Recorder(pool, base_url=provider.url)
    await send(again, provider.url)
    await read(again)
    await again.aclose()
    assert again.timing().connect is None


async def test_the_clock_starts_after_the_gate_has_opened(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({}))
    order: list[str] = []

    async def gate() -> None:
        order.append("gate")
        assert not provider.requests
        await asyncio.sleep(0.05)

    recorder = Recorder(
        pool, base_url=provider.url, gate=gate, on_sent=lambda: order.append("sent")
    )
    await send(recorder, provider.url)
    timing = recorder.timing()
    assert order == ["gate", "sent"]
    assert timing.queued is not None
    assert timing.queued >= 0.05


async def test_only_the_calls_own_key_and_known_headers_go_out(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({}))
    recorder = Recorder(pool, base_url=provider.url, secrets=[KEY])
    given = {
        "authorization": f"Bearer {KEY.reveal()}",
        "x-api-key": "someone-elses-key",
        "openai-organization": "org-1",
        "x-custom": "from the environment",
    }
    await send(recorder, provider.url, given)
    arrived = provider.requests[0].headers
    assert arrived["authorization"] == f"Bearer {KEY.reveal()}"
    assert not {"x-api-key", "openai-organization", "x-custom"} & set(arrived)


async def test_the_exchange_shows_everything_but_the_key(serve: Serve, pool: Pool) -> None:
    echo = sse({"you sent": KEY.reveal()})
    provider = await serve(stream([echo]))
    recorder = Recorder(pool, base_url=provider.url, secrets=[KEY])
    await send(recorder, provider.url, {"authorization": f"Bearer {KEY.reveal()}"})
    await read(recorder)
    await recorder.aclose()
    exchange = recorder.exchange([(recorder.first_chunk or 0.0, KEY.reveal(), echo)])
    assert exchange is not None
    assert KEY.reveal() not in repr(exchange)
    assert exchange.events[0].name == MASK
    assert exchange.request_headers["authorization"] == MASK
    assert exchange.request_body == {"say": "hi"}
    assert (exchange.method, exchange.status, exchange.http_version) == ("POST", 200, "HTTP/1.1")
    assert exchange.bytes_received == len(echo)
    assert MASK in exchange.events[0].data


async def test_a_second_request_in_one_call_is_refused(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({}))
    recorder = Recorder(pool, base_url=provider.url)
    await send(recorder, provider.url)
    with pytest.raises(SecondRequest):
        await send(recorder, provider.url)
    assert len(provider.requests) == 1


async def test_another_host_than_the_endpoints_is_never_called(serve: Serve, pool: Pool) -> None:
    provider = await serve(answer({}))
    recorder = Recorder(pool, base_url="https://api.example.org/v1")
    with pytest.raises(Exception, match="instead of api"):
        await send(recorder, provider.url)
    assert provider.requests == []


async def test_a_redirect_is_not_followed(serve: Serve, pool: Pool) -> None:
    async def elsewhere(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(307, {"location": "/elsewhere", "content-length": "0"}))

    provider = await serve(elsewhere)
    recorder = Recorder(pool, base_url=provider.url)
    assert (await send(recorder, provider.url)).status_code == 307
    assert len(provider.requests) == 1


async def test_a_connection_read_to_its_end_is_used_again(serve: Serve, pool: Pool) -> None:
    connections: set[Any] = set()

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        connections.add(writer.get_extra_info("peername"))
        await stream([sse({"a": 1})])(seen, writer)

    provider = await serve(handler)
    for _ in range(3):
        recorder = Recorder(pool, base_url=provider.url)
        await send(recorder, provider.url)
        await read(recorder)
        await recorder.aclose()
    assert len(connections) == 1

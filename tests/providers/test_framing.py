"""However a stream is packed and labelled, and whatever else is sent along, the answer in it is read."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from typing import Any

import pytest

from playground.domain import ModelRef, Request
from playground.providers import Call
from playground.wire import Pool
from tests.loopback import END, Handler, Seen, chunk, head, sse, stream, whole
from tests.providers.calling import Serve, endpoint, respond
from tests.providers.test_faults import DOORS, HELLO

TYPES = [
    *(None, "text/plain; charset=utf-8", "application/json", "application/octet-stream"),
    *("text/html", "Text/Event-Stream;charset=UTF-8", "application/x-ndjson", "garbage"),
]


def labelled(kind: str | None, *pieces: bytes, **more: str) -> Handler:
    """Answer with these pieces under this Content-Type, or under none."""
    fields = {"transfer-encoding": "chunked", **more}
    if kind is not None:
        fields["content-type"] = kind

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, fields))
        for piece in pieces:
            writer.write(chunk(piece))
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(END)

    return handler


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("door", DOORS)
async def test_a_stream_is_one_whatever_its_content_type(
    serve: Serve, pool: Pool, door: str, kind: str | None
) -> None:
    response = await respond(serve, pool, door, labelled(kind, sse(*HELLO[door])))
    assert (response.failure, response.text) == (None, "Hello")
    assert response.exchange is not None
    assert len(response.exchange.events) == len(HELLO[door])


@pytest.mark.parametrize(
    "before",
    [
        b": ping\n\n",
        b"\n\n\n",
        b"\xef\xbb\xbf",
        b"event: x\n\n",
        b"id: 1\n",
        b"retry: 5\n",
        b"  \r\n",
    ],
)
async def test_what_may_stand_before_the_first_event(
    serve: Serve, pool: Pool, before: bytes
) -> None:
    body = before + sse(*HELLO["openai/chat:m"])
    for pieces in ((body,), tuple(body[i : i + 1] for i in range(len(body)))):
        response = await respond(serve, pool, "openai/chat:m", labelled(None, *pieces))
        assert (response.failure, response.text) == (None, "Hello")


async def test_a_stream_without_a_content_type_is_read_live(serve: Serve, pool: Pool) -> None:
    first, last = HELLO["openai/chat:m"]
    go_on = asyncio.Event()

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"transfer-encoding": "chunked"}) + chunk(sse(first)))
        await writer.drain()
        await go_on.wait()
        await asyncio.sleep(0.1)
        writer.write(chunk(sse(last)) + END)

    provider = await serve(handler)
    heard = asyncio.Event()
    call = Call(
        Request.ask(ModelRef.parse("openai/chat:m"), "Hi"),
        endpoint("openai/chat:m", provider.url),
        pool=pool,
        on_delta=lambda kind, piece: heard.set() if kind == "text" else None,
    )
    task = asyncio.create_task(call.run())
    await asyncio.wait_for(heard.wait(), 5)
    go_on.set()
    await task
    timing = call.response().timing
    assert timing.first_text is not None
    assert timing.first_text == timing.first_chunk
    assert (timing.last_chunk or 0) - timing.first_text > 0.09


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b"dat", b"data", b"upstream error"])
async def test_a_body_that_does_not_begin_like_a_stream_is_none(
    serve: Serve, pool: Pool, body: bytes
) -> None:
    response = await respond(serve, pool, "openai/chat:m", whole(200, body, content_type="x/y"))
    assert response.failure is not None
    assert response.exchange is not None
    assert response.exchange.response_body == body.decode()


async def test_an_error_with_a_body_like_a_stream_is_still_an_error(
    serve: Serve, pool: Pool
) -> None:
    handler = whole(500, sse(*HELLO["openai/chat:m"]), content_type="text/event-stream")
    response = await respond(serve, pool, "openai/chat:m", handler)
    assert response.failure is not None
    assert response.failure.status == 500


def _deflated(body: bytes) -> bytes:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return raw.compress(body) + raw.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("identity, gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("x-deflate", _deflated),
        ("identity", bytes),
        ("Identity", bytes),
        ("none", bytes),
    ],
)
@pytest.mark.parametrize("kind", ["text/event-stream", None])
async def test_content_codings_by_any_name(
    serve: Serve, pool: Pool, coding: str, pack: Any, kind: str | None
) -> None:
    packed = pack(sse(*HELLO["openai/chat:m"]))
    pieces = [packed[i : i + 9] for i in range(0, len(packed), 9)]
    handler = labelled(kind, *pieces, **{"content-encoding": coding})
    response = await respond(serve, pool, "openai/chat:m", handler)
    assert (response.failure, response.text) == (None, "Hello")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_events_without_a_blank_line_between_them(serve: Serve, pool: Pool, end: str) -> None:
    body = sse(*HELLO["openai/chat:m"], "[DONE]").replace(b"\n\n", end.encode())
    response = await respond(serve, pool, "openai/chat:m", stream([body]))
    assert (response.failure, response.text) == (None, "Hello")

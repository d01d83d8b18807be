"""However a stream is packed and labelled, and whatever else is sent along, the answer in it is read."""

from __future__ import annotations

import asyncio
import gzip
import json
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


BEATS = [
    *(b"data:\n\n", b"data: \n\n", b"data\n\n", b"data: null\n\n", b"data: ping\n\n"),
    *(b"data: PING\n\n", b"data: 1\n\n", b'data: "ping"\n\n', b"data: {}\n\n", b"data: []\n\n"),
    *(b": hi\n\n", b":\n\n", b"event: ping\n\n", b"event: ping\ndata: {}\n\n", b"id: 7\n\n"),
    *(b"event: keepalive\ndata:\n\n", b"event: ping\ndata: ping\n\n", b"retry: 3000\n\n"),
    *(b"data: true\n\n", b"data:\ndata:\n\n", b"data: heartbeat \n\n", b"\n\n\n"),
]


@pytest.mark.parametrize("beat", BEATS)
@pytest.mark.parametrize("door", DOORS)
async def test_keep_alives_cost_nothing_and_say_nothing(
    serve: Serve, pool: Pool, door: str, beat: bytes
) -> None:
    body = beat + b"".join(sse(event) + beat for event in HELLO[door])
    response = await respond(serve, pool, door, stream([body]))
    assert (response.failure, response.text, response.notes) == (None, "Hello", ())


@pytest.mark.parametrize(
    "end", ["[DONE]", "[DONE] ", " [DONE]", "[done]", '"[DONE]"', "DONE", "[DONE]\t"]
)
@pytest.mark.parametrize("door", DOORS)
async def test_the_end_in_other_clothes(serve: Serve, pool: Pool, door: str, end: str) -> None:
    response = await respond(serve, pool, door, stream([sse(*HELLO[door], end)]))
    assert (response.failure, response.text, response.notes) == (None, "Hello", ())


@pytest.mark.parametrize(
    "wrapped", ["data: {}", "data: {}\n", "data:{}", "data: data: {}", "event: {kind}\ndata: {}"]
)
@pytest.mark.parametrize("door", DOORS)
async def test_an_event_that_was_wrapped_twice(
    serve: Serve, pool: Pool, door: str, wrapped: str
) -> None:
    """What sse-starlette makes of a gateway's own `data: …` lines."""
    events = []
    for event in HELLO[door]:
        kind = event.get("type") or event.get("event_type") or "message"
        events.append(wrapped.replace("{kind}", kind).replace("{}", json.dumps(event)))
    lines = [event.replace("\n", "\ndata: ") for event in (*events, "data: [DONE]")]
    response = await respond(serve, pool, door, stream([sse(*lines)]))
    assert (response.failure, response.text, response.notes) == (None, "Hello", ())


@pytest.mark.parametrize("word", ["OK", "processing 3%", "<!-- -->", "\x00\x01", "undefined"])
@pytest.mark.parametrize("door", DOORS)
async def test_a_word_of_garbage_in_a_whole_answer_is_a_note(
    serve: Serve, pool: Pool, door: str, word: str
) -> None:
    first, last = HELLO[door]
    response = await respond(serve, pool, door, stream([sse(word, first, word, last, word)]))
    assert (response.failure, response.text) == (None, "Hello")
    (note,) = response.notes
    assert word in note


@pytest.mark.parametrize("door", DOORS)
async def test_garbage_alone_is_no_answer(serve: Serve, pool: Pool, door: str) -> None:
    response = await respond(serve, pool, door, stream([sse("processing", "processing")]))
    assert response.failure is not None
    assert "processing" in response.failure.message


@pytest.mark.parametrize("door", ["openai:m", "anthropic:m", "gemini/interactions:m"])
async def test_the_kind_of_an_event_may_stand_in_its_event_line_alone(
    serve: Serve, pool: Pool, door: str
) -> None:
    kind = "event_type" if "interactions" in door else "type"
    body = b""
    for event in HELLO[door]:
        rest = {name: value for name, value in event.items() if name != kind}
        body += f"event: {event[kind]}\n".encode() + sse(rest)
    response = await respond(serve, pool, door, stream([body]))
    assert (response.failure, response.text) == (None, "Hello")


@pytest.mark.parametrize(
    "data", ['{"message": "Too busy"}', '{"error": {"message": "Too busy"}}', "Too busy"]
)
@pytest.mark.parametrize("door", DOORS)
async def test_an_event_named_error_is_one(serve: Serve, pool: Pool, door: str, data: str) -> None:
    body = sse(HELLO[door][0]) + b"event: error\n" + sse(data)
    response = await respond(serve, pool, door, stream([body]))
    assert response.failure is not None
    assert (response.failure.message, response.text) == ("Too busy", "Hello")

"""A stream that has no end is left at a limit; until then everyone else has turns, and a Stop is obeyed at once."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from playground.domain import Failure, ModelRef, Request, Response
from playground.providers import Call, call
from playground.providers.mapping import TooManyValues, read_json
from playground.wire import MASK, Pool, Redactor, recorder
from playground.wire.limits import MAX_BYTES, MAX_TEXT, MAX_VALUES, Endless
from playground.wire.redact import PIECE
from playground.wire.sse import SSEParser
from tests.loopback import END, Handler, Seen, chunk, head, sse, whole
from tests.providers.calling import KEY, Serve, endpoint, respond

CHAT = "srv:m"


def delta(text: str) -> bytes:
    return sse({"id": "c", "choices": [{"index": 0, "delta": {"content": text}}]})


def endless(pieces: Iterator[bytes], **more: str) -> Handler:
    """Send the pieces as fast as they are taken."""
    fields = {"content-type": "text/event-stream", "transfer-encoding": "chunked", **more}

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, fields))
        for piece in pieces:
            if writer.is_closing():
                return
            writer.write(chunk(piece))
            await writer.drain()
        writer.write(END)

    return handler


def forever(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def packed(piece: bytes, times: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for _ in range(times):
        yield packer.compress(piece) or packer.flush(zlib.Z_SYNC_FLUSH)


def swelling(piece: bytes) -> Iterator[bytes]:
    """The same block again and again: packing each would be the server's work, on the loop that is looked at."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    first, then = (packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    yield first
    yield from forever(then)


def stopped_reading(response: Response, what: str) -> None:
    assert response.failure is not None
    assert response.failure.type == "stream_truncated"
    assert "Reading stopped" in response.failure.message
    assert what in response.failure.message


async def test_too_many_bytes(serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MAX_BYTES", 2**20)
    response = await respond(serve, pool, CHAT, endless(forever(delta("word ") + b":\n" * 9000)))
    stopped_reading(response, "more than 1 MB")
    assert response.text.startswith("word word ")


async def test_too_many_bytes_in_a_whole_body(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_BYTES", 2**20)
    body = b'{"choices": [{"message": {"content": "' + b"x" * 2**21 + b'"}}]}'
    response = await respond(serve, pool, CHAT, whole(200, body), stream=False)
    stopped_reading(response, "more than 1 MB")


@pytest.mark.parametrize("piece", [b"x" * 2**20, b"data: {}\n\n" * 100_000], ids=["one", "many"])
async def test_a_stream_that_swells_when_it_is_unpacked(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    monkeypatch.setattr(recorder, "MAX_BYTES", 8 * 2**20)
    handler = endless(packed(b"data: " + piece, 100), **{"content-encoding": "gzip"})
    response = await respond(serve, pool, CHAT, handler)
    assert response.failure is not None
    assert "Reading stopped" in response.failure.message
    assert response.exchange is not None
    assert response.exchange.bytes_received < 10 * 2**20


async def test_nothing_but_packed_bytes_without_content(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "MAX_BYTES", 2**18)
    empty = gzip.compress(b"") * 500
    handler = endless(forever(empty), **{"content-encoding": "gzip"})
    response = await respond(serve, pool, CHAT, handler)
    assert response.failure is not None


async def test_too_many_events(serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call, "MAX_EVENTS", 30_000)
    for piece in (delta("a") * 500, b"data: {}\n\n" * 500, b"data: hm\n\n" * 500):
        response = await respond(serve, pool, CHAT, endless(forever(piece)))
        stopped_reading(response, "more than 30,000 events")
        assert response.exchange is not None
        assert len(response.exchange.events) < 60_000


async def test_too_much_text(serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call, "MAX_TEXT", 2**18)
    deltas: list[dict[str, Any]] = [
        {"content": "x" * 999},
        {"reasoning_content": "x" * 999},
        {"refusal": "x" * 999},
        {
            "tool_calls": [
                {"index": 0, "id": "1", "function": {"name": "f", "arguments": "x" * 999}}
            ]
        },
    ]
    for index, one in ((0, d) for d in deltas):
        event = sse({"id": "c", "choices": [{"index": index, "delta": one}]})
        stopped_reading(await respond(serve, pool, CHAT, endless(forever(event))), "characters")
    second = sse({"id": "c", "choices": [{"index": 1, "delta": deltas[0]}]})
    stopped_reading(await respond(serve, pool, CHAT, endless(forever(second))), "characters")


async def test_too_much_text_at_once_is_told_to_nobody(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "MAX_TEXT", 2**18)
    body = {"choices": [{"message": {"content": "x" * 2**19}, "finish_reason": "stop"}]}
    provider = await serve(whole(200, json.dumps(body).encode()))
    heard: list[str] = []
    one = Call(
        Request.ask(ModelRef.parse(CHAT), "Hi", stream=False),
        endpoint(CHAT, provider.url),
        pool=pool,
        on_delta=lambda kind, piece: heard.append(piece),
    )
    await one.run()
    stopped_reading(one.response(), "characters")
    assert max(map(len, heard)) == 0


async def test_too_many_seconds(serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drips(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, {"content-type": kind, "transfer-encoding": "chunked"}))
        while not writer.is_closing():
            writer.write(chunk(b": still here\n" if "event" in kind else b" "))
            await writer.drain()
            await asyncio.sleep(0.02)

    monkeypatch.setattr(call, "MAX_SECONDS", 0.3)
    monkeypatch.setattr(recorder, "MAX_SECONDS", 0.3)
    for kind in ("text/event-stream", "application/json"):  # noqa: B007 - read by the handler
        stopped_reading(await respond(serve, pool, CHAT, drips), "did not end its answer")


async def test_an_event_of_too_many_values_is_not_parsed(serve: Serve, pool: Pool) -> None:
    body = b'{"id": "c", "choices": [' + b"[[]],{}," * (MAX_VALUES // 2) + b"0]}"
    pieces = [b"data: ", *(body[i : i + 60_000] for i in range(0, len(body), 60_000)), b"\n\n"]
    response = await respond(serve, pool, CHAT, endless(iter(pieces)))
    stopped_reading(response, "values")
    response = await respond(serve, pool, CHAT, whole(200, body), stream=False)
    stopped_reading(response, "values")


@pytest.mark.parametrize("depth", [500, 2_000, 100_000])
def test_a_document_that_is_nested_too_deeply_is_none(depth: int) -> None:
    """It was a RecursionError, which whoever asks for a list or a count did not expect."""
    with pytest.raises(ValueError, match=r"nested|recursion"):
        read_json("[" * depth + "]" * depth)


def test_what_counts_as_too_many_values() -> None:
    assert read_json(b"[" + b"1," * 100_000 + b"1]")[-1] == 1
    assert read_json('"' + "hello, world. " * 100_000 + '"')
    for broken in (b"[" + b"{}," * MAX_VALUES + b"1]", "[" * (MAX_VALUES + 9)):
        with pytest.raises(TooManyValues):
            read_json(broken)


def test_an_event_of_too_many_lines_is_left() -> None:
    for line in (b"data:\n", b"{\n"):
        parser = SSEParser()
        parser.feed(line * 99_000)
        with pytest.raises(Endless):
            parser.feed(line * 2000)


def test_limits_leave_room_for_every_answer() -> None:
    """A million tokens at once, five characters each, in events of 60 bytes beside."""
    assert MAX_TEXT > 1_000_000 * 5
    assert MAX_BYTES > 1_000_000 * (5 + 55)


class Standstill:
    """The longest CPU time of this process between two turns of the loop, seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        last = time.process_time()
        while True:
            await asyncio.sleep(0)
            now = time.process_time()
            self.longest, last = max(self.longest, now - last), now

    def stop(self) -> float:
        self._task.cancel()
        return self.longest


ATTACKS = {
    "text": delta("hello, world. " * 70) * 60,
    "tokens": delta(" word") * 800,
    "tiny events": b"data: {}\n\n" * 6000,
    "words": b"data: x\n\n" * 7000,
    "comments": b":\n\n" * 20_000,
    "one event": b"data: " + b"x" * 60_000,
    "keys": delta(KEY.reveal() + " ") * 500,
}
PACKED: dict[str, tuple[bytes, dict[str, str]]] = {
    "gzip of one event": (b"x" * 2**20, {"content-encoding": "gzip"}),
    "gzip of events": (b"data: {}\n\n" * 100_000, {"content-encoding": "gzip"}),
    "gzip of comments": (b":\n\n" * 300_000, {"content-encoding": "x-gzip"}),
    "one body": (b'{"a": "' + b"hello, world. " * 4_000, {"content-type": "application/json"}),
    "a body of values": (b"[{},[]," * 9_000, {"content-type": "application/json"}),
    "gzip of a body": (
        b"[{},[]," * 150_000,
        {"content-type": "application/json", "content-encoding": "gzip"},
    ),
}


def attacking(attack: str) -> Handler:
    if attack in ATTACKS:
        return endless(forever(ATTACKS[attack]))
    piece, headers = PACKED[attack]
    zipped = "content-encoding" in headers
    return endless(swelling(piece) if zipped else forever(piece), **headers)


@pytest.mark.parametrize("attack", [*ATTACKS, *PACKED])
async def test_others_have_turns_and_stop_is_obeyed(
    serve: Serve, pool: Pool, attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, limit in ((call, "MAX_TEXT"), (call, "MAX_EVENTS"), (recorder, "MAX_BYTES")):
        monkeypatch.setattr(module, limit, 2**40)  # a quick machine comes to them before the Stop
    provider = await serve(attacking(attack))
    as_long_as_may_be = asyncio.Event()
    heard = 0

    def hear(kind: str, piece: str) -> None:
        nonlocal heard
        heard += len(piece)
        if heard > MAX_TEXT:
            as_long_as_may_be.set()

    one = Call(
        Request.ask(ModelRef.parse(CHAT), "Hi"),
        endpoint(CHAT, provider.url),
        pool=pool,
        on_delta=hear,
    )
    task = asyncio.create_task(one.run())
    watch = Standstill()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(as_long_as_may_be.wait(), 0.2)
    begun = time.process_time()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    response = one.response(Failure(type="cancelled"))
    assert time.process_time() - begun < 0.2
    assert watch.stop() < 0.1
    assert response.failure is not None
    assert KEY.reveal() not in response.text


@pytest.mark.parametrize("where", [PIECE - 5, PIECE, 0, 2 * PIECE - 1, 3 * PIECE])
def test_a_secret_in_a_long_text_is_masked_wherever_it_stands(where: int) -> None:
    mask = Redactor([KEY]).text
    text = "x" * where + KEY.reveal() + "y" * (3 * PIECE - where)
    assert mask(text) == "x" * where + MASK + "y" * (3 * PIECE - where)
    assert mask("x" * (3 * PIECE)) == "x" * (3 * PIECE)
    assert mask(KEY.reveal() * 200_000) == MASK * 200_000


async def test_what_a_large_response_was_made_of_is_let_go_of(serve: Serve, pool: Pool) -> None:
    text = "hello, world. " * 100_000
    body = json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]})
    provider = await serve(whole(200, body.encode()))
    asked = Request.ask(ModelRef.parse(CHAT), "Hi", stream=False)
    one = Call(asked, endpoint(CHAT, provider.url), pool=pool)
    await one.run()
    assert one.large
    ended = one.end()
    assert ended.text == text
    assert ended.exchange is not None
    assert ended.exchange.response_body == body
    assert (one._recorder.body, one._events, one._draft.text_parts) == (None, [], [])
    assert one.response() is ended

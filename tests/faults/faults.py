"""What can go wrong on the way to an answer and in it: one row a fault, and what must come of it at each kind of door."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from playground.domain import FailureType
from tests.faults.server import Meet, Visit
from tests.loopback import chunk, head, sse

STREAM, WHOLE, QUESTION, SESSION, MCP = "stream", "whole", "question", "session", "mcp"
"""Kinds of doors: a streamed answer, a whole one, a short question, a WebSocket, a server of tools."""
ONE_BODY = (WHOLE, QUESTION, MCP)


@dataclass(frozen=True, kw_only=True)
class Comes:
    """What must come of a fault."""

    type: FailureType | None
    """None = nothing has failed."""
    status: int | None = None
    says: str = ""
    """Pattern of the message."""
    advice: str = ""
    """Pattern of the next step."""
    partial: bool = False
    """Whether the text that came before is kept."""


ADVICE: Mapping[FailureType, str] = {
    "authentication": "key",
    "permission": "key|network|firewall",
    "not_found": "base URL|Pick a model",
    "invalid_request": "Change",
    "context_length": "Shorten",
    "rate_limited": "Wait",
    "quota_exceeded": "credit",
    "overloaded": "Try again",
    "server": "Try again|base URL",
    "timeout": "Try again",
    "connection": "network connection|base URL|Try again",
    "stream_truncated": "Run again",
}
"""Type of failure → what its advice speaks of, where a row says nothing better."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: what the server does, and what must come of it."""

    meet: Meet
    comes: Comes
    at: Mapping[str, Comes] = field(default_factory=dict)
    """Kinds of doors at which something else must come of it."""
    way: str = "http"
    """How the server is reached: `http`, `https` (a certificate that nobody trusts), `https to http`, `nobody`, `no name`."""
    doors: tuple[str, ...] = (STREAM, WHOLE, QUESTION, SESSION, MCP)
    """The kinds of doors that can meet it."""

    def expected(self, kind: str) -> Comes:
        return self.at.get(kind, self.comes)


def status(code: int, **more: str) -> Meet:
    """An error as most servers send it."""

    async def meet(visit: Visit) -> None:
        said = json.dumps({"error": {"message": f"refused by the test ({code})", "code": None}})
        fields = {"content-type": "application/json", "content-length": str(len(said))}
        fields |= {name.replace("_", "-"): value for name, value in more.items()}
        await visit.send(head(code, fields) + said.encode())

    return meet


async def well(visit: Visit) -> None:
    await visit.well()


async def never(visit: Visit) -> None:
    raise AssertionError("nobody comes here")


async def hang_up(visit: Visit) -> None:
    visit.writer.close()


async def not_http(visit: Visit) -> None:
    await visit.send(bytes(range(256)) * 8)
    visit.writer.close()


async def stall_before(visit: Visit) -> None:
    await visit.stall()


async def stall_in_head(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-ty")
    await visit.stall()


async def endless_head(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.send(b"".join(b"x-%d: %s\r\n" % (n, b"y" * 200) for n in range(100)))


async def dripping_head(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.send(b"x-more: y\r\n")
        await asyncio.sleep(0.05)


async def endless_interim(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 200)


async def dripping_interim(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.05)


async def _half(visit: Visit) -> None:
    await visit.begin()
    await visit.say(visit.answer.pieces[0])


async def stall_in_mid_stream(visit: Visit) -> None:
    await _half(visit)
    await visit.stall()


async def cut(visit: Visit) -> None:
    await _half(visit)
    await asyncio.sleep(0.02)
    visit.writer.close()


async def reset(visit: Visit) -> None:
    await _half(visit)
    await asyncio.sleep(0.02)
    visit.writer.transport.abort()


async def early_end(visit: Visit) -> None:
    await _half(visit)
    await visit.end()
    if visit.webs:
        await visit.stall()


async def garbage_in_mid_stream(visit: Visit) -> None:
    await _half(visit)
    await visit.send(bytes(range(128, 256)) * 4 if visit.webs else b"zzz\r\nnot a chunk")
    await visit.stall()


async def garbage_body(visit: Visit) -> None:
    await visit.begin()
    await visit.say(bytes(range(256)) * 8)
    await visit.end()


async def wrong_type(visit: Visit) -> None:
    await visit.well(content_type="text/plain; charset=utf-8")


async def web_page(visit: Visit) -> None:
    page = b"<html><title>Sign in to the hotel network</title></html>"
    fields = {"content-type": "text/html", "content-length": str(len(page))}
    await visit.send(head(200, fields) + page)


async def nothing_at_all(visit: Visit) -> None:
    await visit.send(head(200, {"content-length": "0"}))


async def one_huge_event(visit: Visit) -> None:
    """100 MB, if somebody takes them."""
    await _half(visit)
    if visit.webs:
        await visit.send(b"\x81\x7f" + (100 * 2**20).to_bytes(8, "big"))
    piece = b"x" * 2**16
    await visit.say(b"data: ")
    for _ in range(100 * 16):
        await visit.send(piece if visit.webs else chunk(piece))
    await visit.end()


async def flood(visit: Visit) -> None:
    """Events without end that say nothing."""
    await _half(visit)
    small = b'{"serverContent": {}}'
    many = b"".join([b"\x81%c%s" % (len(small), small)] * 500)
    while True:
        await visit.send(many if visit.webs else chunk(sse(*["{}"] * 500)))


async def drip(visit: Visit) -> None:
    """Signs of life without end."""
    await _half(visit)
    while True:
        await visit.say(b'{"serverContent": {}}' if visit.webs else b": still here\n\n")
        await asyncio.sleep(0.05)


def _swollen(begin: bytes) -> tuple[bytes, bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = begin + b"x" * 2**20
    first, then = (packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first, then


SWOLLEN = {True: _swollen(b"data: "), False: _swollen(b'{"a": "')}
"""By whether it is an event stream."""


async def swelling(visit: Visit) -> None:
    """100 KB that unpack to 100 MB."""
    await visit.begin(content_encoding="gzip")
    first, then = SWOLLEN["event" in visit.answer.kind]
    await visit.say(first)
    for _ in range(99):
        await visit.say(then)
    await visit.end()


async def broken_gzip(visit: Visit) -> None:
    await visit.begin(content_encoding="gzip")
    await visit.say(b"this is not gzip")
    await visit.end()


def fails(type: FailureType, status: int | None = None, says: str = "", **more: object) -> Comes:
    return Comes(type=type, status=status, says=says, **more)  # type: ignore[arg-type]


NOTHING = Comes(type=None)
STOPPED = fails("stream_truncated", 200, "Reading stopped", partial=True)
STOPPED_BEFORE = fails("stream_truncated", 200, "Reading stopped")
STOPPED_AT = {SESSION: fails("stream_truncated", 101, "Reading stopped", partial=True)}
HUNG_UP = fails("stream_truncated", 101, "hung up without closing", partial=True)
INTERIM = fails("connection", 100, "interim answer")
CLOSED = fails("stream_truncated", 101, "closed the session", partial=True)

BY_STATUS: tuple[tuple[int, FailureType], ...] = (
    (400, "invalid_request"),
    (401, "authentication"),
    (402, "quota_exceeded"),
    (403, "permission"),
    (404, "not_found"),
    (405, "not_found"),
    (408, "timeout"),
    (409, "invalid_request"),
    (413, "context_length"),
    (422, "invalid_request"),
    (500, "server"),
    (501, "server"),
    (502, "server"),
    (503, "overloaded"),
    (504, "timeout"),
    (529, "overloaded"),
)

FAULTS: dict[str, Fault] = {
    "none": Fault(meet=well, comes=NOTHING),
    "wrong content type": Fault(meet=wrong_type, comes=NOTHING, doors=(STREAM, WHOLE, QUESTION)),
    **{
        f"status {code}": Fault(meet=status(code), comes=fails(type_, code, f"by the test .{code}"))
        for code, type_ in BY_STATUS
    },
    "status 429": Fault(
        meet=status(429, retry_after="7"),
        comes=fails("rate_limited", 429, "by the test", advice="Wait 7 s"),
    ),
    "redirect": Fault(
        meet=status(307, location="http://127.0.0.2:1/elsewhere"),
        comes=fails("not_found", 307, "redirects to", advice="make http://127.0.0.2:1"),
    ),
    "nobody listens": Fault(
        way="nobody",
        meet=never,
        comes=fails("connection", None, "could not be reached", advice="check that it runs"),
    ),
    "no such name": Fault(
        way="no name",
        meet=never,
        comes=fails("connection", None, "was not found", advice="network connection"),
    ),
    "certificate": Fault(
        way="https",
        meet=never,
        comes=fails("connection", None, "not trusted", advice="SSL_CERT_FILE"),
    ),
    "http where https is asked for": Fault(
        way="https to http",
        meet=never,
        comes=fails("connection", None, "plain http", advice="http:// instead of https://"),
    ),
    "hangs up before the head": Fault(
        meet=hang_up, comes=fails("connection", None, "hung up", advice="Try again")
    ),
    "not HTTP": Fault(
        meet=not_http,
        comes=fails("connection", None, "not HTTP", advice="host and port"),
    ),
    "stall before the head": Fault(
        meet=stall_before, comes=fails("timeout", None, "sent nothing for")
    ),
    "stall in the head": Fault(meet=stall_in_head, comes=fails("timeout", None)),
    "endless headers": Fault(meet=endless_head, comes=fails("connection", None)),
    "dripping headers": Fault(meet=dripping_head, comes=fails("timeout", None)),
    "endless 100 Continue": Fault(
        meet=endless_interim, comes=fails("connection", None), at={SESSION: INTERIM}
    ),
    "dripping 100 Continue": Fault(
        meet=dripping_interim,
        comes=fails("timeout", None),
        at={SESSION: INTERIM},
    ),
    "stall in mid-stream": Fault(
        meet=stall_in_mid_stream,
        comes=fails("timeout", 200, "sent nothing for", partial=True),
        at={SESSION: fails("timeout", None, "sent nothing for", partial=True)},
    ),
    "cut": Fault(
        meet=cut,
        comes=fails("stream_truncated", 200, "without its last event", partial=True),
        at={SESSION: HUNG_UP, **{kind: fails("connection", 200) for kind in ONE_BODY}},
    ),
    "reset": Fault(
        meet=reset,
        comes=fails("stream_truncated", 200, "without its last event", partial=True),
        at={SESSION: HUNG_UP, **{kind: fails("connection", 200) for kind in ONE_BODY}},
    ),
    "clean early end": Fault(
        meet=early_end,
        comes=fails("stream_truncated", 200, "without its last event", partial=True),
        at={SESSION: CLOSED, **{kind: fails("server", 200, "not JSON") for kind in ONE_BODY}},
    ),
    "garbage in mid-stream": Fault(
        meet=garbage_in_mid_stream,
        comes=fails("stream_truncated", 200, partial=True),
        at={
            SESSION: fails("stream_truncated", 101, "no WebSocket message", partial=True),
            **{kind: fails("connection", 200) for kind in ONE_BODY},
        },
    ),
    "garbage for a body": Fault(
        meet=garbage_body,
        comes=fails("server", 200, "not JSON"),
        at={STREAM: fails("stream_truncated", 200)},
        doors=(STREAM, WHOLE, QUESTION, MCP),
    ),
    "web page": Fault(
        meet=web_page, comes=fails("server", 200, "Sign in to the hotel", advice="hotel")
    ),
    "nothing at all": Fault(meet=nothing_at_all, comes=fails("server", 200, "nothing")),
    "100 MB event": Fault(meet=one_huge_event, comes=STOPPED, at=STOPPED_AT),
    "flood": Fault(meet=flood, comes=STOPPED, at=STOPPED_AT),
    "slow drip": Fault(meet=drip, comes=STOPPED, at=STOPPED_AT),
    "swelling gzip": Fault(
        meet=swelling, comes=STOPPED_BEFORE, doors=(STREAM, WHOLE, QUESTION, MCP)
    ),
    "broken gzip": Fault(
        meet=broken_gzip,
        comes=fails("server", 200, "does not decompress"),
        doors=(STREAM, WHOLE, QUESTION, MCP),
    ),
}
"""A new fault is a new row."""

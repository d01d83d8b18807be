"""A provider on loopback that does exactly what a test tells it to, byte by byte."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[["Seen", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Loopback:
    """The server's address and what it has seen."""

    url: str
    requests: list[Seen] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed its connection while a handler was still busy."""


async def start(
    handler: Handler, *, tls: ssl.SSLContext | None = None
) -> tuple[Loopback, asyncio.Server]:
    """Listen on a free port of 127.0.0.1 and answer every request with the handler."""
    loopback = Loopback("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (seen := await _read(reader)) is not None:
                loopback.requests.append(seen)
                gone = asyncio.create_task(_watch(reader, loopback.hung_up))
                try:
                    await handler(seen, writer)
                    await writer.drain()
                finally:
                    gone.cancel()
                if writer.is_closing() or "close" in seen.headers.get("connection", ""):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            loopback.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    loopback.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return loopback, server


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, path, headers, body)


async def _watch(reader: asyncio.StreamReader, hung_up: asyncio.Event) -> None:
    """A client sends nothing while it waits, so a read that ends means that it has gone."""
    while not reader.at_eof():  # noqa: ASYNC110 - a read would swallow the next request
        await asyncio.sleep(0.01)
    hung_up.set()


def head(status: int = 200, headers: dict[str, str] | None = None) -> bytes:
    """A response head."""
    lines = [f"HTTP/1.1 {status} Status", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(status: int, body: bytes, **headers: str) -> Handler:
    """Answer with a whole body."""
    fields = {k.replace("_", "-"): v for k, v in headers.items()}
    fields = {"content-type": "application/json", **fields, "content-length": str(len(body))}

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(head(status, fields) + body)

    return handler


def answer(value: Any, status: int = 200, **headers: str) -> Handler:
    """Answer with a JSON value."""
    return whole(status, json.dumps(value).encode(), **headers)


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


STREAM = head(
    200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", "x-request-id": "r1"}
)
END = b"0\r\n\r\n"


def sse(*events: Any) -> bytes:
    """Events as they stand on the wire; strings are sent as they are."""
    texts = (e if isinstance(e, str) else json.dumps(e) for e in events)
    return "".join(f"data: {text}\n\n" for text in texts).encode()


def stream(pieces: Iterable[bytes], *, end: bool = True) -> Handler:
    """Answer with an event stream, a piece a chunk; without `end` the connection is dropped instead."""
    parts = list(pieces)

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.write(STREAM)
        for part in parts:
            writer.write(chunk(part))
            await writer.drain()
            await asyncio.sleep(0)
        if end:
            writer.write(END)
        else:
            await asyncio.sleep(0.02)
            writer.close()

    return handler

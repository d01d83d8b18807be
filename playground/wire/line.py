"""One connection to one server, over which HTTP/1.1 requests go one after the other, with nothing between us and a byte.

It speaks httpcore2's words (requests, answers, errors, the names of what is traced), so that a connection through a proxy,
which is httpcore2's own, is the same to whoever uses it. The parser is httptools': the one of Node and uvicorn. A third
of what a short stream cost went into httpcore2's layers and h11 (benchmarks/throughput.py).
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import httpcore2
import httptools

from playground.wire.proxies import DEFAULT_PORTS
from playground.wire.sockets import ARRIVED

_READ = 64 * 1024
"""Bytes that are read at once."""
_MOST = 100 * 1024
"""Bytes that may come without any of the body among them: a head, interim answers, what chunks are framed with."""
_NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(rb"(?:[^\x00\s]+(?:[ \t]+[^\x00\s]+)*)?")
_TARGET = re.compile(rb"[\x21-\x7e]+")
"""What may stand in a request's head (RFC 9112 3.2, RFC 9110 5.1 and 5.5)."""
_SWITCHED = 101


class HeadTimeout(httpcore2.ReadTimeout):
    """The head of the answer has not ended, although something came all the while."""


Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


class Line:
    """A connection that opens with its first request; one request at a time."""

    def __init__(
        self,
        backend: httpcore2.AsyncNetworkBackend,
        url: httpcore2.URL,
        trusted: Callable[[], ssl.SSLContext],
        keep_alive: float,
    ) -> None:
        self._backend = backend
        self._url = url
        self._trusted = trusted
        self._keep_alive = keep_alive
        self._stream: httpcore2.AsyncNetworkStream | None = None
        self._expires = 0.0

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send and read the head of the answer; what httpcore2 raises where that fails."""
        patience: dict[str, float | None] = request.extensions.get("timeout", {})
        trace: Trace = request.extensions.get("trace", _untraced)
        head = _head(request)
        stream = await self._open(patience.get("connect"), trace)
        answer = _Answer(self, stream, patience.get("read"))
        try:
            await trace("http11.send_request_headers.started", {"request": request})
            try:
                await stream.write(head + await _body(request), patience.get("write"))
            except httpcore2.WriteError:
                answer.alive = False  # a server may answer, and hang up, before it has read all
            await trace("http11.send_request_body.complete", {})
            answer.asked_at = time.perf_counter()
            await answer.head(patience.get("read"))
            await trace("http11.receive_response_headers.complete", {ARRIVED: answer.arrived()})
        except BaseException:
            await self.aclose()
            raise
        return httpcore2.Response(
            answer.status,
            headers=answer.headers,
            content=answer,
            extensions={
                "http_version": answer.version,
                "reason_phrase": answer.reason,
                ARRIVED: answer.arrived,
            },
        )

    async def _open(self, patience: float | None, trace: Trace) -> httpcore2.AsyncNetworkStream:
        """The connection that is kept, or a new one."""
        kept = self._stream
        if kept is not None:
            if time.monotonic() < self._expires and not kept.get_extra_info("is_readable"):
                return kept
            await self.aclose()
        url = self._url
        host, port = url.host.decode("ascii"), url.port or DEFAULT_PORTS[url.scheme.decode()]
        await trace("connection.connect_tcp.started", {})
        stream = await self._backend.connect_tcp(host, port, timeout=patience)
        await trace("connection.connect_tcp.complete", {})
        if url.scheme == b"https":
            trusted = self._trusted()
            trusted.set_alpn_protocols(["http/1.1"])
            await trace("connection.start_tls.started", {})
            stream = await stream.start_tls(trusted, server_hostname=host, timeout=patience)
            await trace("connection.start_tls.complete", {})
        self._stream = stream
        return stream

    def keep(self) -> None:
        """The answer was read to its end, and the server keeps the connection."""
        self._expires = time.monotonic() + self._keep_alive

    async def aclose(self) -> None:
        """Close the connection, if one is open."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()


class _Answer:
    """One answer as it comes: what httptools calls, and the body for whoever reads it."""

    def __init__(
        self, line: Line, stream: httpcore2.AsyncNetworkStream, patience: float | None
    ) -> None:
        self.status = 0
        self.reason = b""
        self.version = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.alive = True
        """Whether another request may follow on the connection."""
        self.asked_at = 0.0
        """When the request was sent whole (perf_counter)."""
        self._line = line
        self._stream = stream
        self._patience = patience
        self._parser: Any = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(
            lenient_chunked_length=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )  # what small servers get wrong, and no harm where nobody else's answer follows
        self._pieces: list[bytes] = []
        self._begun = self._complete = self._closed = False
        self._broken: Exception | None = None
        """What can't be read, to be raised when all that came before it was handed on."""
        self._bare = 0
        """Bytes since the last of the body."""

    def on_message_begin(self) -> None:
        if self._complete:
            self.alive = False  # nobody asked for a second answer

    def on_status(self, piece: bytes) -> None:
        if not self._begun:
            self.reason += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._begun:  # else a trailer
            self.headers.append((name, value.strip()))

    def on_headers_complete(self) -> None:
        if self._complete:
            return
        self.status = self._parser.get_status_code()
        self._begun = self.status >= 200 or self.status == _SWITCHED
        if self._begun:
            self.version = b"HTTP/" + self._parser.get_http_version().encode()
            self.alive = self.alive and self._parser.should_keep_alive()

    def on_body(self, piece: bytes) -> None:
        if not self._complete:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        if self._begun:
            self._complete = True
        else:  # an interim answer
            self.headers, self.reason = [], b""

    async def head(self, patience: float | None) -> None:
        """Wait for the head, for so many seconds in all: bytes that drip, or interim answers, prolong nothing."""
        try:
            async with asyncio.timeout(patience):
                while not self._begun:
                    await self._more()
        except TimeoutError:
            raise (HeadTimeout if self._bare else httpcore2.ReadTimeout) from None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self._pieces
        try:
            while True:
                if pieces:
                    piece = pieces[0] if len(pieces) == 1 else b"".join(pieces)
                    pieces.clear()
                    yield piece
                elif self._complete:
                    return
                elif self._broken is not None:
                    raise self._broken
                else:
                    await self._more()
        except BaseException:
            await self.aclose()
            raise

    def arrived(self) -> float:
        """When the newest of what was read came (perf_counter); what came before all was sent is an answer from then on."""
        at: float | None = self._stream.get_extra_info(ARRIVED)
        return time.perf_counter() if at is None else max(at, self.asked_at)

    async def _more(self) -> None:
        data = await self._stream.read(_READ, self._patience)
        if not data:
            self._ended()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.alive = False
        except httptools.HttpParserError as error:
            self.alive = False
            if not self._complete:
                what = str(error) if self.status else f"illegal status line: {data[:64]!r}"
                self._broken = httpcore2.RemoteProtocolError(what)
                if not self._begun:
                    raise self._broken from None
        self._bare = 0 if self._pieces else self._bare + len(data)
        if self._bare > _MOST:
            raise httpcore2.RemoteProtocolError("Receive buffer too long")

    def _ended(self) -> None:
        """The server sent all that it will: where nothing says how long the body is, that is its end."""
        self.alive = False
        if not self._begun:
            raise httpcore2.RemoteProtocolError("Server disconnected without sending a response.")
        framed = {name.lower() for name, _ in self.headers} & {
            b"content-length",
            b"transfer-encoding",
        }
        if framed:
            raise httpcore2.RemoteProtocolError(
                "peer closed connection without sending complete message body"
            )
        self._complete = True

    async def aclose(self) -> None:
        """Give the connection back for the next request, or close it where it can't serve one."""
        if self._closed:
            return
        self._closed = True
        if self._complete and self.alive:
            self._line.keep()
        else:
            await self._line.aclose()


async def _untraced(_: str, __: dict[str, Any]) -> None:
    pass


async def _body(request: httpcore2.Request) -> bytes:
    return b"".join([piece async for piece in request.stream])  # type: ignore[union-attr]


def _head(request: httpcore2.Request) -> bytes:
    """The request line and the headers; LocalProtocolError for what would not be one line each."""
    target = request.url.target
    _check(_TARGET, "target", (target,))
    _check(_NAME, "header name", [name for name, _ in request.headers])
    _check(_VALUE, "header value", [value for _, value in request.headers])
    lines = [b"%b: %b" % header for header in request.headers]
    return b"\r\n".join([b"%b %b HTTP/1.1" % (request.method, target), *lines, b"", b""])


def _check(allowed: re.Pattern[bytes], what: str, values: Sequence[bytes]) -> None:
    for value in values:
        if not allowed.fullmatch(value):
            raise httpcore2.LocalProtocolError(f"Illegal {what} {value!r}")

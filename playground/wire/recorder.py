"""One HTTP round trip, timed and copied below the SDK.

The SDK shapes, authorises and sends the request through a Recorder. The answer stays here: the SDK gets the same status
and headers with nothing in the body, and the call reads the events, or the whole body, from the Recorder, each once.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import functools
import io
import json
import time
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import UTC, datetime
from typing import Any

import httpcore2
import httpx2

from playground.domain import APIS, Events, Exchange, RawEvent, Secret, Timing
from playground.domain.base_url import origin
from playground.domain.exchange import format_of
from playground.wire.decoding import decoded, too_large
from playground.wire.guard import ForbiddenHost
from playground.wire.limits import MAX_BYTES, MAX_SECONDS, Endless
from playground.wire.pool import Pool
from playground.wire.proxies import Proxy
from playground.wire.redact import PIECE, Redactor
from playground.wire.sockets import ARRIVED
from playground.wire.sse import begins

_CREDENTIALS = frozenset({"api-key", *(api.key_header[0] for api in APIS.values())})
_SENT = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "content-type", "host"),
        *("transfer-encoding", "user-agent"),
        *(name for api in APIS.values() for name in api.headers),
        *("openai-beta", "anthropic-beta", "x-goog-api-client", "x-server-timeout", "api-revision"),
    }
)
_SENT_PREFIXES = ("x-stainless-", "x-goog-upload-")
_WHOLE = b'{"status": "completed"}'
"""What an SDK gets in place of a whole answer: google-genai spends 5 ms on an interaction that has no status."""
_NOT_FOR_THE_SDK = frozenset(
    {b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie"}
)
_PIECE = 8 * 1024
"""Bytes that are handed on at once: what a larger piece holds could keep the event loop too long."""
_TURN = 16 * 1024
"""Bytes after which the event loop gets a turn, even when more is waiting already: as the smallest events, 20 ms of reading."""
_CHUNK_COSTS = 64
"""What taking a chunk costs, in bytes of reading."""

_TUNNEL = "proxy.http11.receive_response_headers.complete"
"""When a proxy has said that the way through it is open."""


class SecondRequest(RuntimeError):
    """An SDK tried to send a second request inside one call (a retry, a redirect): never allowed, it would be billed unseen."""


class Recorder(httpx2.AsyncBaseTransport):
    """The transport of one call: one request over the shared pool, its clock, its copy, its masks."""

    def __init__(
        self,
        pool: Pool,
        *,
        base_url: str,
        secrets: Iterable[Secret | None] = (),
        gate: Callable[[], Awaitable[None]] | None = None,
        on_sent: Callable[[], None] | None = None,
        queued_at: float | None = None,
        body: str | None = None,
        seconds: float | None = None,
    ) -> None:
        self._pool = pool
        self._base_url = base_url
        self.host = origin(base_url)[0] or base_url
        """Who is called, for messages."""
        self._secrets = tuple(s for s in secrets if s)
        self.redactor = Redactor(self._secrets)
        self._gate = gate
        self._body = body
        """What is sent in place of the SDK's own body."""
        self._seconds = seconds
        """In how many an answer that is no stream has ended; None = MAX_SECONDS."""
        self._on_sent = on_sent
        self.proxy: Proxy | None = None
        """Through which proxy it goes."""
        self._tunnelling = False
        self.created_at = time.perf_counter() if queued_at is None else queued_at
        self.started_at: str | None = None
        self._marks: dict[str, float] = {}
        self.zero: float | None = None
        """perf_counter when the request's head went on the wire; every offset counts from it."""
        self.request: httpx2.Request | None = None
        self.status: int | None = None
        self._http_version: str | None = None
        self._raw_headers: list[tuple[bytes, bytes]] = []
        self.headers: Mapping[str, str] = {}
        """Response headers by lower-case name, not masked."""
        self.streaming = False
        """True when the answer is an event stream that waits to be read with `chunks`."""
        self.body: bytes | None = None
        """The whole body of an answer that was not a stream, decoded."""
        self.error: Exception | None = None
        """What broke the transport, as it was before any SDK wrapped it."""
        self.bytes_received = 0
        self._stream: Any = None
        self._arrived: Callable[[], float] = time.perf_counter
        """When the newest bytes came; through a proxy, when they were read."""
        self._incoming: AsyncIterator[bytes] | None = None
        self._ahead: list[tuple[float, bytes]] = []
        """What was read to find out whether the answer is a stream, and when it came."""
        self._late: Exception | None = None
        """What broke a stream before its first bytes."""
        self._settled = 0
        self.first_chunk: float | None = None
        self.last_chunk: float | None = None
        self.closed: float | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the SDK's request; what goes wrong is kept in `error` and raised on."""
        if self.request is not None:
            raise SecondRequest("the SDK tried to send a second request")
        self.request = request
        try:
            return await self._exchange(request)
        except Exception as error:
            self.error = error
            self.closed = time.perf_counter()
            raise

    async def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self._check_destination(request.url)
        body = await request.aread()
        if self._body is not None:
            body = self._body.encode("utf-8", "replace")
            self.request = request = _with_body(request, body)
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=self._allowed_headers(request.headers),
            content=body,
            extensions={**request.extensions, "trace": self._trace},
        )
        proxy = self._pool.proxy_to(self._base_url)
        self.proxy = (
            None if self._pool.hosted else proxy
        )  # there it is refused, and no visitor's to know
        most = MAX_SECONDS if self._seconds is None else self._seconds
        try:
            async with asyncio.timeout(most):
                await self._hear(await self._pool.send(sent, proxy))
        except TimeoutError:
            raise Endless(f"{self.host} did not end its answer in {most:,.0f} s") from None
        finally:
            if not self.streaming:
                await self.aclose()
        if self.streaming:
            return self._answer(b"")
        return self._answer(_WHOLE if 200 <= (self.status or 0) < 300 else b"{}")

    async def _hear(self, response: httpcore2.Response) -> None:
        """Keep the head, and the body unless it is a stream; of a stream the first bytes are there then."""
        self._keep_head(response)
        self._stream = response.stream
        declared = self._is_declared_stream()
        self._incoming = self._read(twice=declared)
        self.streaming = declared or await self._begins_as_stream()
        if declared:
            await self._await_first()
        if not self.streaming:
            self.body = await self._whole()

    def _is_declared_stream(self) -> bool:
        kind = self.headers.get("content-type", "").lower()
        return 200 <= (self.status or 0) < 300 and kind.startswith("text/event-stream")

    async def _await_first(self) -> None:
        """Wait for the first bytes here, so that what the SDK makes of the head is not in the time to first text."""
        assert self._incoming is not None  # noqa: S101 - only called with a body to read
        try:
            await anext(self._incoming, b"")
        except Exception as error:  # for who reads the stream, not for the SDK
            self._late, self.error = error, None

    async def _begins_as_stream(self) -> bool:
        """Whether a body without the right Content-Type is an event stream, by how it begins."""
        if not 200 <= (self.status or 0) < 300:
            return False
        assert self._incoming is not None  # noqa: S101 - only called with a body to read
        start = b""
        async for chunk in self._incoming:
            self._ahead.append((self.last_chunk or 0.0, chunk))
            start = (start + chunk).lstrip(b"\xef\xbb\xbf \t\r\n")[:16]
            found = begins(start)
            if found is not None:
                return found
        return False

    async def _whole(self) -> bytes:
        """The body in one; a large one is put together elsewhere, since its growing buffer was copied on the loop again and again."""
        blocks, block = list[bytes](), io.BytesIO()
        async for chunk in self.chunks():
            block.write(chunk)
            if block.tell() >= PIECE:
                blocks.append(block.getvalue())
                block = io.BytesIO()
        blocks.append(block.getvalue())
        return blocks[0] if len(blocks) == 1 else await asyncio.to_thread(b"".join, blocks)

    def _check_destination(self, url: httpx2.URL) -> None:
        """Only the endpoint's own host may be called, whatever an SDK read from the environment."""
        if (url.raw_scheme, url.raw_host, url.port) != _origin(self._base_url):
            raise ForbiddenHost(f"The SDK wanted to call {url.host} instead of {self.host}.")

    def _allowed_headers(self, headers: httpx2.Headers) -> list[tuple[bytes, bytes]]:
        """The headers that leave; they are kept for the copy."""
        self._raw_request_headers = allowed(headers.raw, self._secrets)
        return self._raw_request_headers

    def _keep_head(self, response: httpcore2.Response) -> None:
        self.status = response.status
        self._arrived = response.extensions.get(ARRIVED, time.perf_counter)
        version = response.extensions.get("http_version", b"")
        self._http_version = version.decode("ascii", "replace") or None
        self._raw_headers = list(response.headers)
        self.headers = dict(httpx2.Headers(self._raw_headers).items())

    def _answer(self, body: bytes) -> httpx2.Response:
        """What the SDK gets: the status, the headers but for cookies, and nothing to read, so that it can't print or raise it."""
        assert self.status is not None  # noqa: S101 - only called after _keep_head
        headers = [(n, v) for n, v in self._raw_headers if n.lower() not in _NOT_FOR_THE_SDK]
        return httpx2.Response(self.status, headers=headers, content=body)

    async def _trace(self, name: str, info: dict[str, Any]) -> None:
        """Stamp httpcore's trace events; the gate is awaited with the connection open, right before the clock starts."""
        if name == "http11.send_request_headers.started" and info["request"].method == b"CONNECT":
            self._tunnelling = True
        elif name == "proxy.start_tls.started":
            self._tunnelling = False
        if self._tunnelling:
            self._marks[f"proxy.{name}"] = time.perf_counter()
        elif name == "http11.send_request_headers.started":
            if self._gate is not None:
                await self._gate()
            self.started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
            if self._on_sent is not None:
                self._on_sent()
            self.zero = time.perf_counter()
        else:
            self._marks[name] = info.get(ARRIVED) or time.perf_counter()

    def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they arrive, content-encoding undone; `last_chunk` is when the newest came.

        Endless when there are too many. The event loop gets its turns in between.
        """
        assert self._incoming is not None  # noqa: S101 - only called with an answer there
        if self._ahead or self._late is not None:
            return self._with_ahead(self._incoming)
        return self._incoming

    async def _with_ahead(self, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for at, chunk in self._ahead:
            self.last_chunk = at
            yield chunk
        if self._late is not None:
            self.error = self._late
            raise self._late
        async for chunk in rest:
            yield chunk

    async def _read(self, *, twice: bool) -> AsyncIterator[bytes]:
        """The bytes; with `twice` the first are given to who waits for them, and again to who reads them."""
        arrived, left = self._arrived, _TURN
        encoding = self.headers.get("content-encoding", "identity")
        try:
            async for chunk in decoded(self._stream, encoding, self.host, MAX_BYTES):
                self.last_chunk = arrived()
                if self.first_chunk is None:
                    self.first_chunk = self.last_chunk
                    if twice:
                        yield chunk
                size = len(chunk)
                self.bytes_received += size
                left -= size + _CHUNK_COSTS
                if left > 0:
                    yield chunk
                    continue
                left = _TURN
                if self.bytes_received > MAX_BYTES:
                    raise too_large(self.host, MAX_BYTES)
                for start in range(0, size, _PIECE):
                    yield chunk[start : start + _PIECE]
                    await asyncio.sleep(0)
        except Exception as error:
            self.error = error
            raise

    async def aclose(self) -> None:
        """Close the connection, or give it back whole to the pool when the body was read to its end."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()
        if self.closed is None:
            self.closed = time.perf_counter()

    @property
    def bytes_sent(self) -> int:
        """Of the request's body."""
        request = self.request
        return len(request.content) if request is not None and hasattr(request, "_content") else 0

    @property
    def tunnelled(self) -> bool:
        """True where the answer came through a proxy that can't have read or written it."""
        return self.proxy is not None and self._base_url.lower().startswith("https:")

    def offset(self, at: float | None) -> float | None:
        """Seconds from the request's head on the wire to this perf_counter reading."""
        return None if at is None or self.zero is None else at - self.zero

    def timing(self, **content: float | None) -> Timing:
        """The clock so far; `content` has the perf_counter readings that only the adapter knows."""
        marks, zero = self._marks, self.zero
        return Timing(
            started_at=self.started_at,
            queued=None if zero is None else zero - self.created_at,
            connect=_span(marks, "connection.connect_tcp", _TUNNEL),
            tls=_span(marks, "proxy.start_tls" if _TUNNEL in marks else "connection.start_tls"),
            proxy=self.proxy.name if self.proxy else None,
            request_sent=self.offset(marks.get("http11.send_request_body.complete")),
            headers=self.offset(marks.get("http11.receive_response_headers.complete")),
            first_chunk=self.offset(self.first_chunk),
            last_chunk=self.offset(self.last_chunk),
            closed=self.offset(self.closed),
            **{name: self.offset(at) for name, at in content.items()},
        )

    def settle(self, events: list[RawEvent]) -> None:
        """Mask what has come since the last time, in place; any thread may read the list meanwhile."""
        new = events[self._settled :]
        masked = self._masked(new)
        if masked is not new:
            events[self._settled :] = masked
        self._settled = len(events)

    def _masked(self, events: list[RawEvent]) -> list[RawEvent]:
        """The events masked; looked through once as a whole, since almost none ever holds a key."""
        mask, named = self.redactor.data, self.redactor.text
        names = {name: named(name) for name in {name for _, name, _ in events} if name}
        whole = b"".join([data for _, _, data in events])
        if mask(whole) is whole and all(name == shown for name, shown in names.items()):
            return events
        return [(at, name and names[name], mask(data)) for at, name, data in events]

    def let_go(self) -> None:
        """Hold the body no longer: it stands in the exchange."""
        self.body = None

    def exchange(self, events: Sequence[RawEvent] = ()) -> Exchange | None:
        """The masked copy; None when the SDK sent nothing."""
        request, mask = self.request, self.redactor
        if request is None:
            return None
        kept, settled = list(events), self._settled
        sent = getattr(self, "_raw_request_headers", request.headers.raw)
        body, written, text = _body(request, mask)
        return Exchange(
            method=request.method,
            url=mask.url(str(request.url)),
            request_headers=mask.headers((n.decode(), v.decode("latin-1")) for n, v in sent),
            request_body=body,
            request_format=written,
            request_text=text,
            status=self.status,
            http_version=self._http_version,
            response_headers=mask.headers(
                (n.decode("latin-1"), v.decode("latin-1")) for n, v in self._raw_headers
            ),
            response_body=None if self.body is None else mask.text(_text(self.body)),
            events=Events(
                kept[:settled] + self._masked(kept[settled:]), zero=self.zero or self.created_at
            ),
            bytes_received=self.bytes_received,
        )


def allowed(
    headers: Iterable[tuple[bytes, bytes]], secrets: Iterable[Secret]
) -> list[tuple[bytes, bytes]]:
    """An SDK's headers without any that came from the environment, and no key but the call's own."""
    keys = [s.reveal().encode() for s in secrets]
    kept = []
    for name, value in headers:
        lower = name.decode("ascii", "replace").lower()
        own_key = lower in _CREDENTIALS and any(key in value for key in keys)
        if own_key or lower in _SENT or lower.startswith(_SENT_PREFIXES):
            kept.append((name, value))
    return kept


def _text(body: bytes) -> str:
    """The body as text: in one go where that is a plain copy, else in pieces, so that other threads get their turns."""
    with contextlib.suppress(UnicodeDecodeError):
        return body.decode("ascii")  # the pieces beside the text would be as much again
    read = codecs.getincrementaldecoder("utf-8")("replace").decode
    starts = range(0, len(body), PIECE)
    return "".join([read(body[at : at + PIECE], at + PIECE >= len(body)) for at in starts])


@functools.lru_cache(maxsize=256)
def _origin(base_url: str) -> tuple[bytes, bytes, int | None]:
    url = httpx2.URL(base_url)
    return (url.raw_scheme, url.raw_host, url.port)


def _span(marks: Mapping[str, float], name: str, until: str = "") -> float | None:
    """Seconds between a trace event's start and its completion, or that of a later one which has come."""
    start, end = marks.get(f"{name}.started"), marks.get(until, marks.get(f"{name}.complete"))
    return None if start is None or end is None else end - start


def _with_body(request: httpx2.Request, body: bytes) -> httpx2.Request:
    """The same request with another body."""
    headers = [(n, v) for n, v in request.headers.raw if n.lower() != b"content-length"]
    return httpx2.Request(
        request.method,
        request.url,
        headers=[*headers, (b"content-length", b"%d" % len(body))],
        content=body,
        extensions=request.extensions,
    )


def _body(request: httpx2.Request, mask: Redactor) -> tuple[Any, str | None, str | None]:
    """The body masked, how it was written, and its text where that does not say it all."""
    content = request.content if hasattr(request, "_content") else b""
    if not content:
        return None, None, None
    text = mask.text(content.decode("utf-8", "replace"))
    try:
        value = json.loads(text)
    except ValueError:
        return text, None, text
    written = format_of(value, text)
    return value, written, None if written else text

"""One WebSocket, timed and copied below the SDK, in both directions.

The SDK opens it with `websockets`, whose public options say how: through a way that only leads where the guard allows,
and as a connection that hands each message to this recorder. Redirects are never followed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playground.domain import Events, Exchange, RawEvent, Secret
from playground.domain.base_url import origin
from playground.domain.session import SENT, kind_of
from playground.wire.limits import MAX_BYTES, MAX_EVENTS, Endless
from playground.wire.pool import CONNECT_TIMEOUT, Pool
from playground.wire.proxies import Proxy
from playground.wire.recorder import allowed
from playground.wire.redact import Redactor
from playground.wire.tunnel import Tunnel

Message = tuple[float, bool, bytes]
"""When (perf_counter), whether it was sent from here, the JSON, masked."""
OnMessage = Callable[[float, bool, bytes], None]
_LARGEST = 16 * 2**20
"""Bytes of one message."""


class Handshake(NamedTuple):
    """The request that asks for a WebSocket, as it was sent."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]


class SocketRecorder:
    """The one WebSocket of a session: its way through the guard, its clock, its copy, its masks."""

    def __init__(
        self,
        pool: Pool,
        *,
        base_url: str,
        secrets: Iterable[Secret | None] = (),
        on_message: OnMessage | None = None,
    ) -> None:
        self._pool = pool
        self._base_url = base_url
        self.host = origin(base_url)[0] or base_url
        """Who is called, for messages."""
        self._secrets = tuple(s for s in secrets if s)
        self.redactor = Redactor(self._secrets)
        self._on_message = on_message
        self.proxy: Proxy | None = None
        """Through which proxy it goes."""
        self._tunnel: Tunnel | None = None
        self._tapped: Any = None
        self.created_at = time.perf_counter()
        self.started_at: str | None = None
        self.zero: float | None = None
        """perf_counter when the head of the handshake went on the wire."""
        self.opened: float | None = None
        self.request: Handshake | None = None
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        """Headers of the answer to the handshake by lower-case name, not masked."""
        self.body: bytes | None = None
        """Of an answer that opened nothing."""
        self._error: Exception | None = None
        self.streaming = False
        """True while the WebSocket is open."""
        self.messages: list[Message] = []
        self.bytes_received = 0
        self.close_code: int | None = None
        self.close_reason = ""
        self.closed: float | None = None

    async def open(self) -> dict[str, Any]:
        """Check the address and lay the way to it; returns what `websockets.connect` is to be called with."""
        proxy = await self._pool.way_to(self._base_url)
        self.proxy = None if self._pool.hosted else proxy
        if proxy is None:
            self._tunnel = Tunnel(self._pool, self._base_url)
            way = await self._tunnel.open()
        else:
            way = proxy.url
        from playground.wire.tapped import CLOSING  # websockets takes a while to import

        return {
            "proxy": way,
            "create_connection": self._connection,
            "open_timeout": CONNECT_TIMEOUT,
            "close_timeout": CLOSING,
            "max_size": _LARGEST,
            "compression": None,
        }

    def trusting(self, *, always_tls: bool = False) -> Any:
        """The certificates to trust for TLS; with `always_tls` also where an SDK insists on TLS with a plain address."""
        if always_tls and self._base_url.lower().startswith("http:") and self._tunnel is not None:
            return self._tunnel.encrypt()
        return self._pool.trusted()

    def _connection(self, protocol: Any, **options: Any) -> Any:
        from playground.wire.tapped import Tapped  # websockets takes a while to import

        self._tapped = Tapped(protocol, recorder=self, **options)
        return self._tapped

    def opening(self, headers: Any) -> list[tuple[str, str]]:
        """The handshake is about to be sent; of the SDK's headers those are returned that may leave."""
        self.started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        given = headers.items() if isinstance(headers, Mapping) else headers or ()
        raw = [(str(name).encode(), str(value).encode("latin-1")) for name, value in given]
        kept = [(n.decode(), v.decode("latin-1")) for n, v in allowed(raw, self._secrets)]
        self.zero = time.perf_counter()
        return kept

    def answered(self, request: Any, status: int, headers: Any, body: bytes | None) -> None:
        """What the handshake was, and what came back for it."""
        scheme = "wss" if self._base_url.lower().startswith("https:") else "ws"
        url = f"{scheme}://{urlsplit(self._base_url).netloc}{request.path}"
        self.request = Handshake("GET", url, tuple(request.headers.raw_items()))
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.raw_items()}
        self.body = body
        self.streaming = status == 101
        self.opened = time.perf_counter()

    def passed(self, sent: bool, data: str | bytes) -> None:
        """One message went by; Endless when there are too many."""
        now = time.perf_counter()
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else bytes(data)
        self.bytes_received += 0 if sent else len(raw)
        self.messages.append((now, sent, self.redactor.data(raw)))
        if len(self.messages) > MAX_EVENTS or self.bytes_received > MAX_BYTES:
            self._error = Endless(f"{self.host} sent more than a session may hold")
            raise self._error
        if self._on_message is not None:
            self._on_message(now, sent, raw)

    def failed(self, error: Exception) -> None:
        """An SDK raised this: what it was in the words of the pool, where nothing better is known."""
        if self.error is None and (self.status is None or self.status < 200) and self.status != 101:
            from playground.wire.tapped import below  # websockets takes a while to import

            self._error = below(error)

    def unreadable(self, error: Exception) -> None:
        """What came over the open WebSocket was not read on."""
        if self._error is None:
            self._error = error

    def over(self, code: int | None, reason: str) -> None:
        """The WebSocket is closed."""
        if self.closed is None:
            self.close_code, self.close_reason = code, self.redactor.text(reason)
            self.closed = time.perf_counter()
            self.streaming = False

    @property
    def error(self) -> Exception | None:
        """What kept the connection from being made or broke it, as it was before any SDK wrapped it."""
        return self._error or (self._tunnel.error if self._tunnel else None)

    @property
    def tunnelled(self) -> bool:
        """True where what came through a proxy can't have been read or written by it."""
        return self.proxy is not None and self._base_url.lower().startswith("https:")

    async def aclose(self) -> None:
        """Let go of the way to the server."""
        if transport := getattr(self._tapped, "transport", None):
            transport.abort()  # what waits to be read hides from it that the other side is gone
        if self._tunnel is not None:
            await self._tunnel.aclose()
        self.over(None, "")

    @property
    def connect(self) -> float | None:
        """Seconds to open the TCP connection; None through a proxy of the environment."""
        return self._tunnel.connect if self._tunnel else None

    def exchange(self, messages: list[Message], *, zero: float) -> Exchange | None:
        """The masked copy of these messages, with the handshake that they rest on; None where none was sent."""
        request, mask = self.request, self.redactor
        if request is None:
            return None
        known = [(at, out, read_json(data), data) for at, out, data in messages]
        sent = [{"offset": at - zero, "message": value} for at, out, value, _ in known if out]
        received: list[RawEvent] = [
            (at, kind_of(value), data) for at, out, value, data in known if not out
        ]
        body = None if self.body is None else mask.text(self.body.decode("utf-8", "replace"))
        return Exchange(
            method=request.method,
            url=mask.url(request.url),
            request_headers=mask.headers(request.headers),
            request_body={SENT: sent},
            status=self.status,
            http_version="HTTP/1.1",
            response_headers=mask.headers(self.headers.items()),
            response_body=body,
            events=Events(received, zero=zero),
            bytes_received=sum(len(data) for _, out, data in messages if not out),
        )


def read_json(data: bytes) -> Any:
    """A message as JSON, as text where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data.decode("utf-8", "replace")

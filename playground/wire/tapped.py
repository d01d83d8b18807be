"""The connection that `websockets` makes for a SocketRecorder: it works as any, and says what goes by."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Protocol

import httpcore2
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import (
    ConnectionClosed,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    ProxyError,
    SecurityError,
)

from playground.wire.limits import Endless

CLOSING = 0.5
"""Seconds that the other side gets to hang up once one has said goodbye."""
_NO_PONG = 1011
_TOO_BIG = 1009
_AT_FAULT = frozenset({1002, 1003, 1007})
"""Close codes that are sent from here when what came is no WebSocket's (RFC 6455 7.4.1)."""


class Ears(Protocol):
    """Whoever is told what goes by."""

    host: str

    def opening(self, headers: Any) -> list[tuple[str, str]]:
        """The handshake is about to be sent; returns the headers that may leave."""

    def answered(self, request: Any, status: int, headers: Any, body: bytes | None) -> None:
        """What the handshake was, and what came back for it."""

    def passed(self, sent: bool, data: str | bytes) -> None:
        """One message went by."""

    def over(self, code: int | None, reason: str) -> None:
        """The WebSocket is closed."""

    def unreadable(self, error: Exception) -> None:
        """What came over the open WebSocket was not read on."""


class Tapped(ClientConnection):
    """A connection whose handshake and messages are told to a recorder."""

    def __init__(self, protocol: Any, *, recorder: Ears, **options: Any) -> None:
        super().__init__(protocol, **options)
        self._recorder = recorder
        self._leaving: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Read on; where one side has said goodbye, the other gets a moment to hang up too, and not longer."""
        super().data_received(data)
        if self._leaving is None and self.protocol.close_expected():
            self._leaving = self.loop.call_later(CLOSING, self.transport.abort)

    async def handshake(
        self, additional_headers: Any = None, user_agent_header: str | None = None
    ) -> None:
        """Open it; an answer that does not, a redirect as well, is a failure."""
        recorder = self._recorder
        headers = recorder.opening(additional_headers)
        try:
            await super().handshake(headers, user_agent_header)
        except InvalidStatus as refused:
            answer = refused.response
            recorder.answered(
                self.request, answer.status_code, answer.headers, bytes(answer.body or b"")
            )
            # What is no InvalidStatus is no redirect for websockets.
            raise RefusedHandshake(f"{recorder.host} did not open a WebSocket") from None
        assert self.response is not None  # noqa: S101 - the handshake is done
        recorder.answered(self.request, 101, self.response.headers, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cut while TLS was being agreed on it was never made, which websockets does not look for: nothing is to be ended."""
        if hasattr(self, "recv_messages"):
            super().connection_lost(exc)

    async def send(self, message: Any, **how: Any) -> None:
        """Send it, and tell."""
        self._recorder.passed(True, message)
        await super().send(message, **how)

    async def recv(self, decode: bool | None = None) -> Any:
        """Receive the next one, and tell."""
        try:
            message = await super().recv(decode)
        except ConnectionClosed as closed:
            frame = closed.rcvd
            if closed.sent is not None and not closed.rcvd_then_sent:
                self._closed_by_us(closed.sent.code, closed.sent.reason)
            self._recorder.over(frame.code if frame else None, frame.reason if frame else "")
            raise
        self._recorder.passed(False, message)
        return message

    def _closed_by_us(self, code: int, why: str) -> None:
        host = self._recorder.host
        if code == _TOO_BIG:
            self._recorder.unreadable(Endless(f"{host} sent a message that is too large"))
        elif code in _AT_FAULT:
            why = f"what it sent is no WebSocket message ({why or code})"
            self._recorder.unreadable(httpcore2.RemoteProtocolError(why))
        elif code == _NO_PONG:
            self._recorder.unreadable(httpcore2.RemoteProtocolError(f"no sign of life ({why})"))


class RefusedHandshake(Exception):
    """The server did not open the WebSocket; status, headers and body are in the recorder."""


def below(error: Exception) -> Exception | None:
    """What kept a WebSocket from being opened, as the pool says it of a request; None for what is none of these."""
    said = str(error)
    match error:
        case RefusedHandshake():
            return httpcore2.RemoteProtocolError(f"{said}, but sent an interim answer")
        case InvalidMessage(__cause__=EOFError(__cause__=None | EOFError() as why)) if (
            "CRLF" not in str(why)
        ):
            return httpcore2.RemoteProtocolError("Server disconnected without sending a response.")
        case InvalidMessage(__cause__=SecurityError() as cause):
            return httpcore2.RemoteProtocolError(str(cause))
        case InvalidMessage():
            return httpcore2.RemoteProtocolError(f"illegal status line: {error.__cause__}")
        case InvalidProxy() | ProxyError():
            return httpcore2.ProxyError(said)
        case TimeoutError():
            return httpcore2.ConnectTimeout(said)
        case ssl.SSLError() | OSError():
            return httpcore2.ConnectError(said)
    return None

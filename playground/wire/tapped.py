"""The connection that `websockets` makes for a SocketRecorder: it works as any, and says what goes by."""

from __future__ import annotations

from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus


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


class Tapped(ClientConnection):
    """A connection whose handshake and messages are told to a recorder."""

    def __init__(self, protocol: Any, *, recorder: Ears, **options: Any) -> None:
        super().__init__(protocol, **options)
        self._recorder = recorder

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
            self._recorder.over(frame.code if frame else None, frame.reason if frame else "")
            raise
        self._recorder.passed(False, message)
        return message


class RefusedHandshake(Exception):
    """The server did not open the WebSocket; status, headers and body are in the recorder."""

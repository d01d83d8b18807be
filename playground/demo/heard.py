"""What arrives under a token of one's own, byte by byte, and what is answered to it: keys masked, in memory, the newest only.

`/heard/TOKEN/openai/v1` is the same as `/openai/v1`, and all that comes that way is told at `/_heard/TOKEN`.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.demo.state import now
from playground.domain import APIS

PREFIX = "/heard"
TOKEN = re.compile(r"/heard/([A-Za-z0-9_-]{16,64})(/.*)")
SECRET = frozenset(
    {*(api.key_header[0] for api in APIS.values()), "api-key", "cookie", "proxy-authorization"}
)
MASK = "•••"
MAX_TOKENS = 50
MAX_EXCHANGES = 20
"""Of a token."""
MAX_BYTES = 2 * 1024 * 1024
"""Of a body; what is beyond is left out, and said."""


class Heard:
    """Middleware: takes the token off the path, and notes what came and what went."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: OrderedDict[str, deque[dict[str, Any]]] = OrderedDict()

    def routes(self) -> list[Route]:
        """Where it is told."""

        async def told(request: Request) -> Response:
            return JSONResponse(list(self._kept.get(request.path_params["token"], ())))

        return [Route("/_heard/{token}", told)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = TOKEN.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        if found is None:
            return await self._app(scope, receive, send)
        note = self._note(found[1], scope, found[2])
        body, answer = _Bytes(note, "body"), _Bytes(note, "response_body")

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                body.add(message.get("body", b""))
            return message

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                note["status"] = message["status"]
                note["response_headers"] = _headers(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                answer.add(message.get("body", b""))
            await send(message)

        raw = scope.get("raw_path", b"").partition(found[1].encode())[2] or found[2].encode()
        await self._app({**scope, "path": found[2], "raw_path": raw}, heard, told)

    def _note(self, token: str, scope: Scope, path: str) -> dict[str, Any]:
        query = scope.get("query_string", b"").decode("latin-1")
        note: dict[str, Any] = {
            "at": now(),
            "method": scope["method"],
            "target": f"{path}?{query}" if query else path,
            "headers": _headers(scope["headers"]),
            "body": "",
            "status": None,
            "response_headers": [],
            "response_body": "",
            "cut": [],
        }
        kept = self._kept.setdefault(token, deque(maxlen=MAX_EXCHANGES))
        kept.append(note)
        self._kept.move_to_end(token)
        while len(self._kept) > MAX_TOKENS:
            self._kept.popitem(last=False)
        return note


class _Bytes:
    """A body as it comes, kept as text in a note."""

    def __init__(self, note: dict[str, Any], name: str) -> None:
        self._note, self._name, self._data = note, name, bytearray()

    def add(self, data: bytes) -> None:
        room = MAX_BYTES - len(self._data)
        if len(data) > room and self._name not in self._note["cut"]:
            self._note["cut"].append(self._name)
        self._data += data[:room]
        self._note[self._name] = self._data.decode("utf-8", "replace")


def _headers(headers: Any) -> list[list[str]]:
    """Names in lower case with their values, in the order in which they came; keys masked."""
    pairs = ((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in headers)
    return [[name, MASK if name in SECRET else value] for name, value in pairs]

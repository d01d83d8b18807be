"""A gateway to try things with: it does to a call what many gateways do, and says in no header that it did.

`/gateway/TOKEN/openai/v1` takes the SDK's own headers away, leaves `store` out, writes a user of its own into the body, and
takes `service_tier` out of what comes back.
"""

from __future__ import annotations

import json
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/gateway/"
AGENT = (b"user-agent", b"sample-gateway/1")
VIA = (b"via", b"1.1 sample-gateway")
TIER = re.compile(rb',"service_tier":"[a-z]+"')


class SampleGateway:
    """Middleware: what comes under its prefix goes on to `/heard/`, changed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            return await self._app(scope, receive, send)
        body = changed(await _whole(receive))
        path = "/heard/" + scope["path"].removeprefix(PREFIX)
        raw = b"/heard/" + scope.get("raw_path", b"").removeprefix(PREFIX.encode())
        headers = [*_kept(scope["headers"]), (b"content-length", b"%d" % len(body)), AGENT, VIA]
        given = False

        async def rewritten() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def back(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": TIER.sub(b"", message.get("body", b""))}
            elif message["type"] == "http.response.start":
                head = [pair for pair in message["headers"] if pair[0] != b"content-length"]
                message = {**message, "headers": [*head, VIA]}
            await send(message)

        scope = {**scope, "path": path, "raw_path": raw, "headers": headers}
        await self._app(scope, rewritten, back)


def changed(body: bytes) -> bytes:
    """The body as it goes on; one that is no JSON object as it came."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if not isinstance(value, dict):
        return body
    value.pop("store", None)
    return json.dumps({**value, "user": "sample-gateway"}).encode()


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _kept(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    gone = (b"content-length", b"user-agent")
    return [(n, v) for n, v in headers if n not in gone and not n.startswith(b"x-stainless-")]

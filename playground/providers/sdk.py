"""What the SDKs' clients share: they are imported late, and nothing but the endpoint decides where they go and with which key.

A client is built once for each key and address, and goes when the key goes; `over` says whose recorder its requests go
through. What an SDK reads from the environment beyond that (organisation, extra headers) is dropped by the recorder,
which lets only known headers out.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import httpx2

from playground.domain import Endpoint, Secret
from playground.wire import CONNECT_TIMEOUT, hush

NO_KEY = "none"
"""The SDKs insist on a key; where the endpoint has none this stands in, and the recorder keeps it off the wire."""


_transport: ContextVar[httpx2.AsyncBaseTransport] = ContextVar("transport")
_clients: WeakKeyDictionary[Secret, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


@contextmanager
def over(transport: httpx2.AsyncBaseTransport) -> Iterator[None]:
    """Whatever an SDK sends inside goes through this transport: a call's recorder, or one that sends nothing."""
    token = _transport.set(transport)
    try:
        yield
    finally:
        _transport.reset(token)


class _Relay(httpx2.AsyncBaseTransport):
    """Hands each request to the transport of the call that sends it: so one client serves calls side by side."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await _transport.get().handle_async_request(request)


def kept(build: Callable[[Endpoint, float], Any]) -> Callable[[Endpoint, float], Any]:
    """Build once per key, address and patience; without a key, every time. Nobody may close such a client."""

    @functools.wraps(build)
    def client(endpoint: Endpoint, silence: float) -> Any:
        if endpoint.key is None:
            return build(endpoint, silence)
        mine = _clients.setdefault(endpoint.key, {})
        what = (build, endpoint.base_url, silence)
        if what not in mine:
            mine[what] = build(endpoint, silence)
        return mine[what]

    return client


def relayed() -> httpx2.AsyncClient:
    """An SDK's HTTP client, which sends through whatever `over` says."""
    return httpx2.AsyncClient(transport=_Relay(), trust_env=False)


async def post(client: Any, path: str, arguments: Mapping[str, Any]) -> Any:
    """Send what `create` would send, through the OpenAI or Anthropic client's own public `post`.

    `create` walks every field of the request along its type hints first, 0.4 to 0.7 ms a call; ours are JSON already. A
    test (tests/export/test_snippets.py) holds the two to the same body.
    """
    return await client.post(path, cast_to=httpx2.Response, body=body_of(arguments))


def body_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of these arguments, as the OpenAI and Anthropic clients send it."""
    body = {name: value for name, value in arguments.items() if name != "extra_body"}
    return {**body, **(arguments.get("extra_body") or {})}


def some(arguments: Mapping[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    """Those of the arguments that are among the fields."""
    return {name: value for name, value in arguments.items() if name in fields}


@functools.cache
def silence_log(library: str) -> None:
    """Silence an SDK's log once, after its import: OPENAI_LOG=debug and its like would print answers that echo a key."""
    hush(library)


def timeout_of(silence: float) -> httpx2.Timeout:
    """`silence` seconds between two pieces of the answer; connecting has its own, shorter limit."""
    return httpx2.Timeout(silence, connect=min(CONNECT_TIMEOUT, silence), pool=silence)


def silent(caught: list[httpx2.Request], *, stream: bool) -> httpx2.AsyncBaseTransport:
    """A transport that keeps what it is asked to send and answers with nothing."""
    kind = "text/event-stream" if stream else "application/json"

    def answer(request: httpx2.Request) -> httpx2.Response:
        caught.append(request)
        return httpx2.Response(
            200, headers={"content-type": kind}, content=b"" if stream else b"{}"
        )

    return httpx2.MockTransport(answer)

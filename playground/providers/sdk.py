"""The three SDKs, imported late and built so that nothing but the endpoint decides where they go and with which key.

A client is built once for each key and address, and goes when the key goes; `over` says whose recorder its requests go
through. What an SDK reads from the environment beyond that (organisation, extra headers) is dropped by the recorder,
which lets only known headers out.
"""

from __future__ import annotations

import functools
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import httpx2

from playground.domain import Endpoint, Secret
from playground.wire import CONNECT_TIMEOUT, hush

GEMINI_VERSION = "v1"
"""google-genai's own default, named so that the environment cannot change it."""

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


def _kept(build: Callable[[Endpoint, float], Any]) -> Callable[[Endpoint, float], Any]:
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


@_kept
def openai_client(endpoint: Endpoint, silence: float) -> Any:
    """An AsyncOpenAI without retries."""
    from openai import AsyncOpenAI

    _hush("openai")
    revealed = endpoint.key.reveal() if endpoint.key else NO_KEY
    return AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=revealed,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        http_client=_relayed(),
        max_retries=0,
        timeout=timeout_of(silence),
    )


@_kept
def anthropic_client(endpoint: Endpoint, silence: float) -> Any:
    """An AsyncAnthropic without retries and traces."""
    from anthropic import AsyncAnthropic

    _hush("anthropic")
    revealed = endpoint.key.reveal() if endpoint.key else NO_KEY
    return AsyncAnthropic(
        base_url=endpoint.base_url.rstrip("/").removesuffix("/v1"),
        api_key=revealed,
        webhook_key="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        open_telemetry=False,
        http_client=_relayed(),
        max_retries=0,
        timeout=timeout_of(silence),
    )


@_kept
def gemini_client(endpoint: Endpoint, silence: float) -> Any:
    """A genai.Client for the Gemini API, without retries; the caller holds on to it as long as its call runs."""
    from google import genai
    from google.genai import types

    _hush("google_genai")
    base_url, version = _split_version(endpoint.base_url)
    return genai.Client(
        vertexai=False,
        api_key=endpoint.key.reveal() if endpoint.key else NO_KEY,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=version,
            timeout=round(silence * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_client=_sync_client(),
            httpx_async_client=_relayed(),
            async_client_args={"ssl": _no_trust()},
        ),
    )


def _relayed() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=_Relay(), trust_env=False)


async def post(client: Any, path: str, arguments: Mapping[str, Any]) -> Any:
    """Send what `create` would send, through the OpenAI or Anthropic client's own public `post`.

    `create` walks every field of the request along its type hints first, 0.4 to 0.7 ms a call; ours are JSON already. A
    test (tests/export/test_snippets.py) holds the two to the same body.
    """
    body = {name: value for name, value in arguments.items() if name != "extra_body"}
    extra = arguments.get("extra_body") or {}
    return await client.post(path, cast_to=httpx2.Response, body={**body, **extra})


@functools.cache
def _hush(library: str) -> None:
    """Silence an SDK's log once, after its import: OPENAI_LOG=debug and its like would print answers that echo a key."""
    hush(library)


def _split_version(base_url: str) -> tuple[str, str]:
    """The address without its API version, and the version: the SDK's own unless the address names one."""
    stem, slash, last = base_url.rstrip("/").rpartition("/")
    return (
        (stem, last)
        if slash and re.fullmatch(r"v1(alpha|beta)?", last)
        else (base_url, GEMINI_VERSION)
    )


@functools.cache
def _no_trust() -> ssl.SSLContext:
    """For the Gemini SDK's websockets, which are never opened: without it every client loads all certificates, 18 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _sync_client() -> httpx2.Client:
    """A client that the Gemini SDK wants beside the asynchronous one; it is never used and reaches nothing."""
    return httpx2.Client(transport=httpx2.MockTransport(_nothing), trust_env=False)


def _nothing(request: httpx2.Request) -> httpx2.Response:
    raise RuntimeError(f"the synchronous client was asked for {request.url.host}")


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

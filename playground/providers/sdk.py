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
from playground.providers.failures import ProviderError, unusable
from playground.wire import CONNECT_TIMEOUT, NoAddress, check_readable, hush

NO_KEY = "none"
"""The SDKs insist on a key; where the endpoint has none this stands in, and the recorder keeps it off the wire."""


class _Way:
    """What requests go through while a call sends.

    A connection that is opened meanwhile is kept with the context in which it was opened, long after the call: emptied
    when the call has sent, this holds none, with its key and its answer.
    """

    __slots__ = ("transport",)

    def __init__(self, transport: httpx2.AsyncBaseTransport) -> None:
        self.transport: httpx2.AsyncBaseTransport | None = transport

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        if self.transport is None:
            raise RuntimeError("the SDK sent something after its call")
        return await self.transport.handle_async_request(request)


_way: ContextVar[_Way] = ContextVar("way")
_clients: WeakKeyDictionary[Secret, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()


@contextmanager
def over(transport: httpx2.AsyncBaseTransport) -> Iterator[None]:
    """Whatever an SDK sends inside goes through this transport: a call's recorder, or one that sends nothing."""
    way = _Way(transport)
    token = _way.set(way)
    try:
        yield
    finally:
        way.transport = None
        _way.reset(token)


class _Relay(httpx2.AsyncBaseTransport):
    """Hands each request to the transport of the call that sends it: so one client serves calls side by side."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await _way.get().send(request)


def kept(build: Callable[[Endpoint, float], Any]) -> Callable[[Endpoint, float], Any]:
    """Build once per key, address and patience; without a key, every time. Nobody may close such a client.

    ProviderError where the address is none: an SDK would raise what httpx2 says of it, each at another moment.
    """

    def built(endpoint: Endpoint, silence: float) -> Any:
        try:
            check_readable(endpoint.base_url)
        except NoAddress as error:
            raise ProviderError(unusable(str(error))) from None
        return build(endpoint, silence)

    @functools.wraps(build)
    def client(endpoint: Endpoint, silence: float) -> Any:
        if endpoint.key is None:
            return built(endpoint, silence)
        mine = _clients.setdefault(endpoint.key, {})
        what = (build, endpoint.base_url, silence)
        if what not in mine:
            mine[what] = built(endpoint, silence)
        return mine[what]

    return client


class _Plain(httpx2.AsyncClient):
    """An SDK's HTTP client that does for a call what a call needs: no cookies, no redirects, no URL parsed anew.

    What is sent is letter for letter what httpx2's own would send (tests/providers/test_sdk.py): each of them took it a
    fifth of the time that sending costs.
    """

    def build_request(self, method: str, url: Any, **what: Any) -> httpx2.Request:
        """The request; one that has more than headers and bytes to send is httpx2's to build."""
        content, headers, timeout = what.get("content"), what.get("headers"), what.get("timeout")
        told = {name for name, value in what.items() if value is not None}
        where = _url(url) if isinstance(url, str) else url
        if not (
            told == {"content", "headers", "timeout"}
            and isinstance(content, bytes | str)
            and content
            and isinstance(timeout, httpx2.Timeout | int | float)
            and where.host
        ):
            return super().build_request(method, url, **what)
        body = content.encode() if isinstance(content, str) else content
        patience = timeout if isinstance(timeout, httpx2.Timeout) else httpx2.Timeout(timeout)
        request = httpx2.Request(
            method,
            where,
            headers=self._complete(headers, where, len(body)),
            stream=httpx2.ByteStream(body),
            extensions={"timeout": patience.as_dict()},
        )
        request.read()
        return request

    def _complete(self, headers: Any, url: httpx2.URL, size: int) -> list[tuple[bytes, bytes]]:
        """The SDK's headers among those that every request has."""
        given = headers.raw if isinstance(headers, httpx2.Headers) else _raw(headers)
        names = {name.lower() for name, _ in given}
        own = [(name, value) for name, value in self.headers.raw if name.lower() not in names]
        host = [] if b"host" in names else [(b"Host", url.netloc)]
        length = [] if b"content-length" in names else [(b"Content-Length", b"%d" % size)]
        return [*host, *own, *given, *length]

    async def send(
        self, request: httpx2.Request, *, stream: bool = False, **how: Any
    ) -> httpx2.Response:
        """Hand it to the call's transport. Credentials in the address are httpx2's to make a header of."""
        if request.url.userinfo:
            return await super().send(request, stream=stream, **how)
        response = await _way.get().send(request)
        response.request = request
        if not stream:
            await response.aread()
        return response


def _raw(headers: Any) -> list[tuple[bytes, bytes]]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in pairs]


_url = functools.lru_cache(maxsize=256)(httpx2.URL)


def relayed() -> httpx2.AsyncClient:
    """An SDK's HTTP client, which sends through whatever `over` says."""
    return _Plain(transport=_Relay(), trust_env=False)


async def post(client: Any, path: str, arguments: Mapping[str, Any]) -> Any:
    """Send what `create` would send, through the OpenAI or Anthropic client's own public `post`.

    `create` walks every field of the request along its type hints first, 0.4 to 0.7 ms a call; ours are JSON already. A
    test (tests/export/test_snippets.py) holds the two to the same body.
    """
    headers = arguments.get("extra_headers")
    options = {"options": {"headers": headers}} if headers else {}
    return await client.post(path, cast_to=httpx2.Response, body=body_of(arguments), **options)


def body_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON body of these arguments, as the OpenAI and Anthropic clients send it."""
    body = {name: value for name, value in arguments.items() if name not in _NO_FIELDS}
    return {**body, **(arguments.get("extra_body") or {})}


_NO_FIELDS = ("extra_body", "extra_headers")


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

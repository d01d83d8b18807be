"""The connections of the whole process."""

from __future__ import annotations

import functools
import logging
import os
import ssl
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from playground.domain import Endpoint
from playground.domain.base_url import origin
from playground.wire.guard import ForbiddenHost, GuardedBackend
from playground.wire.line import Line
from playground.wire.proxies import DEFAULT_PORTS, Proxy, of_environment

CONNECT_TIMEOUT = 10.0
"""Seconds to open a connection, TLS included."""
_KEEP_ALIVE = 120.0
_ORIGINS = 64
"""Servers to which connections are kept open."""
_SHARD = 1
"""Connections in one of httpcore2's pools, which looks at each of them whenever a request comes or goes."""


CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""The variables that name the certificates to trust, the first that is set."""


class Pool:
    """Shared connections, opened only where the guard allows, through the proxies of the environment; for one event loop."""

    def __init__(self, *, hosted: bool = False) -> None:
        self.hosted = hosted
        self._backend = GuardedBackend(hosted=hosted)
        self._proxies = of_environment()
        self._shards: dict[tuple[Proxy | None, bytes, bytes, int | None], list[_Shard]] = {}

    def _free(self, proxy: Proxy | None, url: httpcore2.URL) -> _Shard:
        """The first shard with a connection to spare; the first ones are the ones with connections that are open."""
        shards = self._shards.setdefault((proxy, url.scheme, url.host, url.port), [])
        for shard in shards:
            if shard.lent < _SHARD:
                return shard
        shards.append(_Shard(self._open(proxy, url)))
        return shards[-1]

    def _open(
        self, proxy: Proxy | None, url: httpcore2.URL
    ) -> httpcore2.AsyncConnectionPool | Line:
        if proxy is None:
            return Line(self._backend, url, self.trusted, _KEEP_ALIVE)
        spoken = proxy.spoken()
        if spoken.url.scheme == b"https":
            spoken.ssl_context = self.trusted()
        return httpcore2.AsyncConnectionPool(
            ssl_context=self.trusted(),
            max_connections=2 * _SHARD,  # some may still be closing
            max_keepalive_connections=_SHARD,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=self._backend,
            proxy=spoken,
        )

    def allow(self, endpoint: Endpoint) -> None:
        """Let a server that this process runs itself be called although it is on loopback."""
        if not (endpoint.simulated or endpoint.own) or (self.hosted and endpoint.user_supplied):
            return
        host, port = origin(endpoint.base_url)
        if host and port:
            self._backend.own.add((host, port))

    def proxy_to(self, url: str) -> Proxy | None:
        """The proxy that leads to this address; None for a direct call, as to a server that this process runs itself."""
        parts = urlsplit(url)
        own = (parts.hostname, parts.port) in self._backend.own
        return None if own else self._proxies.to(url)

    async def send(
        self, request: httpcore2.Request, proxy: Proxy | None = None
    ) -> httpcore2.Response:
        """Send one request; the caller closes the response."""
        host = request.url.host.decode("ascii")
        if request.url.scheme == b"https":
            self._check_trust()
        if proxy:
            await self._may_go_through(proxy, host)
        shard = self._free(proxy, request.url)
        shard.lent += 1
        try:
            if len(self._shards) > _ORIGINS:
                await self._forget()
            response = await shard.pool.handle_async_request(request)
        except BaseException:
            shard.lent -= 1
            raise
        assert isinstance(response.stream, AsyncIterable)  # noqa: S101 - httpcore2 types it for sync and async
        response.stream = _Lent(response.stream, shard)
        return response

    async def way_to(self, url: str) -> Proxy | None:
        """The proxy for a WebSocket to this address, None for a direct one; raises where it may not be called."""
        if _encrypted(url):
            self._check_trust()
        proxy = self.proxy_to(url)
        if proxy:
            await self._may_go_through(proxy, urlsplit(url).hostname or "")
        return proxy

    async def dial(self, url: str) -> httpcore2.AsyncNetworkStream:
        """Open a bare connection to the server at this address, by the guard's rules; whoever asks closes it."""
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        return await self._backend.connect_tcp(parts.hostname or "", port, CONNECT_TIMEOUT)

    def trusted(self) -> ssl.SSLContext:
        """The certificates that are trusted."""
        return self._certificates[0]

    def expect(self, url: str) -> None:
        """Read now, off the loop, the certificates that a call of this address needs: 30 ms, which plain HTTP can do without."""
        if _encrypted(url):
            self.trusted()

    @functools.cached_property
    def _certificates(self) -> tuple[ssl.SSLContext, str | None]:
        return _certificates()

    def _check_trust(self) -> None:
        """Raise where the certificates that the environment names can't be read."""
        if problem := self._certificates[1]:
            raise httpcore2.ConnectError(problem)

    async def _forget(self) -> None:
        """Close what nobody uses just now."""
        idle = [k for k, shards in self._shards.items() if not any(s.lent for s in shards)]
        for shards in [self._shards.pop(key) for key in idle]:
            for shard in shards:
                await shard.pool.aclose()

    async def _may_go_through(self, proxy: Proxy, host: str) -> None:
        """Raise where a proxy may not be used, can't be, or would be asked for an address that is never called."""
        if self.hosted:
            raise ForbiddenHost(
                f"{proxy.variable} names a proxy, and through a proxy this server can't see which address is called: whoever"
                " hosts this app must unset it, or name the host in NO_PROXY."
            )
        if proxy.problem:
            raise httpcore2.ProxyError(proxy.problem)
        await self._backend.check(host)

    async def aclose(self) -> None:
        """Close every connection."""
        for shards in self._shards.values():
            for shard in shards:
                await shard.pool.aclose()


@dataclass(slots=True)
class _Shard:
    """A few connections to one origin."""

    pool: httpcore2.AsyncConnectionPool | Line
    lent: int = 0
    """Requests that have one of them."""


class _Lent:
    """The body of an answer; closed, it gives its place back."""

    def __init__(self, stream: Any, shard: _Shard) -> None:
        self._stream = stream
        self._shard: _Shard | None = shard

    def __aiter__(self) -> AsyncIterator[bytes]:
        body: AsyncIterator[bytes] = self._stream.__aiter__()
        return body

    async def aclose(self) -> None:
        shard, self._shard = self._shard, None
        try:
            await self._stream.aclose()
        finally:
            if shard is not None:
                shard.lent -= 1


def _encrypted(url: str) -> bool:
    return url.lower().startswith("https:")


def _certificates() -> tuple[ssl.SSLContext, str | None]:
    """What is trusted, as the environment says or else the system; with a sentence when what it names can't be read."""
    variable = next((name for name in CERTIFICATES if os.environ.get(name)), None)
    try:
        if variable != "REQUESTS_CA_BUNDLE":
            return httpx2.create_ssl_context(), None
        path = os.environ[variable]
        if os.path.isdir(path):
            return ssl.create_default_context(capath=path), None
        return ssl.create_default_context(cafile=path), None
    except OSError as error:  # ssl.SSLError too
        why = error.strerror or "no certificates"
        problem = f"{variable} names {os.environ.get(variable or '')}, which can't be used: {why}."
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), problem


def open_pool(*, hosted: bool = False) -> Pool:
    """The pool to give to every Call of one event loop: no redirects, no retries, plenty of connections."""
    hush("httpx2")
    hush("httpcore2")
    return Pool(hosted=hosted)


def hush(library: str) -> None:
    """Keep a library from logging requests and answers: headers, URLs and bodies may hold keys."""
    logging.getLogger(library).setLevel(logging.WARNING)

"""Which hosts may be called.

Local mode, one person on their own machine: everything but link-local addresses, where clouds keep their metadata.
Hosted mode, strangers on our server: only https, only on ports where https is customary, and only addresses on the
public internet. The address is checked where the connection is opened and that very address is connected to, so a name
that resolves differently a moment later (DNS rebinding) gets nowhere. Redirects are never followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

from playground.domain import Endpoint
from playground.wire import addresses
from playground.wire.sockets import Backend

PORTS = (443, 4443, 8443, 9443, 10443)
"""What hosted mode calls. Browsers refuse a list of ports where other protocols may take an HTTP request for their own
(Fetch, "port blocking"); that list leaves out databases, caches and admin daemons (5432, 6379, 9200, 2375 …), and a
server that strangers direct could look through every port of a host. So here it is a list of what is allowed."""
LONGEST = 8_000
"""Characters of an address. httpx2 takes 65,536, an SDK's path and query among them."""
_USER = re.compile(r"//[^/]*@")
_SHOWN = 200
"""Characters of an address that a message repeats."""
_FIRST_TRY = 3.0
"""Seconds given to one of several addresses before the next is tried."""


class ForbiddenHost(Exception):
    """The address may not be called; the message says which and why."""


class NoAddress(ForbiddenHost):
    """What stands for an address is none, so nobody can be called by it."""


def check_endpoint(endpoint: Endpoint, *, hosted: bool) -> None:
    """Raise ForbiddenHost when this endpoint must not be called, or its key must not be sent there."""
    own = endpoint.simulated and not endpoint.user_supplied
    check_url(endpoint.base_url, hosted=hosted and not own)
    if endpoint.user_supplied and endpoint.key_from_server and endpoint.key:
        raise ForbiddenHost(
            f"The key for {endpoint.provider} belongs to this server and is not sent to an address that a user typed: "
            "paste a key of your own for it."
        )


def check_url(url: str, *, hosted: bool) -> None:
    """Raise ForbiddenHost when the URL's form alone shows that it must not be called."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _no_address(url, f"{error}.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _no_address(url, "write it as https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenHost("Put no user name or password into the base URL.")
    if hosted and parts.scheme != "https":
        raise ForbiddenHost(f"{host} must be reached over https, so that keys travel encrypted.")
    if hosted:
        check_port(443 if port is None else port, host=host)
    if "%" in host and (hosted or ":" not in host):
        raise ForbiddenHost(f"{host} is no host: write its name or address without a %.")
    if address := addresses.spelled(host):
        check_address(address, hosted=hosted, host=host)
    check_readable(url)


def check_readable(url: str) -> None:
    """Raise NoAddress when httpx2 can't read the URL: with it every SDK reads the base URL that its client gets."""
    try:
        httpx2.URL(url)
    except (ValueError, httpx2.InvalidURL) as error:
        raise _no_address(url, f"{error}.") from None
    if len(url) > LONGEST:
        raise _no_address(url, "it is too long.")


def _no_address(url: str, why: str) -> NoAddress:
    shown = _USER.sub("//…@", url)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return NoAddress(f"{shown!r} is not a web address: {why}")


def check_port(port: int, *, host: str) -> None:
    """Raise ForbiddenHost when hosted mode must not call this port."""
    if port not in PORTS:
        raise ForbiddenHost(
            f"Port {port} of {host} is not called from here: only {', '.join(map(str, PORTS))}, where https is served."
        )


def check_address(address: addresses.Address, *, hosted: bool, host: str) -> None:
    """Raise ForbiddenHost when this IP address must not be connected to."""
    for form in addresses.forms(address):
        if why := addresses.secret(form):
            raise ForbiddenHost(
                f"{host} is the address {form} ({why}), where clouds keep their secrets: it is never called."
            )
        if hosted and (why := addresses.not_public(form)):
            raise ForbiddenHost(
                f"{host} is the address {form} ({why}): only addresses on the public internet may be called from here."
            )


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections only to addresses that `check_address` lets pass, and to exactly those."""

    def __init__(self, *, hosted: bool, inner: httpcore2.AsyncNetworkBackend | None = None) -> None:
        self._hosted = hosted
        self.own: set[tuple[str, int]] = set()
        """Host and port of servers that this process runs itself (the demo); called in hosted mode too."""
        self._unknown: set[str] = set()
        self._inner = inner or Backend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = await _resolve(host, port, timeout)
        hosted = self._hosted and (host, port) not in self.own
        if hosted:
            check_port(port, host=host)
        for address in found:
            check_address(ipaddress.ip_address(address), hosted=hosted, host=host)
        last = len(found) - 1
        for i, address in enumerate(found):
            patience = timeout if i == last or timeout is None else min(timeout, _FIRST_TRY)
            try:
                return await self._inner.connect_tcp(
                    address, port, patience, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if i == last:
                    raise
        raise httpcore2.ConnectError(f"{host} has no address")

    async def check(self, host: str) -> None:
        """Raise ForbiddenHost for a name that leads to an address which is never called; one that only a proxy knows is none."""
        if host in self._unknown:
            return
        try:
            found = await _resolve(host, 0, _FIRST_TRY)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
            self._unknown.add(host)  # asked once: it may take seconds
            return
        for address in found:
            check_address(ipaddress.ip_address(address), hosted=self._hosted, host=host)

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise ForbiddenHost("Unix sockets are not called.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int, patience: float | None) -> list[str]:
    """The host's addresses, IPv4 first, each once; httpcore2.ConnectError when the name is unknown."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise httpcore2.ConnectTimeout(f"looking up {host} took too long") from None
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"{host} was not found: {error}") from None
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    return list(dict.fromkeys(str(info[4][0]).split("%")[0] for info in found))

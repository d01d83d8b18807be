"""Who may talk to the server: only pages that it served itself, under its own address or one that was configured."""

from __future__ import annotations

import functools
import ipaddress
import logging
import os
import re
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from playground import settings
from playground.ui.shell import exposure
from playground.ui.shell.exposure import from_elsewhere, open_to_others

LOG = logging.getLogger("playground")

VARIABLE = "PLAYGROUND_ALLOWED_HOSTS"
"""Under which names others reach the app: name or name:port, commas between; `*.name` is every name below it."""
CLOUD = "*.streamlit.app"
"""Streamlit Community Cloud's names, which count in hosted mode."""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
CLOSED = re.compile(r"/_stcore/(metrics|agent(/.*)?)/?$")
"""Streamlit's figures of the process, which it would tell everybody, and its way in for programs."""

AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)\.?(?::(\d{1,5}))?")
DEFAULT_PORTS = {"http": 80, "https": 443}

REFUSED = (
    "The app does not answer under this address. On its own computer it is http://localhost with its port; for a domain"
    f" of your own, start it with {VARIABLE}=name.example.org (more in docs/operating.md)."
)


class Address(NamedTuple):
    """A host as names are compared, and the port written with it; None where none is."""

    host: str
    port: int | None

    @property
    def ports(self) -> set[int]:
        """The port, or the two that need not be written."""
        return {self.port} if self.port else set(DEFAULT_PORTS.values())


class Entry(NamedTuple):
    """A configured name; without a port it stands for the usual two and the one that is served."""

    host: str
    port: int | None
    below: bool

    def holds(self, host: str, ports: set[int], served: int | None) -> bool:
        """Whether it stands for this host at one of these ports."""
        named = host.endswith(f".{self.host}") if self.below else host == self.host
        mine = {self.port} if self.port else {*DEFAULT_PORTS.values(), served}
        return named and not mine.isdisjoint(ports)


class OwnAddressOnly:
    """ASGI middleware: refuses a foreign or missing Host, a foreign Origin, and a WebSocket without an Origin.

    In local mode it refuses other computers as well, whatever server has been made to listen for them.

    It stands before Streamlit, which asks a third party for this computer's address, and waits for it on the event
    loop, when an Origin is not the Host. What passes has a Host that is its Origin, so Streamlit never asks.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif from_elsewhere((scope.get("server") or ("",))[0]) and not open_to_others():
            await _refuse(scope, receive, send, 403, exposure.REFUSED)
        elif not allowed(scope):
            await _refuse(scope, receive, send, 421, REFUSED)
        elif CLOSED.search(scope["path"]):
            await _refuse(scope, receive, send, 404, "Not found.")
        else:
            await self.app(_with_one_name(scope), receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await PlainTextResponse(text, status)(scope, receive, send)


def _with_one_name(scope: Scope) -> Scope:
    """The scope with the Origin's name as its Host: they differ by case, or where a proxy calls us by another name."""
    changed = dict(scope)
    headers = MutableHeaders(scope=changed)
    if (origin := headers.get("origin")) is not None:
        headers["origin"] = origin.lower()
        headers["host"] = origin.lower().partition("://")[2]
    return changed


def allowed(scope: Scope) -> bool:
    """Whether the request is meant for this server and, where a page sent it, for the server of that page."""
    headers = Headers(scope=scope)
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    host = address(hosts[0]) if len(hosts) == 1 else None
    if host is None or not _is_own(host, scope):
        return False
    if not origins:
        return bool(scope["type"] == "http")
    return len(origins) == 1 and _is_own_page(origins[0], host, scope)


def _is_own(host: Address, scope: Scope) -> bool:
    """Whether the server has this name: the address that the connection came to, this computer's own, or a configured one."""
    ip, served = scope.get("server") or ("", None)
    own = host.host in (*LOOPBACK, _literal(ip)) and served in host.ports
    return own or any(entry.holds(host.host, host.ports, served) for entry in _entries())


def _is_own_page(origin: str, host: Address, scope: Scope) -> bool:
    """Whether the Origin is the Host, or a configured name whose proxy calls the server by another one."""
    scheme, _, rest = origin.lower().partition("://")
    page = address(rest) if scheme in DEFAULT_PORTS else None
    if page is None:
        return False
    port = page.port or DEFAULT_PORTS[scheme]
    if page.host == host.host and port in host.ports:
        return True
    served = (scope.get("server") or ("", None))[1]
    return any(not entry.below and entry.holds(page.host, {port}, served) for entry in _entries())


def address(text: str) -> Address | None:
    """A Host header, or an Origin without its scheme; None for what is none. One trailing dot is the same name."""
    found = AUTHORITY.fullmatch(text.lower())
    if found is None:
        return None
    host, port = found[1], int(found[2]) if found[2] else None
    if host.startswith("["):
        host = _literal(host[1:-1])
    return Address(host, port) if host and (port is None or 0 < port < 65_536) else None


def _literal(ip: str) -> str:
    """An IP address as it stands in a URL, IPv4 within IPv6 as IPv4; empty for a name, which another server may have too."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or f"[{found.compressed}]")
    return str(found)


def _entries() -> tuple[Entry, ...]:
    return _read(os.environ.get(VARIABLE, ""), settings.hosted())


@functools.lru_cache(maxsize=8)
def _read(text: str, hosted: bool) -> tuple[Entry, ...]:
    """The configured names; what is none is left out and named in the log."""
    found = []
    for written in [*text.split(","), *([CLOUD] if hosted else [])]:
        name = written.strip().lower().removeprefix("http://").removeprefix("https://").rstrip("/")
        read = address(name.removeprefix("*."))
        if read is not None:
            found.append(Entry(read.host, read.port, name.startswith("*.")))
        elif name:
            LOG.warning(
                "%s holds %r, which is no name or name:port: it is left out.", VARIABLE, written
            )
    return tuple(found)

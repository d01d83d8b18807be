"""The proxies that the environment names: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as the SDKs' HTTP client reads them."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies

import httpcore2

DEFAULT_PORTS = {"http": 80, "https": 443}
SPOKEN = ("http", "https")
"""How a proxy may be spoken to."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy as the environment names it."""

    variable: str
    """Who names it: `HTTPS_PROXY`, or the system's settings."""
    url: str
    """With the user name and password, if any: never shown."""

    @property
    def name(self) -> str:
        """`http://proxy.example.org:3128`, without user name and password."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}"

    @property
    def problem(self) -> str | None:
        """Why it can't be used; None when it can."""
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            return f"{self.variable} is not a proxy's address: write http://host:port."
        if parts.scheme not in SPOKEN or not parts.hostname or port == 0:
            return (
                f"{self.variable} names {self.name}: only proxies at http:// and https:// are used."
            )
        return None

    def spoken(self) -> httpcore2.Proxy:
        """The same for a connection pool."""
        parts = urlsplit(self.url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return httpcore2.Proxy(self.name, auth=(user, password) if parts.username else None)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy leads to an address, if any."""

    by_scheme: Mapping[str, Proxy]
    """`http`, `https`, and `all` for what has none of its own."""
    without: tuple[str, ...] = ()
    """Entries of NO_PROXY."""

    def to(self, url: str) -> Proxy | None:
        """The proxy for this address; None where it is called directly."""
        if not self.by_scheme:
            return None
        parts = urlsplit(url)
        if any(_covers(entry, parts) for entry in self.without):
            return None
        return self.by_scheme.get(parts.scheme) or self.by_scheme.get("all")


def of_environment() -> Proxies:
    """What the environment names, or else the system's own settings (Windows, macOS)."""
    found = getproxies()
    by_scheme = {
        scheme: Proxy(_variable(scheme), url if "://" in url else f"http://{url}")
        for scheme in ("http", "https", "all")
        if (url := found.get(scheme, "").strip())
    }
    without = (entry.strip().lower() for entry in found.get("no", "").split(","))
    return Proxies(by_scheme, tuple(filter(None, without)))


def _variable(scheme: str) -> str:
    name = f"{scheme.upper()}_PROXY"
    return next((n for n in (name, name.lower()) if os.environ.get(n)), "the system's settings")


def _covers(entry: str, url: SplitResult) -> bool:
    """Whether an entry of NO_PROXY stands for this address.

    `*` is everything, `name` the name and all below it, `.name` and `*.name` only those below, a number or network
    itself; `scheme://` before and `:port` behind it narrow it down.
    """
    scheme, _, rest = entry.rpartition("://")
    host = url.hostname or ""
    if scheme not in ("", "all", url.scheme):
        return False
    if rest == "*" or _same_number(rest, host):
        return True
    name, _, port = rest.partition(":") if rest.count(":") == 1 else (rest, "", "")
    if port and port != str(url.port or DEFAULT_PORTS.get(url.scheme)):
        return False
    if _same_number(name, host):
        return True
    if name.startswith((".", "*.")):
        return host.endswith("." + name.lstrip("*").lstrip("."))
    below = name != "localhost" and not scheme and host.endswith(f".{name}")
    return bool(name) and (host == name or below)


def _same_number(entry: str, host: str) -> bool:
    """Whether the host is this number, or in this network."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False

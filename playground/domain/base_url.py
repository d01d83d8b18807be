"""Base URLs as people paste them, mended where only one thing can be meant.

What is certain: quotes around it, a scheme that is missing, the path of a request behind it, a slash too many, and what a
known server's base URL ends in. What is not certain stays as it is; a call that fails then says which URL was called.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from playground.domain.provider import PROVIDERS, Provider

_AROUND = " \t\r\n\ufeff\u200b\u2060\u00a0\"'`<>()“”‘’«»,;"
_SETTING = re.compile(r"^(export\s+)?\w*(base|api)_?(url|base)\s*[=:]\s*(?=\S)", re.IGNORECASE)
_TWICE = re.compile(r"^https?:/{1,2}(?=https?:/{1,2})", re.IGNORECASE)
_SLASHES = re.compile(r"^(https?)(:/|//)(?!/)", re.IGNORECASE)
_HOST = re.compile(r"^(\[[0-9a-f:.]+\]|[^\s/?#@:\\]+)(:\d+)?(?=[/?#]|$)", re.IGNORECASE)
_LOCAL = re.compile(r"(^|\.)(localhost|local|lan|home|internal|localdomain)$|^[^.]+$")
_REQUEST = re.compile(
    r"/(chat/completions|completions|responses(/[\w-]+)?|embeddings|messages(/count_tokens|/batches)?"
    r"|interactions|models(/[^/]+:\w+)?)$"
)
"""What a request's path ends in, below the base URL, in every API that is spoken here."""
_OLLAMAS = re.compile(r"/api(/(chat|generate|tags|show|ps|version|embed|embeddings))$")
_AZURES = re.compile(r"^(/openai(/deployments/[^/]+)?)?$")
_ELSEWHERE = {"generativelanguage.googleapis.com": "/v1beta/openai", "api.anthropic.com": "/v1"}
"""Where providers with SDKs of their own speak Chat Completions too."""


def mended(url: str, row: Provider | None = None) -> str:
    """The base URL that is meant; `row` is the provider whose SDK gets it, None for an OpenAI-compatible server."""
    url = _with_scheme(_SETTING.sub("", url.strip(_AROUND)).strip(_AROUND))
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where there is none that can be
    except ValueError:
        return url
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return url
    path = re.sub(r"//+", "/", parts.path).rstrip("/")
    short = _OLLAMAS.sub("/v1", _REQUEST.sub("", path))
    if short != path:  # a whole request: what follows it belongs to it
        parts = parts._replace(query="", fragment="")
    path = re.sub(r"(/v1)+$", "/v1", short)
    return urlunsplit(parts._replace(path=_known(parts, path, row))).rstrip("?#")


def origin(url: str) -> tuple[str | None, int | None]:
    """The host and the port that an address names; None for what it does not, and for both where it is no address."""
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:
        return None, None


def without_version(base_url: str, default: str) -> tuple[str, str]:
    """The address without the API version at its end, and that version: `default` where the address names none."""
    stem, slash, last = base_url.rstrip("/").rpartition("/")
    return (stem, last) if slash and re.fullmatch(r"v1(alpha|beta)?", last) else (base_url, default)


def _with_scheme(url: str) -> str:
    """With http:// for a computer of one's own and https:// for any other, where neither stands there."""
    url = _SLASHES.sub(r"\1://", _TWICE.sub("", url))
    found = _HOST.match(url)
    if not found or "://" in url:
        return url
    host, rest = found[1].strip("[]").lower(), url[len(found[1]) :]
    if not _is_local(host):
        return f"https://{url}"
    named = host == "localhost" or "." in host or ":" in host or rest  # a bare word may be a key
    return f"http://{url}" if named else url


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(_LOCAL.search(host))
    return address.is_private or address.is_loopback or address.is_unspecified


def _known(parts: SplitResult, path: str, row: Provider | None) -> str:
    """The path to its end, where this address is known."""
    host = parts.hostname or ""
    if row is not None and "chat" not in row.apis:  # their SDKs add the version themselves
        return re.sub(r"/openai$", "", path).removesuffix("/v1")
    if host.endswith((".openai.azure.com", ".services.ai.azure.com")) and _AZURES.match(path):
        return "/openai/v1"
    for base in _BASES:
        same = (host, parts.port) == (base.hostname, base.port)
        own = base.hostname == "localhost" and _is_local(host) and parts.port == base.port
        if (same or own) and base.path.startswith(path):
            return base.path
    ends = _ELSEWHERE.get(host, "")
    return ends if ends.startswith(path) else path


_BASES = tuple(urlsplit(row.base_url) for row in PROVIDERS.values() if "chat" in row.apis)
"""Where OpenAI-compatible servers are known to be."""

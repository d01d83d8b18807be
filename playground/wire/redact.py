"""Keys are masked before anything is kept, shown or raised."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from playground.domain import APIS, Secret

MASK = "•••"
_MASK = MASK.encode()

SECRET_HEADERS = frozenset(
    {
        *(api.key_header[0] for api in APIS.values()),
        "proxy-authorization",
        "api-key",
        "cookie",
        "set-cookie",
        "openai-organization",
        "openai-project",
        "anthropic-organization-id",
    }
)
"""Headers whose values are never kept: keys, sessions, and who the account belongs to."""

_QUERY_KEY = re.compile(r"([?&](?:key|api[-_]?key|access_token|token)=)[^&#\s]*", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")
_MIN_LITERAL = 6
PIECE = 2**20
"""Characters that are looked through at once: other threads, and other streams, get their turns in between."""
SHORTEST = 8
"""Characters: a shorter "key" (`x`, `none`, `test` for a local server) is no secret, and masking it would tear words apart."""


class Redactor:
    """Masks one call's own secrets, in every spelling in which they may come back."""

    __slots__ = ("_bytes", "_shortest", "_spellings")

    def __init__(self, secrets: Iterable[Secret | None] = ()) -> None:
        found: set[str] = set()
        for secret in secrets:
            if secret and len(secret.reveal()) >= SHORTEST:
                found |= _spellings(secret.reveal())
        self._spellings = tuple(sorted(found, key=len, reverse=True))
        self._bytes = tuple(spelling.encode() for spelling in self._spellings)
        self._shortest = min(map(len, found), default=sys.maxsize)

    def text(self, text: str) -> str:
        """The text without the call's secrets."""
        if len(text) < self._shortest:
            return text
        if len(text) <= PIECE:
            return self._masked(text)
        if not self._stands_in(text):
            return text
        pieces, start = [], 0
        while start < len(text):
            end = self._uncut(text, start + PIECE)
            pieces.append(self._masked(text[start:end]))
            start = end
        return "".join(pieces)

    def data(self, data: bytes) -> bytes:
        """The same for text as UTF-8; the same object where there is none."""
        for spelling in self._bytes:
            if spelling in data:
                data = data.replace(spelling, _MASK)
        return data

    def _masked(self, text: str) -> str:
        for spelling in self._spellings:
            if spelling in text:
                text = text.replace(spelling, MASK)
        return text

    def _stands_in(self, text: str) -> bool:
        """Whether any secret stands in a long text, which is not copied for it."""
        return any(
            text.find(spelling, at, at + PIECE + len(spelling)) >= 0
            for at in range(0, len(text), PIECE)
            for spelling in self._spellings
        )

    def _uncut(self, text: str, end: int) -> int:
        """The nearest place from `end` on that stands inside no secret."""
        for spelling in self._spellings:
            at = text.find(spelling, max(0, end - len(spelling) + 1), end + len(spelling) - 1)
            end = end if at < 0 else at + len(spelling)
        return end

    def url(self, url: str) -> str:
        """The URL without keys in its query and without a user name and password."""
        return self.text(_USERINFO.sub(f"{MASK}@", _QUERY_KEY.sub(rf"\1{MASK}", url)))

    def headers(self, headers: Iterable[tuple[str, str]]) -> Mapping[str, str]:
        """The headers with lower-case names, secret ones masked, repeated ones joined by a comma."""
        kept: dict[str, str] = {}
        for name, value in headers:
            name = name.lower()
            shown = MASK if name in SECRET_HEADERS else self.text(value)
            kept[name] = f"{kept[name]}, {shown}" if name in kept else shown
        return kept

    def value(self, value: Any) -> Any:
        """A JSON value with the secrets masked in every string of it."""
        if not self._spellings:
            return value
        match value:
            case str():
                return self.text(value)
            case dict():
                return {self.text(str(k)): self.value(v) for k, v in value.items()}
            case list():
                return [self.value(v) for v in value]
        return value


def _spellings(key: str) -> set[str]:
    """The key as it is, URL-encoded, JSON-escaped, and in the three alignments of base64."""
    if not key:
        return set()
    found = {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]}
    if len(key) >= _MIN_LITERAL * 2:
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + key.encode())
            core = encoded[(0, 2, 3)[shift] : -4].decode()
            found |= {core, core.replace("+", "-").replace("/", "_")}
    return {s for s in found if s}

"""Gemini's explicit caches: prefixes stored under a name, until they expire or are deleted."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.demo.batches import iso, new_id

HOUR = 3600.0
MOST = 500
FIELDS: tuple[str, ...] = ("contents", "systemInstruction", "tools")
TTL = re.compile(r"(\d+(?:\.\d+)?)s")


@dataclass(slots=True)
class Prefix:
    """One cache."""

    name: str
    model: str
    body: dict[str, Any]
    """Contents, systemInstruction and tools, as they were sent."""
    tokens: int
    title: str
    created: float
    """Seconds since 1970, as are the next two."""
    updated: float
    expires: float

    def told(self) -> dict[str, Any]:
        """Google's object."""
        return {
            "name": self.name,
            "model": f"models/{self.model}",
            "createTime": iso(self.created),
            "updateTime": iso(self.updated),
            "expireTime": iso(self.expires),
            "displayName": self.title,
            "usageMetadata": {"totalTokenCount": self.tokens},
        }


class Prefixes:
    """All caches by name."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, Prefix] = OrderedDict()

    def make(self, model: str, body: dict[str, Any], tokens: int) -> Prefix:
        """Keep a prefix for an hour, or as long as its body says."""
        now = time.time()
        name, title = new_id("cachedContents/", 40), str(body.get("displayName") or "")
        made = Prefix(
            name, model, held(body), tokens, title, now, now, end(body, now) or now + HOUR
        )
        self._found[made.name] = made
        while len(self._found) > MOST:
            self._found.popitem(last=False)
        return made

    def find(self, name: str) -> Prefix | None:
        """The prefix; None when it is not there, or its time is over."""
        found = self._found.get(name)
        return found if found and found.expires > time.time() else None

    def all(self) -> list[Prefix]:
        """Those whose time is not over."""
        return [p for name in list(self._found) if (p := self.find(name))]

    def delete(self, name: str) -> None:
        """Forget a prefix."""
        self._found.pop(name, None)


def held(body: dict[str, Any]) -> dict[str, Any]:
    """What of a body a cache holds."""
    return {name: body[name] for name in FIELDS if name in body}


def end(body: dict[str, Any], now: float) -> float | None:
    """When a body says that a cache ends: `ttl` or `expireTime`; None where it says nothing."""
    if given := TTL.fullmatch(str(body.get("ttl") or "")):
        return now + float(given[1])
    moment = body.get("expireTime")
    return datetime.fromisoformat(str(moment)).timestamp() if moment else None

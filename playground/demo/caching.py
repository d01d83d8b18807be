"""Simulated prompt caching: a prefix that this process has seen before is read, not computed, by each model's own rules."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from playground.demo.ask import Ask
from playground.demo.counting import Segment, scaled
from playground.domain.provider import provider_of

BLOCK = 128
"""Automatic caches compare texts in steps of so many o200k_base tokens."""
LOOKBACK = 20
"""Anthropic looks for an earlier entry at so many segment ends before a breakpoint."""
SECONDS = {"5m": 300.0, "30m": 1800.0, "1h": 3600.0, "12h": 43_200.0, "24h": 86_400.0}
INHERITED = "inherited"
"""A breakpoint without a time to live of its own has the request's."""
AUTOMATIC_TTL = "30m"
MAX_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Cached:
    """What of an input came from the cache and what was put there."""

    read: int = 0
    writes: dict[str, int] = field(default_factory=dict)
    """Time to live → tokens."""

    @property
    def written(self) -> int:
        """Tokens written, all times to live together."""
        return sum(self.writes.values())


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the input up to which a cache could hold it."""

    digest: bytes
    tokens: int
    end: bool
    """True at the end of a segment."""
    ttl: str | None
    """Set at a breakpoint."""


class Cache:
    """The prefixes seen so far, by digest, each until its time to live is over."""

    def __init__(self) -> None:
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._lock = Lock()

    def use(self, ask: Ask, segments: list[Segment]) -> Cached:
        """Look the input up, remember it, and say what was read and written."""
        points = trace(ask, segments)
        with self._lock:
            by_hand = provider_of(ask.model.vendor).cache_on_request or _explicit(ask)
            return self._breakpoints(points, ask) if by_hand else self._automatic(points, ask)

    def _automatic(self, points: list[Point], ask: Ask) -> Cached:
        if ask.model.vendor == "compatible":
            return Cached()
        row = ask.model.row
        last = points[-1].tokens if points else 0
        usable = [p for p in points if row.cache_minimum <= p.tokens < last]
        read = max((p.tokens for p in usable if self._has(p)), default=0)
        top = max((p.tokens for p in usable), default=0)
        ttl = automatic_ttl(ask)
        for point in usable:
            self._keep(point, ttl)
        read -= read % row.cache_step
        written = top - read if row.cache_ttls else 0
        return Cached(read, {ttl: written} if written else {})

    def _breakpoints(self, points: list[Point], ask: Ask) -> Cached:
        ends = [p for p in points if p.end]
        least = ask.model.row.cache_minimum
        marks = [i for i, p in enumerate(ends) if p.ttl and p.tokens >= least]
        lookback = LOOKBACK if ask.model.vendor == "anthropic" else len(ends)
        if not marks:
            return Cached()
        seen = [
            ends[i].tokens
            for mark in marks
            for i in range(max(0, mark - lookback), mark + 1)
            if self._has(ends[i])
        ]
        read = max(seen, default=0)
        writes: dict[str, int] = {}
        done = read
        for mark in marks:
            point = ends[mark]
            ttl = automatic_ttl(ask) if point.ttl == INHERITED else point.ttl or "5m"
            if point.tokens > done:
                writes[ttl] = writes.get(ttl, 0) + point.tokens - done
                done = point.tokens
            self._keep(point, ttl)
        return Cached(read, writes)

    def _has(self, point: Point) -> bool:
        return self._until.get(point.digest, 0.0) > time.monotonic()

    def _keep(self, point: Point, ttl: str) -> None:
        self._until[point.digest] = time.monotonic() + SECONDS[ttl]
        self._until.move_to_end(point.digest)
        while len(self._until) > MAX_ENTRIES:
            self._until.popitem(last=False)


def _explicit(ask: Ask) -> bool:
    """Whether OpenAI is told to cache at the marked places only."""
    options = ask.body.get("prompt_cache_options") or {}
    return ask.model.vendor == "openai" and options.get("mode") == "explicit"


def automatic_ttl(ask: Ask) -> str:
    """The time to live of what is cached without being asked to; only models that take one charge for writing."""
    if not ask.model.row.cache_ttls and ask.body.get("prompt_cache_retention") == "24h":
        return "24h"
    given = (ask.body.get("prompt_cache_options") or {}).get("ttl")
    return str(given) if given in ask.model.row.cache_ttls else AUTOMATIC_TTL


def trace(ask: Ask, segments: list[Segment]) -> list[Point]:
    """The places up to which the input could be cached: every 128 tokens of a text and every end of a segment."""
    chain = hashlib.blake2b(f"{ask.model.vendor}/{ask.model.id}".encode(), digest_size=16)
    if ask.model.vendor == "openai" and ask.model.row.cache_ttls:
        chain.update(str(ask.body.get("prompt_cache_key") or "").encode())
    points: list[Point] = []
    before = 0
    last = len(segments) - 1
    for number, segment in enumerate(segments):
        chain.update(segment.name.encode())
        for start in range(0, len(segment.ids), BLOCK):
            chain.update(array("I", segment.ids[start : start + BLOCK]).tobytes())
            inside = before + min(segment.tokens, scaled(start + BLOCK, ask.model))
            points.append(Point(chain.digest(), inside, False, None))
        before += segment.tokens
        ttl = segment.cache or (ask.cache_all if number == last else None)
        points.append(Point(chain.digest(), before, True, ttl))
    return points

"""Rate limits of one model: buckets that fill again continuously, as OpenAI and Anthropic describe theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

MINUTE = 60.0
KINDS = ("requests", "tokens", "input_tokens", "output_tokens")
ENOUGH = 1e-9
"""Seconds are floats: a bucket that lacks less than this is not empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of limits.yaml: what may be used a minute. None = not published."""

    vendor: str
    models: str
    tier: str
    source: str
    as_of: date
    suffix: str | None = None
    refuses: bool = False
    requests: int | None = None
    tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """What was asked for is over a limit."""

    kind: str
    """One of `KINDS`."""
    limit: int
    used: int
    requested: int
    wait: float
    """Seconds until it would fit."""
    free: bool = False
    """True where the limit is that of a free tier."""


@cache
def rows() -> tuple[Row, ...]:
    """limits.yaml, in its order."""
    import yaml

    source = (files("playground.demo") / "limits.yaml").read_text(encoding="utf-8")
    return tuple(Row(**row) for row in yaml.safe_load(source)["rows"])


def row_of(vendor: str, model: str, suffix: str | None = None) -> Row | None:
    """The limits of this model; None where none are known."""
    wanted = suffix if suffix == "limited" else None
    fits = (r for r in rows() if (r.vendor, r.suffix) == (vendor, wanted))
    return next((row for row in fits if fnmatchcase(model, row.models)), None)


class Bucket:
    """So much a minute, at once or spread; it is full again after a minute without use."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._clock = clock
        self._used = 0.0
        self._at = clock()

    @property
    def used(self) -> float:
        """What is missing from the full bucket at this moment."""
        moment = self._clock()
        self._used = max(0.0, self._used - (moment - self._at) * self.limit / MINUTE)
        self._at = moment
        return self._used

    @property
    def left(self) -> int:
        """What may still be taken; never below 0."""
        return max(0, int(self.limit - self.used + ENOUGH))

    def take(self, amount: int) -> None:
        """Take it, whether there is enough or not."""
        self._used = self.used + amount

    def seconds(self, lacking: float) -> float:
        """How long it takes to fill by this much."""
        return lacking * MINUTE / self.limit

    def over(self, amount: int) -> float:
        """Seconds until so much can be taken; 0 when it can be now."""
        lacking = self.used + min(amount, self.limit) - self.limit
        return self.seconds(lacking) if lacking > ENOUGH else 0.0


class Limits:
    """What was used of one model's limits."""

    def __init__(self, row: Row | None, clock: Callable[[], float]) -> None:
        self.row = row
        told: Mapping[str, Any] = {k: getattr(row, k) for k in KINDS} if row else {}
        self.buckets = {kind: Bucket(most, clock) for kind, most in told.items() if most}

    def admit(self, input_tokens: int) -> Over | None:
        """Let a request in and count it; or say what it is over, where the row refuses."""
        amounts = {
            "requests": 1,
            "input_tokens": input_tokens,
            "tokens": input_tokens,
            "output_tokens": 0,  # not known yet: refused only while more was written than a minute allows
        }
        asked = {kind: n for kind, n in amounts.items() if kind in self.buckets}
        if self.row and self.row.refuses:
            for kind, amount in asked.items():
                bucket = self.buckets[kind]
                if wait := bucket.over(amount):
                    free = self.row.tier == "Free"
                    return Over(kind, bucket.limit, round(bucket.used), amount, wait, free)
        if "requests" in self.buckets:
            self.buckets["requests"].take(1)
        return None

    def add(self, fresh: int, output: int) -> None:
        """Count an answer's tokens; those read from a cache are not `fresh` (Anthropic says so, OpenAI says nothing)."""
        amounts = {"tokens": fresh + output, "input_tokens": fresh, "output_tokens": output}
        for kind, amount in amounts.items():
            if kind in self.buckets:
                self.buckets[kind].take(amount)

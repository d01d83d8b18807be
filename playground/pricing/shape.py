"""A request that was not sent yet: so many tokens of each kind, and what it would cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from playground.domain import Cost, ModelRef, Usage
from playground.pricing.book import PriceBook
from playground.pricing.receipt import BY_CONTRACT, SAME_TIER
from playground.pricing.row import Price

PROCESSING: Mapping[str, Mapping[str, Any]] = {
    "standard": {},
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "ultrafast": {"service_tier": "ultrafast"},
}
"""Way of processing → how PriceBook.price is told."""
TTLS = ("5m", "30m", "1h", "12h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Tokens of one request in the words of Usage."""

    input_tokens: int = 0
    """All input: includes cache reads and writes, and images."""
    cache_read_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    cache_ttl: str | None = None
    """Time to live of what is written; None = the provider's usual one."""
    output_tokens: int = 0
    """All output: includes reasoning."""
    reasoning_output_tokens: int = 0
    image_tokens: int = 0
    """Included in `input_tokens`."""
    searches: int = 0

    @property
    def usage(self) -> Usage:
        """What a provider would report of such a request."""
        written = self.cache_write_input_tokens
        images = {"text": self.input_tokens - self.image_tokens, "image": self.image_tokens}
        return Usage(
            input_tokens=self.input_tokens,
            cache_read_input_tokens=self.cache_read_input_tokens,
            cache_write_input_tokens=written,
            cache_write_by_ttl={self.cache_ttl: written} if self.cache_ttl and written else {},
            output_tokens=self.output_tokens,
            reasoning_output_tokens=self.reasoning_output_tokens,
            input_tokens_by_modality=images if self.image_tokens else {},
            server_tool_calls={"web_search": self.searches} if self.searches else {},
        )

    def problems(self) -> list[str]:
        """Sentences about parts that do not fit into their whole; empty when all is well."""
        found = self.usage.problems()
        if self.image_tokens > self.input_tokens:
            found.append(f"images ({self.image_tokens:,}) exceed all input ({self.input_tokens:,})")
        return found

    def of_length(self, input_tokens: int) -> Shape:
        """The same request with another length of input: the cached and written shares stay, the output too."""
        whole = self.input_tokens or 1
        parts = ("cache_read_input_tokens", "cache_write_input_tokens", "image_tokens")
        return replace(
            self,
            input_tokens=input_tokens,
            **{part: getattr(self, part) * input_tokens // whole for part in parts},
        )


def shape_of(usage: Usage) -> Shape:
    """The shape of a response; what was not reported counts as none. Of several times to live the largest part's."""
    ttls = usage.cache_write_by_ttl
    return Shape(
        input_tokens=usage.input_tokens or 0,
        cache_read_input_tokens=usage.cache_read_input_tokens or 0,
        cache_write_input_tokens=usage.cache_write_input_tokens or sum(ttls.values()),
        cache_ttl=max(ttls, key=lambda ttl: ttls[ttl]) if any(ttls.values()) else None,
        output_tokens=usage.output_tokens or 0,
        reasoning_output_tokens=usage.reasoning_output_tokens or 0,
        searches=usage.server_tool_calls.get("web_search", 0),
    )


def quote(
    book: PriceBook,
    ref: ModelRef,
    shape: Shape,
    *,
    on: date,
    processing: str = "standard",
    **how: Any,
) -> Cost | None:
    """The receipt for a request of this shape; None when the model has no price."""
    return book.price(ref, None, shape.usage, on=on, **PROCESSING[processing], **how)


def offered(row: Price) -> Iterator[str]:
    """The ways of processing that this row has a price for."""
    yield "standard"
    if row.batch is not None:
        yield "batch"
    for tier in ("flex", "priority", "ultrafast"):
        known = tier in row.tiers or SAME_TIER.get(tier) in row.tiers
        if known and (row.provider, tier) not in BY_CONTRACT:
            yield tier


def written_for(row: Price) -> tuple[str, ...]:
    """The times to live of a cache write that this row has a price for; empty where writing costs what input costs."""
    return tuple(
        name.removeprefix("cache_write_") for name in row.rates if name.startswith("cache_write_")
    )


def lengths(row: Price | None, longest: int, *, steps: int = 60) -> list[int]:
    """Input lengths at which to draw a price: even steps, and both sides of the cliff so that it stands upright."""
    even = {round(longest * i / steps) for i in range(steps + 1)}
    cliff = row.long_context.above if row and row.long_context else None
    if cliff is not None and cliff < longest:
        even |= {cliff, cliff + 1}
    return sorted(even)

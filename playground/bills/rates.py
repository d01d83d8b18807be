"""What a unit of each meter costs by our table: by model, day and tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from playground.domain.spelling import without_suffix
from playground.pricing import PriceBook
from playground.pricing.receipt import MILLION, STANDARD, Billing, rates_for
from playground.pricing.row import Price, Terms
from playground.pricing.shape import offered

TOKENS = ("input", "cache_read", "cache_write", "output")
"""Meters that count tokens, or what they begin with."""


def of_tokens(meter: str) -> bool:
    """Whether the meter counts tokens."""
    return meter.startswith(TOKENS)


def of_input(meter: str) -> bool:
    """Whether the meter counts tokens that were sent."""
    return of_tokens(meter) and meter != "output"


def tier_name(provider: str, said: str) -> str:
    """A tier under one name: `standard` for all its names, OpenAI's fast mode under the older `priority`."""
    if not said:
        return ""
    if said in STANDARD:
        return "standard"
    return "priority" if (provider, said) == ("openai", "fast") else said


def model_name(book: PriceBook, provider: str, model: str, day: str) -> str:
    """The id under which a bill's model and ours meet: that of the price row, or the one without its date."""
    if not model:
        return ""
    row = book.find(provider, model, date.fromisoformat(day))
    return row.model if row is not None and not row.prefix else [*without_suffix(model)][-1]


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one model on one day; empty where it has no price."""

    row: Price | None
    terms: Terms

    @classmethod
    def of(cls, book: PriceBook, provider: str, model: str, day: str) -> Rates:
        row = book.row(provider, model, date.fromisoformat(day)) if model else None
        return cls(row, book.terms.get(row.provider if row else provider, Terms()))

    def usd(self, tier: str, meter: str, quantity: Decimal) -> Decimal | None:
        """What so much costs; None where there is no price."""
        rate = self.rate(tier, meter)
        return None if rate is None else rate * quantity / MILLION

    def rate(self, tier: str, meter: str) -> Decimal | None:
        """USD per 1,000,000 tokens; None where there is no price, or none for this tier."""
        rates = self._rates(tier)
        names = (meter, *self._instead(meter))
        return next((rates[name] for name in names if name in rates), None)

    def _rates(self, tier: str) -> Mapping[str, Decimal]:
        if self.row is None:
            return {}
        how = Billing(batch=tier == "batch", tier="" if tier in ("", "standard", "batch") else tier)
        rates, _, notes = rates_for(self.row, self.terms, how, 0)
        return {} if notes else rates

    def _instead(self, meter: str) -> Iterator[str]:
        if meter == "cache_write":
            yield f"cache_write_{self.terms.default_ttl}"
        if of_input(meter):
            yield "input"

    def ways(self) -> Iterator[tuple[str, Mapping[str, Decimal]]]:
        """Each way of processing with a price of its own, and what it does to the standard rate of each meter."""
        if self.row is None:
            return
        standard = self._rates("standard")
        for way in offered(self.row):
            rates = self._rates(way)
            if way != "standard" and rates:
                yield (
                    way,
                    {
                        name: rates[name] / rate
                        for name, rate in standard.items()
                        if rate and name in rates
                    },
                )
        if self.terms.regional is not None:
            yield "regional", dict.fromkeys(standard, self.terms.regional)
        if self.row.long_context is not None:
            long = self.row.long_context
            yield (
                "long context",
                {n: long.output if n.startswith("output") else long.input for n in standard},
            )

"""How numbers are written for people, the same in every table, page and report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from playground.domain import Cost, CostLine, PriceSource, Response

NO_PRICE = "no price"
NOT_REPORTED = "not reported"
NOT_AVAILABLE = "n/a"
DIGITS = 3
"""Significant digits of an amount below one dollar."""


def money(amount: Decimal | None) -> str:
    """USD with three significant digits below $1 and cents from there on, never scientific: `$0.000123`, `$12.35`."""
    if amount is None:
        return NO_PRICE
    if amount == 0:
        return "$0.00"
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    places = 2 if size >= 1 else max(2, DIGITS - 1 - size.adjusted())
    rounded = size.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    whole, _, fraction = f"{rounded:,f}".partition(".")
    return f"{sign}${whole}.{fraction.rstrip('0').ljust(2, '0')}"


def rate(amount: Decimal | None) -> str:
    """A price in USD with all its digits, two places at least: `$15.625`, `$0.0375`, `$2.00`."""
    if amount is None:
        return NO_PRICE
    whole, _, fraction = f"{amount:,f}".partition(".")
    return f"${whole}.{fraction.rstrip('0').ljust(2, '0')}"


def receipt(value: Cost) -> Iterator[tuple[CostLine, str]]:
    """The lines of a receipt with their names for people: what was charged, then what our table makes of it."""
    for line in value.lines:
        yield line, line.name.replace("_", " ")
    for line in value.check.lines if value.check else ():
        yield line, f"check: {line.name.replace('_', ' ')}"


PER = {
    ("byte-second", 2**30 * 86_400): "GiB and day",
    ("token-second", 3_600_000_000): "1,000,000 tokens and hour",
}
"""Unit and number of what is billed by time → how people say it."""


def per(line: CostLine) -> str:
    """For what a line's rate is."""
    return PER.get((line.unit, line.per), f"{line.per:,} {line.unit}s")


def price_row(value: Cost) -> Iterator[PriceSource]:
    """Where the receipt's figures come from: the provider's own word, then the row of the check."""
    yield value.price
    if value.check:
        yield value.check.price


def cost(value: Cost | None) -> str:
    """A receipt's total, or the range where sources disagree; `≈` marks an estimate, `≥` a lower and `≤` an upper bound.

    A price that the user set is said to be one.
    """
    if value is None:
        return NO_PRICE
    marks = (("≥ ", value.lower_bound), ("≤ ", value.upper_bound), ("≈ ", value.estimate))
    mark = next((mark for mark, holds in marks if holds), "")
    own = " (own price)" if value.price.override else ""
    return mark + " – ".join(dict.fromkeys(money(end) for end in value.span)) + own


def total(amount: Decimal | None, *, whole: bool = True) -> str:
    """A sum of costs; `≥` where a part of it is not known whole."""
    return money(amount) if whole or amount is None else f"≥ {money(amount)}"


def change(before: float | Decimal | None, after: float | Decimal | None) -> str:
    """How much more or less in percent, `the same` for equals; empty where one is not known, or nothing can be divided by."""
    if before is None or after is None:
        return ""
    if before == after:
        return "the same"
    if not before:
        return ""
    share = float(after) / float(before) - 1
    least = min(abs(share), 1 + share) if after else 1.0  # what is left of nearly all is told, too
    return f"{share:+,.{0 if least >= 0.01 else 1 if least >= 0.001 else 2}%}"


def cost_notes(responses: Sequence[Response]) -> list[str]:
    """What the receipts leave out or assume, each note once, with the models that it is about."""
    about: dict[str, list[str]] = {}
    for response in responses:
        for note in response.cost.notes if response.cost else ():
            about.setdefault(note, []).append(str(response.model))
    return [f"{', '.join(dict.fromkeys(models))}: {note}" for note, models in about.items()]


def cost_of(response: Response) -> str:
    """What a response cost; without a receipt, why there is none: it failed, nothing was reported, or no price is known."""
    if response.cost is None and response.failure is not None:
        return NOT_AVAILABLE
    usage = response.usage
    if response.cost is None and usage.input_tokens is None and usage.output_tokens is None:
        return NOT_REPORTED
    return cost(response.cost)


def count(number: int | None) -> str:
    """Tokens or calls with thousands separated; None is said as such."""
    return NOT_REPORTED if number is None else f"{number:,}"


def seconds(value: float | None) -> str:
    """A time: `0.042 s`, `0.42 s`, `12.3 s`, `123 s`."""
    if value is None:
        return NOT_AVAILABLE
    places = 3 if value < 0.1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{places}f} s"


def speed(value: float | None) -> str:
    """Output tokens per second: `183 tok/s`, `7.3 tok/s`."""
    return NOT_AVAILABLE if value is None else f"{value:,.{0 if value >= 10 else 1}f} tok/s"


def size(number: int) -> str:
    """Bytes: `512 B`, `3.2 kB`, `1.4 MB`."""
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1_000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"

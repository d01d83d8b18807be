"""What a request costs in one way of processing, or why it has no price there."""

from __future__ import annotations

from datetime import date

from playground.domain import Cost, ModelRef
from playground.pricing import PriceBook
from playground.pricing.shape import Shape, offered, quote, written_for


def priced(
    book: PriceBook, ref: ModelRef, shape: Shape, on: date, way: str
) -> tuple[Cost | None, str]:
    """The receipt, or None and why there is none: no price, or none for this way or this time to live."""
    row = book.find(ref.provider, ref.model, on)
    if row is None:
        return None, "no price"
    if way not in offered(row):
        return None, f"no {way} price"
    known = written_for(row)
    if (
        shape.cache_ttl
        and shape.cache_write_input_tokens
        and known
        and shape.cache_ttl not in known
    ):
        return None, f"caches for {' or '.join(known)} only"
    cost = quote(book, ref, shape, on=on, processing=way)
    return cost, " · ".join(cost.notes) if cost else "no price"

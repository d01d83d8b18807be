"""What the same work would have cost otherwise: one change after the other, each with what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from playground.domain import ModelRef
from playground.pricing.book import PriceBook
from playground.pricing.shape import Shape, offered, quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to do differently."""

    model: ModelRef | None = None
    """Ask this model instead."""
    cached: Decimal | None = None
    """Share of the input that is read from a cache, 0 to 1; what was cached already stays cached."""
    batch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The sum after one more change."""

    name: str
    total: Decimal | None
    """USD for all requests; None when a model has no price."""
    saved: Decimal | None
    """USD less than before this step; negative when it costs more."""
    note: str | None = None


Work = Sequence[tuple[ModelRef, Shape]]
"""What was asked: model and tokens, request by request."""


def steps(book: PriceBook, work: Work, change: Change, *, on: date) -> list[Step]:
    """As it was, then each change on top of those before it."""
    found = [Step(name="as it was", total=_sum(book, work, on), saved=None)]
    if change.model is not None:
        work = [(change.model, shape) for _, shape in work]
        note = (
            "the same tokens: this model may count the same text otherwise and write another answer"
        )
        found.append(_next(found[-1], str(change.model), _sum(book, work, on), note))
    if change.cached:
        work = [(ref, _cached(shape, change.cached)) for ref, shape in work]
        note = "writing the cache, once, is left out; it lasts from minutes to hours"
        found.append(_next(found[-1], f"{change.cached:.0%} cached", _sum(book, work, on), note))
    if change.batch:
        without = sorted({str(ref) for ref, _ in work if not _has_batch(book, ref, on)})
        note = f"no batch price: {', '.join(without)}" if without else "answers within 24 hours"
        found.append(_next(found[-1], "in batch", _sum(book, work, on, "batch"), note))
    return found


def _next(before: Step, name: str, total: Decimal | None, note: str) -> Step:
    saved = None if total is None or before.total is None else before.total - total
    return Step(name=name, total=total, saved=saved, note=note)


def _sum(book: PriceBook, work: Work, on: date, processing: str = "standard") -> Decimal | None:
    """USD of all requests; None as soon as one has no price."""
    total = Decimal(0)
    for ref, shape in work:
        way = processing if processing == "standard" or _has_batch(book, ref, on) else "standard"
        cost = quote(book, ref, shape, on=on, processing=way)
        if cost is None:
            return None
        total += cost.total
    return total


def _has_batch(book: PriceBook, ref: ModelRef, on: date) -> bool:
    row = book.row(ref.provider, ref.model, on)
    return row is not None and "batch" in offered(row)


def _cached(shape: Shape, share: Decimal) -> Shape:
    """The same request with at least this share of its input read from the cache."""
    room = shape.input_tokens - shape.cache_write_input_tokens
    wanted = min(room, int(shape.input_tokens * share))
    return replace(shape, cache_read_input_tokens=max(shape.cache_read_input_tokens, wanted))

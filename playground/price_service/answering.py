"""Questions to the price table, as JSON values: the price of a model on a day, and what a usage cost on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from playground.catalog import find
from playground.domain import Cost, ModelRef, Usage, clock
from playground.domain.nouns import NotARun, digits, jsonable, noun
from playground.price_service.published import row_of
from playground.pricing import PriceBook
from playground.providers.doors import DOORS
from playground.providers.fitting import reported

T = TypeVar("T")
LONGEST = 1_000_000
"""Bytes of a question."""
PROCESSING = ("standard", "batch")
BESIDE: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "responses": ({},),
    "generate_content": ({},),
}
"""Door → what its adapter reads beside the usage object, which a bare usage object comes without."""


class Unanswerable(ValueError):
    """The question can't be answered; the message says why and what to do."""

    def __init__(self, message: str, *, unknown: bool = False) -> None:
        super().__init__(message)
        self.unknown = unknown
        """True where the question is sound, and the table has no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostQuestion:
    """What one response used, and the day and terms by which it is priced."""

    model: str
    """`provider:model` or `provider/api:model`."""
    on: str | None = None
    """ISO date whose prices hold; None = today."""
    usage: Mapping[str, Any] | None = None
    """The counts in the words of `Usage`: `input_tokens` includes the cache, `output_tokens` includes reasoning."""
    reported: Mapping[str, Any] | None = None
    """Or the usage object as the model's provider sent it."""
    response_model: str | None = None
    """What the provider says answered."""
    service_tier: str | None = None
    """The tier that the provider says it used."""
    processing: str = "standard"
    """`standard` or `batch`."""
    regional: bool = False
    """Processed in one region."""


def question(given: Any) -> CostQuestion:
    """A question out of JSON; Unanswerable names what is wrong in it."""
    if not isinstance(given, Mapping):
        raise Unanswerable("A question is a JSON object.")
    return _read(CostQuestion, given, "question")


def price(book: PriceBook, model: str, on: str | None = None) -> dict[str, Any]:
    """The row that holds for the model on this day, with its source; Unanswerable where none does."""
    ref, day = _model(model), _day(on)
    _sold(ref, day)
    row = book.row(ref.provider, ref.model, day)
    if row is None:
        raise _no_price(ref, day)
    return {"model": str(ref), "on": day.isoformat(), "price": row_of(book, row)}


def cost(book: PriceBook, asked: CostQuestion) -> dict[str, Any]:
    """The receipt of a usage by the prices of a day; Unanswerable where there is no price or nothing was counted."""
    ref, day = _model(asked.model), _day(asked.on)
    _sold(ref, day)
    if asked.processing not in PROCESSING:
        raise Unanswerable(f"processing is {' or '.join(PROCESSING)}, not {asked.processing!r}.")
    usage = _usage(asked, ref)
    found = book.price(
        ref,
        asked.response_model,
        usage,
        on=day,
        service_tier=asked.service_tier,
        processing=asked.processing,
        regional=asked.regional,
    )
    if found is None:
        raise _no_price(ref, day)
    head = {"model": str(ref), "on": day.isoformat(), "usage": jsonable(usage)}
    return head | {"cost": receipt(found)}


def receipt(cost: Cost | None) -> dict[str, Any]:
    """A receipt for scripts; money is a decimal string, an unknown total is null."""
    if cost is None:
        return {"total": None, "currency": "USD", "lines": [], "price": None}
    low, high = cost.span
    return {
        "total": digits(cost.total),
        "currency": cost.currency,
        "lines": [jsonable(line) for line in cost.lines],
        "price": jsonable(cost.price),
        "range": [digits(low), digits(high)],
        "other": jsonable(cost.other.price) if cost.other else None,
        "lower_bound": cost.lower_bound,
        "upper_bound": cost.upper_bound,
        "notes": list(cost.notes),
    }


def models(book: PriceBook, words: str = "") -> list[str]:
    """The models of the table whose spelling holds these words."""
    known = dict.fromkeys(f"{p.provider}:{p.model}" for p in book.prices if not p.prefix)
    return [name for name in known if words.lower() in name.lower()]


def unsold(ref: ModelRef, on: date) -> str | None:
    """A sentence where the model was not sold yet on this day: its price then would be made up."""
    model = find(ref)
    if model and model.released and on < model.released:
        return f"{ref} was not sold on {on}: it came out on {model.released}. Choose that day or a later one."
    return None


def _sold(ref: ModelRef, on: date) -> None:
    if problem := unsold(ref, on):
        raise Unanswerable(problem, unknown=True)


def _no_price(ref: ModelRef, on: date) -> Unanswerable:
    return Unanswerable(f"{ref} has no price on {on}.", unknown=True)


def _model(spelling: str) -> ModelRef:
    try:
        return ModelRef.parse(spelling)
    except ValueError as error:
        raise Unanswerable(f"{error}.") from None


def _day(text: str | None) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unanswerable(f"{text!r} is not a day: write it as 2026-11-27.") from None


def _usage(asked: CostQuestion, ref: ModelRef) -> Usage:
    if (asked.usage is None) == (asked.reported is None):
        raise Unanswerable("Give either usage (counts in our words) or reported (the provider's).")
    if asked.reported is not None:
        if ref.api not in DOORS:
            raise Unanswerable(f"{ref} has no usage object that is read here: give usage.")
        found = reported(DOORS[ref.api].adapter.usage, asked.reported, *BESIDE.get(ref.api, ()))
    else:
        found = _read(Usage, asked.usage or {}, "usage")
    if found is None or (found.input_tokens is None and found.output_tokens is None):
        raise Unanswerable("Neither input_tokens nor output_tokens can be read in that.")
    if problems := found.problems():
        raise Unanswerable(f"The counts contradict each other: {'; '.join(problems)}.")
    return found


def _read(kind: type[T], given: Mapping[str, Any], name: str) -> T:
    """The noun that these JSON values are; a field that it does not have is a mistake, not nothing."""
    known = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    if unknown := sorted(given.keys() - set(known)):
        raise Unanswerable(f"{name} has no field {unknown[0]!r}: it has {', '.join(known)}.")
    try:
        found: T = noun(kind, dict(given), name)
    except NotARun as wrong:
        raise Unanswerable(str(wrong)) from None
    return found


def counts() -> Iterator[str]:
    """The fields of a usage that are a number of tokens."""
    return (f.name for f in fields(Usage) if f.type == "int | None")

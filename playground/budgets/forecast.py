"""What requests may cost before they are sent: the input alone, a usual answer, the most that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playground import history, pricing, settings, tokens
from playground.domain import Endpoint, File, ModelRef, Request, clock
from playground.domain.endpoint import bills
from playground.domain.nouns import digits
from playground.figures import money

Span = tuple[Decimal, Decimal | None]
"""USD: the input alone, with all the output that is allowed (None = without a limit)."""
Usual = Callable[[ModelRef], int | None]
"""Model → output tokens of its usual answer; None = not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The sum over all requests."""

    low: Decimal
    """USD: the input alone."""
    likely: Decimal
    """USD with answers of the usual length."""
    high: Decimal | None
    """USD with all the output that is allowed; None where an output has no limit."""
    unpriced: tuple[str, ...] = ()
    """Models without a price: all sums are then at least this."""
    files: int = 0
    """Attachments whose tokens can't be counted here: all sums are then at least this."""
    assumed: int = 0
    """Requests whose usual length is the catalog's and not one's own."""

    def document(self) -> dict[str, Any]:
        """As JSON values: amounts in USD as digits."""
        return {
            "low": digits(self.low),
            "likely": digits(self.likely),
            "high": None if self.high is None else digits(self.high),
            "at_least": bool(self.unpriced or self.files),
            "unpriced": list(self.unpriced),
            "uncounted_files": self.files,
            "by": "typical answers" if self.assumed else "own past answers",
        }

    def __str__(self) -> str:
        """One sentence for people, and what it leaves out."""
        if self.unpriced and not self.low and not self.likely:
            return f"No price is known for {', '.join(self.unpriced)}."
        least = "at least " if self.unpriced or self.files else ""
        most = "without a limit" if self.high is None else f"{least}{money(self.high)}"
        source = "typical answers" if self.assumed else "your own past answers"
        said = [
            f"Likely {least or 'about '}{money(self.likely)}, by the length of {source};"
            f" {least}{money(self.low)} for the input alone, {most} if each wrote the most it may."
        ]
        if self.unpriced:
            said.append(f"Not in it: {', '.join(self.unpriced)} (no price).")
        if self.files:
            said.append("Attachments are not counted.")
        return " ".join(said)


def forecast(requests: Sequence[Request], usual: Usual | None = None) -> Forecast:
    """What sending all of these may cost."""
    usual = usual or of_history()
    low = likely = Decimal(0)
    high: Decimal | None = Decimal(0)
    unpriced: list[str] = []
    assumed = 0
    for request in requests:
        span = estimate(request)
        if span is None:
            unpriced.append(str(request.model))
            continue
        length, own = _length(request, usual)
        assumed += not own
        middle = estimate(request, most=length)
        low += span[0]
        likely += (middle and middle[1]) or span[0]
        high = None if high is None or span[1] is None else high + span[1]
    return Forecast(
        low=low,
        likely=likely,
        high=high,
        unpriced=tuple(dict.fromkeys(unpriced)),
        files=sum(tokens.count_input(request).uncounted for request in requests if _files(request)),
        assumed=assumed,
    )


def of_billed(
    requests: Sequence[Request], endpoints: Mapping[str, Endpoint], usual: Usual | None = None
) -> Forecast | None:
    """What those of the requests may cost that a real API answers; None where none does."""
    real = [request for request in requests if bills(request.model, endpoints)]
    return forecast(real, usual) if real else None


def estimate(
    request: Request, *, most: int | None = None, book: pricing.PriceBook | None = None
) -> Span | None:
    """USD that one request may cost; None when there is no price. `most` stands for the output that is allowed."""
    book, today = book or pricing.load(), clock.today()
    if book.row(request.model.provider, request.model.model, today) is None:
        return None  # without counting: the vocabularies alone take longer than a short answer
    counted = tokens.count_input(request).tokens
    return book.estimate(
        request.model,
        counted,
        limit(request, counted) if most is None else most,
        today,
        service_tier=request.settings.service_tier,
        cache_ttl=request.settings.cache_ttl,
    )


def limit(request: Request, input_tokens: int) -> int | None:
    """The most output tokens that this request allows: what is set, the model's limit, what its window leaves."""
    from playground import catalog

    model = catalog.describe(request.model)
    window = model.context_window
    room = max(window - input_tokens, 0) if window else None
    asked = request.settings.max_output_tokens if request.body is None else None  # it may say other
    limits = (asked, model.max_output, room)
    return min((n for n in limits if n is not None), default=None)


def of_history() -> Usual:
    """The usual lengths by one's own history; none of them where nothing is kept or it can't be read."""

    def usual(model: ModelRef) -> int | None:
        from playground.history import typical  # SQLAlchemy: `ask` can do without
        from playground.store.database import HistoryError

        try:
            store = None if settings.hosted() else history.find_store()
            return None if store is None else typical.output_tokens(store, model)
        except HistoryError:
            return None

    return usual


def _length(request: Request, usual: Usual) -> tuple[int, bool]:
    """Output tokens of a usual answer, never above the request's own limit, and whether they are one's own."""
    from playground import catalog

    own = usual(request.model)
    length = catalog.describe(request.model).typical_output if own is None else own
    most = limit(request, 0)
    return (length if most is None else min(length, most)), own is not None


def _files(request: Request) -> bool:
    return any(isinstance(part, File) for m in request.messages for part in m.parts)

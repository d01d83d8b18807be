"""What a Response cost: exact from reported usage, an estimated lower bound where the stream broke off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from playground import tokens
from playground.domain import Cost, Request, Response, Usage
from playground.pricing import PriceBook

COUNTED = 400_000
"""Characters of an answer that are counted; the tokens of what is longer are estimated from these."""


def priced(response: Response, request: Request, book: PriceBook) -> Response:
    """The same Response with its cost; None stays where there is no price or nothing can be billed."""
    return replace(response, cost=_cost(response, request, book))


def _cost(response: Response, request: Request, book: PriceBook) -> Cost | None:
    if response.failure is None:
        return _price(response, request, response.usage, book)
    status = response.exchange.status if response.exchange else None
    if status is None or not (status == 101 or 200 <= status < 300):  # 101: a session's turn
        return None
    return at_least(response, request, book)


def at_least(response: Response, request: Request, book: PriceBook) -> Cost | None:
    """What a response cut off in its middle has cost at least, by tokens counted here; None where there is no price."""
    cost = _price(response, request, _at_least(response, request), book)
    if cost is None:
        return None
    note = "The stream broke off before its final usage: tokens are estimated, the bill is at least this."
    if max(len(response.text), len(response.reasoning_text)) > COUNTED:
        note += f" What is beyond {COUNTED:,} characters is taken to be like the text before it: that may be a little too much."
    return replace(cost, estimate=True, lower_bound=True, notes=(*cost.notes, note))


def _price(response: Response, request: Request, usage: Usage, book: PriceBook) -> Cost | None:
    return book.price(
        request.model,
        response.response_model,
        usage,
        on=_day(response),
        service_tier=response.service_tier,
    )


def _at_least(response: Response, request: Request) -> Usage:
    """Reported counts where there are any, local counts of what was sent and received for the rest."""
    usage = response.usage
    seen = _count(response.reasoning_text) + _count(response.text)
    sent = usage.input_tokens
    return replace(
        usage,
        input_tokens=_sent(request) if sent is None else sent,
        output_tokens=max(usage.output_tokens or 0, seen),
        reasoning_output_tokens=None,
    )


def _sent(request: Request) -> int:
    """Attachments are left out: the rules for them are ceilings."""
    counted = tokens.count_input(request)
    return counted.tokens - counted.attached


def _count(text: str) -> int:
    """Tokens of a text; of a very long one estimated by its first COUNTED characters, so that stopping it takes no time."""
    counted = tokens.count(text[:COUNTED])
    return counted if len(text) <= COUNTED else counted * len(text) // COUNTED


def _day(response: Response) -> date:
    if response.model.recorded:
        return date.fromisoformat(response.model.recorded)  # what it cost when it was given
    started = response.timing.started_at
    return datetime.fromisoformat(started).date() if started else datetime.now(UTC).date()

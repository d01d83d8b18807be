"""The figures in lessons and glossary: computed from the dated tables, so that no text holds a price, a limit or a model's name.

They stand beside those of `lab.questions`, which are made of one's own conversation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from playground import catalog, tokens
from playground import figures as fmt
from playground.domain import ModelRef
from playground.lab import breakeven, capacity, doors, errors
from playground.lab.capacity import Tier
from playground.lab.languages import PAGE_WORDS, page_cost, pages, words
from playground.lab.questions import FIGURES as OF_A_CONVERSATION
from playground.lab.questions import Computed, Own, filled
from playground.pricing import Price
from playground.pricing.shape import Shape, quote
from playground.tokens.paragraphs import paragraphs, shares

LONG_WORD = "uncommonlyconcatenatedwords"
CALL = Shape(input_tokens=1_000, output_tokens=500)
"""A call of round numbers, for sums in one's head."""
FIRST, WHOLE, VISIBLE = Decimal("0.8"), Decimal("4.8"), 200
"""An answer of round numbers: seconds to its first text and to its end, and its visible tokens."""
HABIT = breakeven.HABITS["medium"]
RATES = ("input", "output", "cache_read")


def told(text: str, own: Own, asked: str = "") -> str:
    """A text with its figures."""
    return filled(text, own, asked, FIGURES)


def known() -> frozenset[str]:
    """The names that may stand in a text."""
    return frozenset(FIGURES) | frozenset(OF_A_CONVERSATION)


def _price(own: Own, provider: str = "openai") -> Price | None:
    ref = own.of(provider)
    return own.book.find(ref.provider, ref.model, own.on)


def _rate(own: Own, name: str) -> Decimal | None:
    price = _price(own)
    return price.rates.get(name) if price else None


def _written_rate(name: str) -> Computed:
    def rate(own: Own, asked: str) -> str:
        found = _rate(own, name)
        return fmt.NO_PRICE if found is None else fmt.rate(found)

    return rate


def _times(above: str, below: str) -> Computed:
    """How many times one rate is the other."""

    def times(own: Own, asked: str) -> str:
        one, other = _rate(own, above), _rate(own, below)
        return _short(one / other) if one and other else fmt.NOT_AVAILABLE

    return times


def _percent(share: Callable[[Own], Decimal | None]) -> Computed:
    def percent(own: Own, asked: str) -> str:
        found = share(own)
        return fmt.NOT_AVAILABLE if found is None else _short(found * 100)

    return percent


def _short(number: Decimal) -> str:
    """`5`, `1.25`, `83.3`: at most two decimals, and none that say nothing."""
    rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded.normalize():,f}"


def _cache_share(own: Own) -> Decimal | None:
    read, whole = _rate(own, "cache_read"), _rate(own, "input")
    return read / whole if read is not None and whole else None


def _write_share(own: Own) -> Decimal | None:
    price = _price(own)
    writes = [rate for name, rate in (price.rates if price else {}).items() if "write" in name]
    whole = _rate(own, "input")
    return min(writes) / whole if writes and whole else None


def _batch_share(own: Own) -> Decimal | None:
    one, batch = (
        quote(own.book, own.of("openai"), CALL, on=own.on, processing=way)
        for way in ("standard", "batch")
    )
    return batch.total / one.total if one and batch and one.total else None


def _batch_cost(own: Own, asked: str) -> str:
    made = quote(own.book, own.of("openai"), CALL, on=own.on, processing="batch")
    return fmt.money(made.total if made else None)


def _call_cost(own: Own, asked: str) -> str:
    made = quote(own.book, own.of("openai"), CALL, on=own.on)
    return fmt.money(made.total if made else None)


def _prices_day(own: Own, asked: str) -> str:
    price = _price(own)
    return f"{price.as_of}" if price else fmt.NOT_AVAILABLE


def _page(own: Own, asked: str) -> str:
    text, fill = next(iter(paragraphs().values())), pages(paragraphs())
    ref = own.of("openai")
    return fmt.money(page_cost(text, ref, fill, own.book, own.on) if fill else None)


def _tokens_per_word(own: Own, asked: str) -> str:
    text = next(iter(paragraphs().values()))
    counted = words(text)
    return _short(Decimal(tokens.count(text)) / counted) if counted else fmt.NOT_AVAILABLE


def _window_pages(own: Own, asked: str) -> str:
    text, fill = next(iter(paragraphs().values())), pages(paragraphs())
    window = catalog.describe(own.of("openai")).context_window
    if fill is None or window is None:
        return fmt.NOT_REPORTED
    return f"{math.floor(window / (tokens.count(text) * fill)):,}"


def _limited(own: Own) -> Tier | None:
    """The first tier of OpenAI's that publishes how many requests it lets through."""
    found: Iterator[Tier] = (t for t in capacity.tiers(own.of("openai")) if t.requests)
    return next(found, None)


def _tier(part: Callable[[Tier], str]) -> Computed:
    def of(own: Own, asked: str) -> str:
        found = _limited(own)
        return part(found) if found else fmt.NOT_REPORTED

    return of


def _described(part: Callable[[catalog.Model], str], provider: str = "openai") -> Computed:
    return lambda own, asked: part(catalog.describe(own.of(provider)))


def _doors(own: Own, asked: str) -> str:
    return f"{len(doors.through_all(catalog.defaults()))}"


def _soon(own: Own, asked: str) -> str:
    ending = [m for m in catalog.catalog() if m.retires and not m.retired(own.on)]
    return f"{len(ending)}"


FIGURES: Mapping[str, Computed] = {
    **{f"{name}_rate": _written_rate(name) for name in RATES},
    "output_times": _times("output", "input"),
    "cache_percent": _percent(_cache_share),
    "write_percent": _percent(_write_share),
    "batch_percent": _percent(_batch_share),
    "prices_day": _prices_day,
    "call_input": lambda own, asked: fmt.count(CALL.input_tokens),
    "call_output": lambda own, asked: fmt.count(CALL.output_tokens),
    "call_cost": _call_cost,
    "call_batch_cost": _batch_cost,
    "page_words": lambda own, asked: f"{PAGE_WORDS}",
    "page_cost": _page,
    "tokens_per_word": _tokens_per_word,
    "long_word": lambda own, asked: LONG_WORD,
    "long_word_tokens": lambda own, asked: fmt.count(tokens.count(LONG_WORD)),
    "languages": lambda own, asked: f"{len(shares())}",
    "dearest_language": lambda own, asked: list(shares())[-1],
    "dearest_times": lambda own, asked: f"{list(shares().values())[-1]:.2f}",
    "question_size": lambda own, asked: fmt.count(HABIT.question),
    "answer_size": lambda own, asked: fmt.count(HABIT.answer),
    "third_input": lambda own, asked: fmt.count(3 * HABIT.question + 2 * HABIT.answer),
    "first_text": lambda own, asked: f"{FIRST}",
    "whole_answer": lambda own, asked: f"{WHOLE}",
    "visible_tokens": lambda own, asked: f"{VISIBLE}",
    "speed": lambda own, asked: _short(VISIBLE / (WHOLE - FIRST)),
    "tier": _tier(lambda tier: tier.tier),
    "tier_requests": _tier(lambda tier: fmt.count(tier.requests)),
    "tier_each_second": _tier(lambda tier: _short(Decimal(tier.requests or 0) / 60)),
    "tier_day": _tier(lambda tier: f"{tier.as_of}"),
    "window": _described(lambda model: fmt.count(model.context_window)),
    "window_pages": _window_pages,
    "most_output": _described(lambda model: fmt.count(model.max_output)),
    "efforts": _described(lambda model: f"{len(model.efforts)}"),
    "cache_minimum": _described(lambda model: fmt.count(model.cache_minimum)),
    "claude_cache_minimum": _described(lambda model: fmt.count(model.cache_minimum), "anthropic"),
    "models": lambda own, asked: f"{len(catalog.current(own.on))}",
    "ending": _soon,
    "doors": _doors,
    "faults": lambda own, asked: f"{len(errors.catalog())}",
}
"""What a {name} in a text stands for; a new figure is a new row."""


def usual(provider: str) -> ModelRef:
    """A provider's usual model."""
    return next(ref for ref in catalog.defaults() if ref.provider == provider)

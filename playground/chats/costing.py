"""What the same conversations cost as API calls: at a model, on a day's prices, with and without a cache."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache

from playground import catalog
from playground import figures as fmt
from playground.chats.calls import (
    Cached,
    CallTokens,
    Counted,
    Counts,
    cached,
    calls,
    counted_here,
)
from playground.chats.nouns import Chat
from playground.chats.twins import Twin, twin
from playground.domain import Cost, ModelRef, Usage
from playground.domain.provider import provider_of
from playground.pricing import PriceBook

REASONING = 512
"""Tokens that a model that reasons thought before an answer, at the most usual effort: the median of 43 answers of GPT-5
at medium, recorded September 2025 to August 2026 (demo/reasoning.yaml). The upper end where an export tells nothing."""
USED = "as used"
"""The model that each conversation used, or the nearest."""
CACHE_SECONDS = {"5m": 300.0, "30m": 1_800.0, "1h": 3_600.0}
NO_PRICE = "no price is known"
DEFAULT_SECONDS = 300.0
"""How long a prefix is kept where the provider says nothing."""


@dataclass(slots=True, kw_only=True)
class Sum:
    """USD of conversations at one model."""

    model: str
    low: Decimal = Decimal(0)
    """Without any reasoning but what the export counts."""
    high: Decimal = Decimal(0)
    """With as much as such answers usually take."""
    cached_low: Decimal = Decimal(0)
    """With a cache; more than `low` where what was written was seldom read again."""
    cached_high: Decimal = Decimal(0)
    calls: int = 0
    """Whether they have a price or not, as are the tokens; none of a conversation whose model is not known."""
    priced: int = 0
    """Of the calls: those in the sums."""
    input_tokens: int = 0
    history_tokens: int = 0
    """Of the input: what was sent before."""
    output_tokens: int = 0
    """What is seen of the answers."""
    too_long: int = 0
    """Calls whose input would not fit the model's window: priced all the same."""
    unpriced: int = 0
    """Conversations for which no price is known, or not for all of their calls: what has none is not in the sums."""

    @property
    def cost(self) -> str:
        """USD without a cache, in words."""
        return self._span(self.low, self.high)

    @property
    def cached_cost(self) -> str:
        """USD with a cache, in words."""
        return self._span(self.cached_low, self.cached_high)

    def _span(self, low: Decimal, high: Decimal) -> str:
        """Both ends, or the one amount that both are; `≥` where calls without a price are left out."""
        if not self.priced:
            return NO_PRICE
        ends = " – ".join(dict.fromkeys(map(fmt.money, (low, high))))
        return f"≥ {ends}" if self.unpriced else ends

    def add(self, other: Sum) -> None:
        """Take another sum in."""
        for name in _ADDED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_ADDED = (
    "low", "high", "cached_low", "cached_high", "calls", "priced", "input_tokens", "history_tokens",
    "output_tokens", "too_long", "unpriced",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dear:
    """A conversation and what it costs."""

    title: str
    cost: Decimal | None
    """USD at the upper end; None where no price is known."""
    calls: int
    resent: float
    """The share of its input that was sent before."""
    id: str = ""
    """The product's own, by which it is found again in the export."""
    whole: bool = True
    """False where calls without a price are left out."""

    @property
    def said(self) -> str:
        """The cost in words."""
        return NO_PRICE if self.cost is None else fmt.total(self.cost, whole=self.whole)


@dataclass(slots=True)
class Pricing:
    """Adds conversations up: for each model asked for, and for the one that each used."""

    models: tuple[ModelRef, ...]
    book: PriceBook
    on: date
    extra: int = 0
    """Tokens put before each call: the product's own system prompt, which no export holds."""
    counting: Counts = lambda chat, ref, counted: counted_here(ref, counted)
    """How a conversation's tokens are counted: here, unless its provider is asked (`exactly`)."""
    sums: dict[str, Sum] = field(default_factory=dict)
    months: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)
    """Month and model → USD at the model used, without a cache; None where no price is known."""
    dearest: list[Dear] = field(default_factory=list)
    used: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """The product's name, the API's model and whether it is only the nearest → conversations."""

    def add(self, chat: Chat) -> None:
        """Price a conversation at every model."""
        counted = Counted()
        for ref in self.models:
            self._sum(str(ref)).add(self._at(chat, {None: Twin(ref, nearest=False)}, counted))
        slugs = {step.model or chat.model for step in chat.steps if step.who == "assistant"}
        twins = {slug: twin(chat.product, slug, self.book, self.on) for slug in slugs}
        known = {slug: found for slug, found in twins.items() if found}
        mine = self._at(chat, known, counted, self.months) if known else Sum(model=USED, unpriced=1)
        self._sum(USED).add(mine)
        self._remember(chat, mine, known)

    def _sum(self, model: str) -> Sum:
        return self.sums.setdefault(model, Sum(model=model))

    def _remember(self, chat: Chat, mine: Sum, known: dict[str | None, Twin]) -> None:
        for slug, found in known.items():
            self.used[slug or "not told", str(found.ref), found.nearest] += 1
        self.dearest.append(
            Dear(
                chat.title,
                mine.high if mine.priced else None,
                mine.calls,
                mine.history_tokens / max(mine.input_tokens, 1),
                chat.id,
                whole=not mine.unpriced,
            )
        )
        if len(self.dearest) > 200:
            self.dearest = self.top(100)

    def top(self, most: int = 10) -> list[Dear]:
        """The dearest conversations, the dearest first; those without a price come last."""
        return sorted(self.dearest, key=lambda one: (one.cost is None, -(one.cost or 0)))[:most]

    def _at(
        self,
        chat: Chat,
        twins: dict[str | None, Twin],
        texts: Counted,
        months: dict[tuple[str, str], Decimal | None] | None = None,
    ) -> Sum:
        """A conversation, each call at the model that the product's name for its own stands for."""
        found = Sum(model="")
        usual = next(iter(twins.values()))
        by_ref: dict[ModelRef, tuple[list[CallTokens], list[Cached]]] = {}
        for ref in dict.fromkeys(one.ref for one in twins.values()):
            counted = self._calls(chat, ref, texts)
            seconds = _seconds(ref, self.book)
            model = catalog.describe(ref)
            kept = list(cached(counted, chat, seconds, model.cache_minimum, model.cache_step))
            by_ref[ref] = (counted, kept)
        for number in range(len(by_ref[usual.ref][0])):
            call = by_ref[usual.ref][0][number]
            ref = twins.get(call.model, usual).ref
            cost = self._call(found, ref, by_ref[ref][0][number], by_ref[ref][1][number])
            if months is not None and call.at:
                month = (call.at.strftime("%Y-%m"), str(ref))
                before = months.get(month)
                months[month] = before if cost is None else (before or 0) + cost
        if len(twins) == 1 and None in twins:
            found.model = str(usual.ref)
        return found

    def _calls(self, chat: Chat, ref: ModelRef, texts: Counted) -> list[CallTokens]:
        how = self.counting(chat, ref, texts)
        return calls(chat, how.step, how.text, self.extra + how.start)

    def _call(self, found: Sum, ref: ModelRef, call: CallTokens, kept: Cached) -> Decimal | None:
        """Add a call; its USD at the upper end, None where no price is known."""
        found.calls += 1
        found.input_tokens += call.input
        found.history_tokens += call.history
        found.output_tokens += call.output
        window = catalog.describe(ref).context_window
        found.too_long += bool(window and call.input > window)
        low, high = _output(ref, call)
        plain = Usage(input_tokens=call.input, output_tokens=high)
        with_cache = replace(
            plain,
            cache_read_input_tokens=kept.read,
            cache_write_input_tokens=kept.written if _writes(ref) else None,
        )
        plainly, cached = (
            self.book.price(ref, None, usage, on=self.on) for usage in (plain, with_cache)
        )
        if plainly is None or cached is None:
            found.unpriced = 1
            return None
        found.low += _without(plainly, high - low)
        found.high += plainly.total
        found.cached_low += _without(cached, high - low)
        found.cached_high += cached.total
        found.priced += 1
        return plainly.total


def _without(cost: Cost, tokens: int) -> Decimal:
    """USD of the same call with so many tokens less written: its input, and what a token costs, stay."""
    rate = next((line.rate / line.per for line in cost.lines if line.name == "output"), Decimal(0))
    return cost.total - tokens * rate


def _output(ref: ModelRef, call: CallTokens) -> tuple[int, int]:
    """Output tokens at least and at most: what is seen, and with reasoning where the model does it."""
    if call.counted is not None:
        return max(call.counted, call.output), max(call.counted, call.output)
    model = catalog.describe(ref)
    reasons = bool(call.thought or call.seconds) or (model.known and bool(model.efforts))
    return call.output, call.output + (max(call.thought, REASONING) if reasons else 0)


def _writes(ref: ModelRef) -> bool:
    """Whether what is written to the cache is told and billed apart."""
    return provider_of(ref.provider).cache_on_request or bool(catalog.describe(ref).cache_ttls)


@cache
def _ttl(told: str | None) -> float:
    return CACHE_SECONDS.get(told or "", DEFAULT_SECONDS)


def _seconds(ref: ModelRef, book: PriceBook) -> float:
    terms = book.terms.get(ref.provider)
    return _ttl(terms.default_ttl if terms else None)

"""Three ways to pay: at how many conversations a month a plan and the API cost the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from playground.domain import Cost, ModelRef
from playground.domain.nouns import digits
from playground.files import read_text
from playground.lab.conversation_growth import (
    Turn,
    cached,
    costs,
    minimum_prefix,
    scripted,
    total,
    uncached,
)
from playground.pricing import Plan, PriceBook

PLACES = Decimal("0.0001")
"""How exactly a document tells a number of conversations."""
HIDDEN = 4427
"""o200k_base tokens of the one published prompt of a chat product that was counted: Claude.ai's for Opus 5, 2026-07-24."""
NOT_QUOTA = "A plan is not API quota: it pays for the product's own app, and its messages can't be spent through an API key."


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The conversation that is priced."""

    name: str
    turns: tuple[Turn, ...]
    source: str
    """Where its tokens come from, one sentence."""
    ref: ModelRef | None = None
    """The model whose tokens they are; other models cut the same text into more or fewer."""

    @property
    def input_tokens(self) -> int:
        return sum(turn.input_tokens for turn in self.turns)

    @property
    def output_tokens(self) -> int:
        return sum(turn.output_tokens for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How somebody uses a chat assistant."""

    name: str
    conversations: int
    """A month."""
    turns: int
    question: int
    """Tokens."""
    answer: int
    """Tokens."""
    about: str

    def conversation(self, system: int = 0) -> Conversation:
        """One of this person's conversations."""
        return Conversation(
            name=self.name,
            turns=scripted(self.question, self.answer, self.turns, system),
            source=(
                f"our {self.name} example, {self.turns} turns with questions of {self.question} tokens and answers of"
                f" {self.answer}" + (f", a system prompt of {system:,} each turn" if system else "")
            ),
        )


HABITS = {
    "light": Habit(
        name="light",
        conversations=20,
        turns=3,
        question=60,
        answer=250,
        about="A question now and then: five short conversations a week.",
    ),
    "medium": Habit(
        name="medium",
        conversations=130,
        turns=6,
        question=150,
        answer=400,
        about="A helper at work: six conversations a working day.",
    ),
    "heavy": Habit(
        name="heavy",
        conversations=600,
        turns=12,
        question=400,
        answer=600,
        about="All day long, with pasted texts: twenty to thirty conversations a day.",
    ),
}
"""Examples, made up by us; the figures of your own conversation are better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one conversation costs with one model."""

    model: ModelRef
    receipts: tuple[Cost, ...] | None = field(repr=False)
    """Of each turn, all input at the full rate; None = the model has no price."""
    cached_receipts: tuple[Cost, ...] | None = field(repr=False)
    """The same with a cache at its best."""

    @property
    def cost(self) -> Decimal | None:
        """USD without caching."""
        return None if self.receipts is None else total(self.receipts)

    @property
    def cost_cached(self) -> Decimal | None:
        """USD with caching."""
        return None if self.cached_receipts is None else total(self.cached_receipts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A plan beside a model."""

    plan: Plan
    price: Price

    @property
    def conversations(self) -> Decimal | None:
        """Conversations a month at which both cost the same without caching; None without a price or a plan's price."""
        return break_even(self.plan.monthly, self.price.cost)

    @property
    def conversations_cached(self) -> Decimal | None:
        """The same with caching."""
        return break_even(self.plan.monthly, self.price.cost_cached)


def price(
    conversation: Conversation,
    ref: ModelRef,
    book: PriceBook,
    on: date,
    *,
    minimum: int | None = None,
) -> Price:
    """One conversation at this model's price of that day, with and without caching."""
    least = minimum_prefix(ref) if minimum is None else minimum
    plain = uncached(conversation.turns)
    return Price(
        model=ref,
        receipts=costs(plain, ref, book, on),
        cached_receipts=costs(cached(plain, least), ref, book, on),
    )


def table(
    conversation: Conversation,
    refs: Sequence[ModelRef],
    plans: Sequence[Plan],
    book: PriceBook,
    on: date,
) -> tuple[Row, ...]:
    """Every plan beside every model."""
    prices = [price(conversation, ref, book, on) for ref in refs]
    return tuple(Row(plan=plan, price=each) for plan in plans for each in prices)


def break_even(monthly: Decimal, cost: Decimal | None) -> Decimal | None:
    """Conversations a month at which a plan and the API cost the same; None where that means nothing."""
    if cost is None or cost == 0 or monthly == 0:
        return None
    return monthly / cost


def told(number: Decimal | None) -> str:
    """A number of conversations for people: to a tenth below 100, whole above."""
    if number is None:
        return "n/a"
    return f"{number:,.0f}" if number >= 100 else f"{number:,.1f}"


def cap_conversations(plan: Plan, turns: int) -> Decimal | None:
    """Conversations a month that the plan's everyday cap allows, used day and night; None when no number is known."""
    cap = plan.cap
    return None if cap is None or turns <= 0 else Decimal(cap.monthly) / turns


def document(conversation: Conversation, rows: Sequence[Row]) -> dict[str, Any]:
    """What `breakeven --json` prints; money is a decimal string, unknown is null."""
    return {
        "conversation": {
            "turns": len(conversation.turns),
            "input_tokens": conversation.input_tokens,
            "output_tokens": conversation.output_tokens,
            "source": conversation.source,
        },
        "plan_is_not_quota": NOT_QUOTA,
        "rows": [_row(row, len(conversation.turns)) for row in rows],
    }


def _row(row: Row, turns: int) -> dict[str, Any]:
    plan, found = row.plan, row.price
    receipt = found.receipts[0].price if found.receipts else None
    return {
        "product": plan.product,
        "plan": plan.plan,
        "monthly": digits(plan.monthly),
        "per": plan.per,
        "model": str(found.model),
        "cost": digits(found.cost),
        "cost_cached": digits(found.cost_cached),
        "conversations": _number(row.conversations),
        "conversations_cached": _number(row.conversations_cached),
        "cap_conversations": _number(cap_conversations(plan, turns)),
        "exception": plan.exception,
        "conflict": plan.conflict,
        "plan_source": {"source": plan.source, "as_of": plan.as_of.isoformat()},
        "price": {"source": receipt.source, "as_of": receipt.as_of} if receipt else None,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value.quantize(PLACES, rounding=ROUND_HALF_EVEN))


def from_file(path: Path, model: str | None = None) -> Conversation:
    """The conversation in a document of `ask --json` or `ladder --json`; ValueError says what is missing.

    Its responses of one model are the turns, in order; of a ladder the last step is taken.
    """
    try:
        body = json.loads(read_text(path))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path.name} can't be read as JSON: {error}") from None
    if not isinstance(body, Mapping):
        raise ValueError(f"{path.name} is not a document of `playground ask --json`")
    steps = body.get("steps") or ()
    responses = list((steps[-1] if steps else body).get("responses") or ())
    return from_documents(responses, f"run {body.get('run_id') or path.name}", model)


def from_documents(
    responses: Sequence[Mapping[str, Any]], name: str, model: str | None = None
) -> Conversation:
    """The turns of one model among responses as `ask --json` prints them; ValueError when none reported its usage."""
    spelled = [f"{row.get('provider')}:{row.get('model')}" for row in responses]
    chosen = model if model in spelled else (spelled[0] if spelled else None)
    turns: list[Turn] = []
    for row, spelling in zip(responses, spelled, strict=True):
        usage = row.get("usage") or {}
        if (
            spelling != chosen
            or usage.get("input_tokens") is None
            or usage.get("output_tokens") is None
        ):
            continue
        turns.append(
            Turn(
                number=len(turns) + 1,
                input_tokens=usage["input_tokens"],
                output_tokens=usage["output_tokens"],
                reasoning_tokens=usage.get("reasoning_output_tokens") or 0,
                measured=True,
            )
        )
    if not turns:
        raise ValueError(f"{name} has no response that reported its usage")
    return Conversation(
        name=name,
        turns=tuple(turns),
        source=f"{name}: {len(turns)} measured turn{'s' if len(turns) > 1 else ''} of {chosen}",
        ref=ModelRef.parse(chosen) if chosen else None,
    )

"""What an import was: counted while the conversations pass by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from playground.chats.costing import Pricing, Sum
from playground.chats.importing import chats
from playground.chats.nouns import Chat, Said
from playground.chats.sources import Given
from playground.domain.nouns import digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """What one of these conversations is like."""

    conversations: int
    monthly: int
    """Conversations in a month that has any."""
    calls: int
    """Of one conversation, as are the tokens."""
    input_tokens: int
    """Everything sent, the history at each call."""
    new_tokens: int
    """Of them, what was not sent before."""
    output_tokens: int
    """What is seen of the answers."""


@dataclass(slots=True)
class Summary:
    """Counts, times, what was left out, and the sums."""

    pricing: Pricing
    said: Said = field(default_factory=Said)
    products: dict[str, int] = field(default_factory=dict)
    """Product → conversations."""
    turns: int = 0
    messages: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def conversations(self) -> int:
        return sum(self.products.values())

    def read(self, paths: Iterable[Path | Given]) -> Iterator[Chat]:
        """The conversations of these files, each counted and priced as it passes."""
        for chat in chats(list(paths), self.said):
            self._add(chat)
            yield chat

    def _add(self, chat: Chat) -> None:
        self.products[chat.product] = self.products.get(chat.product, 0) + 1
        self.turns += chat.turns
        self.messages += chat.messages
        moments = [step.at for step in chat.steps if step.at]
        if moments:
            self.first = min([*moments, *filter(None, [self.first])])
            self.last = max([*moments, *filter(None, [self.last])])
        self.pricing.add(chat)

    def average(self) -> Average | None:
        """The average conversation, as the first model counts it; None where there is none."""
        first = next((one for one in self.pricing.sums.values() if one.calls), None)
        many = self.conversations
        if first is None or not many:
            return None
        months = len({month for month, _ in self.pricing.months}) or 1
        return Average(
            conversations=many,
            monthly=max(1, round(many / months)),
            calls=max(1, round(first.calls / many)),
            input_tokens=round(first.input_tokens / many),
            new_tokens=round((first.input_tokens - first.history_tokens) / many),
            output_tokens=round(first.output_tokens / many),
        )

    def document(self) -> dict[str, Any]:
        """As JSON values; money is a decimal string, an unknown time is null."""
        sums = self.pricing.sums.values()
        return {
            "product": ", ".join(self.products) or None,
            "conversations": self.conversations,
            "turns": self.turns,
            "messages": self.messages,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "left_out": [{"where": one.where, "what": one.what} for one in self.said.found],
            "costs": [_row(one) for one in sums],
            "months": [
                {"month": month, "model": model, "high": digits(usd)}
                for (month, model), usd in sorted(self.pricing.months.items())
            ],
        }


def _row(one: Sum) -> dict[str, Any]:
    told = one.priced > 0
    amounts: dict[str, Decimal] = {
        "low": one.low, "high": one.high, "cached_low": one.cached_low, "cached_high": one.cached_high
    }  # fmt: skip
    return {
        "model": one.model,
        **{name: digits(amount) if told else None for name, amount in amounts.items()},
        "calls": one.calls,
        "priced": one.priced,
        "input_tokens": one.input_tokens,
        "resent_tokens": one.history_tokens,
        "output_tokens": one.output_tokens,
        "over_window": one.too_long,
        "unpriced": one.unpriced,
    }

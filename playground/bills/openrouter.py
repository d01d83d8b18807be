"""OpenRouter's activity: the endpoint's rows by day and model, and the CSV with a row an answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playground.bills.fields import Row, day, number, text, whole
from playground.bills.nouns import REQUESTS, TOTAL, Entry


def activity(row: Row) -> Iterator[Entry]:
    """One row of `activity`: a day's use of one model at one provider behind it; `usage` is USD."""
    figures = {
        "input": whole(row, "prompt_tokens"),
        "output": whole(row, "completion_tokens"),
        REQUESTS: whole(row, "requests"),
    }
    amount = number(row, "usage") + number(row, "byok_usage_inference")
    yield from _entries(row, figures, amount, day(row, "date"))


def generations(row: Row) -> Iterator[Entry]:
    """One line of the CSV: one answer, which our receipt has by its id."""
    cached = whole(row, "tokens_cached")
    figures = {
        "input": whole(row, "tokens_prompt") - cached,
        "cache_read": cached,
        "output": whole(row, "tokens_completion"),
        REQUESTS: Decimal(1),
    }
    amount = number(row, "cost_total") + number(row, "byok_usage_inference")
    yield from _entries(row, figures, amount, day(row, "created_at"), text(row, "generation_id"))


def _entries(
    row: Row, figures: dict[str, Decimal], amount: Decimal, on: str, id: str = ""
) -> Iterator[Entry]:
    model = text(row, "model_permaslug") or text(row, "model")
    for meter, quantity in figures.items():
        yield Entry(
            provider="openrouter",
            kind="usage",
            day=on,
            model=model,
            meter=meter,
            quantity=quantity,
            id=id,
        )
    yield Entry(
        provider="openrouter", kind="cost", day=on, model=model, meter=TOTAL, amount=amount, id=id
    )

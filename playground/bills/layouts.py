"""Every layout of a bill, told by the fields of its rows, never by the file's name. Adding one is adding a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from playground.bills import anthropic, google, openai, openrouter
from playground.bills.fields import Row
from playground.bills.nouns import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way in which a provider lays its use or its costs out."""

    name: str
    provider: str
    needs: frozenset[str]
    """Fields that every row of it has."""
    read: Callable[[Row], Iterator[Entry]]
    zone: str = "UTC"
    lacks: frozenset[str] = frozenset()
    """Fields that no row of it has."""
    also: Callable[[frozenset[str]], bool] = lambda names: True

    def fits(self, names: Iterable[str]) -> bool:
        """Whether a row with these fields is of this layout."""
        found = frozenset(names)
        return self.needs <= found and not (self.lacks & found) and self.also(found)


def _has_cost(names: frozenset[str]) -> bool:
    return any(google.COST.match(name) for name in names)


LAYOUTS = (
    Layout(
        name="OpenAI usage (completions)",
        provider="openai",
        needs=frozenset({"input_tokens", "output_tokens", "num_model_requests"}),
        read=openai.usage,
    ),
    Layout(
        name="OpenAI costs, the dashboard's CSV",
        provider="openai",
        needs=frozenset({"amount_value", "line_item"}),
        read=openai.costs,
    ),
    Layout(
        name="OpenAI costs",
        provider="openai",
        needs=frozenset({"amount", "start_time"}),
        lacks=frozenset({"starting_at"}),
        read=openai.costs,
    ),
    Layout(
        name="Anthropic usage report (messages)",
        provider="anthropic",
        needs=frozenset({"uncached_input_tokens", "output_tokens", "starting_at"}),
        read=anthropic.usage,
    ),
    Layout(
        name="Anthropic usage, the Console's CSV",
        provider="anthropic",
        needs=frozenset({"usage_date_utc", "model_version", "usage_output_tokens"}),
        read=anthropic.console,
    ),
    Layout(
        name="Anthropic cost report",
        provider="anthropic",
        needs=frozenset({"amount", "currency", "starting_at"}),
        read=anthropic.costs,
    ),
    Layout(
        name="Google Cloud billing, Cost table",
        provider="gemini",
        needs=frozenset({"Service description", "SKU description", "Usage start date"}),
        also=_has_cost,
        read=google.table,
        zone=google.ZONE,
    ),
    Layout(
        name="Google Cloud billing, BigQuery export",
        provider="gemini",
        needs=frozenset({"usage_start_time", "cost", "currency"}),
        read=google.bigquery,
        zone=google.ZONE,
    ),
    Layout(
        name="OpenRouter activity",
        provider="openrouter",
        needs=frozenset({"date", "usage", "requests", "prompt_tokens", "completion_tokens"}),
        read=openrouter.activity,
    ),
    Layout(
        name="OpenRouter activity, a row an answer",
        provider="openrouter",
        needs=frozenset({"generation_id", "created_at", "cost_total", "tokens_prompt"}),
        read=openrouter.generations,
    ),
)


def layout_of(names: Iterable[str]) -> Layout | None:
    """The layout with such fields; None where there is none."""
    found = frozenset(names)
    return next((layout for layout in LAYOUTS if layout.fits(found)), None)

"""Anthropic's usage and cost report: the Admin API's endpoints and the Console's CSV of usage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from playground.bills.fields import Row, Unreadable, day, number, text, whole
from playground.bills.nouns import TOTAL, Entry

CENT = Decimal("0.01")
METERS = {
    "uncached_input_tokens": "input",
    "cache_read_input_tokens": "cache_read",
    "cache_creation.ephemeral_5m_input_tokens": "cache_write_5m",
    "cache_creation.ephemeral_1h_input_tokens": "cache_write_1h",
    "output_tokens": "output",
}
"""`token_type` of a cost and field of a usage result → our meter."""
CSV_METERS = {
    "usage_input_tokens_no_cache": "input",
    "usage_input_tokens_cache_read": "cache_read",
    "usage_input_tokens_cache_write": "cache_write",
    "usage_input_tokens_cache_write_5m": "cache_write_5m",
    "usage_input_tokens_cache_write_1h": "cache_write_1h",
    "usage_output_tokens": "output",
    "web_search_count": "web_search",
}
"""Column of the Console's CSV → our meter."""


def usage(row: Row) -> Iterator[Entry]:
    """One result of `usage_report/messages`: what was cached is beside the input, not in it."""
    written, tools = row.get("cache_creation") or {}, row.get("server_tool_use") or {}
    if not isinstance(written, Mapping) or not isinstance(tools, Mapping):
        raise Unreadable("cache_creation or server_tool_use is no object")
    figures = {
        "input": whole(row, "uncached_input_tokens"),
        "cache_read": whole(row, "cache_read_input_tokens"),
        "cache_write_5m": whole(written, "ephemeral_5m_input_tokens"),
        "cache_write_1h": whole(written, "ephemeral_1h_input_tokens"),
        "output": whole(row, "output_tokens"),
        "web_search": whole(tools, "web_search_requests"),
    }
    speed = text(row, "speed").lower()
    tier = "fast" if speed == "fast" else text(row, "service_tier").lower()
    for meter, quantity in figures.items():
        yield _usage(row, meter, quantity, tier, day(row, "starting_at"), text(row, "model"))


def _usage(row: Row, meter: str, quantity: Decimal, tier: str, on: str, model: str) -> Entry:
    key = "api_key_id" if "api_key_id" in row else "api_key"
    return Entry(
        provider="anthropic",
        kind="usage",
        day=on,
        model=model,
        meter=meter,
        quantity=quantity,
        tier=tier,
        key=text(row, key),
    )


def console(row: Row) -> Iterator[Entry]:
    """One line of the Console's CSV of usage; the key is its name, and the older layout has one column for all writes."""
    fast = text(row, "speed").lower() == "fast"
    said = text(row, "usage_type").lower()
    tier = "fast" if fast else "batch" if "batch" in said else "standard"
    for column, meter in CSV_METERS.items():
        if column in row:
            on = day(row, "usage_date_utc")
            yield _usage(row, meter, whole(row, column), tier, on, text(row, "model_version"))


def costs(row: Row) -> Iterator[Entry]:
    """One result of `cost_report`: its amount is a text in cents."""
    kind, token = text(row, "cost_type"), text(row, "token_type")
    meter = METERS.get(token) if token else None
    yield Entry(
        provider="anthropic",
        kind="cost",
        day=day(row, "starting_at"),
        model=text(row, "model"),
        meter=meter or (kind if kind and kind != "tokens" else TOTAL),
        amount=number(row, "amount") * CENT,
        currency=(text(row, "currency") or "USD").upper(),
        tier=text(row, "service_tier").lower(),
    )

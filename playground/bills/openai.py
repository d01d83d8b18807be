"""OpenAI's usage and costs: the endpoints of an organisation and the dashboard's CSV of costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from playground.bills.fields import Row, day, number, text, whole
from playground.bills.nouns import REQUESTS, TOTAL, Entry

UNITS = {"tokens": 1, "1000_tokens": 1000, "1k_tokens": 1000}
"""Units of a cost's quantity that are tokens → how many."""
METERS = {
    "input": "input",
    "input_tokens": "input",
    "uncached_input_tokens": "input",
    "input_uncached_tokens": "input",
    "cached_input": "cache_read",
    "cached_input_tokens": "cache_read",
    "input_cached_tokens": "cache_read",
    "input_cache_write_tokens": "cache_write",
    "input_cache_write_30m_tokens": "cache_write_30m",
    "input_cache_write_12h_tokens": "cache_write_12h",
    "cache_write_tokens": "cache_write",
    "cache_write": "cache_write",
    "output": "output",
    "output_tokens": "output",
}
"""The word after the model in a line item → our meter."""
TOOLS = {
    "web search": "web_search",
    "web_search_calls": "web_search",
    "file search": "file_search",
    "file_search_calls": "file_search",
    "code interpreter": "container",
    "code_interpreter_sessions": "container",
}
"""Line items of OpenAI's own tools → our meter."""


def usage(row: Row) -> Iterator[Entry]:
    """One result of `usage/completions`: `input_tokens` includes what was cached and written."""
    read, wrote = whole(row, "input_cached_tokens"), whole(row, "input_cache_write_tokens")
    by_ttl = {
        ttl: whole(row, f"input_cache_write_{ttl}_tokens")
        for ttl in ("30m", "12h")
        if row.get(f"input_cache_write_{ttl}_tokens")
    }
    figures = {
        "input": whole(row, "input_tokens") - read - wrote,
        "cache_read": read,
        "cache_write": wrote - sum(by_ttl.values(), Decimal(0)),
        **{f"cache_write_{ttl}": tokens for ttl, tokens in by_ttl.items()},
        "output": whole(row, "output_tokens"),
        REQUESTS: whole(row, "num_model_requests"),
    }
    for meter, quantity in figures.items():
        yield Entry(
            provider="openai",
            kind="usage",
            day=day(row, "start_time", "start_time_iso"),
            model=text(row, "model"),
            meter=meter,
            quantity=quantity,
            tier=_tier(row),
            key=text(row, "api_key_id"),
        )


def _tier(row: Row) -> str:
    if str(row.get("batch")).lower() == "true":
        return "batch"
    said = text(row, "service_tier").lower()
    return {"default": "standard", "auto": "standard"}.get(said, said)


def costs(row: Row) -> Iterator[Entry]:
    """One result of `costs`, or one line of the dashboard's CSV."""
    amount = row.get("amount")
    said = amount if isinstance(amount, dict) else row
    value, currency = (
        ("value", "currency") if said is amount else ("amount_value", "amount_currency")
    )
    model, meter, tier = line_item(text(row, "line_item"))
    unit = text(row, "quantity_unit")
    yield Entry(
        provider="openai",
        kind="cost",
        day=day(row, "start_time", "start_time_iso"),
        model=model,
        meter=meter,
        quantity=number(row, "quantity") * UNITS[unit] if unit in UNITS else None,
        amount=number(said, value),
        currency=(text(said, currency) or "usd").upper(),
        tier=tier,
        key=text(row, "api_key_id"),
    )


def line_item(said: str) -> tuple[str, str, str]:
    """`gpt-6.1-sol, batch, cached input` → model, meter, tier. A tool has no model, and what is no meter is itself one."""
    parts = [part.strip() for part in said.split(",") if part.strip()]
    if not parts:
        return "", TOTAL, ""
    tool = TOOLS.get(parts[0].lower())
    if tool:
        return "", tool, ""
    words = [part.lower().replace(" ", "_") for part in parts[1:]]
    tier = next((word for word in words if word in ("batch", "flex", "priority", "fast")), "")
    meter = next((METERS[word] for word in words if word in METERS), None)
    if meter is None:
        return (parts[0], TOTAL, tier) if not set(words) - {tier} and words else ("", said, "")
    return parts[0], meter, tier

"""Google Cloud's billing: the Cost table's CSV and the rows of BigQuery's standard export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from playground.bills.fields import Row, Unreadable, day, number, text
from playground.bills.nouns import TOTAL, Entry

ZONE = "America/Los_Angeles"
"""Google's days begin at midnight there (https://cloud.google.com/billing/docs, quoted by third parties until 2026)."""
SERVICES = ("gemini", "generative language", "vertex ai", "ai studio")
"""Words of the services whose use can be ours; other rows of the bill are left alone."""
COST = re.compile(r"^(Unrounded )?Cost \((.+)\)$")
CURRENCIES = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "CHF": "CHF",
}
_MODEL = re.compile(
    r"\bGemini\s+(\d+(?:\.\d+)?)\s+((?:(?:Flash|Pro|Lite|Nano|Ultra|Argon|Carbon|Neon|Hydrogen)[\s-]*)+)",
    re.IGNORECASE,
)
"""`Gemini 3.8 Flash Lite` in a SKU's text, which holds no model's id."""
METERS = (
    (re.compile(r"cach(ed|ing).*storage", re.IGNORECASE), "cache_storage"),
    (re.compile(r"cach(ed|ing)", re.IGNORECASE), "cache_read"),
    (re.compile(r"\boutput\b|\bresponse\b|thinking|reasoning", re.IGNORECASE), "output"),
    (re.compile(r"\binput\b|\bprompt\b", re.IGNORECASE), "input"),
    (re.compile(r"grounding|google search", re.IGNORECASE), "web_search"),
)
"""Words of a SKU's text → our meter; the first that is there."""
TIERS = ("batch", "flex", "priority")


def table(row: Row) -> Iterator[Entry]:
    """One line of the Cost table; a negative cost is a credit. The unrounded cost counts where there is one."""
    if not of_ai(text(row, "Service description")):
        return
    costs = {bool(m[1]): (name, m[2]) for name in row if (m := COST.match(name))}
    column, symbol = costs.get(True) or costs[False]
    yield entry(
        sku=text(row, "SKU description"),
        on=day(row, "Usage start date"),
        amount=number(row, column),
        currency=CURRENCIES.get(symbol, symbol),
        quantity=_tokens(row.get("Usage amount"), text(row, "Usage unit")),
    )


def bigquery(row: Row) -> Iterator[Entry]:
    """One row of the standard export, and one for each of its credits."""
    service, sku, used = (_part(row, name) for name in ("service", "sku", "usage"))
    if not of_ai(text(service, "description")):
        return
    said, on = text(sku, "description"), _pacific_day(row)
    currency = text(row, "currency") or "USD"
    rate = number(row, "currency_conversion_rate") or Decimal(1)
    amounts = [number(row, "cost")]
    amounts += [number(credit, "amount") for credit in row.get("credits") or ()]
    for at, amount in enumerate(amounts):
        yield entry(
            sku=said,
            on=on,
            amount=amount / rate if currency != "USD" and rate != 1 else amount,
            currency="USD" if rate != 1 else currency,
            quantity=None if at else _tokens(used.get("amount"), text(used, "unit")),
        )


def _part(row: Row, name: str) -> Mapping[str, Any]:
    """A nested object, or the columns `name.field` of a flat export."""
    value = row.get(name)
    if isinstance(value, Mapping):
        return value
    return {key.partition(".")[2]: v for key, v in row.items() if key.startswith(f"{name}.")}


def _pacific_day(row: Row) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    said = text(row, "usage_start_time").replace(" UTC", "+00:00")
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Unreadable("usage_start_time is no moment") from None
    if moment.tzinfo is None:
        return moment.date().isoformat()
    return moment.astimezone(ZoneInfo(ZONE)).date().isoformat()


def of_ai(service: str) -> bool:
    """Whether this service of Google Cloud can have been used through the Gemini API."""
    return any(word in service.lower() for word in SERVICES)


def entry(*, sku: str, on: str, amount: Decimal, currency: str, quantity: Decimal | None) -> Entry:
    """What a SKU's text says of model, meter and tier."""
    meter = next((name for words, name in METERS if words.search(sku)), TOTAL)
    low = sku.lower()
    return Entry(
        provider="gemini",
        kind="cost",
        day=on,
        model=model_of(sku) or sku,
        meter=meter,
        quantity=quantity,
        amount=amount,
        currency=currency,
        tier=next((tier for tier in TIERS if tier in low), "standard"),
    )


def model_of(sku: str) -> str:
    """`gemini-3.8-flash-lite`; empty where the text names no model that way."""
    found = _MODEL.search(sku)
    if not found:
        return ""
    words = re.split(r"[\s-]+", found[2].strip().lower())
    return "-".join(["gemini", found[1], *filter(None, words)])


def _tokens(amount: Any, unit: str) -> Decimal | None:
    """The amount where its unit is tokens."""
    low = unit.lower()
    if "token" not in low and low != "count":
        return None
    found = number({"amount": amount}, "amount")
    thousand = low.startswith(("1000 ", "1k ", "thousand"))
    million = low.startswith(("1000000 ", "1m ", "million"))
    return found * (1000 if thousand else 1_000_000 if million else 1)

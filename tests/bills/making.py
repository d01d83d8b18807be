"""Runs of ours, and the exports that a provider would make of them, in the layouts of its endpoints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from playground.bills.nouns import Bill, Call
from playground.bills.ours import calls_of_run
from playground.bills.reading import read
from playground.domain import ModelRef, Request, Response, Run, Timing, Usage
from playground.pricing import load

BOOK = load(own=False)
MODELS = {
    "openai": ("gpt-6.1-sol", "gpt-6-luna"),
    "anthropic": ("claude-sonnet-5-5", "claude-haiku-5-5"),
}
DOORS = {"openai": "responses", "anthropic": "messages", "gemini": "interactions"}
FIRST = date(2026, 11, 2)
PERIOD = 4
"""Days that a bill speaks of at least."""
OURS, OTHER = "key_ours", "key_other"
WRITE = {"openai": "30m", "anthropic": "5m"}
"""The time to live of what is written to the cache."""


@dataclass(frozen=True)
class Item:
    """What a provider bills for one request."""

    provider: str
    day: str
    model: str
    quantities: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    tier: str = "standard"
    key: str = OURS
    requests: int = 1


@dataclass(frozen=True)
class Extra:
    """A row of the costs that is for no request."""

    provider: str
    day: str
    line: str
    amount: Decimal
    model: str = ""


@dataclass
class Billed:
    """All that a provider bills."""

    items: list[Item] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    currency: str = "USD"
    digits: int | None = None
    """Decimals to which each amount is rounded; None = not at all."""


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def usage(
    *, input: int = 0, read: int = 0, write: int = 0, output: int = 0, ttl: str = "5m"
) -> Usage:
    """A usage of so much fresh input, cache reads, cache writes and output."""
    return Usage(
        input_tokens=input + read + write,
        cache_read_input_tokens=read,
        cache_write_input_tokens=write,
        cache_write_by_ttl={ttl: write} if write else {},
        output_tokens=output,
    )


def run(
    provider: str,
    model: str,
    on: str,
    used: Usage,
    *,
    tier: str | None = None,
    clock: str = "12:00:00",
    number: int = 0,
    **more: Any,
) -> Run:
    """A run with one answer, priced by our table."""
    at = f"{on}T{clock}.000+00:00"
    ref = ModelRef(provider, DOORS[provider], model)
    cost = BOOK.price(ref, model, used, on=date.fromisoformat(on), service_tier=tier)
    response = Response(
        model=ref,
        response_model=model,
        usage=used,
        service_tier=tier,
        timing=Timing(started_at=at),
        cost=cost,
        **more,
    )
    return Run(
        id=f"{number:08d}-{provider}",
        created_at=at,
        requests=(Request.ask(ref, "hi"),),
        responses=(response,),
    )


def call(*args: Any, **kwargs: Any) -> Call:
    """The one call of a run."""
    return next(iter(calls_of_run(run(*args, **kwargs), {})))


def item(of: Call, **changes: Any) -> Item:
    """What is billed for a call when all is well."""
    made = Item(of.provider, of.day, of.model, of.quantities, of.amounts, of.tier)
    return replace(made, **changes)


def bills(billed: Billed) -> list[Bill]:
    """Usage and costs of every provider, written as its endpoints write them and read again."""
    found = []
    for provider in dict.fromkeys([i.provider for i in billed.items]):
        items = [i for i in billed.items if i.provider == provider]
        extras = [e for e in billed.extras if e.provider == provider]
        for what, write in WRITERS[provider].items():
            text = json.dumps(write(items, extras, billed), ensure_ascii=False)
            found.append(
                read(f"{provider}-{what}.json", text.replace('"§', "").replace('§"', "").encode())
            )
    return found


def bare(amount: Decimal) -> str:
    """A number that json.dumps can't write exactly: its marks are taken off afterwards."""
    return f"§{amount:f}§"


def unix(on: str, more: int = 0) -> int:
    return int(datetime.fromisoformat(on).replace(tzinfo=UTC).timestamp()) + more * 86_400


def _days(items: Sequence[Item], extras: Sequence[Extra]) -> list[str]:
    """The days that were asked for: those without use have a bucket too."""
    last = max(day(PERIOD - 1), *(i.day for i in items), *(e.day for e in extras))
    days = (date.fromisoformat(last) - FIRST).days + 1
    return [day(number) for number in range(days)]


def _together(items: Iterable[Item], *names: str) -> dict[tuple[Any, ...], list[Item]]:
    found: dict[tuple[Any, ...], list[Item]] = {}
    for one in items:
        found.setdefault(tuple(getattr(one, name) for name in names), []).append(one)
    return found


def _sum(items: Iterable[Item], *meters: str) -> int:
    return sum(i.quantities.get(meter, 0) for i in items for meter in meters)


def _paid(items: Iterable[Item], meter: str, digits: int | None) -> Decimal:
    total = sum((i.amounts.get(meter, Decimal(0)) for i in items), Decimal(0))
    return total if digits is None else round(total, digits)


def openai_usage(items: Sequence[Item], extras: Sequence[Extra], billed: Billed) -> Any:
    def result(tier: str, key: str, model: str, of: list[Item]) -> dict[str, Any]:
        write = _sum(of, "cache_write_30m")
        return {
            "object": "organization.usage.completions.result",
            "input_tokens": _sum(of, "input", "cache_read", "cache_write_30m"),
            "input_cached_tokens": _sum(of, "cache_read"),
            "input_cache_write_tokens": write,
            "input_cache_write_30m_tokens": write,
            "output_tokens": _sum(of, "output"),
            "num_model_requests": sum(i.requests for i in of),
            "model": model,
            "api_key_id": key,
            "project_id": None,
            "batch": tier == "batch",
            "service_tier": None if tier == "batch" else tier.replace("standard", "default"),
        }

    return {
        "object": "page",
        "data": [
            {
                "object": "bucket",
                "start_time": unix(on),
                "end_time": unix(on, 1),
                "results": [
                    result(at[0], at[1], at[2], of)
                    for at, of in _together(
                        [i for i in items if i.day == on], "tier", "key", "model"
                    ).items()
                ],
            }
            for on in _days(items, extras)
        ],
        "has_more": False,
        "next_page": None,
    }


LINE_ITEMS = {
    "input": "input_tokens",
    "cache_read": "cached_input_tokens",
    "cache_write_30m": "input_cache_write_30m_tokens",
    "output": "output_tokens",
}


def openai_costs(items: Sequence[Item], extras: Sequence[Extra], billed: Billed) -> Any:
    def result(line: str, amount: Decimal, quantity: int | None, key: str | None) -> dict[str, Any]:
        return {
            "object": "organization.costs.result",
            "amount": {"value": bare(amount), "currency": billed.currency.lower()},
            "line_item": line,
            "quantity": quantity,
            "quantity_unit": "tokens" if quantity is not None else "gibibyte_hours",
            "api_key_id": key,
            "project_id": None,
        }

    def bucket(on: str) -> list[dict[str, Any]]:
        of_day = _together([i for i in items if i.day == on], "key", "model")
        found = [
            result(
                f"{model}, {LINE_ITEMS[meter]}",
                _paid(of, meter, billed.digits),
                _sum(of, meter),
                key,
            )
            for (key, model), of in of_day.items()
            for meter in LINE_ITEMS
            if any(meter in i.amounts for i in of)
        ]
        return found + [result(e.line, e.amount, None, None) for e in extras if e.day == on]

    return {
        "object": "page",
        "data": [
            {
                "object": "bucket",
                "start_time": unix(on),
                "end_time": unix(on, 1),
                "results": bucket(on),
            }
            for on in _days(items, extras)
        ],
        "has_more": False,
        "next_page": None,
    }


def anthropic_usage(items: Sequence[Item], extras: Sequence[Extra], billed: Billed) -> Any:
    def result(tier: str, key: str, model: str, of: list[Item]) -> dict[str, Any]:
        return {
            "uncached_input_tokens": _sum(of, "input"),
            "cache_read_input_tokens": _sum(of, "cache_read"),
            "cache_creation": {
                "ephemeral_5m_input_tokens": _sum(of, "cache_write_5m"),
                "ephemeral_1h_input_tokens": _sum(of, "cache_write_1h"),
            },
            "output_tokens": _sum(of, "output"),
            "server_tool_use": {"web_search_requests": 0},
            "api_key_id": key or None,
            "model": model,
            "service_tier": tier,
        }

    return {
        "data": [
            {
                "starting_at": f"{on}T00:00:00Z",
                "ending_at": f"{(date.fromisoformat(on) + timedelta(days=1)).isoformat()}T00:00:00Z",
                "results": [
                    result(at[0], at[1], at[2], of)
                    for at, of in _together(
                        [i for i in items if i.day == on], "tier", "key", "model"
                    ).items()
                ],
            }
            for on in _days(items, extras)
        ],
        "has_more": False,
        "next_page": None,
    }


TOKEN_TYPES = {
    "input": "uncached_input_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write_5m": "cache_creation.ephemeral_5m_input_tokens",
    "cache_write_1h": "cache_creation.ephemeral_1h_input_tokens",
    "output": "output_tokens",
}


def anthropic_costs(items: Sequence[Item], extras: Sequence[Extra], billed: Billed) -> Any:
    def result(
        amount: Decimal, kind: str, model: str | None, token: str | None, tier: str | None
    ) -> Any:
        return {
            "amount": f"{amount * 100:f}",
            "currency": billed.currency,
            "cost_type": kind,
            "description": "Usage",
            "model": model,
            "token_type": token,
            "service_tier": tier,
        }

    def bucket(on: str) -> list[dict[str, Any]]:
        of_day = _together([i for i in items if i.day == on], "tier", "model")
        found = [
            result(_paid(of, meter, billed.digits), "tokens", model, token, tier)
            for (tier, model), of in of_day.items()
            for meter, token in TOKEN_TYPES.items()
            if any(meter in i.amounts for i in of)
        ]
        return found + [
            result(e.amount, e.line, e.model or None, None, None) for e in extras if e.day == on
        ]

    return {
        "data": [
            {
                "starting_at": f"{on}T00:00:00Z",
                "ending_at": f"{(date.fromisoformat(on) + timedelta(days=1)).isoformat()}T00:00:00Z",
                "results": bucket(on),
            }
            for on in _days(items, extras)
        ],
        "has_more": False,
        "next_page": None,
    }


WRITERS: Mapping[str, Mapping[str, Any]] = {
    "openai": {"usage": openai_usage, "costs": openai_costs},
    "anthropic": {"usage": anthropic_usage, "costs": anthropic_costs},
}

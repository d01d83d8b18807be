"""A hundred requests and what they cost: every rule by which the three providers bill, each sum written out by hand.

The rates stand here as numbers of their own and are not read from pricing.yaml. USD, exact.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from playground.domain import ModelRef, Usage
from playground.pricing import load

TODAY = date(2026, 11, 21)
BOOK = load(own=False)
M = Decimal(1_000_000)
K = Decimal(1_000)


def d(rate: str) -> Decimal:
    return Decimal(rate)


BATCH = {"processing": "batch"}
FLEX = {"service_tier": "flex"}
PRIORITY = {"service_tier": "priority"}
FAST = {"service_tier": "fast"}
ULTRAFAST = {"service_tier": "ultrafast"}
REGIONAL = {"regional": True}


def on(year: int, month: int, day: int, **how: Any) -> dict[str, Any]:
    return {"on": date(year, month, day), **how}


def tokens(given: int, out: int = 0, *, read: int = 0, thought: int = 0, **more: int) -> Usage:
    """`w5m=…`, `w1h=…`, `w30m=…`, `w12h=…` are cache writes, `searches=…` web searches."""
    written = {name[1:]: n for name, n in more.items() if name.startswith("w")}
    return Usage(
        input_tokens=given,
        cache_read_input_tokens=read,
        cache_write_input_tokens=sum(written.values()),
        cache_write_by_ttl=written,
        output_tokens=out,
        reasoning_output_tokens=thought,
        server_tool_calls={"web_search": more["searches"]} if "searches" in more else {},
    )


Case = tuple[str, Usage, Mapping[str, Any], Decimal]

PLAIN: dict[str, Case] = {
    "gpt-6-astra": (
        "openai:gpt-6-astra",
        tokens(1000, 500),
        {},
        (1000 * d("10") + 500 * d("50")) / M,
    ),
    "gpt-6.2-astra": (
        "openai:gpt-6.2-astra",
        tokens(1000, 500),
        {},
        (1000 * d("8") + 500 * d("40")) / M,
    ),
    "gpt-6.1-sol": (
        "openai:gpt-6.1-sol",
        tokens(1234, 567),
        {},
        (1234 * d("2") + 567 * d("10")) / M,
    ),
    "gpt-6.1-terra": ("openai:gpt-6.1-terra", tokens(1, 1), {}, (d("1") + d("5")) / M),
    "gpt-6-luna": ("openai:gpt-6-luna", tokens(999, 1), {}, (999 * d("0.1") + d("0.5")) / M),
    "gpt-5.6-sol": (
        "openai:gpt-5.6-sol",
        tokens(1000, 500),
        {},
        (1000 * d("4") + 500 * d("20")) / M,
    ),
    "gpt-5.5": ("openai:gpt-5.5", tokens(1000, 500), {}, (1000 * d("5") + 500 * d("30")) / M),
    "gpt-5.4-nano": ("openai:gpt-5.4-nano", tokens(7, 3), {}, (7 * d("0.2") + 3 * d("1.25")) / M),
    "chat-latest": (
        "openai:chat-latest",
        tokens(1000, 500),
        {},
        (1000 * d("5") + 500 * d("30")) / M,
    ),
    "claude-fable-5-2": (
        "anthropic:claude-fable-5-2",
        tokens(1000, 500),
        {},
        (1000 * d("8") + 500 * d("40")) / M,
    ),
    "claude-opus-5-5": (
        "anthropic:claude-opus-5-5",
        tokens(1000, 500),
        {},
        (1000 * d("4") + 500 * d("20")) / M,
    ),
    "claude-sonnet-5-5": (
        "anthropic:claude-sonnet-5-5",
        tokens(1000, 500),
        {},
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "claude-haiku-5-5": (
        "anthropic:claude-haiku-5-5",
        tokens(1000, 500),
        {},
        (1000 * d("0.1") + 500 * d("0.5")) / M,
    ),
    "claude-haiku-4-5": (
        "anthropic:claude-haiku-4-5",
        tokens(1000, 500),
        {},
        (1000 * d("1") + 500 * d("5")) / M,
    ),
    "gemini-4-argon": (
        "gemini:gemini-4-argon",
        tokens(1000, 500),
        {},
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "gemini-3.8-flash": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500),
        {},
        (1000 * d("0.75") + 500 * d("3.75")) / M,
    ),
    "gemini-3.5-flash-lite": (
        "gemini:gemini-3.5-flash-lite",
        tokens(1000, 500),
        {},
        (1000 * d("0.3") + 500 * d("2.5")) / M,
    ),
    "gemini-3.1-pro-preview": (
        "gemini:gemini-3.1-pro-preview",
        tokens(1000, 500),
        {},
        (1000 * d("2") + 500 * d("12")) / M,
    ),
    "nothing at all": ("openai:gpt-6.1-sol", tokens(0), {}, d("0")),
    "input only": ("anthropic:claude-opus-5-5", tokens(77), {}, 77 * d("4") / M),
    "output only": ("gemini:gemini-4-argon", tokens(0, 77), {}, 77 * d("10") / M),
}

CACHED: dict[str, Case] = {
    "gpt-6-astra reads at a tenth": (
        "openai:gpt-6-astra",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("10") + 1500 * d("1") + 100 * d("50")) / M,
    ),
    "gpt-6.1-sol reads at a twentieth": (
        "openai:gpt-6.1-sol",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("2") + 1500 * d("0.1") + 100 * d("10")) / M,
    ),
    "gpt-6.1-terra reads": (
        "openai:gpt-6.1-terra",
        tokens(2000, 100, read=1999),
        {},
        (1 * d("1") + 1999 * d("0.05") + 100 * d("5")) / M,
    ),
    "gpt-6.2-sol reads": (
        "openai:gpt-6.2-sol",
        tokens(1024, 1, read=1024),
        {},
        (1024 * d("0.1") + d("10")) / M,
    ),
    "gpt-4o reads at half": (
        "openai:gpt-4o",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("2.5") + 1500 * d("1.25") + 100 * d("10")) / M,
    ),
    "gpt-5-pro has no price for reads": (
        "openai:gpt-5-pro",
        tokens(2000, 100, read=1500),
        {},
        (2000 * d("15") + 100 * d("120")) / M,
    ),
    "claude-sonnet-5-5 reads at a twentieth": (
        "anthropic:claude-sonnet-5-5",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("2") + 1500 * d("0.1") + 100 * d("10")) / M,
    ),
    "claude-sonnet-5 reads at a tenth": (
        "anthropic:claude-sonnet-5",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("2") + 1500 * d("0.2") + 100 * d("10")) / M,
    ),
    "claude-fable-5-2 reads at a fortieth": (
        "anthropic:claude-fable-5-2",
        tokens(2000, 100, read=1500),
        {},
        (500 * d("8") + 1500 * d("0.2") + 100 * d("40")) / M,
    ),
    "claude-haiku-5-5 reads": (
        "anthropic:claude-haiku-5-5",
        tokens(2000, 100, read=2000),
        {},
        (2000 * d("0.01") + 100 * d("0.5")) / M,
    ),
    "gemini-4-argon reads": (
        "gemini:gemini-4-argon",
        tokens(9000, 100, read=8192),
        {},
        (808 * d("2") + 8192 * d("0.1") + 100 * d("10")) / M,
    ),
    "gemini-3.8-flash reads": (
        "gemini:gemini-3.8-flash",
        tokens(9000, 100, read=8192),
        {},
        (808 * d("0.75") + 8192 * d("0.075") + 100 * d("3.75")) / M,
    ),
}

WRITTEN: dict[str, Case] = {
    "gpt-6-astra for 30 minutes": (
        "openai:gpt-6-astra",
        tokens(2000, 100, w30m=1500),
        {},
        (500 * d("10") + 1500 * d("12.5") + 100 * d("50")) / M,
    ),
    "gpt-6-astra for 12 hours": (
        "openai:gpt-6-astra",
        tokens(2000, 100, w12h=1500),
        {},
        (500 * d("10") + 1500 * d("25") + 100 * d("50")) / M,
    ),
    "gpt-6.1-sol for 30 minutes": (
        "openai:gpt-6.1-sol",
        tokens(2000, 0, w30m=2000),
        {},
        2000 * d("2.5") / M,
    ),
    "gpt-6.1-sol for 12 hours": (
        "openai:gpt-6.1-sol",
        tokens(2000, 0, w12h=2000),
        {},
        2000 * d("5") / M,
    ),
    "gpt-6.1-sol for both": (
        "openai:gpt-6.1-sol",
        tokens(3000, 10, w30m=1000, w12h=500),
        {},
        (1500 * d("2") + 1000 * d("2.5") + 500 * d("5") + 10 * d("10")) / M,
    ),
    "gpt-6.1-terra for 12 hours": (
        "openai:gpt-6.1-terra",
        tokens(100, 0, w12h=100),
        {},
        100 * d("2.5") / M,
    ),
    "gpt-6-luna for 30 minutes": (
        "openai:gpt-6-luna",
        tokens(1500, 0, w30m=1024),
        {},
        (476 * d("0.1") + 1024 * d("0.125")) / M,
    ),
    "gpt-6.1-sol does not say for how long": (
        "openai:gpt-6.1-sol",
        Usage(input_tokens=1000, cache_write_input_tokens=400, output_tokens=0),
        {},
        (600 * d("2") + 400 * d("2.5")) / M,
    ),
    "gpt-5.5 writes for nothing": (
        "openai:gpt-5.5",
        tokens(2000, 0, w30m=1500),
        {},
        2000 * d("5") / M,
    ),
    "claude-sonnet-5-5 for 5 minutes": (
        "anthropic:claude-sonnet-5-5",
        tokens(2000, 100, w5m=1500),
        {},
        (500 * d("2") + 1500 * d("2.5") + 100 * d("10")) / M,
    ),
    "claude-sonnet-5-5 for an hour": (
        "anthropic:claude-sonnet-5-5",
        tokens(2000, 100, w1h=1500),
        {},
        (500 * d("2") + 1500 * d("4") + 100 * d("10")) / M,
    ),
    "claude-sonnet-5-5 for both": (
        "anthropic:claude-sonnet-5-5",
        tokens(2000, 100, w5m=700, w1h=800),
        {},
        (500 * d("2") + 700 * d("2.5") + 800 * d("4") + 100 * d("10")) / M,
    ),
    "claude-opus-5-5 for an hour": (
        "anthropic:claude-opus-5-5",
        tokens(2000, 100, w1h=1500),
        {},
        (500 * d("4") + 1500 * d("8") + 100 * d("20")) / M,
    ),
    "claude-fable-5-2 for 5 minutes": (
        "anthropic:claude-fable-5-2",
        tokens(2000, 100, w5m=1500),
        {},
        (500 * d("8") + 1500 * d("10") + 100 * d("40")) / M,
    ),
    "claude-haiku-4-5 does not say for how long": (
        "anthropic:claude-haiku-4-5",
        Usage(input_tokens=900, cache_write_input_tokens=900, output_tokens=5),
        {},
        (900 * d("1.25") + 5 * d("5")) / M,
    ),
    "claude-sonnet-5-5 reads and writes": (
        "anthropic:claude-sonnet-5-5",
        tokens(10000, 300, read=6000, w5m=3000),
        {},
        (1000 * d("2") + 6000 * d("0.1") + 3000 * d("2.5") + 300 * d("10")) / M,
    ),
    "gemini charges nothing for a write": (
        "gemini:gemini-3.8-flash",
        Usage(input_tokens=5000, cache_write_input_tokens=4096, output_tokens=0),
        {},
        5000 * d("0.75") / M,
    ),
}

CLIFFS: dict[str, Case] = {
    "gpt-6.1-sol at 272,000": (
        "openai:gpt-6.1-sol",
        tokens(272_000, 1000),
        {},
        (272_000 * d("2") + 1000 * d("10")) / M,
    ),
    "gpt-6.1-sol at 272,001": (
        "openai:gpt-6.1-sol",
        tokens(272_001, 1000),
        {},
        (272_001 * d("4") + 1000 * d("15")) / M,
    ),
    "gpt-6-astra at 272,001, cached": (
        "openai:gpt-6-astra",
        tokens(272_001, 0, read=272_000),
        {},
        (1 * d("20") + 272_000 * d("2")) / M,
    ),
    "gpt-6.1-terra at 300,000, written for 12 hours": (
        "openai:gpt-6.1-terra",
        tokens(300_000, 10, w12h=300_000),
        {},
        (300_000 * d("5") + 10 * d("7.5")) / M,
    ),
    "gpt-6-luna at a million": (
        "openai:gpt-6-luna",
        tokens(1_000_000, 100_000),
        {},
        (1_000_000 * d("0.2") + 100_000 * d("0.75")) / M,
    ),
    "claude-haiku-5-5 at 100,000": (
        "anthropic:claude-haiku-5-5",
        tokens(100_000, 1000),
        {},
        (100_000 * d("0.1") + 1000 * d("0.5")) / M,
    ),
    "claude-haiku-5-5 at 100,001": (
        "anthropic:claude-haiku-5-5",
        tokens(100_001, 1000),
        {},
        (100_001 * d("0.5") + 1000 * d("2.5")) / M,
    ),
    "claude-haiku-5-5 at 100,001, cached counts": (
        "anthropic:claude-haiku-5-5",
        tokens(100_001, 0, read=100_000),
        {},
        (1 * d("0.5") + 100_000 * d("0.05")) / M,
    ),
    "claude-haiku-5-5 at 150,000, written": (
        "anthropic:claude-haiku-5-5",
        tokens(150_000, 10, w5m=100_000, w1h=50_000),
        {},
        (100_000 * d("0.625") + 50_000 * d("1") + 10 * d("2.5")) / M,
    ),
    "claude-sonnet-5-5 has none": (
        "anthropic:claude-sonnet-5-5",
        tokens(900_000, 1000),
        {},
        (900_000 * d("2") + 1000 * d("10")) / M,
    ),
    "gemini-3.1-pro at 200,000": (
        "gemini:gemini-3.1-pro-preview",
        tokens(200_000, 1000),
        {},
        (200_000 * d("2") + 1000 * d("12")) / M,
    ),
    "gemini-3.1-pro at 200,001": (
        "gemini:gemini-3.1-pro-preview",
        tokens(200_001, 1000),
        {},
        (200_001 * d("4") + 1000 * d("18")) / M,
    ),
    "gemini-4-argon has none": (
        "gemini:gemini-4-argon",
        tokens(900_000, 1000),
        {},
        (900_000 * d("2") + 1000 * d("10")) / M,
    ),
}

PROCESSED: dict[str, Case] = {
    "gpt-6.1-sol in batch": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        BATCH,
        (1000 * d("1") + 500 * d("5")) / M,
    ),
    "gpt-6.1-sol in batch, cached": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500, read=600),
        BATCH,
        (400 * d("1") + 600 * d("0.05") + 500 * d("5")) / M,
    ),
    "gpt-6-astra in batch, written": (
        "openai:gpt-6-astra",
        tokens(1000, 0, w30m=1000),
        BATCH,
        1000 * d("6.25") / M,
    ),
    "gpt-6-astra in batch over the cliff": (
        "openai:gpt-6-astra",
        tokens(300_000, 10),
        BATCH,
        (300_000 * d("10") + 10 * d("37.5")) / M,
    ),
    "claude-opus-5-5 in batch": (
        "anthropic:claude-opus-5-5",
        tokens(1000, 500),
        BATCH,
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "claude-sonnet-5-5 in batch, read and written": (
        "anthropic:claude-sonnet-5-5",
        tokens(3000, 100, read=1000, w1h=1000),
        BATCH,
        (1000 * d("1") + 1000 * d("0.05") + 1000 * d("2") + 100 * d("5")) / M,
    ),
    "claude-haiku-5-5 in batch over the cliff": (
        "anthropic:claude-haiku-5-5",
        tokens(100_001, 100),
        BATCH,
        (100_001 * d("0.25") + 100 * d("1.25")) / M,
    ),
    "gemini-3.8-flash in batch": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500),
        BATCH,
        (1000 * d("0.375") + 500 * d("1.875")) / M,
    ),
    "gemini-3.8-flash in batch, cached": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 0, read=1000),
        BATCH,
        1000 * d("0.0375") / M,
    ),
    "gemini-3.1-pro in batch keeps its cached rate": (
        "gemini:gemini-3.1-pro-preview",
        tokens(1000, 0, read=1000),
        BATCH,
        1000 * d("0.2") / M,
    ),
    "gpt-4o in batch keeps its cached rate": (
        "openai:gpt-4o",
        tokens(1000, 500, read=400),
        BATCH,
        (600 * d("1.25") + 400 * d("1.25") + 500 * d("5")) / M,
    ),
    "gpt-6-astra in flex": (
        "openai:gpt-6-astra",
        tokens(1000, 500),
        FLEX,
        (1000 * d("5") + 500 * d("25")) / M,
    ),
    "gpt-6.1-sol in flex, cached": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500, read=500),
        FLEX,
        (500 * d("1") + 500 * d("0.05") + 500 * d("5")) / M,
    ),
    "gemini-4-argon in flex": (
        "gemini:gemini-4-argon",
        tokens(1000, 500),
        FLEX,
        (1000 * d("1") + 500 * d("5")) / M,
    ),
    "o4-mini in flex has rates of its own": (
        "openai:o4-mini",
        tokens(1000, 500, read=500),
        FLEX,
        (500 * d("0.55") + 500 * d("0.138") + 500 * d("2.2")) / M,
    ),
    "gpt-6.1-sol with priority": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        PRIORITY,
        (1000 * d("4") + 500 * d("20")) / M,
    ),
    "gpt-6.1-sol in fast mode": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        FAST,
        (1000 * d("4") + 500 * d("20")) / M,
    ),
    "gpt-5.5 with priority": (
        "openai:gpt-5.5",
        tokens(1000, 500),
        PRIORITY,
        (1000 * d("12.5") + 500 * d("75")) / M,
    ),
    "gpt-6.1-sol ultrafast": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        ULTRAFAST,
        (1000 * d("12") + 500 * d("60")) / M,
    ),
    "gpt-6.2-sol ultrafast at its introduction": (
        "openai:gpt-6.2-sol",
        tokens(1000, 500),
        ULTRAFAST,
        (1000 * d("6") + 500 * d("30")) / M,
    ),
    "gemini-3.8-flash with priority": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500),
        PRIORITY,
        (1000 * d("1.35") + 500 * d("6.75")) / M,
    ),
    "claude-opus-5-5 in fast mode": (
        "anthropic:claude-opus-5-5",
        Usage(input_tokens=1000, output_tokens=500, raw={"speed": "fast"}),
        {},
        (1000 * d("8") + 500 * d("40")) / M,
    ),
    "claude says batch itself": (
        "anthropic:claude-sonnet-5-5",
        Usage(input_tokens=1000, output_tokens=500, raw={"service_tier": "batch"}),
        {},
        (1000 * d("1") + 500 * d("5")) / M,
    ),
    "the default tier is standard": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        {"service_tier": "default"},
        (1000 * d("2") + 500 * d("10")) / M,
    ),
}

REGIONS: dict[str, Case] = {
    "gpt-6.1-sol in one region": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        REGIONAL,
        (1000 * d("2") + 500 * d("10")) * d("1.1") / M,
    ),
    "gpt-6.1-sol in one region, in batch": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500),
        REGIONAL | BATCH,
        (1000 * d("1") + 500 * d("5")) * d("1.1") / M,
    ),
    "gpt-6-astra in one region over the cliff": (
        "openai:gpt-6-astra",
        tokens(300_000, 10),
        REGIONAL,
        (300_000 * d("20") + 10 * d("75")) * d("1.1") / M,
    ),
    "claude-opus-5-5 in the USA": (
        "anthropic:claude-opus-5-5",
        Usage(input_tokens=1000, output_tokens=500, raw={"inference_geo": "us"}),
        {},
        (1000 * d("4") + 500 * d("20")) * d("1.1") / M,
    ),
    "claude-opus-5-5 in the USA, cached": (
        "anthropic:claude-opus-5-5",
        tokens(1000, 0, read=600, w1h=400),
        REGIONAL,
        (600 * d("0.2") + 400 * d("8")) * d("1.1") / M,
    ),
    "a search has no surcharge": (
        "anthropic:claude-opus-5-5",
        tokens(0, 0, searches=5),
        REGIONAL,
        5 * d("10") / K,
    ),
}

SEARCHES: dict[str, Case] = {
    "openai": (
        "openai:gpt-6.1-sol",
        tokens(1000, 500, searches=1),
        {},
        (1000 * d("2") + 500 * d("10")) / M + d("10") / K,
    ),
    "anthropic": (
        "anthropic:claude-sonnet-5-5",
        tokens(1000, 500, searches=7),
        {},
        (1000 * d("2") + 500 * d("10")) / M + 7 * d("10") / K,
    ),
    "anthropic in batch, not halved": (
        "anthropic:claude-sonnet-5-5",
        tokens(1000, 500, searches=7),
        BATCH,
        (1000 * d("1") + 500 * d("5")) / M + 7 * d("10") / K,
    ),
    "gemini 3": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500, searches=3),
        {},
        (1000 * d("0.75") + 500 * d("3.75")) / M + 3 * d("14") / K,
    ),
    "gemini 2.5 pays more": (
        "gemini:gemini-2.5-flash",
        tokens(1000, 500, searches=3),
        {},
        (1000 * d("0.3") + 500 * d("2.5")) / M + 1 * d("35") / K,  # by prompt
    ),
    "with priority, not doubled": (
        "openai:gpt-6.1-sol",
        tokens(1000, 0, searches=2),
        PRIORITY,
        1000 * d("4") / M + 2 * d("10") / K,
    ),
}

THOUGHTS: dict[str, Case] = {
    "openai's reasoning is output": (
        "openai:gpt-6.1-sol",
        tokens(1000, 5000, thought=4900),
        {},
        (1000 * d("2") + 5000 * d("10")) / M,
    ),
    "anthropic's thinking is output": (
        "anthropic:claude-opus-5-5",
        tokens(1000, 5000, thought=4900),
        {},
        (1000 * d("4") + 5000 * d("20")) / M,
    ),
    "gemini's thoughts are output": (
        "gemini:gemini-4-argon",
        tokens(1000, 5000, thought=4900),
        {},
        (1000 * d("2") + 5000 * d("10")) / M,
    ),
    "in batch too": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 5000, thought=5000),
        BATCH,
        (1000 * d("0.375") + 5000 * d("1.875")) / M,
    ),
}

DATED: dict[str, Case] = {
    "gemini-4-argon on the last day": (
        "gemini:gemini-4-argon",
        tokens(1000, 500),
        on(2026, 11, 30),
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "gemini-4-argon on the first day": (
        "gemini:gemini-4-argon",
        tokens(1000, 500),
        on(2026, 12, 1),
        (1000 * d("4") + 500 * d("20")) / M,
    ),
    "gemini-4-argon cached, after": (
        "gemini:gemini-4-argon",
        tokens(1000, 0, read=1000),
        on(2026, 12, 1),
        1000 * d("0.2") / M,
    ),
    "gemini-4-argon in batch, after": (
        "gemini:gemini-4-argon",
        tokens(1000, 500),
        on(2026, 12, 1, **BATCH),
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "gemini-3.8-flash at new year": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500),
        on(2027, 1, 1),
        (1000 * d("1.5") + 500 * d("7.5")) / M,
    ),
    "gemini-3.8-flash with priority at new year": (
        "gemini:gemini-3.8-flash",
        tokens(1000, 500),
        on(2027, 1, 1, **PRIORITY),
        (1000 * d("2.7") + 500 * d("13.5")) / M,
    ),
    "gemini-3.6-flash the day before": (
        "gemini:gemini-3.6-flash",
        tokens(1000, 500),
        on(2026, 12, 31),
        (1000 * d("0.75") + 500 * d("3.75")) / M,
    ),
    "claude-sonnet-5-5 reads before October 7": (
        "anthropic:claude-sonnet-5-5",
        tokens(1000, 0, read=1000),
        on(2026, 10, 6),
        1000 * d("0.2") / M,
    ),
    "claude-sonnet-5-5 reads from October 7": (
        "anthropic:claude-sonnet-5-5",
        tokens(1000, 0, read=1000),
        on(2026, 10, 7),
        1000 * d("0.1") / M,
    ),
    "gpt-6.2-sol ultrafast from March": (
        "openai:gpt-6.2-sol",
        tokens(1000, 500),
        on(2027, 3, 1, **ULTRAFAST),
        (1000 * d("12") + 500 * d("60")) / M,
    ),
    "o3 before it became cheaper": (
        "openai:o3",
        tokens(1000, 500),
        on(2025, 6, 9),
        (1000 * d("10") + 500 * d("40")) / M,
    ),
    "o3 after": (
        "openai:o3",
        tokens(1000, 500),
        on(2025, 6, 10),
        (1000 * d("2") + 500 * d("8")) / M,
    ),
    "claude-sonnet-4-6 had a cliff": (
        "anthropic:claude-sonnet-4-6",
        tokens(200_001, 100),
        on(2026, 3, 12),
        (200_001 * d("6") + 100 * d("22.5")) / M,
    ),
    "claude-sonnet-4-6 lost it": (
        "anthropic:claude-sonnet-4-6",
        tokens(200_001, 100),
        on(2026, 3, 13),
        (200_001 * d("3") + 100 * d("15")) / M,
    ),
}

NAMES: dict[str, Case] = {
    "a dated snapshot": (
        "anthropic:claude-haiku-4-5-20251001",
        tokens(1000, 500),
        {},
        (1000 * d("1") + 500 * d("5")) / M,
    ),
    "an alias": (
        "gemini:gemini-flash-latest",
        tokens(1000, 500),
        {},
        (1000 * d("0.75") + 500 * d("3.75")) / M,
    ),
    "the other door": (
        "openai/chat:gpt-6.1-sol",
        tokens(1000, 500),
        {},
        (1000 * d("2") + 500 * d("10")) / M,
    ),
    "a tuned model": (
        "openai:ft:gpt-4o-mini-2024-07-18:me::1",
        tokens(1000, 500),
        {},
        (1000 * d("0.3") + 500 * d("1.2")) / M,
    ),
}

CASES = {
    f"{group}: {name}": case
    for group, cases in {
        "plain": PLAIN,
        "cached": CACHED,
        "written": WRITTEN,
        "cliff": CLIFFS,
        "processed": PROCESSED,
        "region": REGIONS,
        "search": SEARCHES,
        "thinking": THOUGHTS,
        "dated": DATED,
        "name": NAMES,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize(("model", "usage", "how", "expected"), CASES.values(), ids=CASES.keys())
def test_cost(model: str, usage: Usage, how: dict[str, Any], expected: Decimal) -> None:
    cost = BOOK.price(ModelRef.parse(model), None, usage, **{"on": TODAY, **how})
    assert cost is not None
    assert cost.total == expected
    assert cost.total == sum(line.amount for line in cost.lines)


def test_there_are_at_least_a_hundred() -> None:
    assert len(CASES) >= 100

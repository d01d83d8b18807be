"""What other projects' tests say that recorded responses cost, at the price of their day."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground.domain import ModelRef, Usage
from playground.pricing import load

EXCHANGES = Path(__file__).parents[2].parent / "shared" / "exchanges"
BOOK = load()
PROVIDER = {"openai": "openai", "anthropic": "anthropic", "gemini": "gemini"}
THEIR_DAY = date(2026, 8, 20)
"""The peers' prices are of a commit of 2026-08-21, made before gpt-5.6-sol became cheaper that day."""


def asserted_costs() -> list[Any]:
    found = []
    for file in sorted(EXCHANGES.glob("*.json")):
        exchange = json.loads(file.read_text())
        for peer in exchange["peer_expected"] or []:
            if "cost_usd" in peer:
                cost = Decimal(peer["cost_usd"])
            elif "input_price_usd" in peer:
                cost = Decimal(peer["input_price_usd"]) + Decimal(peer["output_price_usd"])
            else:
                continue
            found.append(pytest.param(exchange, cost, id=f"{peer['project']}-{file.stem}"))
    return found


def modalities(details: Any) -> dict[str, int]:
    return {d["modality"].lower(): d["tokenCount"] for d in details or []}


def usage_of(exchange: Any) -> Usage:
    """The usage as `expected.normalized` has it, with what the raw object adds on kinds of tokens."""
    normal, raw = exchange["expected"]["normalized"], exchange["expected"]["raw_usage"] or {}
    written = raw.get("cache_creation") or {}
    split = {"5m": "ephemeral_5m_input_tokens", "1h": "ephemeral_1h_input_tokens"}
    return Usage(
        input_tokens=normal["input_total"],
        cache_read_input_tokens=normal["cached_input"],
        cache_write_input_tokens=normal["cache_write"],
        cache_write_by_ttl={ttl: written[key] for ttl, key in split.items() if written.get(key)},
        output_tokens=normal["output_total"],
        reasoning_output_tokens=normal["reasoning"],
        input_tokens_by_modality=modalities(raw.get("promptTokensDetails")),
        cache_read_tokens_by_modality=modalities(raw.get("cacheTokensDetails")),
        raw=raw,
    )


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
@pytest.mark.parametrize(("exchange", "expected"), asserted_costs())
def test_cost_is_what_the_peers_assert(exchange: Any, expected: Decimal) -> None:
    provider = PROVIDER[exchange["api"].partition(".")[0]]
    ref = ModelRef(provider, "chat", exchange["model"])
    cost = BOOK.price(ref, exchange["expected"]["model"], usage_of(exchange), on=THEIR_DAY)
    assert cost is not None
    assert abs(cost.total - expected) <= Decimal("1e-8")


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
def test_every_recorded_model_has_a_price() -> None:
    without = set()
    for file in EXCHANGES.glob("*.json"):
        exchange = json.loads(file.read_text())
        provider = PROVIDER[exchange["api"].partition(".")[0]]
        if BOOK.find(provider, exchange["model"], date(2026, 11, 21)) is None:
            without.add(exchange["model"])
    assert without == {"non-existent-model", "this-model-does-not-exist-12345"}


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
def test_compaction_that_the_top_level_figures_leave_out_is_billed() -> None:
    file = next(EXCHANGES.glob("anth-s-anthropic-compaction-1-*.json"))
    raw = json.loads(file.read_text())["expected"]["raw_usage"]
    compaction = next(i for i in raw["iterations"] if i["type"] == "compaction")
    extra = Usage(
        input_tokens=compaction["input_tokens"], output_tokens=compaction["output_tokens"]
    )
    usage = Usage(
        input_tokens=raw["input_tokens"],
        output_tokens=raw["output_tokens"],
        also_billed=((None, extra),),
        raw=raw,
    )
    cost = BOOK.price(
        ModelRef.parse("anthropic:claude-opus-4-6"), None, usage, on=date(2026, 11, 21)
    )
    assert cost is not None
    assert cost.total == Decimal((612 + 60_385) * 5 + (2_819 + 522) * 25) / 1_000_000

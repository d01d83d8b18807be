"""The price of a model on a day, and the cost of a usage by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from playground.price_service import answering
from playground.price_service.answering import Unanswerable
from playground.pricing import PriceBook, load

M = Decimal(1_000_000)


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(own=False)


def total(book: PriceBook, **asked: Any) -> Decimal:
    return Decimal(answering.cost(book, answering.question(asked))["cost"]["total"])


@pytest.mark.parametrize(("on", "rate"), [("2026-11-30", "2"), ("2026-12-01", "4")])
def test_the_price_is_that_of_its_day(book: PriceBook, on: str, rate: str) -> None:
    found = answering.price(book, "gemini:gemini-4-argon", on)
    assert (found["on"], found["price"]["rates"]["input"]) == (on, rate)
    assert found["price"]["source"].startswith("https://")
    assert found["price"]["as_of"]


def test_a_dated_name_and_an_alias_find_their_row(book: PriceBook) -> None:
    assert answering.price(book, "openai:gpt-5-2026-08-07")["price"]["model"] == "gpt-5"
    assert answering.price(book, "openai:gpt-5-codex")["price"]["model"] == "gpt-5"


def test_the_cost_is_tokens_times_the_rates_of_the_day(book: PriceBook) -> None:
    usage = {"input_tokens": 10_000, "cache_read_input_tokens": 6_000, "output_tokens": 500}
    sol = (4_000 * 2 + 6_000 * Decimal("0.1") + 500 * 10) / M
    assert total(book, model="openai:gpt-6.1-sol", usage=usage) == sol
    half = total(book, model="openai:gpt-6.1-sol", usage=usage, processing="batch")
    assert half == sol / 2


def test_the_same_usage_costs_what_it_did_on_its_day(book: PriceBook) -> None:
    asked = {"model": "openai:gpt-5.6-luna", "usage": {"input_tokens": 1_000, "output_tokens": 0}}
    before, after = (total(book, **asked, on=day) for day in ("2026-07-29", "2026-07-30"))
    assert (before, after) == (1_000 * Decimal(1) / M, 1_000 * Decimal("0.2") / M)


@pytest.mark.parametrize(
    ("model", "reported"),
    [
        (
            "anthropic:claude-sonnet-5-5",
            {
                "input_tokens": 400,
                "cache_read_input_tokens": 600,
                "cache_creation_input_tokens": 0,
                "output_tokens": 50,
            },
        ),
        (
            "openai:gpt-6.1-sol",
            {
                "input_tokens": 1000,
                "input_tokens_details": {"cached_tokens": 600},
                "output_tokens": 50,
            },
        ),
        (
            "openai/chat:gpt-6.1-sol",
            {
                "prompt_tokens": 1000,
                "prompt_tokens_details": {"cached_tokens": 600},
                "completion_tokens": 50,
            },
        ),
        (
            "gemini:gemini-3.8-flash",
            {"promptTokenCount": 1000, "cachedContentTokenCount": 600, "candidatesTokenCount": 50},
        ),
    ],
)
def test_a_providers_own_usage_object_costs_what_its_counts_do(
    book: PriceBook, model: str, reported: dict[str, Any]
) -> None:
    ours = {"input_tokens": 1_000, "cache_read_input_tokens": 600, "output_tokens": 50}
    found = answering.cost(book, answering.question({"model": model, "reported": reported}))
    assert {name: found["usage"][name] for name in ours} == ours
    assert Decimal(found["cost"]["total"]) == total(book, model=model, usage=ours) > 0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "gpt-6.1-sol", "usage": {"input_tokens": 1}}, "provider:model"),
        ({"model": "openai:gpt-6.1-sol", "on": "tomorrow", "usage": {}}, "not a day"),
        ({"model": "openai:gpt-6.1-sol"}, "either usage"),
        ({"model": "openai:gpt-6.1-sol", "usage": {"tokens": 1}}, "no field 'tokens'"),
        ({"model": "openai:gpt-6.1-sol", "usage": {"input_tokens": "9"}}, "input_tokens"),
        ({"model": "openai:gpt-6.1-sol", "usage": {}}, "Neither input_tokens"),
        ({"model": "openai:gpt-6.1-sol", "reported": {"tokens": 4}}, "Neither input_tokens"),
        (
            {
                "model": "openai:gpt-6.1-sol",
                "usage": {"input_tokens": 1, "cache_read_input_tokens": 2},
            },
            "contradict",
        ),
        ({"model": "openai:gpt-6.1-sol", "processing": "slow", "usage": {}}, "standard or batch"),
        ({"model": "openai:gpt-6.1-sol", "colour": "blue"}, "no field 'colour'"),
        ([], "JSON object"),
    ],
)
def test_a_question_that_can_not_be_read_is_told_what_is_wrong(
    book: PriceBook, asked: Any, said: str
) -> None:
    with pytest.raises(Unanswerable, match=said) as why:
        answering.cost(book, answering.question(asked))
    assert not why.value.unknown


def test_no_price_and_a_day_before_its_sale_are_no_zero(book: PriceBook) -> None:
    for model, on in (
        ("openai:nobody-knows-this", "2026-11-26"),
        ("openai:gpt-6.1-sol", "2020-01-01"),
    ):
        with pytest.raises(Unanswerable) as why:
            answering.price(book, model, on)
        assert why.value.unknown


def test_models_are_found_by_a_part_of_their_spelling(book: PriceBook) -> None:
    found = answering.models(book, "SONNET")
    assert "anthropic:claude-sonnet-5-5" in found
    assert all("sonnet" in name for name in found)

"""A request that is only thought of, and prices about which two sources disagree."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import figures as fmt
from playground.domain import ModelRef, Usage
from playground.pricing import load
from playground.pricing.shape import (
    PROCESSING,
    Shape,
    lengths,
    offered,
    quote,
    shape_of,
    written_for,
)

TODAY = date(2026, 11, 21)
BOOK = load(own=False)
M = Decimal(1_000_000)


def test_a_shape_and_a_usage_say_the_same() -> None:
    usage = Usage(
        input_tokens=1000,
        cache_read_input_tokens=300,
        cache_write_input_tokens=200,
        cache_write_by_ttl={"1h": 200},
        output_tokens=50,
        reasoning_output_tokens=40,
        server_tool_calls={"web_search": 2},
    )
    assert shape_of(usage).usage == usage


def test_a_longer_request_keeps_its_shares() -> None:
    shape = Shape(input_tokens=1000, cache_read_input_tokens=500, image_tokens=100, output_tokens=7)
    longer = shape.of_length(10_000)
    assert longer == Shape(
        input_tokens=10_000, cache_read_input_tokens=5000, image_tokens=1000, output_tokens=7
    )


COUNT = st.integers(0, 10**6)


@given(COUNT, st.integers(0, 100), st.integers(0, 100), COUNT)
def test_shares_never_grow_beyond_the_whole(
    whole: int, read: int, written: int, length: int
) -> None:
    part = whole // 200
    shape = Shape(
        input_tokens=whole,
        cache_read_input_tokens=part * read,
        cache_write_input_tokens=part * written,
    )
    assert shape.problems() == []
    assert shape.of_length(length).problems() == []


def test_contradictions_are_said() -> None:
    assert Shape(input_tokens=1, cache_read_input_tokens=2).problems() == [
        "cache reads and writes (2) exceed all input (1)"
    ]
    assert Shape(output_tokens=1, reasoning_output_tokens=2).problems() == [
        "reasoning (2) exceeds all output (1)"
    ]
    assert Shape(input_tokens=1, image_tokens=2).problems() == ["images (2) exceed all input (1)"]


def test_images_pay_a_rate_of_their_own_only_where_there_is_one() -> None:
    shape = Shape(input_tokens=1000, image_tokens=400)
    cost = quote(BOOK, ModelRef.parse("openai:gpt-6.1-sol"), shape, on=TODAY)
    assert cost is not None
    assert cost.total == 1000 * Decimal(2) / M


@pytest.mark.parametrize(
    ("model", "ways", "ttls"),
    [
        (
            "openai:gpt-6.1-sol",
            ["standard", "batch", "flex", "priority", "ultrafast"],
            ("30m", "12h"),
        ),
        ("anthropic:claude-sonnet-5-5", ["standard", "batch"], ("5m", "1h")),
        ("anthropic:claude-opus-5-5", ["standard", "batch"], ("5m", "1h")),
        ("gemini:gemini-3.8-flash", ["standard", "batch", "flex", "priority"], ()),
        ("openai:chat-latest", ["standard"], ()),
    ],
)
def test_what_a_row_has_a_price_for(model: str, ways: list[str], ttls: tuple[str, ...]) -> None:
    ref = ModelRef.parse(model)
    row = BOOK.find(ref.provider, ref.model, TODAY)
    assert row is not None
    assert list(offered(row)) == ways
    assert written_for(row) == ttls
    for way in PROCESSING:
        cost = quote(BOOK, ref, Shape(input_tokens=10, output_tokens=1), on=TODAY, processing=way)
        assert cost is not None
        bounds = (way not in ways and way not in ("batch", "flex"), way in ("batch", "flex"))
        assert (cost.lower_bound, cost.upper_bound) == (
            bounds if way not in ways else (False, False)
        )


def test_a_chart_has_both_sides_of_the_cliff() -> None:
    row = BOOK.find("anthropic", "claude-haiku-5-5", TODAY)
    drawn = lengths(row, 200_000, steps=10)
    assert drawn == sorted([*range(0, 200_001, 20_000), 100_001])
    assert lengths(row, 50_000, steps=2) == [0, 25_000, 50_000]
    assert lengths(None, 10, steps=1) == [0, 10]


@pytest.mark.parametrize(
    ("model", "tokens", "how", "ours", "theirs"),
    [
        ("openai:gpt-5.5", 300_000, "priority", "25", "12.5"),
        ("openai:gpt-5.5-pro", 300_000, "batch", "30", "15"),
        ("openai:gpt-5.4", 272_001, "priority", "10", "5"),
    ],
)
def test_two_sources_make_a_range_with_both(
    model: str, tokens: int, how: str, ours: str, theirs: str
) -> None:
    shape = Shape(input_tokens=tokens)
    cost = quote(BOOK, ModelRef.parse(model), shape, on=TODAY, processing=how)
    assert cost is not None
    assert cost.other is not None
    assert cost.total == tokens * Decimal(ours) / M
    assert cost.other.total == tokens * Decimal(theirs) / M
    assert cost.span == (cost.other.total, cost.total)
    assert cost.other.price.source != cost.price.source
    assert fmt.cost(cost) == f"{fmt.money(cost.other.total)} – {fmt.money(cost.total)}"
    assert "two sources disagree" in cost.notes[-1]


@pytest.mark.parametrize(
    ("model", "tokens", "how"),
    [
        ("openai:gpt-5.5", 272_000, "priority"),
        ("openai:gpt-5.5", 300_000, "standard"),
        ("gemini:gemini-3.5-flash-lite", 1000, "batch"),
        ("openai:gpt-6.1-sol", 1000, "standard"),
    ],
)
def test_where_they_agree_there_is_no_range(model: str, tokens: int, how: str) -> None:
    cost = quote(BOOK, ModelRef.parse(model), Shape(input_tokens=tokens), on=TODAY, processing=how)
    assert cost is not None
    assert cost.other is None
    assert cost.span == (cost.total, cost.total)

"""The table for people, and what the same work would have cost otherwise."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import ModelRef
from playground.pricing import load
from playground.pricing.listing import cases, entries
from playground.pricing.shape import Shape
from playground.pricing.whatif import Change, steps

TODAY = date(2026, 11, 21)
BOOK = load(own=False)
SOL, LUNA = ModelRef.parse("openai:gpt-6.1-sol"), ModelRef.parse("openai:gpt-6-luna")
M = Decimal(1_000_000)


def test_a_model_is_listed_once_with_what_came_before_and_comes_next() -> None:
    listed = {(e.price.provider, e.price.model): e for e in entries(BOOK, TODAY)}
    assert len(listed) == len(list(entries(BOOK, TODAY)))
    argon = listed["gemini", "gemini-4-argon"]
    assert argon.price.rates["input"] == 2
    assert argon.coming is not None
    assert argon.coming.valid_from == date(2026, 12, 1)
    assert argon.coming.rates["input"] == 4
    assert len(argon.history) == 2
    later = {e.price.model: e for e in entries(BOOK, date(2026, 12, 1))}["gemini-4-argon"]
    assert later.price.rates["input"] == 4
    assert later.coming is None


def test_the_cases_of_a_price_are_what_is_charged() -> None:
    price = BOOK.find("openai", "gpt-6.1-sol", TODAY)
    assert price is not None
    found = {(c.way, c.above): c.rates["input"] for c in cases(BOOK, price)}
    assert found == {
        (way, above): 2 * Decimal(factor) * (2 if above else 1)
        for way, factor in (
            ("standard", 1),
            ("batch", "0.5"),
            ("flex", "0.5"),
            ("priority", 2),
            ("ultrafast", 6),
        )
        for above in (None, 272_000)
    }


def test_each_change_comes_on_top_of_those_before() -> None:
    work = [(SOL, Shape(input_tokens=1000, output_tokens=100))] * 2
    change = Change(model=LUNA, cached=Decimal("0.5"), batch=True)
    was, other, cached, batch = steps(BOOK, work, change, on=TODAY)
    assert was.total == 2 * (1000 * 2 + 100 * 10) / M
    assert other.total == 2 * (1000 * Decimal("0.1") + 100 * Decimal("0.5")) / M
    half = 500 * Decimal("0.1") + 500 * Decimal("0.01") + 100 * Decimal("0.5")
    assert cached.total == 2 * half / M
    assert batch.total == half / M
    assert [s.saved for s in (other, cached, batch)] == [
        was.total - other.total,
        other.total - cached.total,
        cached.total - batch.total,
    ]


def test_without_a_price_the_sum_is_unknown() -> None:
    work = [(SOL, Shape(input_tokens=1000))]
    last = steps(BOOK, work, Change(model=ModelRef.parse("ollama:llama3")), on=TODAY)[-1]
    assert (last.total, last.saved) == (None, None)


def test_a_model_without_batch_keeps_its_price_and_says_so() -> None:
    ref = ModelRef.parse("openai:chat-latest")
    last = steps(BOOK, [(ref, Shape(input_tokens=1000))], Change(batch=True), on=TODAY)[-1]
    assert last.saved == 0
    assert last.note == "no batch price: openai:chat-latest"


@given(st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 100), st.decimals(0, 1, places=2))
def test_caching_never_unsays_what_was_cached(
    whole: int, read: int, written: int, share: Decimal
) -> None:
    part = whole // 200
    shape = Shape(
        input_tokens=whole,
        cache_read_input_tokens=part * read,
        cache_write_input_tokens=part * written,
    )
    was, *rest = steps(BOOK, [(SOL, shape)], Change(cached=share), on=TODAY)
    assert was.total is not None
    for step in rest:
        assert step.total is not None
        assert step.total <= was.total


def test_a_batch_price_out_of_genai_prices_counts() -> None:
    pytest.importorskip("genai_prices")
    ref = ModelRef.parse("gemini:gemini-2.5-flash-tts")
    assert BOOK.find(ref.provider, ref.model, TODAY) is None
    was, last = steps(BOOK, [(ref, Shape(input_tokens=1000))], Change(batch=True), on=TODAY)
    assert was.total is not None
    assert last.total == was.total / 2
    assert last.note == "answers within 24 hours"

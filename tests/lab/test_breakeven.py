"""Three ways to pay: the arithmetic by hand, plans without a price to compare, runs read from files."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import pricing
from playground.domain import ModelRef
from playground.lab import breakeven as lab
from playground.lab.conversation_growth import scripted
from playground.pricing import Plan
from playground.pricing.plans import paid

ON = date(2026, 11, 21)
SONNET = ModelRef.parse("anthropic:claude-sonnet-5-5")
MILLION = Decimal(1_000_000)


def conversation(q: int = 150, a: int = 400, n: int = 10, s: int = 0) -> lab.Conversation:
    return lab.Conversation(name="test", turns=scripted(q, a, n, s), source="by hand")


def plan(monthly: str) -> Plan:
    return Plan(product="X", plan="Y", monthly=Decimal(monthly), source="s", as_of=ON)


def test_ten_turns_cost_what_the_arithmetic_says() -> None:
    found = lab.price(conversation(), SONNET, pricing.load(), ON)
    sent = 150 * 55 + 400 * 45
    assert sent == 26_250
    assert found.cost == sent * 2 / MILLION + 10 * 400 * 10 / MILLION


def test_with_a_hidden_prompt_and_caching_most_of_it_is_read() -> None:
    found = lab.price(conversation(s=4_427), SONNET, pricing.load(), ON)
    written = 4_427 + 150 * 10 + 400 * 9
    read = 26_250 + 44_270 - written
    expected = (written * Decimal("2.5") + read * Decimal("0.1") + 4_000 * 10) / MILLION
    assert found.cost_cached == expected


def test_both_cost_the_same_where_the_line_meets_the_level() -> None:
    row = lab.Row(plan=plan("20"), price=lab.price(conversation(), SONNET, pricing.load(), ON))
    assert row.price.cost is not None
    assert row.conversations is not None
    assert abs(row.conversations * row.price.cost - 20) < Decimal("1e-20")


@given(st.decimals("0.01", "999", places=2), st.decimals("0.000001", "50", places=6))
def test_break_even_times_cost_is_the_plan(monthly: Decimal, cost: Decimal) -> None:
    meets = lab.break_even(monthly, cost)
    assert meets is not None
    assert abs(meets * cost - monthly) < Decimal("1e-20")


def test_a_free_plan_and_a_model_without_a_price_have_no_break_even() -> None:
    unknown = ModelRef.parse("ollama:llama3")
    nothing = lab.price(conversation(), unknown, pricing.load(), ON)
    assert nothing.cost is None
    assert lab.Row(plan=plan("20"), price=nothing).conversations is None
    free = lab.Row(plan=plan("0"), price=lab.price(conversation(), SONNET, pricing.load(), ON))
    assert free.conversations is None


def test_a_dated_price_is_the_price_of_its_day() -> None:
    argon = ModelRef.parse("gemini:gemini-4-argon")
    before = lab.price(conversation(), argon, pricing.load(), date(2026, 11, 30))
    after = lab.price(conversation(), argon, pricing.load(), date(2026, 12, 1))
    assert before.cost is not None
    assert after.cost == 2 * before.cost


def test_a_cap_is_told_in_conversations() -> None:
    plus = next(p for p in pricing.load().plans if p.name == "ChatGPT Plus")
    assert lab.cap_conversations(plus, 10) == Decimal(160 * 240) / 10
    claude = next(p for p in pricing.load().plans if p.name == "Claude Pro")
    assert lab.cap_conversations(claude, 10) is None


def test_every_plan_beside_every_model() -> None:
    book = pricing.load()
    models = [SONNET, ModelRef.parse("openai:gpt-6.1-sol")]
    rows = lab.table(conversation(), models, paid(book.plans), book, ON)
    assert len(rows) == 2 * len(paid(book.plans))


def test_the_document_has_money_as_text_and_unknown_as_null() -> None:
    book = pricing.load()
    rows = lab.table(
        conversation(), [SONNET, ModelRef.parse("ollama:x")], paid(book.plans), book, ON
    )
    whole = json.loads(json.dumps(lab.document(conversation(), rows)))
    first, second = whole["rows"][:2]
    assert whole["conversation"]["input_tokens"] == 26_250
    assert first["cost"] == "0.0925"
    assert second["cost"] is None
    assert second["conversations"] is None
    assert first["plan_source"]["as_of"]


def test_the_presets_are_three_and_grow() -> None:
    totals = [h.conversations * h.conversation().input_tokens for h in lab.HABITS.values()]
    assert list(lab.HABITS) == ["light", "medium", "heavy"]
    assert totals == sorted(totals)


def saved(tmp_path: Path, *counts: tuple[int | None, int | None]) -> Path:
    rows = [
        {
            "provider": "openai",
            "model": "gpt-6.1-sol",
            "usage": {"input_tokens": i, "output_tokens": o},
        }
        for i, o in counts
    ]
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"run_id": "r1", "responses": rows}), encoding="utf-8")
    return file


def test_a_saved_run_is_a_measured_conversation(tmp_path: Path) -> None:
    found = lab.from_file(saved(tmp_path, (10, 20), (40, 20), (None, None)))
    assert (found.input_tokens, found.output_tokens, len(found.turns)) == (50, 40, 2)
    assert "r1" in found.source


def test_a_file_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no response that reported"):
        lab.from_file(saved(tmp_path, (None, None)))
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.json can't be read as JSON"):
        lab.from_file(tmp_path / "x.json")

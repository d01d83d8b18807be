"""The plans: dated, with their caps and their exceptions, and a mistake in one is named with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from playground.pricing.loading import PROJECT, load
from playground.pricing.plans import Plan, paid

PLANS = {plan.name: plan for plan in load(PROJECT).plans}
PRICES = "prices:\n  openai:\n    - {model: m, input: 1, output: 2, source: https://x.test, as_of: 2026-01-01}\n"


def test_the_plans_that_people_ask_about_are_there() -> None:
    chat_gpt = {f"ChatGPT {n}" for n in ("Free", "Go", "Plus", "Pro 200", "Business Standard")}
    claude = {f"Claude {n}" for n in ("Free", "Pro", "Max", "Ultra", "Team Standard")}
    google = {f"Gemini {n}" for n in ("AI Plus", "AI Pro", "AI Ultra 20x")}
    assert chat_gpt | claude | google <= set(PLANS)


def test_a_cap_knows_how_many_messages_a_month_it_allows() -> None:
    cap = PLANS["ChatGPT Plus"].cap
    assert cap is not None
    assert cap.monthly == 160 * 30 * 24 // 3
    assert cap.as_of < date(2026, 9, 1)
    assert "GPT-5.5" in (cap.note or "")


def test_a_cap_on_a_special_model_is_not_the_everyday_cap() -> None:
    assert PLANS["ChatGPT Pro 200"].caps[0].what == "Pro model"
    assert PLANS["ChatGPT Pro 200"].cap is None


def test_the_exceptions_are_named_where_they_hold() -> None:
    assert "Sign in with ChatGPT" in (PLANS["ChatGPT Plus"].exception or "")
    assert PLANS["Claude Max"].api_credit == Decimal(100)
    assert PLANS["Claude Ultra"].api_credit == Decimal(200)
    assert PLANS["Claude Pro"].api_credit is None
    assert PLANS["Claude Pro"].exception is None


def test_sources_that_disagree_are_told() -> None:
    assert "$7.99" in (PLANS["Gemini AI Plus"].conflict or "")


def test_free_plans_are_not_paid() -> None:
    assert {plan.name for plan in PLANS.values()} - {p.name for p in paid(PLANS.values())} == {
        "ChatGPT Free",
        "Claude Free",
        "Gemini Free",
    }


def test_a_mistake_in_a_cap_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "pricing.yaml"
    row = "{product: X, plan: Y, monthly: 1, source: s, as_of: 2026-01-01, caps: [{what: Instant, messages: -3, hours: 1, source: s, as_of: 2026-01-01}]}"
    file.write_text(f"{PRICES}plans:\n  - {row}\n", encoding="utf-8")
    (problem,) = load(file).problems
    assert "line 5" in problem
    assert "a whole number above 0" in problem


def test_a_plan_without_a_known_cap_has_none() -> None:
    plan = Plan(product="X", plan="Y", monthly=Decimal(1), source="s", as_of=date(2026, 1, 1))
    assert plan.cap is None


def test_googles_plans_carry_cloud_credit_and_say_where_that_was_read() -> None:
    found = {plan.plan: plan for plan in load().plans if plan.product == "Gemini"}
    assert "$10 a month of Google Cloud credit" in (found["AI Pro"].exception or "")
    for name in ("AI Ultra 5x", "AI Ultra 20x"):
        assert "amount is not known" in (found[name].exception or "")
        assert "$100 a month" in (found[name].conflict or "")
        assert "blog.google" in found[name].source


def test_claudes_team_seats_bring_a_credit_that_is_pooled() -> None:
    """Anthropic's own example: three Standard and two Premium seats have $260 a month, $360 with one more."""
    standard, premium = PLANS["Claude Team Standard"], PLANS["Claude Team Premium"]
    assert standard.api_credit is not None
    assert premium.api_credit is not None
    assert (standard.per, premium.per) == ("seat", "seat")
    assert 3 * standard.api_credit + 2 * premium.api_credit == 260
    assert 3 * standard.api_credit + 3 * premium.api_credit == 360
    assert standard.api_credit_most == premium.api_credit_most == 500
    for plan in (standard, premium):
        assert "platform.claude.com" in plan.source


def test_that_official_caps_exist_is_told_beside_those_that_are_not_official() -> None:
    for name in ("ChatGPT Pro 100", "ChatGPT Pro 200", "ChatGPT Pro 500"):
        assert "official" in (PLANS[name].conflict or "")

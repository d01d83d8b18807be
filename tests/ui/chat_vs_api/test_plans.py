"""What is known of a plan, as the page writes it."""

from __future__ import annotations

from playground import pricing
from playground.ui.chat_vs_api.pay.rows import plan_facts
from playground.ui.parts.markdown import dollars


def test_a_plans_dollars_are_escaped_once() -> None:
    facts = [fact for plan in pricing.load().plans for fact in plan_facts(plan)]
    assert any("API credit" in fact and "$" in fact for fact in facts)
    assert not [fact for fact in facts if r"\\$" in dollars(fact)]

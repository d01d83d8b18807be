"""A Response as what checks look at."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playground.domain import Cost, ModelRef, PriceSource, Response, Tool, Usage
from playground.experiments.answers import answer_of

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


@pytest.mark.parametrize(
    ("reported", "known"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("STOP", "stop"),
        ("completed", "stop"),
        ("max_tokens", "length"),
        ("MAX_TOKENS", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("SAFETY", "safety"),
        (None, None),
    ],
)
def test_a_providers_word_for_the_end_is_the_one_that_checks_know(
    reported: str | None, known: str | None
) -> None:
    assert answer_of(Response(model=MODEL, finish_reason=reported), {}).finish_reason == known


@pytest.mark.parametrize(("currency", "known"), [("USD", Decimal("0.5")), ("EUR", None)])
def test_only_a_cost_in_dollars_is_known(currency: str, known: Decimal | None) -> None:
    price = PriceSource(model="m", source="test", as_of="2026-01-01")
    cost = Cost(total=Decimal("0.5"), lines=(), price=price, currency=currency)
    assert answer_of(Response(model=MODEL, cost=cost), {}).cost == known


def test_what_was_not_reported_is_none_and_a_changed_output_counts() -> None:
    bare = answer_of(Response(model=MODEL, text="x"), {})
    assert bare.output == "x"
    assert (bare.cost, bare.duration, bare.input_tokens, bare.tools) == (None, None, None, None)
    tool = Tool(name="f", description="d", parameters={"type": "object"})
    response = Response(model=MODEL, text="x", usage=Usage(input_tokens=3))
    whole = answer_of(response, {"a": "{{b}}\n", "b": "y"}, {"k": 1}, (tool,))
    assert whole.output == {"k": 1}
    assert whole.vars == {"a": "y", "b": "y"}
    assert whole.input_tokens == 3
    assert whole.tools
    assert whole.tools[0]["function"]["name"] == "f"

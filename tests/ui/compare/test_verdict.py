"""Who won, as the sentence above the lanes has it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from playground.domain import Cost, Failure, ModelRef, PriceSource, Response, Timing, Usage
from playground.ui.compare.verdict import caution, verdict

NAMES = ("gpt", "claude", "gemini")
PRICE = PriceSource(model="m", source="s", as_of="2026-11-21")


def answer(usd: str, first: float, total: float, tokens: int = 100, **more: Any) -> Response:
    return Response(
        model=ModelRef.parse("openai:gpt-6.1-sol"),
        text="Hello.",
        cost=Cost(total=Decimal(usd), lines=(), price=PRICE),
        timing=Timing(first_text=first, last_text=total, last_chunk=total),
        usage=Usage(output_tokens=tokens),
        finish_reason="stop",
        **more,
    )


def said(*responses: Response) -> str:
    return verdict(NAMES[: len(responses)], responses).replace("\\", "")


def test_the_winner_is_named_with_what_it_won_by_and_by_how_much() -> None:
    text = said(answer("0.004", 1.0, 3.0), answer("0.005", 2.0, 4.0), answer("0.002", 0.5, 2.0))
    assert text.startswith(
        "**gemini** cost least ($0.002, 2.5 × less than the most), spoke first (0.50 s) and ended first (2.00 s)."
    )


def test_two_winners_have_a_sentence_each() -> None:
    text = said(answer("0.001", 1.0, 3.0), answer("0.002", 0.5, 2.0))
    assert "**gpt** cost least ($0.001, 2.0 × less than the most)." in text
    assert "**claude** spoke first (0.50 s) and ended first (2.00 s)." in text


def test_the_shortest_answer_ends_first_and_that_is_said() -> None:
    short, long = answer("0.001", 0.5, 2.0, tokens=40), answer("0.002", 1.0, 3.0, tokens=400)
    assert "Its answer is the shortest: 40 tokens against 400." in said(short, long)
    assert "**claude** writes fastest" in said(short, long)
    assert "shortest" not in said(
        replace(short, usage=long.usage), replace(long, usage=short.usage)
    )


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"finish_reason": "length"}, "cut short"),
        ({"finish_reason": "content_filter"}, "filtered"),
        ({"finish_reason": "refusal"}, "refused"),
        ({"failure": Failure(type="server")}, "failed"),
        ({"failure": Failure(type="cancelled")}, "stopped"),
    ],
)
def test_only_whole_answers_compete(odd: dict[str, Any], why: str) -> None:
    whole = (answer("0.004", 1.0, 3.0), answer("0.005", 2.0, 4.0))
    broken = replace(answer("0.000001", 0.01, 0.02), **odd)
    text = said(*whole, broken)
    assert "**gpt** cost least" in text
    assert "**gemini**" not in text
    assert f"Not compared: gemini ({why})." in text
    assert said(whole[0], broken).startswith("Only **gpt** gave a whole answer")


def test_a_bound_never_wins() -> None:
    least = answer("0.001", 2.0, 4.0)
    assert least.cost is not None
    for bound in ("lower_bound", "upper_bound", "estimate"):
        this: dict[str, Any] = {bound: True}
        unsure = replace(least, cost=replace(least.cost, **this))
        text = said(answer("0.004", 1.0, 3.0), answer("0.005", 1.5, 3.5), unsure)
        assert "**gpt** cost least" in text, bound
        assert "**gemini**" not in text, bound
        assert "cost least" not in said(answer("0.004", 1.0, 3.0), unsure), bound


def test_equals_share_it() -> None:
    text = said(answer("0.001", 1.0, 3.0), answer("0.001", 2.0, 4.0))
    assert "**gpt** cost least (with others)" in text
    assert "**claude** cost least (with others)" in text


def test_where_there_is_nothing_to_compare_that_is_said() -> None:
    assert said(answer("0.001", 1.0, 3.0)) == "One lane: add another one to compare."
    failed = replace(answer("0.001", 1.0, 3.0), failure=Failure(type="server"))
    assert said(failed, failed).startswith("No whole answer came")
    nothing = Response(model=failed.model, text="Hello.", finish_reason="stop")
    assert said(nothing, nothing) == "The lanes can't be compared: too little was reported."


def test_one_run_proves_little_and_a_simulation_nothing() -> None:
    real = (answer("0.001", 1.0, 3.0), answer("0.002", 2.0, 4.0))
    assert "Repeat it before you decide" in caution(real)
    simulated = [replace(response, simulated=True) for response in real]
    assert caution(simulated).startswith("Simulated: the figures are made up")
    assert caution(real[:1]) == ""


def test_what_a_model_is_called_means_nothing_to_markdown() -> None:
    assert verdict(("a*b", "c_d"), (answer("1", 1, 2), answer("2", 2, 3))).startswith("**a\\*b** ")


def test_a_replay_wins_no_time_and_a_simulation_none_beside_a_real_answer() -> None:
    recorded = ModelRef.parse("openai:gpt-5~recorded-2026-01-17-primes")
    replay = replace(answer("0.001", 0.01, 0.02), model=recorded, simulated=True)
    made_up = replace(answer("0.002", 0.1, 0.2), simulated=True)
    real = (answer("0.004", 1.0, 3.0), answer("0.005", 2.0, 4.0))
    text = said(real[0], real[1], replay)
    assert "**gemini** cost least ($0.001, 5.0 × less than the most)." in text
    assert "**gpt** spoke first (1.00 s) and ended first (3.00 s)." in text
    assert "spoke first" not in said(real[0], made_up, replay)
    text = said(made_up, replace(made_up, timing=real[0].timing), replay)
    assert "**gpt** cost least" not in text
    assert "**gpt** spoke first (0.10 s)" in text


def test_every_source_of_answers_has_its_caution() -> None:
    real = answer("0.001", 1.0, 3.0)
    recorded = ModelRef.parse("openai:gpt-5~recorded-2026-01-17-primes")
    replay = replace(real, model=recorded, simulated=True)
    assert caution((replay, replay)).startswith("Recorded: tokens and cost were real on their day")
    for word in ("Recorded:", "Simulated:", "One run proves little"):
        assert word in caution((replay, replace(real, simulated=True), real))

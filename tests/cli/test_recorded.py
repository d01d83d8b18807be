"""`playground recorded`: listed with their sources, replayed by name or by prompt."""

from __future__ import annotations

import json

from playground.demo import recorded
from tests.cli.conftest import Invoke


def test_all_are_listed_or_those_that_show_something(invoke: Invoke) -> None:
    rows = json.loads(invoke("recorded", "list", "--json").out)
    assert [row["id"] for row in rows] == [r.id for r in recorded.recordings()]
    assert all(row["source"].startswith("https://") and row["licence"] for row in rows)
    assert "states-cut" in invoke("recorded", "list", "cut off").out
    none = invoke("recorded", "list", "telepathy")
    assert (none.code, none.out) == (1, "")
    assert "reasoning" in none.err


def test_one_is_shown_with_its_prompt_its_day_and_its_licence(invoke: Invoke) -> None:
    said = invoke("recorded", "show", "primes").out
    assert "recorded on 2026-01-17 from gpt-5" in said
    assert "(MIT)" in said
    assert "How many primes below 400" in said


def test_a_name_or_a_recorded_prompt_brings_the_answer_back(invoke: Invoke) -> None:
    for what in ("capital", "what is the capital of France"):
        result = invoke("recorded", "ask", what, "--json")
        (response,) = json.loads(result.out)["responses"]
        assert result.code == 0
        assert response["text"] == "The capital of France is Paris."
    said = invoke("recorded", "ask", "pong").out
    assert "recorded on 2026-05-06 from gpt-5.5" in said


def test_what_was_not_recorded_is_said(invoke: Invoke) -> None:
    for command in ("show", "ask"):
        result = invoke("recorded", command, "What is the meaning of cheese?")
        assert result.code == 2
        assert "recorded list" in result.err

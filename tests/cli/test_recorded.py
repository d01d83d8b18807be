"""`playground recorded`: listed with their sources, replayed by name or by prompt."""

from __future__ import annotations

import json

import pytest

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


def test_it_is_a_lane_of_ask_with_its_own_prompt_only(invoke: Invoke) -> None:
    asked = ("ask", "what is the capital of France?", "-m", "recorded:capital", "--json")
    result = invoke(*asked)
    document = json.loads(result.out)
    (response,) = document["responses"]
    assert (result.code, response["source"], document["simulated"]) == (0, "recorded", True)
    assert response["model"] == "gemini-3.1-flash-lite~recorded-2026-05-19-capital"
    assert response["usage"]["input_tokens"] == 15
    assert "settings of then" in result.err  # it had a system prompt
    for prompt, model, why in (
        ("What is the capital of Spain?", "recorded:capital", "recorded for something else"),
        ("Hi", "recorded:cheese", "no recorded answer is called"),
        ("Who created Ruby? Use the document.", "recorded:ruby-author", "with an attachment"),
    ):
        refused = invoke("ask", prompt, "-m", model)
        assert refused.code == 2
        assert why in refused.err
    assert invoke("ladder", "Hi", "-m", "recorded:pong").code == 2


def test_beside_a_real_model_only_that_one_is_asked_for_a_key(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-test")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    asked = ("ask", "Reply with exactly: pong", "--json")
    result = invoke(*asked, "-m", "recorded:pong", "-m", "openai:gpt-6.1-sol")
    replayed, real = json.loads(result.out)["responses"]
    assert (replayed["text"], replayed["source"]) == ("pong", "recorded")
    assert (real["failure"]["type"], real["source"]) == ("connection", "real")

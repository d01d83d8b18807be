"""`playground breakeven`: the figures of the command line are those of the arithmetic."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Invoke = Callable[..., Result]
TEN_TURNS = ("--input-tokens", "150", "--output-tokens", "400", "--turns", "10")
SONNET = ("-m", "anthropic:claude-sonnet-5-5")


def test_ten_turns_resend_everything(invoke: Invoke) -> None:
    result = invoke("breakeven", *TEN_TURNS, *SONNET, "--json")
    whole = json.loads(result.out)
    assert result.code == 0
    assert whole["conversation"]["input_tokens"] == 150 * 55 + 400 * 45
    plus = next(row for row in whole["rows"] if row["plan"] == "Plus")
    assert Decimal(plus["cost"]) == Decimal("0.0925")
    assert plus["conversations"] == pytest.approx(20 / 0.0925, abs=1e-4)
    assert plus["conversations_cached"] > plus["conversations"]


def test_every_row_has_its_sources(invoke: Invoke) -> None:
    rows = json.loads(invoke("breakeven", *TEN_TURNS, *SONNET, "--json").out)["rows"]
    assert all(row["plan_source"]["source"] and row["plan_source"]["as_of"] for row in rows)
    assert all(row["price"]["source"].startswith("https://") for row in rows)


def test_people_read_that_a_plan_is_no_quota_and_the_exceptions(invoke: Invoke) -> None:
    words = " ".join(invoke("breakeven", *TEN_TURNS, *SONNET).out.split())
    assert "A plan is not API quota" in words
    assert "Sign in with ChatGPT" in words
    assert "sources disagree" in words


def test_a_model_without_a_price_is_named_and_null(invoke: Invoke) -> None:
    result = invoke("breakeven", *TEN_TURNS, *SONNET, "-m", "ollama:llama3", "--json")
    rows = json.loads(result.out)["rows"]
    assert result.code == 0
    assert "ollama:llama3 has no price" in result.err
    assert {row["cost"] for row in rows if row["model"] == "ollama:llama3"} == {None}
    assert invoke("breakeven", *TEN_TURNS, "-m", "ollama:llama3").code == 1


def test_a_saved_run_is_priced(invoke: Invoke, tmp_path: Path) -> None:
    asked = invoke("ask", "What is a token?", "-m", "openai:gpt-6.1-sol", "--demo", "--json")
    file = tmp_path / "run.json"
    file.write_text(asked.out, encoding="utf-8")
    usage = json.loads(asked.out)["responses"][0]["usage"]
    result = invoke("breakeven", "--run", str(file), "-m", "openai:gpt-6.1-sol", "--json")
    assert json.loads(result.out)["conversation"]["input_tokens"] == usage["input_tokens"]


def test_a_kept_run_is_found_by_its_id(invoke: Invoke) -> None:
    asked = invoke("ask", "What is a token?", "-m", "openai:gpt-6.1-sol", "--demo", "--json")
    whole = json.loads(asked.out)
    result = invoke("breakeven", "--run", whole["run_id"], "-m", "openai:gpt-6.1-sol", "--json")
    sent = whole["responses"][0]["usage"]["input_tokens"]
    assert json.loads(result.out)["conversation"]["input_tokens"] == sent


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--run", "nowhere"), "No run 'nowhere' was found"),
        (("--run", "x", "--turns", "3"), "not both"),
        (("--input-tokens", "10"), "belong together"),
        ((*TEN_TURNS, "-m", "nonsense"), "provider:model"),
    ],
)
def test_bad_usage_is_a_sentence(invoke: Invoke, arguments: tuple[str, ...], says: str) -> None:
    result = invoke("breakeven", *arguments)
    assert result.code == 2
    assert says in result.err

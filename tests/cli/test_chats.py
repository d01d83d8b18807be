"""`playground chats`: an export, priced in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.chats.making import chatgpt, node, put
from tests.cli.conftest import Invoke

COSTS = {"model", "low", "high", "cached_low", "cached_high"}


def export(folder: Path) -> Path:
    asked = node("a", None, "user", "Hi", create_time=1_780_000_000)
    at, told = 1_780_000_000, {"model_slug": "gpt-4o"}
    answer = node("b", "a", "assistant", "Hello.", create_time=at, metadata=told)
    return put(folder, [chatgpt(asked, answer), {"title": "no conversation"}])


def test_a_script_gets_counts_what_is_left_out_and_sums(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke(
        "chats", str(export(tmp_path)), "-m", "openai:gpt-4o", "--as-of", "2026-11-01", "--json"
    )
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert {k: found[k] for k in ("product", "conversations", "turns", "messages")} == {
        "product": "ChatGPT", "conversations": 1, "turns": 1, "messages": 2,
    }  # fmt: skip
    assert found["first"] == found["last"] == "2026-05-28T20:26:40+00:00"
    assert found["left_out"] == [{
        "where": "conversations.json", "what": "no conversation of a product that is known (fields: title)",
    }]  # fmt: skip
    asked, used = found["costs"]
    (month,) = found["months"]
    assert month == {"month": "2026-05", "model": "openai:gpt-4o", "high": used["high"]}
    assert asked.keys() >= COSTS
    assert (asked["model"], used["model"]) == ("openai:gpt-4o", "as used")
    assert asked["low"] == used["low"]


def test_people_get_a_table_and_what_it_can_not_tell(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("chats", str(export(tmp_path)))
    assert result.code == 0
    assert "ChatGPT: 1 conversation\n" in result.out
    assert "as used" in result.out
    assert "the product's own system prompt" in result.err


def test_a_system_prompt_is_sent_with_each_call(invoke: Invoke, tmp_path: Path) -> None:
    file = str(export(tmp_path))
    bare, more = (
        json.loads(invoke("chats", file, "-m", "openai:gpt-4o", "--json", *options).out)["costs"][0]
        for options in ((), ("--system-tokens", "1000"))
    )
    assert more["input_tokens"] == bare["input_tokens"] + 1_000


def test_each_provider_counts_where_it_is_asked_to(invoke: Invoke, tmp_path: Path) -> None:
    """The simulation bills one message of Claude's with 3 tokens, each message with 4 and a text with a third more."""
    models = ("-m", "anthropic:claude-opus-4-7", "-m", "gemini:gemini-3.8-flash")
    result = invoke("chats", str(export(tmp_path)), *models, "--demo", "--json")
    assert result.code == 0, result.err
    claude, gemini, used = json.loads(result.out)["costs"]
    here = json.loads(invoke("chats", str(export(tmp_path)), *models, "--json").out)["costs"]
    assert claude["input_tokens"] > here[0]["input_tokens"]
    assert gemini["input_tokens"] > here[1]["input_tokens"]
    assert used["input_tokens"] == here[2]["input_tokens"]  # OpenAI's are counted here as exactly


def test_a_provider_that_counts_nothing_is_named(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("chats", str(export(tmp_path)), "-m", "anthropic:claude-9", "--demo", "--json")
    assert result.code == 1
    assert "anthropic:claude-9" in result.err


def test_nothing_found_is_no_success(invoke: Invoke, tmp_path: Path) -> None:
    result = invoke("chats", str(put(tmp_path, [])), "--json")
    assert result.code == 1
    assert json.loads(result.out)["product"] is None
    assert "No conversation was found" in result.err


def test_bad_usage(invoke: Invoke, tmp_path: Path) -> None:
    assert invoke("chats", str(tmp_path / "gone.zip")).code == 2
    assert invoke("chats").code == 2
    assert invoke("chats", str(export(tmp_path)), "-m", "nonsense").code == 2

"""`playground ladder`: every step with its parts, on the simulation and against what looks real."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Invoke = Callable[..., Result]
MODELS = ("-m", "openai:gpt-6.1-sol", "-m", "anthropic:claude-sonnet-5-5")


def test_the_document_has_steps_with_parts_and_responses(invoke: Invoke) -> None:
    result = invoke("ladder", "What is a token?", *MODELS, "--demo", "--json")
    whole = json.loads(result.out)
    assert result.code == 0
    assert set(whole) >= {"run_id", "simulated", "steps"}
    assert whole["simulated"] is True
    assert whole["steps"][0]["name"] == "Bare request"
    assert len(whole["steps"]) == 7
    for step in whole["steps"]:
        assert len(step["responses"]) == 2
        for response in step["responses"]:
            name = f"{response['provider']}:{response['model']}"
            tokens = [part["tokens"] for part in step["parts"] if part["model"] == name]
            assert sum(tokens) == response["usage"]["input_tokens"]
            assert not any(part["estimate"] for part in step["parts"])


def test_people_get_a_table_and_what_is_not_imitated(invoke: Invoke) -> None:
    result = invoke("ladder", "What is a token?", "-m", "openai:gpt-6.1-sol", "--demo")
    assert result.code == 0
    assert "our approximation" in result.out
    assert "+ Tools on offer" in result.out
    assert "Not imitated" in result.out
    assert "nothing was billed" in result.out


def test_a_profile_of_ones_own(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\nsteps:\n  - {name: manner, kind: system, text: Be brief.}\n", encoding="utf-8"
    )
    result = invoke("ladder", "Hi", *MODELS, "--profile", str(file), "--demo", "--json")
    assert [step["name"] for step in json.loads(result.out)["steps"]] == ["Bare request", "manner"]


def test_a_mistake_in_a_profile_is_bad_usage_with_its_line(invoke: Invoke, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nsteps:\n  - {name: x, kind: magic}\n", encoding="utf-8")
    result = invoke("ladder", "Hi", "--profile", str(file), "--demo")
    assert result.code == 2
    assert "mine.yaml, line 3" in result.err


@pytest.mark.parametrize(("prompt", "says"), [("", "The prompt is empty"), ("Hi", "nowhere")])
def test_bad_input_is_a_sentence(invoke: Invoke, prompt: str, says: str) -> None:
    result = invoke("ladder", prompt, "--profile", "nowhere", "--demo")
    assert result.code == 2
    assert says in result.err


@pytest.mark.usefixtures("real")
def test_a_step_that_fails_is_exit_code_1_and_the_others_stand(invoke: Invoke) -> None:
    result = invoke("ladder", "Hi", "-m", "openai:gpt-6.1-sol~quota", "--json")
    assert result.code == 1
    whole = json.loads(result.out)
    assert whole["simulated"] is False
    assert whole["steps"][0]["responses"][0]["failure"]["type"] == "quota_exceeded"


def test_a_step_that_the_door_refuses_is_said_before_and_is_not_plus_nothing(
    invoke: Invoke, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\nsteps:\n  - {name: lookup, kind: tools, tools: [web_search]}\n"
        "  - {name: manner, kind: system, text: Be brief.}\n",
        encoding="utf-8",
    )
    asked = ("ladder", "Hi", "-m", "openai/chat:gpt-6.1-sol", "--profile", str(file), "--demo")
    result = invoke(*asked)
    assert result.code == 0
    assert "lookup: not sent: web search left out: Chat Completions searches only" in result.err
    row = next(line for line in result.out.splitlines() if "+ lookup" in line)
    assert "not sent" in row
    assert "+0" not in row
    row = next(line for line in result.out.splitlines() if "+ manner" in line)
    assert "not sent" not in row
    steps = json.loads(invoke(*asked, "--json").out)["steps"]
    assert [bool(step["left_out"]) for step in steps] == [False, True, False]


@pytest.mark.usefixtures("real")
def test_what_all_steps_may_cost_is_said_before_they_are_sent(invoke: Invoke) -> None:
    result = invoke("ladder", "Hi", "-m", "openai:gpt-6.1-sol", "--json")
    assert "Likely about $" in result.err
    foretold = json.loads(result.out)["forecast"]
    assert 0 < float(foretold["low"]) < float(foretold["likely"]) < float(foretold["high"])
    assert json.loads(invoke("ladder", "Hi", *MODELS, "--demo", "--json").out)["forecast"] is None

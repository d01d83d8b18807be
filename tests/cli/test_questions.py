"""`playground questions`: found in people's words, with figures, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Invoke = Callable[..., Any]


def test_a_question_is_found_and_answered(invoke: Invoke) -> None:
    result = invoke("questions", "is", "the", "API", "cheaper")
    assert result.code == 0
    first = result.out.splitlines()[0]
    assert first == "Is the API cheaper?"
    assert "/chat_vs_api?chat_view=Three+ways+to+pay" in result.out
    assert "medium example" in " ".join(result.out.split())


def test_json_has_the_same_and_where_the_figures_are_from(invoke: Invoke) -> None:
    rows = json.loads(invoke("questions", "token", "key", "--json").out)
    assert rows[0]["question"] == "Is a token the key?"
    assert rows[0]["link"] == "/tokens"
    assert rows[0]["figures_from"].startswith("our medium example, 6 turns")


def test_without_words_all_are_listed(invoke: Invoke) -> None:
    assert len(json.loads(invoke("questions", "--json").out)) > 10


def test_the_figures_may_come_from_a_run(invoke: Invoke, tmp_path: Any) -> None:
    file = tmp_path / "run.json"
    file.write_text(invoke("ask", "What is a token?", "--demo", "--json").out)
    rows = json.loads(invoke("questions", "cheaper", "--run", str(file), "--json").out)
    assert "a conversation like yours costs" in rows[0]["answer"]


def test_words_that_nothing_has_are_exit_code_1(invoke: Invoke) -> None:
    result = invoke("questions", "zebra")
    assert result.code == 1
    assert "lists all of them" in result.err

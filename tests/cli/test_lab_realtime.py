"""`playground lab realtime` on the demo."""

from __future__ import annotations

import json

import pytest

from playground import cli


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", "realtime", *arguments])


def test_a_session_is_printed_turn_by_turn(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("What is a token?", "And a prompt?", "--demo", "--json") == 0
    (session,) = json.loads(capsys.readouterr().out)["sessions"]
    assert session["model"] == "openai/realtime:gpt-realtime-2.1"
    assert session["simulated"] is True
    first, second = session["turns"]
    assert first["input_tokens_again"] == 0
    assert second["input_tokens_again"] > 0
    assert {event["direction"] for event in first["events"]} == {"sent", "received"}
    assert run("Hello", "-m", "gemini/live:gemini-3.8-live", "--demo") == 0
    out = capsys.readouterr().out
    assert "(simulated)" in out
    assert "> setup" in out
    assert "< setupComplete" in out


def test_a_model_that_holds_no_session_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("Hello", "-m", "openai:gpt-6.1-sol", "--demo") == 2
    assert "openai:gpt-6.1-sol holds no session" in capsys.readouterr().err


def test_functions_are_called_and_their_results_brought_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = ("-m", "openai/realtime:gpt-realtime-2.1", "-m", "gemini/live:gemini-3.8-live")
    assert run("--functions", *models, "--demo", "--json") == 0
    openai, gemini = json.loads(capsys.readouterr().out)["sessions"]
    for session in (openai, gemini):
        called, answered = session["turns"]
        names = [ran["call"]["name"] for ran in called["ran"]]
        assert names == ["current_time", "find_customer"]
        assert answered["response"]["text"]
        assert session["cost"] is not None
    assert (
        openai["turns"][0]["billed_with_the_next"],
        gemini["turns"][0]["billed_with_the_next"],
    ) == (False, True)

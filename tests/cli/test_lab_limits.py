"""`playground lab limits` on the demo."""

from __future__ import annotations

import json

import pytest

from playground import cli


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", "limits", *arguments])


def test_gauges_plans_and_what_is_free(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    openai, anthropic, gemini = told["gauges"]
    assert (openai["tier"], anthropic["tier"], gemini["tier"]) == ("Build", "Start", None)
    assert [gauge["kind"] for gauge in openai["gauges"]] == ["requests", "tokens"]
    assert {gauge["kind"] for gauge in anthropic["gauges"]} >= {"input_tokens", "output_tokens"}
    assert openai["binds"]
    assert gemini["gauges"] == []
    plan = told["plans"][0]
    assert plan["cheapest"] == "Build"
    assert plan["tiers"][0]["per_minute"] is None
    known = plan["tiers"][1]
    assert known["replayed"]["per_minute"] == pytest.approx(known["per_minute"], rel=0.02)
    assert len(told["access"]) == 6


def test_a_burst_is_refused_and_waits_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    model = "anthropic:claude-sonnet-5-5"
    assert run("--demo", "--burst", "--json", "-m", model) == 0
    waits = json.loads(capsys.readouterr().out)["bursts"][model]
    assert waits
    assert all(wait["asked_seconds"] >= 1 for wait in waits)
    assert all(wait["waited_seconds"] == wait["asked_seconds"] for wait in waits)
    assert waits[-1]["then"] == "answered"


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "-m", "gemini:gemini-3.8-flash", "--rate", "2") == 0
    out = capsys.readouterr().out
    assert "It told no limits." in out
    assert "no tier is known to do" in out
    assert "Tier 1: its limits are not published" in out

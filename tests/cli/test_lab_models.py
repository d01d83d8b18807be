"""`playground lab models` on the demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground import cli, history, library


def run(*arguments: str) -> int:
    return cli.main(lambda *_: None, ["lab", "models", *arguments])


def test_lists_against_the_catalog_and_the_days_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--json") == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert [one["provider"] for one in told["endpoints"]] == ["openai", "anthropic", "gemini"]
    for one in told["endpoints"]:
        assert one["simulated"]
        assert one["compared"]["same"] == len(one["models"])
    assert told["countdown"]
    days = [one["days"] for one in told["countdown"]]
    assert days == sorted(days)
    assert "anthropic: " in captured.err  # who has answered is said meanwhile


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "-p", "anthropic") == 0
    out = capsys.readouterr().out
    assert "# anthropic (simulated)" in out
    assert "as in the catalog" in out
    assert "capabilities.batch" in out
    assert "# Days left" in out
    assert "# openai" not in out


def test_one_model_is_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("openai:gpt-6.1-sol", "--demo", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["endpoints"]
    assert [row["id"] for row in one["models"]] == ["gpt-6.1-sol"]
    assert run("openai:gpt-4-turbo", "--demo") == 1  # it was switched off
    assert "does not exist" in capsys.readouterr().out


def test_bad_usage_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--demo", "-p", "nobody") == 2
    assert "nobody" in capsys.readouterr().err
    assert run("gpt", "--demo") == 2
    assert "provider:model" in capsys.readouterr().err
    assert run("--to", "openai:gpt-6-luna", "--demo") == 2
    assert "--pack" in capsys.readouterr().err
    assert run("--markdown", "--demo") == 2
    assert "--pack" in capsys.readouterr().err
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert run("--pack") == 2
    assert "No key for anthropic, gemini, openai" in capsys.readouterr().err


def test_the_pack_of_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--pack", "--demo", "--json") == 0
    captured = capsys.readouterr()
    assert "this is the sample" in captured.err
    told = json.loads(captured.out)
    assert len(told["prompts"]) == 3
    for row in told["prompts"]:
        assert row["now"]["tokens_counted"] == row["now"]["input_tokens"]
        assert row["after"]["cost"]
        assert row["settings"]
        assert row["successor"]["source"].startswith("https://")


def test_the_pack_has_a_pass_rate_by_an_experiments_checks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    saved = json.dumps([{"model": "anthropic:claude-opus-4-5"}])
    library.save(history.get_store(), "Mine", "Explain {{what}}", owner="", lanes=saved)
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "prompts: [{saved: Mine}]\nmodels: [openai:gpt-6-luna]\ncases:\n"
        "  - {vars: {what: prompt caching}, checks: [{type: icontains, value: cach}]}\n"
        "  - {vars: {what: tokens}, checks: [{type: contains, value: zebra}]}\n"
    )
    assert run("--pack", "--demo", "--json", "--checks", str(spec)) == 0
    told = json.loads(capsys.readouterr().out)
    (rate,) = told["pass_rates"]
    assert (rate["passed_now"], rate["passed_after"], rate["cases"]) == (1, 1, 2)
    assert [row["case"] for row in told["prompts"]] == ["case 1", "case 2"]
    assert [row["after"]["passes"] for row in told["prompts"]] == [True, False]
    spec.write_text("prompts: [{saved: Nobody}]\nmodels: [openai:gpt-6-luna]\n")
    assert run("--pack", "--demo", "--checks", str(spec)) == 2
    assert "spec.yaml:1" in capsys.readouterr().err
    assert run("--demo", "--checks", str(spec)) == 2


def test_the_pack_as_markdown_and_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--pack", "--demo", "--markdown") == 0
    assert capsys.readouterr().out.startswith("# Migration pack\n")
    assert run("--pack", "--demo") == 0
    out = capsys.readouterr().out
    assert "tokens of the same text, counted" in out
    assert "of the words in common" in out


def test_the_pack_has_the_saved_prompts_whose_model_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    saved = json.dumps([{"model": "anthropic:claude-opus-4-5", "settings": {"temperature": "0.7"}}])
    library.save(history.get_store(), "Mine", "Say hello", owner="", lanes=saved)
    audio = json.dumps([{"model": "openai/chat:gpt-audio"}])
    library.save(history.get_store(), "Sound", "Say hello", owner="", lanes=audio)
    assert run("--pack", "--demo", "--json") == 0
    captured = capsys.readouterr()
    assert "Sound: no successor of openai/chat:gpt-audio is known" in captured.err
    (row,) = json.loads(captured.out)["prompts"]
    assert row["successor"]["model"] == "claude-opus-5-5"
    assert run("--pack", "--demo", "--json", "--to", "gemini:gemini-3.8-flash") == 0
    moved = json.loads(capsys.readouterr().out)["prompts"]
    assert {one["after"]["model"] for one in moved} == {"gemini:gemini-3.8-flash"}
    assert [one["prompt"] for one in moved] == ["Mine", "Sound"]
    assert [one["successor"] for one in moved] == [None, None]
    assert (row["prompt"], row["version"], row["why"]) == ("Mine", 1, "saved with it")
    assert row["after"]["model"] == "anthropic:claude-opus-5-5"
    assert [one["setting"] for one in row["settings"]] == ["temperature"]

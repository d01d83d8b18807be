"""The lists: prices, models, endpoints; JSON for scripts, tables for people."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from playground import __version__, cli
from tests.cli.conftest import Invoke


def test_prices_are_filtered_by_a_part_of_the_name(invoke: Invoke) -> None:
    rows = json.loads(invoke("prices", "claude-sonnet", "--json").out)
    assert rows
    assert all("claude-sonnet" in row["model"] for row in rows)
    assert all(Decimal(row["rates"]["input"]) > 0 and row["source"] for row in rows)
    table = invoke("prices", "CLAUDE-sonnet").out
    assert all(row["model"] in table.replace("\n", "") for row in rows)


def test_a_filter_that_nothing_matches_is_exit_code_1(invoke: Invoke) -> None:
    result = invoke("prices", "no-such-model")
    assert (result.code, result.out) == (1, "")
    assert "'no-such-model'" in result.err


def test_models_are_those_of_the_catalog(invoke: Invoke) -> None:
    rows = json.loads(invoke("models", "--json").out)
    assert {"openai", "anthropic", "gemini"} <= {row["provider"] for row in rows}
    only = json.loads(invoke("models", "gemini", "--json").out)
    assert only == [row for row in rows if row["provider"] == "gemini"]
    assert f"gemini:{only[0]['id']}" in invoke("models", "gemini").out


def test_an_unknown_provider_is_bad_usage(invoke: Invoke) -> None:
    result = invoke("models", "nobody")
    assert result.code == 2
    assert "openai" in result.err


@pytest.mark.usefixtures("real")
def test_live_models_are_the_providers_own_list(invoke: Invoke) -> None:
    result = invoke("models", "--live", "--json")
    assert result.code == 0
    listed = json.loads(result.out)
    assert set(listed) == {"openai", "anthropic", "gemini"}
    assert all(model["id"] for models in listed.values() for model in models)
    assert "anthropic:" in invoke("models", "anthropic", "--live").out


def test_live_models_without_a_key_say_what_to_do(invoke: Invoke) -> None:
    assert invoke("models", "--live").code == 2
    result = invoke("models", "openai", "--live")
    assert result.code == 1
    assert "OPENAI_API_KEY" in result.err


def test_endpoints_are_added_listed_and_removed(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke("endpoints", "add", "groq").code == 0
    monkeypatch.setenv("GROQ_API_KEY", "sk-canary")
    result = invoke("endpoints", "list", "--json")
    rows = {row["name"]: row for row in json.loads(result.out)}
    assert rows["groq"] == {
        "name": "groq",
        "base_url": "https://api.groq.com/openai/v1",
        "key": "set",
    }
    assert rows["openai"]["key"] == "missing: set OPENAI_API_KEY"
    assert invoke("endpoints", "remove", "groq").code == 0
    assert invoke("endpoints", "remove", "groq").code == 2


def test_an_endpoint_that_can_not_be_kept_is_bad_usage(invoke: Invoke) -> None:
    result = invoke("endpoints", "add", "mine", "ftp://localhost:1")
    assert result.code == 2
    assert "http://" in result.err


def test_version(invoke: Invoke) -> None:
    assert invoke("--version").out == f"playground {__version__}\n"


def test_no_command_opens_the_app() -> None:
    opened: list[tuple[int, bool]] = []
    assert cli.main(lambda port, browser: opened.append((port, browser)), []) == 0
    assert cli.main(lambda p, b: opened.append((p, b)), ["--port", "8600", "--no-browser"]) == 0
    assert opened == [(8501, True), (8600, False)]


def test_a_bug_is_one_sentence_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(port: int, browser: bool) -> None:
        raise RuntimeError("sk-canary")

    assert cli.main(broken, []) == 1
    err = capsys.readouterr().err
    assert "RuntimeError in test_lists.py" in err
    assert "canary" not in err

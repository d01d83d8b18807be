"""`playground cost`: the receipt of a request that is only thought of."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Invoke

M = Decimal(1_000_000)


def priced(invoke: Invoke, *arguments: str) -> dict[str, Any]:
    result = invoke("cost", *arguments, "--json")
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def test_input_includes_what_was_cached(invoke: Invoke) -> None:
    found = priced(
        invoke,
        "openai:gpt-6.1-sol",
        *("--input-tokens", "10000", "--cache-read-input-tokens", "6000"),
        *("--cache-write-input-tokens", "3000", "--cache-ttl", "12h"),
        *("--output-tokens", "500", "--reasoning-output-tokens", "400", "--searches", "2"),
    )
    searches = 2 * Decimal(10) / 1000
    total = (1000 * 2 + 6000 * Decimal("0.1") + 3000 * 5 + 500 * 10) / M + searches
    assert Decimal(found["total"]) == total
    assert found["currency"] == "USD"
    amounts = {line["name"]: Decimal(line["amount"]) for line in found["lines"]}
    assert amounts["cache_write_12h"] == 3000 * Decimal(5) / M
    assert sum(amounts.values()) == total
    assert found["price"]["source"].startswith("https://")
    assert found["price"]["as_of"]


@pytest.mark.parametrize(
    ("more", "rate"),
    [
        ([], "2"),
        (["--processing", "batch"], "1"),
        (["--processing", "flex"], "1"),
        (["--processing", "priority"], "4"),
        (["--processing", "ultrafast"], "12"),
        (["--regional"], "2.2"),
    ],
)
def test_ways_of_processing(invoke: Invoke, more: list[str], rate: str) -> None:
    found = priced(invoke, "openai:gpt-6.1-sol", "--input-tokens", "1000", *more)
    assert Decimal(found["total"]) == 1000 * Decimal(rate) / M


@pytest.mark.parametrize(("day", "rate"), [("2026-11-30", 2), ("2026-12-01", 4)])
def test_the_price_of_another_day(invoke: Invoke, day: str, rate: int) -> None:
    found = priced(invoke, "gemini:gemini-4-argon", "--input-tokens", "1000", "--as-of", day)
    assert Decimal(found["total"]) == 1000 * Decimal(rate) / M


def test_the_table_has_every_line_and_the_source(invoke: Invoke) -> None:
    out = invoke(
        *("cost", "anthropic:claude-haiku-5-5"),
        *("--input-tokens", "100001", "--output-tokens", "1000"),
    ).out
    assert "above 100,000 input tokens" in " ".join(out.split())
    assert "$0.0525" in out  # (100,001 × 0.50 + 1,000 × 2.50) / 1,000,000
    assert "https://platform.claude.com" in out


def test_where_sources_disagree_the_cost_is_a_range(invoke: Invoke) -> None:
    shape = ["gemini:gemini-3.5-flash-lite", "--input-tokens", "1000000"]
    shape += ["--cache-read-input-tokens", "1000000", "--processing", "batch"]
    found = priced(invoke, *shape)
    assert found["range"] == ["0.015", "0.02"]
    assert found["other"]["source"] != found["price"]["source"]
    out = invoke("cost", *shape).out
    assert "$0.015 – $0.02" in out
    assert found["other"]["source"] in out.replace("\n", "")


def test_no_price_is_said_and_is_not_zero(invoke: Invoke) -> None:
    result = invoke("cost", "ollama:llama3:8b", "--input-tokens", "1000", "--json")
    assert result.code == 1
    assert json.loads(result.out) == {"total": None, "currency": "USD", "lines": [], "price": None}
    assert "ollama:llama3:8b has no price" in result.err


def test_a_price_of_your_own_is_marked(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = home / "mine.yaml"
    own.write_text(
        "prices:\n  ollama:\n    - {model: llama3:8b, input: 0.1, output: 0.2,"
        " source: electricity, as_of: 2026-11-01}\n"
    )
    monkeypatch.setenv("PLAYGROUND_PRICES", str(own))
    found = priced(invoke, "ollama:llama3:8b", "--input-tokens", "1000")
    assert Decimal(found["total"]) == 1000 * Decimal("0.1") / M
    assert found["price"]["override"] is True
    assert "your own price" in invoke("cost", "ollama:llama3:8b", "--input-tokens", "1").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gpt-6.1-sol", "--input-tokens", "1"], "write provider:model"),
        (["openai:gpt-6.1-sol"], "--input-tokens"),
        (["openai:gpt-6.1-sol", "--input-tokens", "-1"], "--input-tokens"),
        (
            ["openai:gpt-6.1-sol", "--input-tokens", "1", "--cache-read-input-tokens", "2"],
            "cache reads and writes (2) exceed all input (1)",
        ),
        (
            ["openai:gpt-6.1-sol", "--input-tokens", "1", "--reasoning-output-tokens", "2"],
            "reasoning (2) exceeds all output (0)",
        ),
        (
            [
                "openai:gpt-6.1-sol",
                "--input-tokens",
                "9",
                "--cache-write-input-tokens",
                "9",
                "--cache-ttl",
                "1h",
            ],
            "use --cache-ttl 30m or 12h",
        ),
        (["openai:gpt-6.1-sol", "--input-tokens", "1", "--as-of", "soon"], "--as-of"),
        (["openai:gpt-6.1-sol", "--input-tokens", "1", "--as-of", "2020-01-01"], "came out on"),
    ],
)
def test_bad_usage_names_the_fix(invoke: Invoke, arguments: list[str], said: str) -> None:
    result = invoke("cost", *arguments)
    assert result.code == 2
    assert said in result.err


@pytest.mark.parametrize("columns", [200, 80, 60, 40, 30])
def test_a_receipt_is_whole_in_every_window(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = invoke("cost", "openai:gpt-6.1-sol", "--input-tokens", "123456").out
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= columns
    whole = {"123,456", "$2.00", "1,000,000", "tokens", "total", "input", "$0.247"}
    assert whole <= set(shown.split())
    assert "openai:gpt-6.1-sol" in "".join(shown.split())

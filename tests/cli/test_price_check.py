"""`playground prices check` and `refresh`, on tables that were made wrong on purpose."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from playground.pricing import loading
from playground.providers import packages
from tests.cli.conftest import Invoke

SOL = "{model: gpt-6.1-sol, input: 2,"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of pricing.yaml that the commands take for ours."""
    copy = tmp_path / "pricing.yaml"
    shutil.copy(loading.PROJECT, copy)
    monkeypatch.setattr(loading, "PROJECT", copy)
    return copy


def edit(table: Path, old: str, new: str) -> str:
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")
    return table.read_text("utf-8")


def test_our_table_agrees_with_genai_prices(invoke: Invoke) -> None:
    result = invoke("prices", "check")
    assert result.code == 0, result.out
    assert "0 rates differ" in result.out


def test_what_may_be_out_of_date_is_said_and_fails_only_when_asked_to(
    invoke: Invoke, table: Path
) -> None:
    edit(table, "as_of: 2026-11-21", "as_of: 2025-01-02")
    result = invoke("prices", "check")
    assert result.code == 0, result.out
    assert "Read more than 30 days ago:" in result.out
    assert "rows were read on 2025-01-02" in result.out
    assert "mistral:mistral-large-4" in result.out
    assert invoke("prices", "check", "--strict").code == 1
    rows = json.loads(invoke("prices", "check", "--json").out)["findings"]
    assert {row["kind"] for row in rows} >= {"stale", "unknown"}


def test_a_last_day_that_an_sdk_has_otherwise_fails(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = packages.Named(
        provider="openai", model="gpt-6.1-sol", package="openai 9.9", retires=date(2099, 1, 1)
    )
    monkeypatch.setattr(packages, "named", lambda: [one])
    result = invoke("prices", "check")
    assert result.code == 1
    assert (
        "openai:gpt-6.1-sol: It retires on no day that is known here, on 2099-01-01" in result.out
    )


def test_models_endpoints_are_asked_only_when_told_to(invoke: Invoke, real: dict[str, str]) -> None:
    assert "models endpoint" not in invoke("prices", "check").out
    live = json.loads(invoke("prices", "check", "--live", "--json").out)["findings"]
    assert {f["source"] for f in live if "endpoint" in f["source"]} <= {
        f"the models endpoint of {name}" for name in real
    }


def test_an_endpoint_that_can_not_be_asked_is_said_and_fails(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    result = invoke("prices", "check", "--live")
    assert result.code == 1
    assert "openai: " in result.err
    assert "canary" not in result.out + result.err


def test_a_difference_beyond_half_a_percent_is_reported(invoke: Invoke, table: Path) -> None:
    edit(table, SOL, SOL.replace("input: 2,", "input: 2.011,"))
    result = invoke("prices", "check")
    assert result.code == 1
    assert "openai:gpt-6.1-sol input: $2.011 here, $2 in genai-prices" in result.out


def test_half_a_percent_is_no_difference(invoke: Invoke, table: Path) -> None:
    edit(table, SOL, SOL.replace("input: 2,", "input: 2.009,"))
    assert invoke("prices", "check").code == 0


def test_json_has_every_difference_and_what_is_missing(invoke: Invoke, table: Path) -> None:
    edit(table, SOL, SOL.replace("input: 2,", "input: 3,"))
    found = json.loads(invoke("prices", "check", "--json").out)
    ours = [d for d in found["differences"] if d["model"] == "gpt-6.1-sol"]
    assert {(d["way"], d["rate"], d["above"]) for d in ours} >= {
        ("standard", "input", None),
        ("standard", "input", 272_000),
        ("batch", "input", None),
    }
    assert "openai:babbage-002" in found["missing"]


def test_refresh_adds_a_row_and_overwrites_none(invoke: Invoke, table: Path) -> None:
    wrong = edit(table, SOL, SOL.replace("input: 2,", "input: 3,"))
    result = invoke("prices", "refresh")
    assert result.code == 0
    added = [line for line in result.out.splitlines() if line[:1] == "+" and line[:3] != "+++"]
    removed = [line for line in result.out.splitlines() if line[:1] == "-" and line[:3] != "---"]
    assert removed == []
    (row,) = added
    assert "{model: gpt-6.1-sol, valid_from: " in row
    assert " input: 2, cache_read: 0.1, cache_write: {30m: 2.5, 12h: 5}, output: 10," in row
    assert table.read_text("utf-8") == wrong


def test_what_was_applied_agrees_and_keeps_history_and_comments(
    invoke: Invoke, table: Path
) -> None:
    wrong = edit(table, SOL, SOL.replace("input: 2,", "input: 3,"))
    assert invoke("prices", "refresh", "--apply").code == 0
    assert invoke("prices", "check").code == 0
    kept = [line for line in table.read_text("utf-8").splitlines() if line in wrong.splitlines()]
    assert kept == wrong.splitlines()
    old = invoke("cost", "openai:gpt-6.1-sol", "--input-tokens", "1000", "--as-of", "2026-11-01")
    assert "$0.003" in old.out


def test_the_diff_is_one_that_patch_takes(invoke: Invoke, table: Path) -> None:
    edit(table, SOL, SOL.replace("input: 2,", "input: 3,"))
    diff = invoke("prices", "refresh").out
    if shutil.which("patch") is None:
        pytest.skip("there is no patch command here")
    done = subprocess.run(["patch", "-p1", table.name], cwd=table.parent, input=diff, text=True)
    assert done.returncode == 0
    assert invoke("prices", "check").code == 0


def test_a_new_model_is_added_when_it_is_named(invoke: Invoke, table: Path) -> None:
    result = invoke("prices", "refresh", "--add", "mistral:mistral-large-4", "--apply")
    assert result.code == 0
    assert "mistral-large-4" in invoke("prices", "mistral-large-4").out
    assert invoke("prices", "refresh", "--add", "openai:nothing").code == 2


def test_nothing_to_do_is_said(invoke: Invoke) -> None:
    result = invoke("prices", "refresh")
    assert (result.code, result.out) == (0, "")
    assert "nothing to add" in result.err


def test_the_list_needs_no_command(invoke: Invoke) -> None:
    assert invoke("prices", "sonnet").out == invoke("prices", "list", "sonnet").out
    assert "check" in invoke("prices", "--help").out

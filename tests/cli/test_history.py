"""`playground history`: what `ask` keeps is listed, found, shown, exported, brought back, summed up and deleted."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from playground import history
from playground.budgets.limits import Limit, add_limit
from playground.export import from_json
from playground.export.formats import FORMATS
from playground.history import Labels
from playground.history.documents import labelled
from playground.history.reading import read_run
from playground.history.writing import put
from tests.cli.conftest import Invoke
from tests.history.runs import CLAUDE, full_run, small_run

SOL, HAIKU = "openai:gpt-6-luna", "anthropic:claude-haiku-5-5"


@pytest.fixture
def kept() -> None:
    """Three runs of different days, models and labels."""
    store = history.get_store()
    put(
        store,
        small_run(1, day="2026-11-01", total="0.001"),
        Labels(tags=("a",), department="sales"),
    )
    put(store, small_run(2, day="2026-11-02", total="0.02", model=CLAUDE), Labels(tags=("b",)))
    put(store, full_run(), Labels(title="Capitals", kind="ask", starred=True))


def ids(out: str) -> list[str]:
    return [row["id"] for row in json.loads(out)]


def test_ask_keeps_its_run_with_its_labels(invoke: Invoke) -> None:
    asked = invoke(
        "ask", "Why?", "-m", SOL, "-m", HAIKU, "--demo", "--json", "--tag", "t", "--department", "d"
    )
    assert asked.code == 0
    (row,) = json.loads(invoke("history", "list", "--json").out)
    assert row["id"] == json.loads(asked.out)["run_id"]
    assert (row["kind"], row["tags"], row["department"], row["simulated"]) == (
        "ask",
        ["t"],
        "d",
        True,
    )
    whole = json.loads(invoke("history", "show", row["id"], "--json").out)
    assert whole["responses"][0]["text"] == json.loads(asked.out)["responses"][0]["text"]


@pytest.mark.parametrize("how", [["--no-history"], []])
def test_a_run_is_not_kept_where_nobody_wants_it(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, how: list[str]
) -> None:
    if not how:
        monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    assert invoke("ask", "Why?", "-m", SOL, "--demo", *how).code == 0
    assert invoke("history", "list", "--json").out.strip() == "[]"


def test_ladder_keeps_its_run(invoke: Invoke) -> None:
    assert invoke("ladder", "Hello", "-m", SOL, "--demo", "--json").code == 0
    (row,) = json.loads(invoke("history", "list", "--json").out)
    assert row["kind"] == "ladder"


def test_ask_goes_on_when_the_history_can_not_be_written(
    invoke: Invoke, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "in-the-way").write_text("")
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(home / "in-the-way"))
    result = invoke("ask", "Why?", "-m", SOL, "--demo")
    assert result.code == 0
    assert "not in the history" in result.err
    assert "PLAYGROUND_DATA_DIR" in result.err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["full-run", "run-2", "run-1"]),
        (["--limit", "1"], ["full-run"]),
        (["--provider", "anthropic"], ["run-2"]),
        (["--model", "gpt-6.1-sol"], ["full-run", "run-1"]),
        (["--tag", "a"], ["run-1"]),
        (["--department", "sales"], ["run-1"]),
        (["--since", "2026-11-02"], ["full-run", "run-2"]),
        (["--until", "2026-11-01"], ["run-1"]),
        (["--failure", "connection"], ["full-run"]),
        (["--kind", "ask"], ["full-run"]),
        (["--min-cost", "0.01"], ["run-2"]),
        (["--max-cost", "0.01"], ["full-run", "run-1"]),
        (["--starred"], ["full-run"]),
        (["--simulated"], []),
    ],
)
def test_the_filters_are_the_pages(
    invoke: Invoke, arguments: list[str], expected: list[str]
) -> None:
    result = invoke("history", "list", *arguments, "--json")
    assert ids(result.out) == expected
    assert result.code == (0 if expected else 1)


@pytest.mark.parametrize("command", ["list", "export", "cost", "delete", "search x"])
def test_a_first_day_after_the_last_is_bad_usage(invoke: Invoke, command: str) -> None:
    days = ["--since", "2026-11-02", "--until", "2026-11-01"]
    result = invoke("history", *command.split(), *days)
    assert (result.code, result.out) == (2, "")
    assert "--since 2026-11-02 is after --until 2026-11-01" in result.err


def test_signs_alone_are_answered(invoke: Invoke) -> None:
    result = invoke("history", "search", "++")
    assert (result.code, result.out) == (1, "")
    assert "Signs alone" in result.err


@pytest.mark.usefixtures("kept")
def test_search_finds_words(invoke: Invoke) -> None:
    assert ids(invoke("history", "search", "hauptstadt", "--json").out) == ["full-run"]
    assert invoke("history", "search", "nothing").code == 1
    assert "Capitals" in invoke("history", "search", "capitals").out


@pytest.mark.usefixtures("kept")
def test_a_run_is_shown_by_the_beginning_of_its_id(invoke: Invoke) -> None:
    shown = invoke("history", "show", "full").out
    assert "Paris ist die Hauptstadt." in shown
    assert "Capitals" in shown
    unclear = invoke("history", "show", "run-")
    assert unclear.code == 2
    assert "more than one" in unclear.err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_an_export_comes_back_identical_after_everything_was_deleted(
    invoke: Invoke, home: Path, format_: str
) -> None:
    file = str(home / "runs")
    assert "3 runs" in invoke("history", "export", "--format", format_, "-o", file).out
    first = Path(file).read_text()
    assert full_run() in from_json(first)
    assert invoke("history", "delete", "--all", "--yes").out == "3 runs deleted\n"
    assert "3 runs imported" in invoke("history", "import", file).out
    assert "0 runs imported, 3 already here" in invoke("history", "import", file).out
    invoke("history", "export", "--format", format_, "-o", file)
    assert Path(file).read_text() == first


@pytest.mark.usefixtures("kept")
def test_exports_for_people_and_spreadsheets(invoke: Invoke) -> None:
    rows = list(csv.DictReader(io.StringIO(invoke("history", "export", "--format", "csv").out)))
    assert [row["run_id"] for row in rows] == ["full-run", "full-run", "run-2", "run-1"]
    assert invoke("history", "export", "run-1", "--format", "html").out.startswith(
        "<!doctype html>"
    )
    assert "What is a token?" in invoke("history", "export", "run-1", "--format", "markdown").out


@pytest.mark.usefixtures("kept")
def test_every_format_is_offered_and_written(invoke: Invoke) -> None:
    offered = invoke("history", "export", "--help").out
    assert f"[{'|'.join(FORMATS)}]" in " ".join(offered.split())
    stored = read_run(history.get_store(), "run-1")
    assert stored is not None
    for name, format_ in FORMATS.items():
        written = invoke("history", "export", "run-1", "--format", name).out
        assert written.rstrip("\n") == format_.write([labelled(stored)]).rstrip("\n")
    refused = invoke("history", "export", "run-1", "--format", "word")
    assert refused.code == 2
    assert "'json'" in refused.err


def test_a_file_that_is_no_export_is_said(invoke: Invoke, home: Path) -> None:
    (home / "x").write_text('{"a": 1}')
    for name, words in (("x", "holds no requests"), ("missing", "can't be read")):
        result = invoke("history", "import", name)
        assert result.code == 2
        assert words in result.err


@pytest.mark.usefixtures("kept")
def test_a_kind_that_is_not_there_is_said_with_those_that_are(invoke: Invoke) -> None:
    put(history.get_store(), small_run(9), Labels(kind="a kind of tomorrow"))
    assert ids(invoke("history", "list", "--kind", "a kind of tomorrow", "--json").out) == ["run-9"]
    result = invoke("history", "list", "--kind", "compre")
    assert result.code == 1
    assert "there is a kind of tomorrow, ask, compare" in result.err


@pytest.mark.parametrize("typed", ["nan", "inf"])
def test_a_bound_that_is_no_finite_number_is_said(invoke: Invoke, typed: str) -> None:
    for command in (("history", "list", "--min-cost"), ("lab", "limits", "--demo", "--rate")):
        result = invoke(*command, typed)
        assert result.code == 2
        assert f"'{typed}' is not a finite number" in result.err


@pytest.mark.usefixtures("kept")
def test_costs_add_up(invoke: Invoke) -> None:
    found: Any = json.loads(invoke("history", "cost", "--by", "provider", "--json").out)
    assert {row["group"]: row["cost"] for row in found["rows"]} == {
        "anthropic": "0.02",
        "ollama": "0",
        "openai": "0.001250001",
    }
    assert found["total"] == "0.021250001"
    table = invoke("history", "cost", "--by", "tag").out
    assert "total" in table
    assert "(none)" in table
    assert invoke("history", "cost", "--simulated").code == 1
    assert found["not_in_history"] == "0"
    assert invoke("history", "cost").err == ""


@pytest.mark.usefixtures("kept")
def test_costs_say_what_is_spent_and_no_longer_in_them(invoke: Invoke) -> None:
    assert invoke("history", "delete", "--tag", "a", "--yes").code == 0
    result = invoke("history", "cost")
    assert "Not in these sums: $0.001 for answers" in result.err
    found: Any = json.loads(invoke("history", "cost", "--json").out)
    assert (found["total"], found["not_in_history"]) == ("0.020250001", "0.001")
    assert (
        json.loads(invoke("history", "cost", "--model", "x", "--json").out)["not_in_history"]
        is None
    )


@pytest.mark.usefixtures("kept")
def test_deleting_needs_to_be_told_what_and_asks(invoke: Invoke) -> None:
    assert invoke("history", "delete").code == 2
    assert invoke("history", "delete", "--tag", "a", stdin=b"n\n").code == 130
    assert invoke("history", "delete", "--tag", "a", stdin=b"y\n").out == "1 run deleted\n"
    assert ids(invoke("history", "list", "--json").out) == ["full-run", "run-2"]


@pytest.mark.usefixtures("real")
def test_a_budget_stops_ask_before_anything_is_sent(invoke: Invoke) -> None:
    from decimal import Decimal

    add_limit(history.get_store(), Limit(period="run", amount=Decimal("0.000000001")))
    result = invoke("ask", "Why?", "-m", SOL)
    assert result.code == 1
    assert "Raise the limit" in result.err
    assert invoke("history", "list", "--json").out.strip() == "[]"


def test_a_newer_history_is_refused_in_a_sentence(invoke: Invoke) -> None:
    store = history.get_store()
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    from playground.history.journal import close_writers

    close_writers()
    result = invoke("history", "list")
    assert result.code == 2
    assert "newer version" in result.err

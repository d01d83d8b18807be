"""Our verdicts are promptfoo's own, on rows that its package 0.123.1 really gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playground.experiments.checks.table import LEFT_OUT
from playground.experiments.rows import judged

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "promptfoo" / "verdicts.jsonl"
OWN = Path(__file__).parent / "recorded" / "verdicts.jsonl"
NO_PARSER = ("is-sql", "contains-sql")
"""No equal parser is here: these rows are left out by name, and never count as equal."""


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return [json.loads(line) for line in path.read_text().splitlines()]


def _type(row: dict[str, Any]) -> str:
    return str((row.get("assertion") or {}).get("type", "")).removeprefix("not-")


def _is_equal(row: dict[str, Any], ours: dict[str, Any]) -> bool:
    expected = row["expected"]
    if row["kind"] == "csv":
        return bool(ours.get("assertion") == expected["assertion"])
    return bool(
        ours["pass"] == expected["pass"]
        and abs(ours["score"] - expected["score"]) <= 1e-9
        and (ours["error"] is not None) == expected.get("error", False)
        and ours.get("named_scores", {}) == pytest.approx(expected.get("named_scores", {}))
    )


@pytest.mark.parametrize("path", [SHARED, OWN], ids=["shared", "own"])
def test_every_row_but_sql_has_promptfoos_own_verdict(path: Path) -> None:
    rows = _rows(path)
    compared = [row for row in rows if _type(row) not in NO_PARSER]
    lines = [json.dumps(row) for row in compared]
    different = [
        (row, ours)
        for row, ours in zip(compared, judged(lines), strict=True)
        if not _is_equal(row, ours)
    ]
    assert different == []
    assert len(compared) >= 0.95 * len(rows)


@pytest.mark.parametrize("type_", [*NO_PARSER, "not-is-sql"])
def test_what_has_no_equal_parser_is_refused_by_name(type_: str) -> None:
    row = {"id": "a", "kind": "assertion", "assertion": {"type": type_}, "output": "SELECT 1"}
    (ours,) = judged([json.dumps(row)])
    assert ours["pass"] is False
    assert ours["score"] == 0
    assert ours["error"].startswith(f"`{type_}` has no equal parser here")
    assert LEFT_OUT["is-sql"] in ours["error"]


def test_a_number_is_the_same_written_as_2_and_as_2_0() -> None:
    rows = [row for row in _rows(SHARED) if _type(row) not in NO_PARSER and row["kind"] != "csv"]

    def floats(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, list, dict)):
            return value
        if isinstance(value, int):
            return float(value)
        if isinstance(value, list):
            return [floats(item) for item in value]
        return {key: floats(item) for key, item in value.items()}

    lines = [json.dumps({**floats(row), "expected": row["expected"]}) for row in rows]
    assert all(_is_equal(row, ours) for row, ours in zip(rows, judged(lines), strict=True))

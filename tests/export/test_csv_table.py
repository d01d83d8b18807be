"""The table opens in a spreadsheet: one row a response, unknown cells empty, nothing runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from playground.domain import Run
from playground.export import document, to_csv


def rows(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(run), newline="")))


def test_one_row_a_response_with_the_fields_as_headers(run: Run) -> None:
    first, second = rows(run)
    assert (first["run_id"], first["model"], first["input_tokens"]) == ("run1", "gpt-x", "200")
    assert first["text"] == "Hello | `world`\n# not a heading"
    assert first["cost_total"] == "0.00025"
    assert (second["model"], second["failure_type"]) == ("llama3:8b", "connection")


def test_headers_are_the_documents_names(run: Run) -> None:
    response = document(run)["responses"][0]
    named = set(response) - {"usage", "timing", "cost", "failure"}
    named |= set(response["usage"]) | set(response["timing"])
    assert named <= set(rows(run)[0])


def test_an_unknown_value_is_an_empty_cell_and_a_zero_is_a_zero(run: Run) -> None:
    first, second = rows(run)
    assert first["cache_read_input_tokens"] == "0"
    assert first["cache_write_input_tokens"] == ""
    assert second["cost_total"] == ""


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1", "\x00=1", "\ufeff=1"],
)
def test_a_formula_in_an_answer_is_defused(run: Run, text: str) -> None:
    odd = replace(run.responses[0], text=text, response_model=text)
    row = rows(replace(run, responses=(odd,), requests=run.requests[:1]))[0]
    assert row["text"].startswith("'")
    assert row["response_model"].startswith("'")


def test_what_is_no_formula_is_left_alone(run: Run) -> None:
    odd = replace(run.responses[0], text='2 = 1+1, "so"')
    assert rows(replace(run, responses=(odd,), requests=run.requests[:1]))[0]["text"] == odd.text

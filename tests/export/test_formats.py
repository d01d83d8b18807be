"""Every export format is a row: one run or several, with the history's labels where the format can hold them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from playground.domain import Run
from playground.export import from_json, to_csv, to_html, to_json, to_jsonl, to_markdown
from playground.export.document import Labelled
from playground.export.formats import FORMATS
from tests.history.runs import full_run, small_run

LABELS = {"title": "Capitals", "tags": ["a", "b"], "starred": True}


@pytest.mark.parametrize("field", ["name", "label", "ending"])
def test_no_two_formats_are_called_the_same(field: str) -> None:
    called = [getattr(format_, field) for format_ in FORMATS.values()]
    assert len(set(called)) == len(called)


def test_one_run_is_written_as_its_own_function_writes_it(run: Run) -> None:
    own = {
        "json": to_json(run),
        "jsonl": to_jsonl([run]),
        "csv": to_csv(run),
        "markdown": to_markdown(run),
        "html": to_html(run),
    }
    assert {name: FORMATS[name].write([Labelled(run)]) for name in own} == own


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_labels_stand_behind_everything_else_and_runs_come_back(name: str) -> None:
    runs = [full_run(), small_run(1)]
    text = FORMATS[name].write([Labelled(runs[0], LABELS), Labelled(runs[1])])
    assert from_json(text) == runs
    lines = text.splitlines() if name == "jsonl" else map(json.dumps, json.loads(text))
    first, second = map(json.loads, lines)
    assert (list(first)[-1], first["labels"]) == ("labels", LABELS)
    assert "labels" not in second


def test_several_runs_are_one_table_under_one_header() -> None:
    text = FORMATS["csv"].write([Labelled(full_run()), Labelled(small_run(1))])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["run_id"] for row in rows] == ["full-run", "full-run", "run-1"]


def test_several_reports_follow_each_other(run: Run) -> None:
    text = FORMATS["markdown"].write([Labelled(run), Labelled(small_run(1))])
    assert text == f"{to_markdown(run)}\n\n{to_markdown(small_run(1))}"
    assert FORMATS["html"].write([Labelled(run), Labelled(small_run(1))]).count("<section>") == 2


def test_a_csv_file_opens_in_a_spreadsheet_as_it_is() -> None:
    """Excel takes a file without a byte order mark for the system's old code page."""
    many = [Labelled(full_run())]
    for name, format_ in FORMATS.items():
        mark = b"\xef\xbb\xbf" if name == "csv" else b""
        assert format_.data(many) == mark + format_.write(many).encode("utf-8", "replace")


@pytest.mark.parametrize("name", FORMATS)
def test_half_an_emoji_stops_no_file(name: str) -> None:
    run = full_run()
    run = replace(run, responses=(replace(run.responses[0], text="a\ud83d b"), *run.responses[1:]))
    assert b"a" in FORMATS[name].data([Labelled(run)])

"""A figure has one name and one wording, wherever it is shown; files have its value."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from playground.cli import show
from playground.domain import CostLine, Response, Run, Timing, ToolCall, Usage
from playground.export import document, from_json, to_csv, to_html, to_json, to_markdown
from playground.figures import FIGURES, shown
from playground.ui.history.two import _side_by_side
from playground.ui.parts import receipt
from tests.history.runs import full_run

Written = dict[str, str]
"""A figure's name for people → how it is written."""


def whole() -> Response:
    """Everything reported; a cost of which only a lower bound is known."""
    first = full_run().responses[0]
    assert first.cost is not None
    return replace(
        first,
        failure=None,
        tool_calls=(),
        server_tools=(),
        files=(),
        choices=(),
        turn=(),
        usage=Usage(
            input_tokens=12_345,
            cache_read_input_tokens=1_024,
            cache_write_input_tokens=2_048,
            output_tokens=1_200,
            reasoning_output_tokens=200,
            compute_seconds=11.5,
        ),
        timing=Timing(first_chunk=0.04, first_text=0.25, last_text=12.25, last_chunk=12.34),
        cost=replace(first.cost, total=Decimal("0.00396812"), lower_bound=True),
    )


def bounded(**how: Any) -> Response:
    """The same lane; what is known of its cost is something else."""
    response = whole()
    assert response.cost is not None
    cost = replace(response.cost, lower_bound=False)
    notes = ("said everywhere | even here",)
    return replace(response, cost=replace(cost, **({"notes": notes} | how)))


def ceiling() -> Response:
    return bounded(upper_bound=True)


def ranged() -> Response:
    dearer = bounded().cost
    assert dearer is not None
    return bounded(other=replace(dearer, total=Decimal("0.005")))


def partly() -> Response:
    """Answered by a provider that says little of its tokens."""
    silent = Usage(output_tokens=1_200)
    return replace(whole(), reasoning_text="", usage=silent, service_tier=None)


def failed() -> Response:
    return full_run().responses[1]


def at_once() -> Response:
    """Answered in one piece: the clock has no first text, whatever an older record says."""
    return replace(whole(), streamed=False)


def calling() -> Response:
    """Asked for a tool beside its text: the output tokens are not the text's alone."""
    return replace(whole(), tool_calls=(ToolCall(id="c", name="look", arguments={}),))


MADE = {
    "whole": whole,
    "partly": partly,
    "failed": failed,
    "ceiling": ceiling,
    "ranged": ranged,
    "at_once": at_once,
    "calling": calling,
}


def run_of(response: Response) -> Run:
    made = full_run()
    return replace(made, requests=made.requests[:1], responses=(response,))


def on_card(name: str) -> Written:
    found: Written = {}
    rows = r"<dt>(.*?)</dt><dd[^>]*>(.*?)(?:<small>(.*?)</small>)?</dd>"
    for label, text, beneath in re.findall(rows, receipt.all_figures(MADE[name]())):
        found[label] = html.unescape(text)
        for part in filter(None, beneath.split(" · ")):
            figure = next(f for f in shown("card") if part.startswith(f"{f.label.lower()} "))
            found[figure.label] = part.removeprefix(f"{figure.label.lower()} ")
    return found


def on_terminal(name: str) -> Written:
    found: Written = {}
    for column in show.figures([MADE[name]()]).columns[1:]:
        text, *parts = str(next(iter(column.cells))).splitlines()
        found[str(column.header)] = text
        for part in parts:
            figure = next(f for f in shown("terminal") if part.startswith(f.label.lower()))
            found[figure.label] = part.removeprefix(f"{figure.label.lower()} ")
    return found


def in_html(name: str) -> Written:
    table = to_html(run_of(MADE[name]())).partition("<h3>Figures</h3>")[2].partition("</table>")[0]
    labels = re.findall(r"<th>(.*?)</th>", table)[1:]
    cells = re.findall(r"<td>(.*?)</td>", table)[1:]
    return dict(zip(labels, map(html.unescape, cells), strict=True))


def in_markdown(name: str) -> Written:
    report = to_markdown(run_of(MADE[name]())).partition("## Figures\n")[2].splitlines()
    labels, _, cells = [line.strip("| ").split(" | ") for line in report[1:4]]
    return dict(zip(labels[2:], cells[2:], strict=True))


def in_history(name: str) -> Written:
    table = _side_by_side(MADE[name](), MADE[name](), "a", "b")
    assert table["a"] == table["b"]
    return dict(zip(table["Figure"], table["a"], strict=True))


def in_table(name: str) -> Written:
    """What the browser gets to show in the cells of the table under the lanes."""

    def draw(name: str) -> None:
        from playground.ui.parts.summary import figures
        from tests.figures.test_rows import MADE

        figures(["a"], [MADE[name]()])

    page = AppTest.from_function(draw, args=(name,), default_timeout=30).run()
    assert not page.exception
    proto = page.dataframe[0].proto
    columns = json.loads(proto.columns)
    styler = (getattr(proto, "arrow_data", None) or proto).styler
    written = convert_arrow_bytes_to_pandas_df(styler.display_values).iloc[0]
    values = page.dataframe[0].value.iloc[0]
    return {
        columns[figure]["label"]: proto.placeholder if pd.isna(values[figure]) else written[figure]
        for figure in values.index
        if figure in FIGURES
    }


PLACES = (on_card, in_table, in_html, in_markdown, in_history, on_terminal)

EXPECTED = {
    "whole": {
        "Input tokens": "12,345",
        "Cached": "1,024",
        "Written to cache": "2,048",
        "Output tokens": "1,200",
        "Reasoning": "200",
        "First text": "0.25 s",
        "Total time": "12.3 s",
        "Compute": "11.5 s",
        "Speed": "83 tok/s",
        "Cost": "≥ $0.00397",
        "Finish reason": "completed",
        "Service tier": "flex",
    },
    "partly": {
        "Input tokens": "not reported",
        "Cached": "not reported",
        "Written to cache": "not reported",
        "Output tokens": "1,200",
        "Reasoning": "not reported",
        "First text": "0.25 s",
        "Total time": "12.3 s",
        "Compute": "n/a",
        "Speed": "100 tok/s",
        "Cost": "≥ $0.00397",
        "Finish reason": "completed",
    },
    "failed": {
        "Input tokens": "not reported",
        "Cached": "not reported",
        "Written to cache": "not reported",
        "Output tokens": "not reported",
        "Reasoning": "not reported",
        "First text": "n/a",
        "Total time": "n/a",
        "Compute": "n/a",
        "Speed": "n/a",
        "Cost": "n/a",
        "Finish reason": "connection",
    },
}
EXPECTED["ceiling"] = EXPECTED["whole"] | {"Cost": "≤ $0.00397"}
EXPECTED["ranged"] = EXPECTED["whole"] | {"Cost": "$0.00397 – $0.005"}
EXPECTED["at_once"] = EXPECTED["whole"] | {"First text": "n/a", "Speed": "n/a"}
EXPECTED["calling"] = EXPECTED["whole"] | {"Speed": "n/a"}


@pytest.mark.parametrize(
    ("place", "name"),
    [(place, name) for place in PLACES for name in MADE if (place, name) != (in_table, "failed")],
)
def test_one_name_and_one_wording_in_every_place(place: Any, name: str) -> None:
    found = place(name)
    assert len(found) >= 6
    assert found == {label: EXPECTED[name][label] for label in found}


def test_what_is_known_of_a_cost_is_in_every_file() -> None:
    for name, ends, most in (
        ("ceiling", ["0.00396812", "0.00396812"], True),
        ("ranged", ["0.00396812", "0.005"], False),
    ):
        run = run_of(MADE[name]())
        (row,) = csv.DictReader(io.StringIO(to_csv(run), newline=""))
        for cost in (
            document(run)["responses"][0]["cost"],
            json.loads(to_json(run))["responses"][0]["cost"],
        ):
            assert (cost["range"], cost["upper_bound"], cost["lower_bound"]) == (ends, most, False)
            assert cost["notes"] == ["said everywhere | even here"]
        assert [row["cost_low"], row["cost_high"]] == ends
        assert (row["cost_upper_bound"], row["cost_lower_bound"]) == (str(most).lower(), "false")
        assert row["cost_notes"] == "said everywhere | even here"
        assert from_json(to_json(run))[0].responses[0].cost == run.responses[0].cost
        assert "said everywhere" in to_html(run)
        assert "said everywhere" in to_markdown(run)


def test_what_was_charged_stands_first_and_the_check_beside_it() -> None:
    ours = bounded().cost
    assert ours is not None
    rate = Decimal("0.0021")
    line = CostLine(name="charged", quantity=1, unit="charge", rate=rate, per=1, amount=rate)
    cost = replace(ours, total=rate, lines=(line,), check=ours)
    response = replace(whole(), cost=cost)
    for text in (to_html(run_of(response)), to_markdown(run_of(response)), receipt.receipt(cost)):
        assert 0 < text.index("charged") < text.index("check: input")
    assert from_json(to_json(run_of(response)))[0].responses[0].cost == cost


def test_a_receipts_rates_have_all_their_digits() -> None:
    rate = Decimal("15.625")
    line = CostLine(
        name="input", quantity=8, unit="token", rate=rate, per=10**6, amount=8 * rate / 10**6
    )
    response = bounded(lines=(line,))
    assert response.cost is not None
    for text in (
        to_html(run_of(response)),
        to_markdown(run_of(response)),
        receipt.receipt(response.cost),
    ):
        assert "15.625" in text


def test_a_table_has_one_word_for_what_is_unknown_and_it_is_true() -> None:
    assert set(in_table("failed").values()) == {"n/a"}


def test_every_figure_for_people_is_in_the_comparison_above() -> None:
    labels = [figure.label for figure in FIGURES.values() if figure.shown]
    assert labels == list(EXPECTED["whole"])
    assert len(set(labels)) == len(labels)
    seen = {label for place in PLACES for label in place("whole")}
    assert seen == set(labels)


def test_files_hold_the_values_as_they_are() -> None:
    run = run_of(whole())
    (row,) = csv.DictReader(io.StringIO(to_csv(run), newline=""))
    short, full = document(run)["responses"][0], json.loads(to_json(run))["responses"][0]
    expected: dict[str, dict[str, float]] = {
        "usage": {
            "input_tokens": 12_345,
            "cache_read_input_tokens": 1_024,
            "cache_write_input_tokens": 2_048,
            "output_tokens": 1_200,
            "reasoning_output_tokens": 200,
            "compute_seconds": 11.5,
        },
        "timing": {
            "time_to_first_chunk": 0.04,
            "time_to_first_text": 0.25,
            "duration": 12.34,
            "output_tokens_per_second": (1_000 - 1) / (12.25 - 0.25),
        },
    }
    for part, figures in expected.items():
        assert short[part] == figures
        assert list(short[part]) == list(figures)
        assert full[part].items() >= figures.items()
        assert {name: float(row[name]) for name in figures} == figures
    assert (row["cost_total"], short["cost"]["total"]) == ("0.00396812", "0.00396812")
    assert (row["finish_reason"], short["finish_reason"]) == ("completed", "completed")


def test_an_answer_that_came_whole_has_no_first_text_in_any_file() -> None:
    run = run_of(at_once())
    (row,) = csv.DictReader(io.StringIO(to_csv(run), newline=""))
    unknown = ("time_to_first_chunk", "time_to_first_text", "output_tokens_per_second")
    for timing in (
        document(run)["responses"][0]["timing"],
        json.loads(to_json(run))["responses"][0]["timing"],
    ):
        assert [timing[name] for name in unknown] == [None, None, None]
        assert timing["duration"] == 12.34
    assert [row[name] for name in unknown] == ["", "", ""]


def test_a_figures_value_is_what_its_row_says() -> None:
    response = whole()
    assert {name: figure.value(response) for name, figure in FIGURES.items()} == {
        "input_tokens": 12_345,
        "cache_read_input_tokens": 1_024,
        "cache_write_input_tokens": 2_048,
        "output_tokens": 1_200,
        "reasoning_output_tokens": 200,
        "time_to_first_chunk": 0.04,
        "time_to_first_text": 0.25,
        "duration": 12.34,
        "compute_seconds": 11.5,
        "output_tokens_per_second": 999 / 12,
        "cost": Decimal("0.00396812"),
        "finish_reason": "completed",
        "service_tier": "flex",
    }

"""A number that stands in several places has the same digits in each: card, table, report, CSV, JSON, terminal, history."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from rich.console import Console

from playground import figures as fmt
from playground import history
from playground.cli import history as cli_history
from playground.cli.show import figures as terminal_figures
from playground.cli.tables import _price as terminal_price
from playground.domain import (
    Cost,
    Failure,
    ModelRef,
    PriceSource,
    Request,
    Response,
    Run,
    Timing,
    Usage,
)
from playground.export import to_csv, to_html, to_json, to_markdown
from playground.figures.rows import WRITTEN
from playground.history import Labels
from playground.history.pivot import pivot
from playground.history.queries import Filter, find
from playground.history.writing import put
from playground.pricing import Price, PriceBook
from playground.pricing.listing import Entry
from playground.ui.costs.price import _cases as price_cases
from playground.ui.costs.price import _history as price_history
from playground.ui.costs.price import coming
from playground.ui.history import runs as history_page
from playground.ui.history.costs import _cost as cost_of_sum
from playground.ui.parts import summary
from playground.ui.parts.head import head
from playground.ui.parts.receipt import all_figures, receipt
from playground.ui.parts.tables import rate as cell
from playground.ui.session.models import _known_of as in_the_menu

PRICE = PriceSource(model="m", source="https://prices.example", as_of="2026-11-01")
COSTS: tuple[Cost | None, ...] = (
    Cost(total=Decimal("0.0039675"), lines=(), price=PRICE),
    Cost(total=Decimal("0.01038149"), lines=(), price=PRICE, estimate=True, lower_bound=True),
    Cost(total=Decimal("1234.5"), lines=(), price=PRICE, upper_bound=True),
    Cost(total=Decimal(0), lines=(), price=PRICE),
    None,
)
TIMES = ((0.0416, 0.4999), (0.09996, 9.996), (12.34, 123.4), (None, 99.96), (1.005, 1_999.6))
TOKENS = ((1_234_567, 999, 1_000), (0, 0, 0), (4_800, None, 1_258), (None, None, None), (38, 1, 2))


def responses() -> list[Response]:
    made = []
    for number, (cost, (first, total), (read, cached, written)) in enumerate(
        zip(COSTS, TIMES, TOKENS, strict=True)
    ):
        made.append(
            Response(
                model=ModelRef.parse(f"openai:gpt-{number}"),
                text="An answer.",
                streamed=True,
                finish_reason="stop",
                failure=Failure(type="cancelled") if cost and cost.lower_bound else None,
                usage=Usage(
                    input_tokens=read,
                    cache_read_input_tokens=cached,
                    output_tokens=written,
                    reasoning_output_tokens=cached,
                ),
                timing=Timing(first_text=first, last_text=total, last_chunk=total),
                cost=cost,
            )
        )
    return made


@pytest.fixture
def run() -> Run:
    made = responses()
    return Run(
        id="digits",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=tuple(Request.ask(response.model, "How much?") for response in made),
        responses=tuple(made),
    )


def bare(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


def shown_table(monkeypatch: pytest.MonkeyPatch, run: Run) -> list[dict[str, str]]:
    """The screen's table as the browser gets it: the words of each cell."""
    drawn: list[Any] = []
    monkeypatch.setattr(st, "dataframe", lambda data, **how: drawn.append((data, how)))
    summary.figures([str(response.model) for response in run.responses], run.responses)
    ((styled, how),) = drawn
    cells = styled._translate(False, False)["body"]
    names = list(styled.data.columns)
    values = styled.data.to_dict("records")
    return [
        {
            name: how["placeholder"] if _none(values[i][name]) else cell["display_value"]
            for name, cell in zip(names, row[1:], strict=True)
        }
        for i, row in enumerate(cells)
    ]


def _none(value: Any) -> bool:
    return value is None or value != value


def test_a_figure_is_written_alike_on_card_table_reports_and_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shown_table(monkeypatch, run)
    page, document = bare(to_html(run)), to_markdown(run)
    lines = [line for line in document.splitlines() if "| openai:gpt-" in line]
    out = Console(width=400, file=io.StringIO(), markup=False, highlight=False)
    out.print(terminal_figures(run.responses))
    terminal = out.file.getvalue()  # type: ignore[attr-defined]
    for number, response in enumerate(run.responses):
        card = bare(head(response)) + bare(all_figures(response))
        row = next(line for line in terminal.splitlines() if f"gpt-{number}" in line)
        for figure in fmt.FIGURES.values():
            text = figure.write(response)
            if "card" in figure.shown and text:
                assert text in card, (figure.name, number)
            if "table" in figure.shown and figure.value(response) is not None:
                assert table[number][figure.name] == text, (figure.name, number)
            if "report" in figure.shown:
                assert text in lines[number], (figure.name, number)
                assert text in page, (figure.name, number)
            if "terminal" in figure.shown and not figure.under:
                assert text in row, (figure.name, number)
        assert fmt.cost_of(response) in card


def test_what_a_file_holds_is_what_the_screen_shows(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(run))))
    documents = json.loads(to_json(run))["responses"]
    for response, row, document in zip(run.responses, rows, documents, strict=True):
        for name, figure in fmt.FIGURES.items():
            if figure.document:
                read = _number(row[name], figure.kind)
                assert WRITTEN[figure.kind](read) == figure.write(response), name
                same = document[figure.document][name]
                assert WRITTEN[figure.kind](same) == figure.write(response), name
        if response.cost:
            assert fmt.money(Decimal(row["cost_total"])) in fmt.cost(response.cost)
            assert fmt.money(Decimal(document["cost"]["total"])) in fmt.cost(response.cost)


def _number(cell: str, kind: str) -> int | float | None:
    if cell == "":
        return None
    return int(cell) if kind == "count" else float(cell)


@pytest.mark.parametrize("number", range(4))
def test_a_run_costs_the_same_in_the_history_its_sums_and_the_terminal(
    run: Run, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = replace(
        run,
        requests=run.requests[number : number + 1],
        responses=run.responses[number : number + 1],
    )
    store = history.get_store()
    put(store, alone, Labels())
    cost = alone.responses[0].cost
    assert cost is not None
    (row,) = find(store, Filter()).rows
    assert _digits(history_page.cost(row)) == _digits(fmt.cost(cost))
    assert history_page.cost(row).startswith("≥") == (cost.lower_bound or cost.upper_bound)
    (summed,) = pivot(store, "model", Filter())
    assert cost_of_sum(summed) == history_page.cost(row)
    cli_history.list_(Filter(), 10, False)
    assert history_page.cost(row) in capsys.readouterr().out
    cli_history.cost("model", Filter(), False)
    assert _digits(history_page.cost(row)) in capsys.readouterr().out


def _digits(text: str) -> str:
    return re.sub(r"[^$\d.,]", "", text)


def test_a_receipts_lines_are_written_alike_on_card_and_in_reports(run: Run) -> None:
    from tests.history.runs import full_run

    made = full_run()
    cost = made.responses[0].cost
    assert cost is not None
    for line, name in fmt.receipt(cost):
        told: Sequence[str] = (
            name,
            f"{line.quantity:,}",
            fmt.rate(line.rate),
            fmt.money(line.amount),
        )
        for place in (receipt(cost), bare(to_html(made)), to_markdown(made)):
            for text in told:
                assert text in place, (text, place)


def test_a_price_is_written_alike_in_table_menu_details_and_terminal() -> None:
    rates = {"input": Decimal(5), "cache_read": Decimal("0.0375"), "output": Decimal("15.625")}
    wanted = ["$5.00", "$0.0375", "$15.625"]
    row = Price(
        provider="openai", model="m", rates=rates, source="https://x.example", as_of=date.min
    )
    book = PriceBook(rows={("openai", "m"): (row,)})
    later = replace(row, rates={**rates, "input": Decimal(6)}, valid_from=date(9999, 1, 1))
    entry = Entry(price=row, history=(row,), coming=later)
    assert [cell(float(rate)) for rate in rates.values()] == wanted
    assert terminal_price(row)[1:4] == wanted
    assert next(in_the_menu("openai:m", book)) == "$5.00 / $15.625 per 1M"
    assert coming(entry) == "9999-01-01: $6.00 / $15.625"
    for details in (price_cases(book, row), price_history(entry)):
        assert [one for one in wanted if one not in details.replace("\\", "")] == []

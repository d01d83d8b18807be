"""A lane that someone or a budget stopped has not failed: every place says `stopped`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.budgets.guard import over_budget
from playground.budgets.limits import Limit
from playground.cli import ladder as terminal_ladder
from playground.cli import show
from playground.domain import STOPPED, Failure, ModelRef, Response, Run
from playground.engine import ended_run
from playground.engine.engine import STOPPED as BY_THE_USER
from playground.export import to_html, to_markdown
from playground.history import queries
from playground.history.labels import Labels
from playground.history.pivot import pivot
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.history.writing import put
from playground.store.store import Store
from playground.ui.live.stream import Cursor, news
from playground.ui.parts import charts
from tests.history.runs import CLAUDE, LLAMA, SOL, cost, small_run

BY_A_BUDGET = over_budget(Limit(period="day", amount=Decimal(1)), Decimal("1.01"))
HOW = [pytest.param(BY_THE_USER, id="user"), pytest.param(BY_A_BUDGET, id="budget")]
BROKEN = Failure(type="server", status=500, meaning="The server broke.", next_step="Try again.")
MODELS: tuple[ModelRef, ...] = (SOL, CLAUDE, LLAMA)


def run_of(failure: Failure, run_id: str = "r") -> Run:
    """Three lanes: one that answered, one that was stopped, one that has failed."""
    one = small_run(1)
    text = "The beginning of"
    responses = [
        Response(model=model, text=text, failure=why, cost=cost("0.1"))
        for model, why in zip(MODELS, (None, failure, BROKEN), strict=True)
    ]
    requests = tuple(replace(one.requests[0], model=model) for model in MODELS)
    return replace(one, id=run_id, requests=requests, responses=tuple(responses))


def test_what_stopped_means_stands_once() -> None:
    assert {BY_THE_USER.type, BY_A_BUDGET.type} == STOPPED
    assert [r.state for r in run_of(BY_A_BUDGET).responses] == ["done", "stopped", "failed"]


@pytest.mark.parametrize("failure", HOW)
def test_while_it_runs_and_after(failure: Failure) -> None:
    live = ended_run(run_of(failure), "")
    assert [lane.state for lane in live.lanes] == ["done", "stopped", "failed"]
    told = news(live, Cursor.at(live))["states"]
    assert [state["state"] for state in told] == ["done", "stopped", "failed"]


@pytest.mark.parametrize("failure", HOW)
def test_in_the_reports(failure: Failure) -> None:
    markdown, page = to_markdown(run_of(failure)), to_html(run_of(failure))
    row = next(line for line in markdown.splitlines() if line.startswith("| 2 |"))
    assert row.endswith("| stopped |")
    assert "**Stopped.** " in markdown
    assert markdown.count("**Failed (") == 1
    assert "provider's words" not in markdown
    assert '<p class="stopped"><b>stopped</b>' in page
    assert page.count('<p class="failed">') == 1
    for words in ("over budget", "over_budget", "cancelled"):
        assert words not in markdown.replace("\\", "") + page


@pytest.mark.parametrize("failure", HOW)
def test_on_the_terminal(failure: Failure, capsys: pytest.CaptureFixture[str]) -> None:
    show.whole(run_of(failure))
    out = " ".join(capsys.readouterr().out.split())
    assert f"■ stopped. {failure.meaning}" in out
    assert out.count("✗ server, HTTP 500.") == 1
    rungs: Any = [type("Rung", (), {"name": f"step {i}"})() for i in range(3)]
    terminal_ladder._failures(show.console(), rungs, run_of(failure).responses)
    out = " ".join(capsys.readouterr().out.split())
    assert out.startswith("■ stopped, step 1: ")
    assert "✗ step 2: The server broke." in out


@pytest.mark.parametrize("failure", HOW)
def test_in_the_history_and_its_sums(failure: Failure, store: Store) -> None:
    put(store, run_of(failure, "mixed"), Labels())
    put(store, small_run(7, failure=failure), Labels())
    rows = {row.id: row for row in queries.find(store, Filter()).rows}
    assert rows["mixed"].ending == "1 of 3 failed, 1 of 3 stopped"
    assert (rows["mixed"].failed, rows["mixed"].stopped) == (1, 1)
    assert rows["run-7"].ending == "1 of 1 stopped"
    for run_id, row in rows.items():
        stored = read_run(store, run_id)
        assert stored is not None
        assert stored.ending == row.ending
    (total,) = pivot(store, "day", Filter())
    assert (total.answers, total.failed, total.stopped) == (4, 1, 2)
    assert queries.find(store, Filter(failure=failure.type)).total == 2


@pytest.mark.parametrize("failure", HOW)
def test_in_the_charts(failure: Failure) -> None:
    picture = charts.money(list("abc"), run_of(failure).responses)
    assert picture is not None
    drawn = picture.chart
    values = drawn["layer"][0]["data"]["values"]
    assert [row["state"] for row in values] == ["done", "stopped", "failed"]
    assert "state" in json.dumps(drawn["layer"][0]["encoding"]["tooltip"])


def card(run) -> None:  # type: ignore[no-untyped-def] # it is run as a script of its own
    from playground.ui.parts.card import result_card

    for request, response in zip(run.requests, run.responses, strict=True):
        result_card(str(request.model), request, response, None, key=str(request.model))


def table(run) -> None:  # type: ignore[no-untyped-def] # it is run as a script of its own
    from playground.ui.parts.summary import figures

    figures(["a", "b", "c"], run.responses)


def turn(run) -> None:  # type: ignore[no-untyped-def] # it is run as a script of its own
    from playground.ui.chat_vs_api.conversation.turns import _said

    for response in run.responses:
        _said(response)


def drawn(what: Callable[[Any], None], failure: Failure) -> AppTest:
    page = AppTest.from_function(what, kwargs={"run": run_of(failure)}, default_timeout=60).run()
    assert not page.exception
    return page


@pytest.mark.parametrize("failure", HOW)
def test_on_the_cards(failure: Failure) -> None:
    page = drawn(card, failure)
    heads = "".join(str(html.proto.body) for html in page.get("html"))
    assert re.findall(r'data-state="(done|stopped|failed)"', heads) == ["done", "stopped", "failed"]
    assert [failure.meaning in warning.value for warning in page.warning] == [True]
    assert len(page.error) == 1


@pytest.mark.parametrize("failure", HOW)
def test_in_the_table_of_figures(failure: Failure) -> None:
    page = drawn(table, failure)
    assert list(page.dataframe[0].value["state"]) == ["done", "stopped", "server"]


@pytest.mark.parametrize("failure", HOW)
def test_in_a_conversation(failure: Failure) -> None:
    page = drawn(turn, failure)
    assert [failure.meaning in warning.value for warning in page.warning] == [True]
    assert len(page.error) == 1

"""The history's page as a script: find, open, label, compare, repeat, delete; costs, budgets, keeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, settings
from playground.budgets.limits import all_limits
from playground.domain import Settings
from playground.engine import get_engine
from playground.export import to_jsonl
from playground.export.formats import FORMATS
from playground.history import Labels, journal, queries
from playground.history.deleting import delete_runs
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.history.writing import change, put
from playground.ui.session import here
from playground.ui.shell.pages import path
from tests.history.runs import CLAUDE, full_run, small_run

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
HISTORY, COMPARE = path("history.py"), path("compare.py")


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def opened(page: str = HISTORY, **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    if page != COMPARE:
        app.switch_page(page).run()
    assert not app.exception
    return app


@pytest.fixture
def kept() -> None:
    store = history.get_store()
    put(
        store,
        small_run(1, day="2026-11-01", total="0.001"),
        Labels(tags=("a",), department="sales"),
    )
    put(
        store,
        small_run(2, day="2026-11-02", total="0.02", model=CLAUDE, text="Quite another answer."),
        Labels(),
    )
    put(store, full_run(), Labels(title="Capitals", starred=True))


def said(page: AppTest) -> str:
    kinds = (
        "header",
        "subheader",
        "markdown",
        "caption",
        "info",
        "error",
        "warning",
        "success",
        "text",
    )
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))


def names(page: AppTest) -> list[str]:
    """The list's prompts and titles, from top to bottom."""
    return list(page.dataframe[0].value["name"]) if page.dataframe else []


def select(page: AppTest, *rows: int) -> AppTest:
    key = page.dataframe[0].key
    assert key is not None
    page.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return page.run()


def stored_ids() -> list[str]:
    return queries.ids(history.get_store(), Filter())


def test_an_empty_history_says_what_will_be_here() -> None:
    page = opened()
    assert "Nothing here yet" in said(page)
    assert "Keys never are" in said(page)


@pytest.mark.usefixtures("kept")
def test_the_newest_run_is_on_top_and_the_search_finds_words_in_answers() -> None:
    page = opened()
    assert names(page) == ["Capitals", "What is a token?", "What is a token?"]
    page.text_input(key="history_search").set_value("hauptstadt").run()
    assert names(page) == ["Capitals"]
    page.text_input(key="history_search").set_value("nothing at all").run()
    assert "No run matches" in said(page)


@pytest.mark.usefixtures("kept")
def test_a_part_of_a_word_is_looked_for_further_back_on_demand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 1)
    monkeypatch.setattr(queries, "READING", 0.0)
    page = opened()
    page.text_input(key="history_search").set_value("uite").run()  # in "Quite", of the second run
    assert names(page) == []
    assert "looked for in the runs since 2026-11-21" in said(page)
    page.button(key="history_further").click().run()
    assert not page.exception
    assert names(page) == ["What is a token?"]
    assert "looked for in the runs since 2026-11-02" in said(page)
    page.button(key="history_further").click().run()
    page.button(key="history_clear").click().run()
    assert names(page) == []


@pytest.mark.usefixtures("kept")
def test_filters_are_set_and_cleared() -> None:
    page = opened()
    page.selectbox(key="history_provider").set_value("anthropic").run()
    assert list(page.dataframe[0].value["models"]) == [str(CLAUDE)]
    page.button(key="history_clear").click().run()
    assert len(names(page)) == 3
    page.toggle(key="history_starred").set_value(True).run()
    assert names(page) == ["Capitals"]


@pytest.mark.usefixtures("kept")
def test_a_selected_run_shows_its_figures_answers_and_link() -> None:
    page = select(opened(), 0)
    assert not page.exception
    assert "Paris ist die Hauptstadt." in said(page)
    assert "?run=full-run" in said(page)


@pytest.mark.usefixtures("kept")
def test_open_shows_the_run_in_compare_as_it_was() -> None:
    page = select(opened(), 1)
    page.button(key="open_run-2").click().run()
    assert not page.exception
    assert "Quite another answer." in said(page)
    assert page.text_area(key="prompt").value == "What is a token?"
    assert page.selectbox(key="model_0").value == str(CLAUDE)
    assert list(page.dataframe[0].value["state"]) == ["done"]


@pytest.mark.usefixtures("kept")
def test_a_link_opens_a_run_that_is_only_in_the_history() -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["run"] = "run-2"
    app.run()
    assert not app.exception
    assert "Quite another answer." in said(app)
    assert app.text_area(key="prompt").value == "What is a token?"


def test_a_link_to_a_run_that_is_gone_opens_an_empty_compare() -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["run"] = "no-such-run"
    app.run()
    assert not app.exception
    assert "Press **Run**" in said(app)


@pytest.mark.usefixtures("kept")
def test_run_again_sends_the_same_requests_and_keeps_a_new_run() -> None:
    page = select(opened(), 1)
    page.button(key="again_run-2").click().run()
    for _ in range(100):
        if len(stored_ids()) == 4 and history.get_writer().flush(0.1):
            break
        time.sleep(0.1)
    newest = read_run(history.get_store(), stored_ids()[0])
    assert newest is not None
    old = read_run(history.get_store(), "run-2")
    assert old is not None
    assert newest.run.requests == old.run.requests


@pytest.mark.usefixtures("kept")
def test_change_and_run_fills_compare() -> None:
    page = select(opened(), 0)
    page.button(key="change_full-run").click().run()
    assert not page.exception
    assert page.text_area(key="system").value == "Be brief."
    assert page.selectbox(key="model_1").value == "ollama:llama3:8b"


@pytest.mark.usefixtures("kept")
def test_names_tags_and_notes_are_saved() -> None:
    page = select(opened(), 1)
    title = next(t for t in page.text_input if t.label == "Title")
    title.set_value("Renamed")
    next(t for t in page.text_area if t.label == "Note").set_value("remember this")
    next(b for b in page.button if b.label == "Save").click().run()
    assert names(page)[1] == "Renamed"
    stored = read_run(history.get_store(), "run-2")
    assert stored is not None
    assert stored.labels.note == "remember this"


@pytest.mark.usefixtures("kept")
def test_two_selected_runs_are_compared() -> None:
    page = select(opened(), 1, 2)
    assert not page.exception
    figures = page.dataframe[1].value
    assert next(iter(figures["Figure"])) == "Cost"
    assert "+1,900%" in list(figures["Difference"])
    assert "of the words in common" in said(page)


@pytest.mark.usefixtures("kept")
def test_any_two_runs_are_compared_however_far_apart() -> None:
    page = select(opened(), 0)
    page.button(key="hold_full-run").click().run()
    page.text_input(key="history_search").set_value("quite another").run()
    page = select(page, 0)
    assert not page.exception
    assert "of the words in common" in said(page)
    page.button(key="let_go_run-2").click().run()
    assert "of the words in common" not in said(page)


@pytest.mark.usefixtures("kept")
def test_runs_are_found_by_whatever_kind_made_them() -> None:
    put(history.get_store(), small_run(9), Labels(kind="a kind of tomorrow", title="Ninth"))
    page = opened()
    kinds = page.selectbox(key="history_kind")
    assert kinds.options == ["a kind of tomorrow", "compare"]
    page = kinds.set_value("a kind of tomorrow").run()
    assert names(page) == ["Ninth"]


@pytest.mark.usefixtures("kept")
def test_selected_runs_are_deleted_for_good() -> None:
    page = select(opened(), 1, 2)
    next(b for b in page.button if b.label == "Delete these 2 runs").click().run()
    assert not page.exception
    assert stored_ids() == ["full-run"]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("rows", [(1,), (0, 1)])
def test_runs_are_offered_in_every_format(rows: tuple[int, ...]) -> None:
    page = select(opened(), *rows)
    labels = [str(getattr(button, "label", "")) for button in page.get("download_button")]
    assert labels == [format_.label for format_ in FORMATS.values()]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("by", ["day", "model", "provider", "tag", "department"])
def test_costs_add_up_whatever_they_are_grouped_by(by: str) -> None:
    page = opened(history_tab="Costs", costs_by=by)
    table = page.dataframe[0].value
    assert table["Cost"].iloc[:-1].sum() == pytest.approx(table["Cost"].iloc[-1])
    assert table["Cost"].iloc[-1] == pytest.approx(0.001 + 0.02 + 0.000250001)


def test_a_limit_is_added_shown_and_removed() -> None:
    put(history.get_store(), small_run(1), Labels(department="Docs"))
    page = opened(history_tab="Budgets")
    assert "There is no limit yet" in said(page)
    page.text_input(key="limit_amount").set_value("2,5")
    page.selectbox(key="limit_provider").set_value("openai")
    page.selectbox(key="limit_department").set_value("Docs")
    next(b for b in page.button if b.label == "Add a limit").click().run()
    (limit,) = all_limits(history.get_store())
    assert (limit.amount, limit.period, limit.provider) == (Decimal("2.5"), "day", "openai")
    assert limit.department == "Docs"
    page.button(key=f"limit_{limit.id}").click().run()
    assert all_limits(history.get_store()) == []


def test_limits_are_seen_and_set_where_no_history_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    page = opened()
    assert "No history is kept here" in said(page)
    assert "Every run is kept" not in said(page)
    assert "There is no limit yet" in said(page)
    assert not settings.data_dir().exists()
    next(b for b in page.button if b.label == "Add a limit").click().run()
    store = history.find_store()
    assert store is not None
    (limit,) = all_limits(store)
    assert (limit.amount, limit.period) == (Decimal(5), "day")
    assert len(page.get("progress")) == 1
    page.button(key=f"limit_{limit.id}").click().run()
    assert all_limits(store) == []


@pytest.mark.usefixtures("kept")
def test_costs_say_what_is_spent_and_no_longer_in_them() -> None:
    assert "Not in these sums" not in said(opened(history_tab="Costs"))
    delete_runs(history.get_store(), ["run-2"])
    assert r"Not in these sums: \$0.02 for answers" in said(opened(history_tab="Costs"))
    by_model = opened(history_tab="Costs", history_model="gpt-6.1-sol")
    assert "Not in these sums" not in said(by_model)
    delete_runs(history.get_store(), ["run-1", "full-run"])
    page = opened(history_tab="Costs")
    assert "No answer in the history matches" in said(page)
    assert r"\$0.0213 for answers" in said(page)


@pytest.mark.usefixtures("kept")
def test_old_runs_go_when_the_time_is_set_and_starred_ones_stay() -> None:
    page = opened(history_tab="Storage")
    page.text_input(key="history_days").set_value("1")
    next(b for b in page.button if b.label == "Save").click().run()
    assert not page.exception
    assert "full-run" in stored_ids()
    assert "run-1" not in stored_ids()


@pytest.mark.usefixtures("kept")
def test_everything_is_deleted_only_when_confirmed() -> None:
    page = opened(history_tab="Storage")
    assert page.button(key="history_delete_all").disabled
    page.text_input(key="history_sure").set_value("delete").run()
    page.button(key="history_delete_all").click().run()
    assert stored_ids() == []


def test_keep_runs_off_keeps_nothing() -> None:
    page = opened(COMPARE)
    page.toggle(key="keep_runs").set_value(False).run()
    page.button(key="run").click().run()
    _until(lambda: bool(page.run().dataframe))
    assert stored_ids() == []


def _until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.1)
    pytest.fail("it did not come to be")


def test_a_broken_history_is_said_and_the_run_can_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in-the-way").write_text("")
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path / "in-the-way"))
    page = opened(COMPARE)
    page.button(key="run").click().run()
    _until(lambda: bool(page.run().dataframe))
    assert not page.exception
    assert any("kept in memory" in warning.value for warning in page.warning)
    labels = [button.label for button in page.get("download_button")]  # type: ignore[union-attr]
    assert "Download the unsaved run" in labels
    (run,) = history.get_writer().unsaved()
    assert len(to_jsonl([run]).splitlines()) == 1
    page.switch_page(HISTORY).run()
    assert not page.exception
    assert any("PLAYGROUND_DATA_DIR" in error.value for error in page.error)


def test_a_host_that_keeps_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened()
    assert "No history is kept here" in said(page)


def test_a_visitor_sees_only_their_own_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_HISTORY", "on")
    put(history.get_store(), small_run(1), Labels(), owner="somebody else")
    assert "Nothing here yet" in said(opened())
    assert journal.get_writer().warning is None


@pytest.mark.usefixtures("kept")
def test_a_tick_names_the_run_in_the_address_and_the_address_opens_a_run() -> None:
    page = select(opened(), 1)
    assert page.query_params["open"] == "run-2"
    page.query_params["open"] = "full-run"  # Back, or a link
    page.run()
    assert "Paris ist die Hauptstadt." in said(page)
    assert "Quite another answer." not in said(page)
    page.query_params.pop("open")
    page.run()
    assert "Tick a run, in the first column, to open" in said(page)


@pytest.mark.usefixtures("kept")
def test_a_link_to_a_run_that_is_gone_says_so_until_another_is_opened() -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.run()
    app.query_params["open"] = "no-such-run"
    app.switch_page(HISTORY).run()
    assert "The run of this link is not here" in said(app)
    assert "open" not in app.query_params
    assert "The run of this link is not here" in said(app.run())
    assert "The run of this link is not here" not in said(select(app, 0))


@pytest.mark.usefixtures("kept")
def test_another_visitors_run_is_not_opened_by_its_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_HISTORY", "on")
    put(history.get_store(), small_run(1), Labels(), owner="somebody else")
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.query_params["open"] = "run-1"
    app.switch_page(HISTORY).run()
    assert "The run of this link is not here" in said(app)


def test_the_answers_of_a_conversation_are_one_row() -> None:
    store = history.get_store()
    for number in (1, 2, 3):
        put(store, small_run(number, prompt=f"Question {number}"), Labels(kind="chat"))
    put(store, small_run(4, prompt="Alone"), Labels())
    change(store, ["run-1", "run-2", "run-3"], context={"conversation": "talk"})
    page = opened()
    assert names(page) == ["Alone", "Question 3 · conversation, 3 answers"]
    page = select(page, 1)
    turns = page.selectbox(key="history_turn_run-3")
    assert turns.options == ["1 of 3", "2 of 3", "3 of 3"]
    page = turns.set_value("run-1").run()
    assert "Question 1" in said(page)
    page.text_input(key="history_search").set_value("Question").run()
    assert names(page) == ["Question 3", "Question 2", "Question 1"]


def test_all_answers_of_a_conversation_are_deleted_with_it() -> None:
    store = history.get_store()
    for number in (1, 2, 3):
        put(store, small_run(number), Labels(kind="chat"))
    change(store, ["run-1", "run-2"], context={"conversation": "talk"})
    page = select(opened(), 0, 1)
    next(b for b in page.button if b.label == "Delete these 3 runs").click().run()
    assert stored_ids() == []


def test_the_same_prompt_sent_twice_shows_what_differs() -> None:
    store = history.get_store()
    for number, effort in ((1, "low"), (2, "high"), (3, "high")):
        run = small_run(number)
        settings = Settings(effort=effort, max_output_tokens=100)
        request = replace(run.requests[0], settings=settings)
        put(store, replace(run, requests=(request,)), Labels())
    put(store, small_run(4, prompt="Another"), Labels())
    listed = opened().dataframe[0].value
    assert list(listed["differs"]) == [
        "",
        "reasoning effort high",
        "reasoning effort high",
        "reasoning effort low",
    ]


@pytest.mark.usefixtures("kept")
def test_amounts_are_typed_as_people_write_them_and_nothing_is_listed_while_one_is_wrong() -> None:
    page = opened()
    page.text_input(key="history_least_cost").set_value("0,01").run()
    assert list(page.dataframe[0].value["cost"]) == [0.02]
    page.text_input(key="history_least_cost").set_value("much").run()
    assert "Cost from is not a number: 'much'." in said(page)
    assert not page.dataframe
    page.button(key="history_clear").click().run()
    assert len(names(page)) == 3


def test_days_and_moments_are_the_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "zone", lambda: ZoneInfo("Asia/Tokyo"))
    store = history.get_store()
    put(store, replace(small_run(1), created_at="2026-11-20T14:59:00.000+00:00"), Labels())
    put(store, replace(small_run(2), created_at="2026-11-20T15:01:00.000+00:00"), Labels())
    page = opened()
    page.date_input(key="history_since").set_value(date(2026, 11, 21)).run()
    assert page.date_input(key="history_since").label == "From (Asia/Tokyo)"
    assert len(names(page)) == 1
    assert "21 Nov 2026, 00:01 JST" in said(select(page, 0))
    page.button(key="history_clear").click().run()
    page.date_input(key="history_until").set_value(date(2026, 11, 20)).run()
    assert "20 Nov 2026, 23:59 JST" in said(select(page, 0))
    costs = opened(history_tab="Costs", history_until=date(2026, 11, 20))
    assert list(costs.dataframe[0].value["Day (UTC)"]) == ["2026-11-20", "total"]
    assert list(costs.dataframe[0].value["Answers"]) == [1, 1]


def test_a_run_that_streams_is_stopped_when_it_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DEMO_PACE", "1")
    page = opened(COMPARE)
    page.selectbox(key="fault_0").set_value("stall").run()
    page.button(key="run").click().run()
    _until(lambda: len(stored_ids()) == 1)
    page = page.switch_page(HISTORY).run()
    page = select(page, 0)
    assert "still under way: deleting stops the answers first" in said(page)
    live = next(iter(get_engine()._runs.values()))
    next(b for b in page.button if b.label == "Delete this run").click().run()
    assert stored_ids() == []
    assert live.done

"""Ten thousand cases at three models stay quick to click through: what a click costs the server, and what it never does again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, settings
from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store
from playground.ui.shell.pages import path
from tests.experiments.many import filled, many_spec
from tests.pages.test_experiments import RECKONING, ROUTER, opened, whole

CASES = 10_000
MOST = 0.3
"""Seconds of the server's own work for one click, whatever else this computer does."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Experiment]:
    """A history with the experiment, which takes seconds to write, and the experiment."""
    file = tmp_path_factory.mktemp("many") / FILE
    store = Store(sqlite_url(file))
    experiment = filled(store, many_spec(CASES))
    store.close()
    return file, experiment


@pytest.fixture
def many(made: tuple[Path, Experiment]) -> Experiment:
    file, experiment = made
    settings.data_dir().mkdir()
    shutil.copy(file, settings.data_dir() / FILE)
    return experiment


def cost(click: Callable[[], AppTest]) -> tuple[float, AppTest]:
    """Seconds of CPU that this process spends until the page is drawn."""
    before = time.process_time()
    page = click()
    spent = time.process_time() - before
    assert not page.exception
    return spent, page


def test_what_takes_seconds_is_reckoned_beside_the_page_and_then_each_click_is_quick(
    many: Experiment,
) -> None:
    page = opened_now(many)
    assert any(RECKONING in one.value for one in page.caption)
    table = page.dataframe[0].value
    assert list(table["Calls"]) == [CASES] * 3  # figures so far stand there meanwhile
    assert "How it is spread" in [one.value for one in whole(page).subheader]
    page = opened(experiment=many.id, experiment_tab="Cases")
    spent: dict[str, float] = {}

    def click(what: str, act: Callable[[], AppTest]) -> None:
        costs = []
        for _ in range(2):  # the first imports what draws it, and fills caches of Streamlit's
            seconds, _ = cost(act)
            costs.append(seconds)
        spent[what] = min(costs)

    only = page.segmented_control(key="experiment_only")
    for name in ("not passed", "failed", "models differ", "all"):
        click(name, only.set_value([name]).run)
    page.session_state["experiment_page"] = 200
    click("page 200", page.run)
    for name in ("Overview", "Differences", "Failures", "Votes"):
        page = opened(experiment=many.id, experiment_tab=name)
        click(name, page.run)
    page = opened(experiment=many.id, experiment_tab="Votes")
    click("a vote", page.button(key="experiment_vote_a").click().run)
    page = opened()
    click("the list", page.run)
    assert {what: seconds for what, seconds in spent.items() if seconds > MOST} == {}


def opened_now(experiment: Experiment) -> AppTest:
    """The page as it is drawn first."""
    page = AppTest.from_file(str(ROUTER), default_timeout=60)
    page.query_params["experiment"] = experiment.id
    page.switch_page(path("experiments.py"))
    return page.run()


def test_progress_is_read_from_sums(many: Experiment) -> None:
    store = history.get_store()
    kept.refreshed(store, many)
    before = time.process_time()
    found = kept.refreshed(store, many)
    assert time.process_time() - before < 0.05  # its ten thousand cases are not read again
    assert found == many

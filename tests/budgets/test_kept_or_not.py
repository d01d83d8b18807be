"""A budget counts every answer: of runs that are kept, that are not, and where no history is kept; from the app and the terminal."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from streamlit.testing.v1 import AppTest

from playground import cli, history, settings
from playground.budgets import guard
from playground.budgets.guard import get_guard
from playground.budgets.limits import Limit, add_limit, all_limits, remove_limit
from playground.demo.process import DemoServer
from playground.domain.provider import built_in
from playground.engine import get_engine
from playground.history import queries
from playground.history.queries import Filter
from playground.store.database import exists

ROOT = Path(__file__).parents[2]
ROUTER = ROOT / "playground" / "ui" / "shell" / "router.py"
KEPT, NOT_KEPT, OFF = "kept", "not kept", "history off"
HOW = (KEPT, NOT_KEPT, OFF)


@pytest.fixture(autouse=True)
def _real(simulation: DemoServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The simulation as if it were the real APIs, so that what it says costs something."""
    urls = simulation.base_urls()
    for provider in built_in():
        monkeypatch.setenv(provider.base_url_variable, urls[provider.name])
        monkeypatch.setenv(provider.key_variables[0], "a-key-for-tests")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_ENDPOINTS", str(tmp_path / "endpoints.toml"))
    monkeypatch.chdir(tmp_path)


class Terminal:
    """`ask`, each time as a command of its own."""

    def __init__(self, capfd: pytest.CaptureFixture[str], how: str) -> None:
        self.capfd = capfd
        self.options = ["--no-history"] if how == NOT_KEPT else []

    def ask(self) -> tuple[Decimal, str]:
        """(what it cost, why it was not sent)."""
        guard._guard_of.cache_clear()
        self.capfd.readouterr()
        asked = ["ask", "What is a token?", "-m", "openai:gpt-6.1-sol", "--json", *self.options]
        code = cli.main(lambda *_: None, asked)
        out, err = self.capfd.readouterr()
        if code:
            return Decimal(0), err
        return Decimal(json.loads(out)["responses"][0]["cost"]["total"]), ""


class App:
    """Compare with its three lanes, in one tab."""

    def __init__(self, capfd: pytest.CaptureFixture[str], how: str) -> None:
        self.page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
        self.asked = 0
        if how == NOT_KEPT:
            self.page.toggle(key="keep_runs").set_value(False).run()

    def ask(self) -> tuple[Decimal, str]:
        self.asked += 1  # another prompt each time: the same one twice within a second is one press
        self.page.text_area(key="prompt").set_value(f"What is token {self.asked}?").run()
        page = self.page.button(key="run").click().run()
        if page.error:
            return Decimal(0), str(page.error[0].value)
        run_id = page.query_params["run"]
        run = next(r for r in get_engine()._runs.values() if r.id == run_id)
        assert run.wait(60)
        costs = [response.cost for response in run.run().responses]
        return sum((cost.total for cost in costs if cost), Decimal(0)), ""


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("by", [App, Terminal])
@pytest.mark.parametrize("period", ["day", "month"])
def test_what_was_spent_counts_however_it_was_spent(
    by: Callable[..., App | Terminal],
    how: str,
    period: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = history.get_store()
    add_limit(store, Limit(period="day", amount=Decimal(100)))
    if how == OFF:
        monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    person = by(capfd, how)
    cost, refused = person.ask()
    assert not refused
    assert cost > 0
    again, refused = person.ask()
    assert not refused
    assert used() == cost + again
    remove_limit(store, all_limits(store)[0].id)
    add_limit(store, Limit(period=period, amount=cost + again))  # type: ignore[arg-type]
    _, refused = person.ask()
    assert "Not sent" in refused
    assert f"a {period}" in refused
    assert used() == cost + again
    assert queries.find(store, Filter()).total == (2 if how == KEPT else 0)


def used() -> Decimal:
    """What the Budgets page says is used, in this process and in a new one."""
    assert history.get_writer().flush(10)
    ((_, here),) = get_guard().used()
    guard._guard_of.cache_clear()
    ((_, anew),) = get_guard().used()
    assert here == anew
    return anew


@pytest.fixture
def there(where: URL, monkeypatch: pytest.MonkeyPatch) -> URL:
    """A place for a history, in each kind of database, that the settings name."""
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", where.render_as_string(hide_password=False))
    return where


def test_where_there_is_no_database_none_is_made_for_a_history_that_is_off(
    there: URL, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    cost, refused = Terminal(capfd, OFF).ask()
    assert not refused
    assert cost > 0
    assert history.find_store() is None
    assert not exists(there)
    assert not settings.data_dir().exists()


@pytest.mark.usefixtures("there")
def test_two_processes_spend_from_one_budget() -> None:
    add_limit(history.get_store(), Limit(period="day", amount=Decimal(100)))
    ask = [sys.executable, "-m", "playground", "ask", "Hello", "-m", "openai:gpt-6.1-sol", "--json"]
    started = [
        subprocess.Popen(
            [*ask, *more],
            stdout=subprocess.PIPE,
            env=os.environ,
            cwd=ROOT,
            text=True,
        )
        for more in ([], ["--no-history"])
    ]
    said = [process.communicate(timeout=120)[0] for process in started]
    costs = [Decimal(json.loads(out)["responses"][0]["cost"]["total"]) for out in said]
    assert used() == sum(costs)


def test_a_run_that_is_not_kept_loses_at_most_what_was_under_way_when_it_is_killed(
    tmp_path: Path,
) -> None:
    add_limit(history.get_store(), Limit(period="day", amount=Decimal(100)))
    ask = functools.partial(subprocess.Popen, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    with ask([sys.executable, "-m", "tests.budgets.spending"], env=os.environ) as process:
        assert process.stdout is not None
        cost = Decimal(json.loads(process.stdout.readline()))
        time.sleep(1.5)  # FLUSH_SECONDS and more, while the other lane is still under way
        process.kill()
    assert used() == cost

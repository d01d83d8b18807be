"""Models retire and prices change by the calendar: one clock says what day it is, and tests can set it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from playground import catalog
from playground.demo.process import DemoServer
from playground.domain import clock


def test_it_is_today_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.TODAY)
    before = datetime.now(UTC).date()
    assert before <= clock.today() <= before + timedelta(days=1)
    monkeypatch.setenv(clock.TODAY, "2027-06-01")
    assert f"{clock.today()}" == "2027-06-01"


def test_a_day_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.TODAY, "tomorrow")
    with pytest.raises(ValueError, match="tomorrow"):
        clock.today()


def test_moments_that_are_kept_compare_as_text_and_are_written_at_one_place() -> None:
    before, now = clock.moment(datetime.now(UTC) - timedelta(seconds=2)), clock.now()
    assert before < now
    assert datetime.fromisoformat(now).utcoffset() == timedelta(0)
    code = Path(clock.__file__).parents[1].rglob("*.py")
    assert [f.name for f in code if 'timespec="seconds"' in f.read_text("utf-8")] == ["clock.py"]


def test_the_simulation_goes_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    row = next(row for row in catalog.catalog() if row.provider == "openai" and row.retires)
    assert row.retires is not None
    for day, status in ((row.retires - timedelta(days=1), 200), (row.retires, 404)):
        monkeypatch.setenv(clock.TODAY, f"{day}")
        with DemoServer(pace=0) as server, httpx2.Client(trust_env=False, timeout=60) as http:
            answer = http.post(
                f"{server.base_urls()['openai']}/responses",
                json={"model": row.id, "input": "Hi"},
                headers={"authorization": "Bearer demo"},
            )
            assert answer.status_code == status, answer.text

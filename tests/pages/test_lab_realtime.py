"""The Realtime panel: a session turn by turn."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.lab_page import open_panel, said


def turn(page: AppTest, number: int) -> AppTest:
    """Send the sample's next message and wait for the end of the turn."""
    page.button(key="lab_realtime_send").click().run()
    for _ in range(100):
        assert not page.exception
        billed = [frame.value for frame in page.dataframe if "of it again" in frame.value]
        if billed and len(billed[0]) == number:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the turn did not end")


def test_a_session_of_two_turns_shows_both_directions_and_what_is_billed_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "realtime")
    turn(page, 1)
    assert "Simulated" in said(page)
    assert "The WebSocket is open" in said(page)
    assert "session" in page.query_params
    time.sleep(1.1)  # a press right after a start is the same press
    turn(page, 2)
    assert "were in the session already when they were billed" in said(page)
    wire = next(frame.value for frame in page.dataframe if "Direction" in frame.value)
    assert set(wire["Direction"]) == {"→ sent", "← received"}
    assert set(wire["Turn"]) == {1, 2}
    page.button(key="lab_realtime_end").click().run()
    assert not page.exception
    assert "session" not in page.query_params


def test_functions_run_here_and_the_turn_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "realtime")
    page.toggle(key="lab_realtime_functions").set_value(True).run()
    turn(page, 2)
    told = said(page)
    assert 'find_customer({"customer_id": "C-1042"})' in told
    assert '"plan": "Team"' in told
    billed = next(frame.value for frame in page.dataframe if "of it again" in frame.value)
    assert list(billed["Message"])[1] == "results of current_time, find_customer"
    assert page.toggle(key="lab_realtime_functions").disabled

"""One element of each kind goes ahead of a tab's first page, and nothing of it stays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from playground.ui.shell import ahead, preload
from playground.ui.shell.serving import ROUTER


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What had been drawn each time that the page waited; the tab has a browser."""
    drawn: list[str] = []
    times: list[list[str]] = []

    def noted(name: str, draw: Any) -> Any:
        def element(key: str) -> None:
            drawn.append(name)
            draw(key)

        return element

    kinds = {name: noted(name, draw) for name, draw in ahead.KINDS.items()}
    monkeypatch.setattr(ahead, "KINDS", kinds)
    monkeypatch.setattr(ahead, "time", SimpleNamespace(sleep=lambda _: times.append([*drawn])))
    monkeypatch.setattr(type(st.context), "url", "http://localhost:8501/")
    return times


def test_what_goes_ahead_is_what_the_browser_is_told_to_fetch() -> None:
    assert tuple(ahead.KINDS) == preload.ELEMENTS


def test_all_kinds_go_ahead_of_the_first_page_once_and_leave_nothing(went: list[list[str]]) -> None:
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    assert not page.exception
    assert went == [list(preload.ELEMENTS)]
    first = [element.key for element in page.button]
    assert not [key for key in first if key and key.startswith("ahead")]
    page.run()
    assert len(went) == 1
    assert [element.key for element in page.button] == first


def test_where_no_browser_draws_nothing_goes_ahead_and_nobody_waits(
    went: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "url", None)
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    assert (went, len(page.exception)) == ([], 0)

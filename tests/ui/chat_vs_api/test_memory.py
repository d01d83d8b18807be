"""The section "Memory" as a script, on the simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from playground.ui.chat_vs_api import sections
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[3] / "playground" / "ui" / "shell" / "router.py"


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "subheader")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(element.value for element in elements)


def opened(**state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=120)
    app.session_state["chat_view"] = sections.MEMORY
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page(path("chat_vs_api.py"))
    page = app.run()
    assert not page.exception
    return page


def test_before_it_is_carried_the_four_ways_are_told() -> None:
    words = said(opened())
    for label in ("Everything again", "Window", "Summary", "Kept by the provider"):
        assert label in words


def test_a_talk_is_carried_and_shows_what_was_forgotten() -> None:
    page = opened(memory_turns=6, memory_window=2, memory_every=2)
    page.button(key="memory_go").click().run()
    assert not page.exception
    words = said(page)
    assert "What it still knew" in words
    assert "**forgotten**" in words
    table = page.dataframe[0].value.set_index("Way")
    assert table.loc["Everything again", "Facts known"] == "6 of 6"
    assert table.loc["Window", "Facts known"] == "2 of 6"
    assert table.loc["Kept by the provider", "Facts known"] == "6 of 6"
    assert table.loc["Summary", "Calls"] == 6 + 2 + 1

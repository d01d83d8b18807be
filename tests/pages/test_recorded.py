"""The gallery of recorded answers: chosen by what they show or by a prompt, replayed, and never called simulated."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.ui.shell import pages

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.switch_page(pages.path("recorded.py")).run()
    assert not app.exception
    return app


def said(page: AppTest) -> str:
    kinds = ("caption", "markdown", "text", "info")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))


def test_a_recorded_answer_is_replayed_with_its_day_its_model_and_its_source(page: AppTest) -> None:
    page.selectbox(key="recorded_answer").select("primes").run()
    assert "recorded on 2026-01-17 from gpt-5" in said(page)
    assert "Mirascope/mirascope" in said(page)
    page.button(key="recorded_replay").click().run()
    for _ in range(100):
        if (
            "Finish reason" in "".join(str(getattr(e, "value", "")) for e in page.get("html"))
            or page.tabs
        ):
            break
        time.sleep(0.1)
        page.run()
    assert not page.exception
    assert "nothing was billed" in said(page)
    chips = "".join(str(getattr(element, "value", "")) for element in page.get("html"))
    assert "Recorded on 2026-01-17 from gpt-5" in chips


def test_a_prompt_that_was_recorded_is_found_and_another_is_not(page: AppTest) -> None:
    page.text_input(key="recorded_prompt").input("what is the capital of france?").run()
    assert page.selectbox(key="recorded_answer").value == "capital"
    page.text_input(key="recorded_prompt").input("What is the capital of Spain?").run()
    assert not page.exception
    assert "No recorded answer fits" in said(page)

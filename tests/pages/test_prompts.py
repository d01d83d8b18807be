"""The prompt library's page as a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, library
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    return app.switch_page(path("prompts.py")).run()


def said(page: AppTest) -> str:
    return "\n".join(
        str(getattr(e, "value", ""))
        for k in ("markdown", "caption", "info", "error")
        for e in page.get(k)
    )


def test_it_starts_empty_and_says_how_to_begin(page: AppTest) -> None:
    assert not page.exception
    assert "Save a prompt under a name" in said(page)


def test_a_prompt_is_saved_changed_and_opened_in_compare(page: AppTest) -> None:
    page.text_input(key="library_new_name_new").set_value("Greeting")
    page.text_area(key="library_text_new").set_value("Hello {{name}}")
    next(b for b in page.button if b.label == "Save").click().run()
    assert not page.exception
    (prompt,) = library.all_prompts(history.get_store(), owner="")
    key = f"{prompt.id}_1"
    page.text_area(key=f"library_text_{key}").set_value("Good morning {{name}}")
    next(b for b in page.button if b.label == "Save as a new version").click().run()
    assert not page.exception
    assert "of the words in common" in said(page)
    page.text_area(key=f"library_value_{prompt.id}_name").set_value("Ada").run()
    page.button(key="library_compare").click().run()
    assert not page.exception
    assert page.text_area(key="prompt").value == "Good morning Ada"


def test_what_can_not_be_saved_is_said(page: AppTest) -> None:
    next(b for b in page.button if b.label == "Save").click().run()
    assert "needs a name" in said(page)


def test_a_prompt_is_deleted(page: AppTest) -> None:
    library.save(history.get_store(), "p", "x", owner="")
    page.run()
    page.selectbox(key="library_name").set_value("p").run()
    next(b for b in page.button if b.label == "Delete this prompt").click().run()
    assert not page.exception
    assert library.all_prompts(history.get_store(), owner="") == []

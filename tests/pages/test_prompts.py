"""The prompt library's page as a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, library
from playground.ui.prompts.shelf import READY, Ready
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


def test_a_ready_prompt_fills_the_form_and_is_saved(page: AppTest) -> None:
    ready = READY[0]
    page.button(key=f"library_ready_{ready.name}").click().run()
    assert page.text_input(key="library_new_name_new").value == ready.name
    assert page.text_area(key="library_system_new").value == ready.system
    next(b for b in page.button if b.label == "Save").click().run()
    assert not page.exception
    (prompt,) = library.all_prompts(history.get_store(), owner="")
    assert (prompt.name, prompt.newest.text) == (ready.name, ready.text)
    assert set(prompt.newest.variables) == {"company", "message"}


@pytest.mark.parametrize("ready", READY)
def test_what_is_ready_can_be_saved_and_has_variables(ready: Ready) -> None:
    store = history.get_store()
    library.save(store, ready.name, ready.text, owner="", system=ready.system)
    (prompt,) = library.all_prompts(store, owner="")
    assert prompt.newest.variables
    assert not prompt.newest.no_variables


def test_the_address_opens_a_prompt_and_back_opens_the_one_before(page: AppTest) -> None:
    store = history.get_store()
    for name in ("a", "b", "c"):
        library.save(store, name, f"Text of {name}", owner="")
    numbers = {prompt.name: str(prompt.id) for prompt in library.all_prompts(store, owner="")}
    page.query_params["prompt"] = numbers["b"]
    page.run()
    assert page.selectbox(key="library_name").value == "b"
    page.selectbox(key="library_name").set_value("c").run()
    assert page.query_params["prompt"] == numbers["c"]
    page.query_params["prompt"] = numbers["b"]
    assert page.run().selectbox(key="library_name").value == "b"
    page.query_params.pop("prompt")
    assert page.run().selectbox(key="library_name").value == "a"
    assert "prompt" not in page.query_params


def test_a_link_to_a_prompt_that_is_gone_says_so(page: AppTest) -> None:
    library.save(history.get_store(), "a", "x", owner="")
    page.query_params["prompt"] = "99"
    page.run()
    warned = [warning.value for warning in page.warning]
    assert any("The prompt of this link is not here" in words for words in warned)
    assert "prompt" not in page.query_params

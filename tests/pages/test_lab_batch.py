"""The batch panel on the demo: the sample submitted, looked at, collected; found again by another tab; deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.ui.shell import pages

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


def tab(panel: str) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.switch_page(pages.API_LAB)
    app.query_params["panel"] = panel
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button that is called so."""
    found = [b for b in app.button if b.label.startswith(label) and str(b.key).startswith("lab_")]
    found[0].click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = ("caption", "markdown", "info", "warning", "error")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in app.get(kind))


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


def test_the_sample_is_submitted_found_again_in_another_tab_collected_and_deleted() -> None:
    press(tab("batch"), "Submit 3 rows")
    app = tab("batch")
    assert "`validating`" in said(app)
    assert "simulated" in said(app)
    press(press(app, "Look"), "Look")
    assert "`completed`" in said(app)
    press(app, "Collect")
    assert "as a batch" in said(app)
    assert "as single calls" in said(app)
    assert list(app.dataframe[0].value["Row"]) == ["row-1", "row-2", "row-3"]
    there = tab("created")
    assert "**file** at openai" in said(there)
    press(app, "Delete")
    assert "Nothing of yours" in said(tab("created"))


def test_what_is_wrong_with_the_table_is_said_and_nothing_can_be_sent() -> None:
    app = tab("batch")
    app.text_area(key="lab_batch_table").set_value("ticket\n").run()
    assert "at least one row" in said(app)
    assert next(b for b in app.button if b.key == "lab_batch_submit").disabled


def test_what_lies_at_a_provider_is_deleted_one_by_one_or_all_at_once() -> None:
    press(tab("batch"), "Submit 3 rows")
    app = tab("created")
    assert "**batch** at openai" in said(app)
    press(app, "Delete all")
    assert "Nothing of yours" in said(app)


def test_a_prefix_sent_twice_is_read_and_a_changed_one_says_where() -> None:
    app = tab("caching")
    press(app, "Send twice")
    assert "The cache was read" in "\n".join(str(e.value) for e in app.success)
    app.selectbox(key="lab_caching_change").select("byte").run()
    press(app, "Send twice")
    assert "The system prompt changed" in said(app)
    assert "Billed again" in said(app)


def test_an_experiment_is_submitted_as_a_batch_a_model() -> None:
    app = tab("batch")
    app.button_group(key="lab_batch_what").set_value("An experiment").run()
    press(app, "Submit 8 cells as 2 batches")
    told = said(app).replace("\\", "")
    assert told.count("**tickets**") == 2
    assert "openai:gpt-6.1-sol" in told
    assert "anthropic:claude-sonnet-5-5" in told
    app.text_area(key="lab_batch_spec").set_value("prompts: [{file: secret.txt}]\nmodels: []").run()
    assert "secret.txt was not uploaded with it" in said(app).replace("\\", "").replace("`", "")
    assert next(b for b in app.button if b.key == "lab_batch_submit").disabled

"""The models panel: lists against the catalog, days left, and the migration pack with one press."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground import history, library
from tests.pages.lab_page import open_panel, said


def look(page: AppTest, view: str) -> None:
    page.button_group(key="lab_models_view").set_value(view).run()
    assert not page.exception


def frame(page: AppTest, column: str) -> list[object]:
    (found,) = [frame.value for frame in page.dataframe if column in frame.value.columns]
    return list(found[column])


def packed(page: AppTest) -> AppTest:
    """Press the button and wait for the pack."""
    page.button(key="lab_models_pack").click().run(timeout=60)
    for _ in range(200):
        assert not page.exception
        if "tokens of the same text, counted" in said(page):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the pack never came")


def test_the_lists_are_asked_with_one_press(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "models")
    assert "Press **Ask the models endpoints**" in said(page)
    page.button(key="lab_models_ask").click().run()
    assert not page.exception
    assert "models in 1 page" in said(page)
    assert "simulated" in said(page)
    page.button_group(key="lab_models_provider").set_value("anthropic").run()
    assert "capabilities.batch" in frame(page, "Field")
    assert set(frame(page, "Images")) == {"yes"}
    assert "2026-11-30" in frame(page, "Last day")
    page.selectbox(key="lab_models_row_anthropic").set_value("claude-sonnet-4-5").run()
    (row,) = [json.loads(shown.value) for shown in page.json]
    assert row["lifecycle"] == "deprecated"
    assert row["retires_at"].startswith("2026-11-30")


def test_the_days_left_are_counted_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = open_panel(monkeypatch, tmp_path, "models")
    look(page, "Days left")
    days = frame(page, "Days left")
    assert days == sorted(days)  # type: ignore[type-var]
    assert "anthropic:claude-opus-4-5" in frame(page, "Model")
    assert "claude-opus-5-5" in frame(page, "What follows")
    assert "not known" in frame(page, "What follows")


def test_the_sample_is_packed_with_one_press_and_found_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "models")
    look(page, "Migration pack")
    assert "this is the sample" in said(page)
    packed(page)
    told = said(page)
    assert "cost of 1,000" in told
    assert "no checks saved with this prompt" in told
    assert "Settings that do not go over as they are" in told
    assert "of the words in common" in told
    assert "simulated" in told
    run = page.query_params["pack"]
    again = open_panel(monkeypatch, tmp_path, "models")
    again.query_params["pack"] = run[0] if isinstance(run, list) else run
    again.run()
    assert not again.exception
    assert "cost of 1,000" in said(again)


def test_saved_prompts_stand_in_the_place_of_the_sample(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "models")
    saved = json.dumps([{"model": "openai:gpt-4o", "settings": {"temperature": "0.7"}}])
    library.save(history.get_store(), "My prompt", "Say hello", owner="", lanes=saved)
    look(page, "Migration pack")
    assert "this is the sample" not in said(page)
    assert frame(page, "Prompt") == ["My prompt"]
    assert frame(page, "Refused by it") == ["temperature"]
    packed(page)
    assert "My prompt" in "".join(header.value for header in page.subheader)
    assert "Unsupported parameter" in said(page)
    assert frame(page, "From") == ["openai:gpt-4o"]
    page.multiselect(key="lab_models_to").set_value(["gemini:gemini-3.8-flash"]).run()
    assert not page.exception
    assert frame(page, "What follows") == ["gemini:gemini-3.8-flash"]


def test_an_experiments_checks_give_a_pass_rate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "models")
    saved = json.dumps([{"model": "anthropic:claude-opus-4-5"}])
    library.save(history.get_store(), "Mine", "Explain {{what}}", owner="", lanes=saved)
    look(page, "Migration pack")
    spec = (
        "prompts: [{saved: Mine}]\nmodels: [openai:gpt-6-luna]\ncases:\n"
        "  - {description: caches, vars: {what: prompt caching}, checks: [{type: icontains, value: cach}]}\n"
    )
    (uploader,) = page.file_uploader
    uploader.set_value([("spec.yaml", spec.encode(), "text/yaml")]).run()
    assert not page.exception
    assert frame(page, "Case") == ["caches"]
    packed(page)
    assert "of 1 with checks 1 pass at" in said(page)
    (uploader,) = page.file_uploader
    uploader.set_value([("odd.yaml", b"prompts: 3\n", "text/yaml")]).run()
    assert "odd.yaml" in said(page)

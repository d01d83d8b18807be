"""The rate limits panel: gauges with one press, a burst that is refused, and a plan."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.lab_page import open_panel, said


def until(page: AppTest, words: str) -> None:
    for _ in range(150):
        assert not page.exception
        if words in said(page):
            return
        time.sleep(0.1)
        page.run()
    pytest.fail(f"{words!r} never came")


def test_the_sample_shows_gauges_and_which_limit_binds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "limits")
    page.button(key="lab_limits_send").click().run()
    until(page, "Binds first")
    told = said(page)
    assert "tier, guessed: **Build**" in told
    assert "tier, guessed: **Start**" in told
    assert "Google tells a limit only in a 429" in told
    texts = [bar.proto.text for bar in page.get("progress")]
    assert any(
        text.startswith("requests a minute: ") and " of 5,000 left" in text for text in texts
    )
    assert any(text.startswith("output tokens a minute:") for text in texts)


def test_a_burst_is_refused_waits_and_is_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_panel(monkeypatch, tmp_path, "limits")
    page.button(key="lab_limits_burst").click().run()
    until(page, "× 429** on the way")
    assert "6 of 6 answered; **1 × 429** on the way." in said(page)
    (waits,) = [f.value for f in page.dataframe if "Retry-After" in f.value.columns]
    assert list(waits["Retry-After"]) == list(waits["Waited"])
    assert list(waits["Then"]) == ["answered"]


def test_a_plan_follows_the_shape(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = open_panel(monkeypatch, tmp_path, "limits")
    assert "**Build** does: 400 such requests a minute" in "".join(s.value for s in page.success)
    page.text_input(key="lab_limits_wanted").set_value("1.000,5").run()
    assert "1.000,5" in "".join(error.value for error in page.error)
    assert not page.success
    page.text_input(key="lab_limits_wanted").set_value("1,000").run()
    assert "**Launch** does" in "".join(s.value for s in page.success)
    (plans,) = [f.value for f in page.dataframe if "At once" in f.value.columns]
    assert list(plans["Tier"]) == ["Free", "Build", "Launch", "Grow"]
    assert list(plans["Binds"])[:2] == ["not published", "tokens"]

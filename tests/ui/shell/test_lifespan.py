"""Start, stop, and a page that breaks."""

from __future__ import annotations

import logging
import sys
import threading
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from playground.ui.live import stream
from playground.ui.shell import lifespan


def test_a_page_that_breaks_shows_one_sentence_and_logs_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def page() -> None:
        from playground.ui.shell import lifespan

        assert lifespan.on_script_error(ValueError("detail for the log"))

    with caplog.at_level(logging.ERROR, "playground"):
        at = AppTest.from_function(page).run()
    (shown,) = at.error
    assert "ValueError" in shown.value
    assert "detail" not in shown.value
    assert "detail for the log" in caplog.text


async def test_start_warms_up_in_the_background_and_outlives_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warmed = threading.Event()
    module = ModuleType("warmed_by_test")
    module.good = warmed.set  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "warmed_by_test", module)
    monkeypatch.setattr(lifespan, "WARMED", (("warmed_by_test", "bad"), ("warmed_by_test", "good")))
    monkeypatch.setattr(lifespan, "FIRST_PAGE_SECONDS", 0.0)
    async with lifespan.lifespan(None):
        assert warmed.wait(10)
    assert "warmed_by_test.bad" in caplog.text


async def test_stop_ends_live_streams() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifespan, "WARMED", ())
        async with lifespan.lifespan(None):
            assert not stream._closing.is_set()
    assert stream._closing.is_set()
    stream.reopen()

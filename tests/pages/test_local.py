"""The model on this computer under Keys: offered, set up by one button, a lane beside others, never one by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.local import setup, weights
from playground.local.server import get_local
from playground.local.starting import get_starting

SET_UP = weights.folder(dict(os.environ)).absolute()
ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
MODEL = "here:smollm2-135m-instruct"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    get_local().stop()


def opened() -> AppTest:
    return AppTest.from_file(str(ROUTER), default_timeout=60).run()


def lanes(page: AppTest) -> list[str]:
    return [str(page.selectbox(key=f"model_{lane}").value) for lane in page.session_state["lanes"]]


def waited(page: AppTest) -> AppTest:
    """Run the script again until the start has ended, as the browser does."""
    for _ in range(300):
        if not get_starting().running and "here_awaited" not in page.session_state:
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the start did not end")


def said(page: AppTest) -> str:
    return "\n".join(
        str(getattr(e, "value", ""))
        for kind in ("caption", "markdown", "error")
        for e in page.get(kind)
    )


def test_it_is_offered_with_its_size_and_its_limits_and_is_no_lane_yet() -> None:
    page = opened()
    assert page.button(key="here_start").label == "Set up and start"
    assert "126.7 MB" in said(page)
    assert "Apache-2.0" in said(page)
    assert "small and often wrong" in said(page)
    assert MODEL not in lanes(page)


def test_strangers_are_not_offered_the_servers_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened()
    assert not [b for b in page.button if str(b.key).startswith("here_")]


def test_what_went_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "RUNTIME_MODULE", "runtime_of_the_test")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    page = opened()
    waited(page.button(key="here_start").click().run())
    assert "pip could not bring" in said(page)
    assert page.button(key="here_start").label == "Set up and start"
    assert MODEL not in lanes(page)


def test_a_file_of_ones_own_is_found_and_offered(tmp_path: Path) -> None:
    file = tmp_path / ".lmstudio" / "models" / "mine.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF")
    page = opened()
    assert not [b for b in page.button if b.key == "here_look"]  # not looked for before it is asked
    page.session_state["here"] = True  # as a click on the heading
    page.run()
    assert page.selectbox(key="here_file").options == ["mine.gguf (LM Studio)"]


def test_one_button_makes_it_a_lane_that_says_where_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(SET_UP))
    if not setup.ready():
        pytest.skip("no model is set up on this computer (127 MB): run `playground local` once")
    page = opened()
    before = lanes(page)
    waited(page.button(key="here_start").click().run())
    assert not page.exception
    assert lanes(page) == [*before, MODEL]
    assert "on this computer" in said(page)
    assert "takes its cores" in said(page)
    page.button(key="here_stop").click().run()
    assert not get_local().running

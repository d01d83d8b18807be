"""The component in a real Chromium, fed by the test: what a person sees while models answer."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

REPO = Path(__file__).resolve().parents[3]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The app of live_app.py in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "tests/ui/live/live_app.py"]
    options = ["--server.headless", "true", "--server.port", str(port)]
    process = subprocess.Popen([*command, *options], cwd=REPO, stdout=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/_stcore/health")
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def window(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One browser, which keeps what it has compiled."""
    if request.config.getoption(
        "quick"
    ):  # begun and refused, Playwright would leave its loop behind
        pytest.skip("--quick starts no process but the simulation")
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=CHROMIUM,
            args=ARGS,
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


class Screen:
    """A fresh tab on a fresh run."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.feed([0, "new", ""])

    def open(self, query: str = "") -> "Screen":
        self.page.goto(f"{self.address}/{query}")
        return self

    def feed(self, *deltas: list[Any]) -> None:
        body = json.dumps(deltas).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/feed", data=body))

    def card(self, lane: int = 0) -> Any:
        return self.page.locator(".card").nth(lane)


@pytest.fixture
def screen(window: BrowserContext, address: str) -> Iterator[Screen]:
    page = window.new_page()
    yield Screen(page, address)
    page.evaluate("localStorage.clear()")
    page.close()
    window.clear_cookies()


def test_text_comes_as_it_is_written_lightly_formatted(screen: Screen) -> None:
    screen.open()
    answer = screen.card().locator(".answer")
    screen.feed([0, "sent", ""], [0, "text", "A **bo"])
    expect(answer).to_have_text("A **bo")
    screen.feed([0, "text", "ld** word"])
    expect(answer.locator("strong")).to_have_text("bold")
    expect(screen.card().locator(".chip")).to_have_text("Streaming")
    expect(screen.card(1).locator(".chip")).to_have_text("Queued")
    assert screen.complaints == []


def test_markup_of_a_model_stays_text(screen: Screen) -> None:
    screen.open()
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script> ![x](https://example.com/x.png)"
    screen.feed([0, "text", evil])
    expect(screen.card().locator(".answer")).to_have_text(evil)
    assert screen.card().locator("img, script").count() == 0
    assert screen.complaints == []


def test_reasoning_is_apart_and_folds_when_the_answer_begins(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "sent", ""], [0, "reasoning", "Let me think."])
    thoughts = screen.card().locator(".thoughts")
    expect(thoughts).to_be_visible()
    screen.feed([0, "text", "Four."])
    expect(screen.card().locator(".answer")).to_have_text("Four.")
    expect(thoughts).to_be_hidden()
    screen.card().locator("summary").click()
    expect(thoughts).to_have_text("Let me think.")


def test_what_was_reasoning_after_all_moves_there(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "sent", ""], [0, "text", "Let me think.\nTwo and "], [0, "text", "two."])
    answer, thoughts = screen.card().locator(".answer"), screen.card().locator(".thoughts")
    expect(answer).to_contain_text("Two and two.")
    screen.feed([0, "thought", "x"], [0, "reasoning", " So be it."])
    expect(answer).to_be_empty()
    expect(thoughts).to_be_visible()
    expect(thoughts).to_have_text("Let me think.Two and two. So be it.")
    screen.feed([0, "text", "Four."])
    expect(answer).to_have_text("Four.")
    expect(thoughts).to_be_hidden()
    screen.page.reload()
    expect(answer).to_have_text("Four.")
    screen.card().locator("summary").click()
    expect(thoughts).to_have_text("Let me think.Two and two. So be it.")


def test_a_reload_brings_back_the_whole_text_and_goes_on(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "sent", ""], [0, "text", "before "])
    expect(screen.card().locator(".answer")).to_have_text("before ")
    screen.page.reload()
    screen.feed([0, "text", "after"])
    expect(screen.card().locator(".answer")).to_have_text("before after")


def test_stop_reaches_one_lane_at_once_and_keeps_its_text(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "sent", ""], [1, "sent", ""], [0, "text", "partial"])
    expect(screen.card().locator(".answer")).to_have_text("partial")
    screen.page.get_by_role("button", name="Stop First").click()
    expect(screen.card().locator(".chip")).to_have_text("Stopped")
    expect(screen.card().locator(".answer")).to_have_text("partial")
    expect(screen.card().locator(".message")).to_contain_text("You stopped this lane.")
    expect(screen.card(1).locator(".chip")).to_have_text("Thinking")


def test_stop_all_stops_all(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "sent", ""], [1, "sent", ""])
    screen.page.get_by_role("button", name="Stop all").click()
    expect(screen.page.locator(".chip", has_text="Stopped")).to_have_count(2)
    expect(screen.page.locator(".count")).to_have_text("All lanes have ended")


def test_lanes_that_end_together_redraw_the_page_once(screen: Screen) -> None:
    screen.open()
    screen.feed([0, "text", "a"], [1, "text", "b"])
    expect(screen.card(1).locator(".answer")).to_have_text("b")
    screen.feed([0, "end", ""], [1, "end", ""])
    expect(screen.page.get_by_text("drawn 2 times")).to_be_visible()
    screen.page.wait_for_timeout(500)
    expect(screen.page.get_by_text("drawn 2 times")).to_be_visible()
    expect(screen.card().locator(".answer")).to_have_text("a")


def test_a_run_that_had_ended_before_the_page_opened_redraws_nothing(screen: Screen) -> None:
    screen.feed([0, "text", "a"], [0, "end", ""], [1, "end", ""])
    screen.open()
    expect(screen.card().locator(".answer")).to_have_text("a")
    screen.page.wait_for_timeout(500)
    expect(screen.page.get_by_text("drawn 1 times")).to_be_visible()


def test_one_component_a_lane_shares_one_connection(screen: Screen) -> None:
    streams: list[str] = []
    screen.page.on("request", lambda r: streams.append(r.url) if "/live/" in r.url else None)
    screen.open("?each")
    screen.feed([0, "text", "one"], [1, "text", "two"])
    expect(screen.card(0).locator(".answer")).to_have_text("one")
    expect(screen.card(1).locator(".answer")).to_have_text("two")
    expect(screen.page.get_by_role("button", name="Stop all")).to_have_count(0)
    assert len(streams) == 1


def test_the_view_follows_the_text_but_not_against_a_reader(screen: Screen) -> None:
    screen.open()
    lines = "\n".join(f"line {n}" for n in range(100)) + "\n"
    body = screen.card().locator(".body")
    screen.feed([0, "text", lines])
    expect(screen.card().get_by_text("line 99", exact=True)).to_be_in_viewport()
    body.evaluate("box => { box.scrollTop = 100 }")
    screen.feed([0, "text", lines + "the end"])
    expect(screen.card().locator(".answer")).to_contain_text("the end")
    assert body.evaluate("box => box.scrollTop") == 100


def test_cards_keep_their_height_and_wrap_on_a_phone(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 400, "height": 900})
    screen.open()
    expect(screen.card(1)).to_be_visible()
    before = [screen.card(n).bounding_box() for n in (0, 1)]
    assert before[0]["x"] == before[1]["x"]
    assert before[1]["y"] > before[0]["y"]
    screen.feed([0, "sent", ""], [0, "text", "a long text " * 500])
    expect(screen.card().locator(".answer")).to_contain_text("a long text")
    assert [screen.card(n).bounding_box() for n in (0, 1)] == before


def test_where_event_streams_are_blocked_the_script_shows_the_text(screen: Screen) -> None:
    screen.page.route("**/live/**", lambda route: route.abort())
    screen.open()
    expect(screen.page.get_by_text("queued").first).to_be_visible(timeout=15_000)
    screen.feed([0, "sent", ""], [0, "text", "by the script"])
    expect(screen.page.get_by_text("by the script")).to_be_visible()
    screen.page.get_by_role("button", name="Stop", exact=True).locator("visible=true").last.click()
    expect(screen.page.get_by_text("stopped")).to_be_visible()

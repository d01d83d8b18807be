"""Compare for everyone: what stands on the first screen, what a click draws, what the keyboard can do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def watched(slow_page: Page) -> Page:
    slow_page.set_viewport_size({"width": 1280, "height": 900})
    return slow_page


def test_after_a_run_figures_and_twelve_lines_of_each_answer_are_on_the_first_screen(
    watched: Page,
) -> None:
    watched.get_by_role("button", name="Run").click()
    expect(watched.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    expect(watched.locator(".st-key-verdict")).to_contain_text("cost least")
    for number in range(3):
        figures = watched.locator("dl.figures").nth(number).bounding_box()
        answer = watched.locator(f".st-key-answer_{number}").bounding_box()
        assert figures is not None
        assert answer is not None
        assert figures["y"] + figures["height"] < 900
        assert answer["y"] + answer["height"] <= 900
        assert answer["height"] >= 12 * 0.95 * 16 * 1.5
    assert watched.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_on_a_phone_run_and_then_the_first_lanes_figures_and_answer_are_on_the_first_screen(
    slow_page: Page,
) -> None:
    slow_page.set_viewport_size({"width": 400, "height": 800})
    run = slow_page.get_by_role("button", name="Run").bounding_box()
    assert run is not None
    assert run["y"] + run["height"] < 800
    slow_page.get_by_role("button", name="Run").click()
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_attached()
    figures = slow_page.locator("dl.figures").first.bounding_box()
    answer = slow_page.locator(".st-key-answer_0 p").first.bounding_box()
    assert figures is not None
    assert answer is not None
    assert answer["y"] + answer["height"] < 800


def test_a_click_on_the_switch_draws_the_answers_and_nothing_else(page: Page) -> None:
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('.st-key-verdict p').dataset.before = 'yes'")
    page.get_by_role("radio", name="Headers", exact=True).click()
    expect(page.get_by_text("x-playground-simulated").first).to_be_visible()
    expect(page.locator(".st-key-verdict p[data-before=yes]")).to_have_count(1)
    with page.expect_download() as download:  # what the page itself holds is still there
        page.get_by_role("button", name="CSV", exact=True).click()
    assert "time_to_first_text" in Path(download.value.path()).read_text()


def test_the_keyboard_is_enough(page: Page) -> None:
    page.get_by_role("textbox", name="Prompt").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    page.get_by_role("button", name="Receipt").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverBody").locator("dl.details")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Model of lane 1").focus()
    page.keyboard.type("claude-haiku-5-5")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Changed since this run: models"))).to_be_visible()
    page.get_by_role("button", name="Add a lane").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Model of lane 4")).to_be_attached()
    page.get_by_role("link", name="History").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="History")).to_be_visible()

"""One press, one run: however quickly it is pressed, each lane is asked once; while it streams, a press is asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.test_compare import LANES, asked, run, wait_for_results


def double_click(page: Page) -> None:
    page.get_by_role("button", name="Run").dblclick()


def two_clicks(page: Page) -> None:
    page.get_by_role("button", name="Run").click()
    page.wait_for_timeout(250)
    page.mouse.down()
    page.mouse.up()


def enter_twice(page: Page) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.click()
    prompt.press("Control+Enter")
    page.wait_for_timeout(150)
    prompt.press("Control+Enter")


PRESSES: tuple[Callable[[Page], None], ...] = (double_click, two_clicks, enter_twice)


def answered(app: App) -> list[object]:
    """The models that were asked for an answer since this was last called."""
    return [entry["model"] for entry in asked(app) if entry.get("usage")]


@pytest.mark.parametrize("press", PRESSES)
def test_each_lane_is_asked_once(
    slow_page: Page, slow_app: App, press: Callable[[Page], None]
) -> None:
    answered(slow_app)  # what other tests asked
    press(slow_page)
    wait_for_results(slow_page)
    slow_page.wait_for_timeout(1000)
    models = answered(slow_app)
    assert len(models) == len(set(models)) == len(LANES)


def test_a_press_while_it_streams_says_what_becomes_of_the_first(
    slow_page: Page, slow_app: App
) -> None:
    answered(slow_app)
    run(slow_page)
    expect(slow_page.locator(".live .card").first).to_contain_text("Streaming")
    slow_page.wait_for_timeout(1200)
    slow_page.get_by_role("button", name="Run again").first.click()
    expect(slow_page.get_by_text("The run before is still under way")).to_be_visible()
    slow_page.get_by_role("button", name="Don't send").click()
    wait_for_results(slow_page)
    assert len(answered(slow_app)) == len(LANES)

"""The clocks of the rate limits panel run in the browser, without the page being drawn again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import App


def test_a_limit_that_was_run_into_counts_down_until_it_is_full(new_tab: Page, app: App) -> None:
    page = new_tab
    page.goto(f"{app.url}/api_lab?panel=limits")
    accounts = page.get_by_role("radiogroup", name="Small account of")
    accounts.get_by_role("radio", name="OpenAI").click()
    expect(accounts.get_by_role("radio", name="OpenAI")).to_be_checked()
    page.get_by_role("button", name="Burst", exact=True).click()
    expect(page.get_by_text("What is left behind the last of them:")).to_be_visible(timeout=90_000)
    clock = page.get_by_role("timer").filter(has_text="full in").last
    expect(clock).to_have_text(re.compile(r"^full in (\d+ min )?\d+ s$"))
    first = clock.text_content() or ""
    expect(clock).not_to_have_text(first)
    assert seconds(clock.text_content() or "") < seconds(first)
    expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0)


def seconds(text: str) -> int:
    """What a clock shows."""
    found = re.fullmatch(r"full in (?:(\d+) min )?(\d+) s", text)
    assert found, text
    return int(found[1] or 0) * 60 + int(found[2])

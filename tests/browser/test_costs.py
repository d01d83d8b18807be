"""The Costs page as a person looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App, Seen, tab


@pytest.fixture(scope="module")
def one_visit(profile: BrowserContext, app: App) -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with tab(profile, seen) as page:
        page.goto(f"{app.url}/costs")
        yield page, seen


@pytest.fixture
def costs(one_visit: tuple[Page, Seen], app: App, scheme: str) -> Iterator[Page]:
    """The Costs page on its first tab."""
    page, seen = one_visit
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.get_by_role("tab", name="Prices", exact=True).click()
    expect(page.get_by_text("models on")).to_be_visible()
    yield page
    seen.check(app)


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_the_cliff_is_drawn_with_its_axes(costs: Page) -> None:
    costs.get_by_role("tab", name="Calculator").click()
    chart = costs.get_by_test_id("stVegaLiteChart")
    expect(chart.locator("canvas, svg").first).to_be_visible()
    expect(costs.get_by_text("the whole request costs more")).to_be_visible()
    expect(costs.get_by_text("Receipt of one request")).to_be_visible()


def test_a_price_opens_by_its_name_and_by_its_row(costs: Page) -> None:
    opened = costs.get_by_role("combobox", name="Open a price")
    opened.click()
    opened.fill("gemini-4-argon")
    costs.get_by_role("option", name="gemini:gemini-4-argon").click()
    expect(costs.get_by_text("Announced: 2026-12-01")).to_be_visible()
    expect(costs.get_by_test_id("stVegaLiteChart")).to_be_visible()
    table = costs.get_by_test_id("stDataFrame").locator(".dvn-scroller").first
    table.click(position={"x": 15, "y": 50})  # the first row's tick
    expect(costs.get_by_text("Announced: 2026-12-01")).to_have_count(0)
    expect(costs.get_by_role("columnheader", name="USD per 1,000,000 tokens")).to_be_visible()


def test_a_link_opens_a_tab_and_a_price(new_tab: Page, app: App) -> None:
    new_tab.goto(f"{app.url}/costs?costs_tab=Calculator")
    expect(new_tab.get_by_text("Receipt of one request")).to_be_visible()
    new_tab.get_by_role("tab", name="Same text").click()
    expect(new_tab).to_have_url(re.compile("costs_tab=Same"))
    new_tab.goto(f"{app.url}/costs?prices_open=gemini%3Agemini-4-argon")
    expect(new_tab.get_by_text("Announced: 2026-12-01")).to_be_visible()


def test_two_and_a_half_is_not_twenty_five(costs: Page) -> None:
    costs.get_by_role("tab", name="Calculator").click()
    field = costs.get_by_label("Input tokens", exact=True)
    field.fill("2,5")
    field.press("Enter")
    expect(costs.get_by_text("Input tokens must be a whole number, not 2,5.")).to_be_visible()
    expect(field).to_have_value("2,5")
    expect(costs.get_by_text("Receipt of one request")).to_have_count(0)
    field.fill("10,000")
    field.press("Enter")
    expect(costs.get_by_text("Receipt of one request")).to_be_visible()


def test_the_receipt_of_a_request_opens(costs: Page) -> None:
    costs.get_by_role("tab", name="Calculator").click()
    costs.get_by_text("Receipt of one request").click()
    expect(costs.get_by_text("$0.025").first).to_be_visible()


def test_a_run_is_taken_apart(page: Page) -> None:
    page.get_by_role("button", name="Run").click()
    expect(page.locator("dl.figures")).to_have_count(3)
    page.get_by_role("link", name="Costs").click()
    page.get_by_role("tab", name="From your runs").click()
    expect(page.get_by_text("saved in all")).to_be_visible()
    page.get_by_role("button", name="Fill the calculator").click()
    expect(page.get_by_text("The calculator has these tokens now")).to_be_visible()
    page.get_by_role("tab", name="Calculator").click()
    expect(page.get_by_label("Input tokens", exact=True)).not_to_have_value("10,000")

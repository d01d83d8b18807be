"""A lane's settings in a real browser: JSON that is typed, the providers' own tools, a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import VIEWPORT, App, Seen, visit
from tests.browser.states import settled

SCHEMA = (
    '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],'
    ' "additionalProperties": false}'
)


def settings(page: Page, lane: int, group: str = "") -> Locator:
    """The open settings of a lane; what is typed in many lines stands behind its heading."""
    page.get_by_role("button", name=f"Settings of lane {lane + 1}").click()
    body = page.get_by_test_id("stPopoverBody")
    if group and not body.get_by_role("textbox", name=group, exact=True).is_visible():
        body.locator("summary").filter(has_text=group).click()
    return body


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


@pytest.fixture(scope="module")
def one_visit(profile: BrowserContext, app: App) -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with visit(profile, app, seen) as page:
        yield page, seen


@pytest.fixture
def unchanged(one_visit: tuple[Page, Seen], app: App) -> Iterator[Page]:
    """Lanes whose settings are looked at and left as they are."""
    page, seen = one_visit
    yield page
    close(page)
    page.set_viewport_size(VIEWPORT)
    seen.check(app)


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_a_schema_that_is_wrong_is_not_sent_and_one_that_is_right_is_answered_in_json(
    page: Page, scheme: str
) -> None:
    body = settings(page, 0, "Response schema")
    field = body.get_by_role("textbox", name="Response schema")
    field.fill('{"type": "object",\n "properties": {"city" {"type": "string"}}}')
    field.press("Tab")
    expect(body.get_by_text("a colon is missing in line 2, column 24")).to_be_visible()
    close(page)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Lane 1: Response schema is not JSON")).to_be_visible()
    assert "?run=" not in page.url
    body = settings(page, 0, "Response schema")
    field = body.get_by_role("textbox", name="Response schema")
    field.fill(SCHEMA)
    field.press("Tab")
    body.get_by_role("button", name="Use in every lane").click()
    settled(page)  # a notice says so for four seconds, which a busy machine may not see
    close(page)
    body = settings(page, 2, "Response schema")
    expect(body.get_by_role("textbox", name="Response schema")).to_have_value(SCHEMA)
    close(page)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("dl.figures")).to_have_count(3)
    expect(page.get_by_test_id("stCode").filter(has_text='"city"')).to_have_count(3)


def test_what_the_providers_own_tools_did_is_shown(page: Page) -> None:
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("Search the web for Lisbon and run code: 20 + 22.")
    body = settings(page, 0)
    body.get_by_role("button", name="web search").click()
    expect(body.get_by_text("web search: sent")).to_be_visible()
    body.get_by_role("button", name="code execution").click()
    expect(body.get_by_text("code execution: sent")).to_be_visible()
    close(page)
    page.get_by_role("button", name="Run").click()
    expect(
        page.get_by_text(
            "The provider ran web search × 1, container × 1, code interpreter call × 1."
        )
    ).to_be_visible()
    page.get_by_text("Sources (2)").click()
    link = page.get_by_role("link", name="Simulated page 1").first
    expect(link).to_have_attribute("href", "https://example.com/simulated/1")


def test_the_settings_fit_a_narrow_screen(unchanged: Page) -> None:
    unchanged.set_viewport_size({"width": 400, "height": 900})
    body = settings(unchanged, 0)
    box = body.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 400
    wide = unchanged.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
    inner = body.evaluate("element => element.scrollWidth - element.clientWidth")
    assert inner <= 0


def test_no_short_field_is_behind_the_menus_end(unchanged: Page) -> None:
    unchanged.set_viewport_size({"width": 1280, "height": 900})
    for lane in (1, 2, 3):
        unchanged.get_by_role("button", name=f"Settings of lane {lane}").click()
        menu = unchanged.get_by_test_id("stPopoverBody")
        last = menu.get_by_role("switch").or_(menu.get_by_role("checkbox")).last
        expect(last).to_be_attached()
        settled(unchanged)
        box, end = last.bounding_box(), menu.bounding_box()
        assert box is not None
        assert end is not None
        assert box["y"] + box["height"] <= end["y"] + end["height"] <= 900
        unchanged.keyboard.press("Escape")


def test_on_a_phone_the_settings_have_the_screen(unchanged: Page) -> None:
    unchanged.set_viewport_size({"width": 400, "height": 800})
    unchanged.get_by_role("button", name="Settings of lane 1").click()
    menu = unchanged.get_by_test_id("stPopoverBody")
    expect(menu.get_by_text("Max output tokens")).to_be_visible()
    box = menu.bounding_box()
    assert box is not None
    assert box["height"] > 600
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 400

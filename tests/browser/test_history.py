"""A run is found again in the history, opened by its link in another browser, and sent home as a report."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from playground.export import from_json
from tests.browser.conftest import App
from tests.browser.states import row
from tests.browser.test_compare import run, wait_for_results


def test_a_run_is_found_opened_by_its_link_and_exported(
    page: Page, browser: Browser, app: App, tmp_path: Path
) -> None:
    page.get_by_label("Prompt", exact=True).fill("Why is the zebra striped?")
    run(page)
    wait_for_results(page)
    page.get_by_role("link", name="History").click()
    search = page.get_by_placeholder("words in prompts and answers")
    search.fill("zebra striped")
    search.press("Enter")
    expect(page.get_by_text("1 run", exact=True)).to_be_visible()
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)
    link = page.get_by_text("/?run=")
    expect(link).to_be_visible()
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON", exact=True).click()
    saved.value.save_as(tmp_path / "run.json")
    (read,) = from_json((tmp_path / "run.json").read_text("utf-8"))
    assert read.requests[0].messages[0].text == "Why is the zebra striped?"
    with page.expect_download() as saved:
        page.get_by_role("button", name="HTML report").click()
    saved.value.save_as(tmp_path / "run.html")
    other = browser.new_context().new_page()
    other.goto(link.inner_text())
    expect(other.get_by_text("simulated").first).to_be_visible()
    wait_for_results(other)
    expect(other.get_by_label("Prompt", exact=True)).to_have_value("Why is the zebra striped?")
    other.goto((tmp_path / "run.html").as_uri())
    expect(other.get_by_role("heading", name="Why is the zebra striped?")).to_be_visible()
    expect(other.locator("svg")).to_have_count(2)
    other.context.close()


def test_back_opens_the_run_that_was_open_before_and_ticks_it(page: Page) -> None:
    for words in ("First of two", "Second of two"):
        before = page.evaluate("location.search")
        page.get_by_label("Prompt", exact=True).fill(words)
        run(page)
        page.wait_for_function("before => location.search !== before", arg=before)
        wait_for_results(page)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Tick a run, in the first column, to open")).to_be_visible()
    second, first = (
        page.get_by_role("heading", name=f"{word} of two") for word in ("Second", "First")
    )
    row(0)(page)
    expect(second).to_be_visible()
    link = page.url
    row(0)(page)
    expect(second).to_have_count(0)
    row(1)(page)
    expect(first).to_be_visible()
    page.go_back()
    page.go_back()
    expect(second).to_be_visible()
    assert page.url == link
    row(0)(page)  # its tick is there again: a click takes it away
    expect(page.get_by_text("Tick a run, in the first column, to open")).to_be_visible()
    page.goto(f"{link}0")
    expect(page.get_by_text("The run of this link is not here")).to_be_visible()
    page.goto(link)
    expect(second).to_be_visible()


def test_times_are_on_the_readers_clock(browser: Browser, app: App) -> None:
    page = browser.new_context(timezone_id="Asia/Tokyo").new_page()
    page.set_default_timeout(30_000)
    page.goto(app.url)
    run(page)
    wait_for_results(page)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_text("Tick a run, in the first column, to open")).to_be_visible()
    row(0)(page)
    expect(page.get_by_text(re.compile(r"\d\d? \w{3} \d{4}, \d\d:\d\d JST"))).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_text("From (Asia/Tokyo)")).to_be_visible()
    page.context.close()

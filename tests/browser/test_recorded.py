"""A recorded answer in a browser: it streams, says whose it is, and stands as a lane beside others."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.states import settled

BADGE = "Recorded on 2025-10-22 from gpt-4o; the pace is ours"

WATCH = """() => {
  const answer = () => [...document.querySelectorAll("*")]
    .map(at => at.shadowRoot?.querySelector(".live .card .answer")).find(at => at?.textContent.includes("Alabama"))
  const look = () => { if (answer()) window.streamed = true; else requestAnimationFrame(look) }
  look()
}"""
"""Each frame is looked at where it is drawn: on a busy machine a stream can be over between two looks from outside."""


def opened(page: Page) -> None:
    """The answers to a prompt that was recorded twice, on the page Recorded."""
    settled(page)
    page.get_by_role("link", name="Recorded").first.click()
    box = page.get_by_role("textbox", name="Was this prompt recorded?")
    box.fill("list all u.s. states")
    box.press("Enter")
    expect(page.get_by_text("Recorded answer, 2 to choose from")).to_be_visible()
    expect(page.locator(".chip", has_text=BADGE)).to_be_visible()
    settled(page)  # until then the buttons of the answer before stand there too


def test_it_streams_and_says_whose_it_is_with_source_licence_and_receipt(slow_page: Page) -> None:
    opened(slow_page)
    source = slow_page.get_by_role("link", name="Mirascope/mirascope")
    href = source.get_attribute("href") or ""
    assert re.match(r"https://github\.com/Mirascope/mirascope/blob/[0-9a-f]{40}/", href)
    expect(slow_page.get_by_text("(MIT), dated by the response.")).to_be_visible()
    expect(slow_page.get_by_text("OpenAI said that it began after 0.18 s")).to_be_visible()
    slow_page.evaluate(WATCH)
    slow_page.get_by_role("button", name="Replay").click()
    expect(slow_page.locator(".live .card")).to_contain_text(BADGE)
    figures = slow_page.locator("dl.figures")
    expect(figures).to_contain_text("14 → 50")  # as OpenAI counted it then
    assert slow_page.evaluate("window.streamed"), "the text came before the end"
    expect(slow_page.locator(".chip", has_text=BADGE)).to_have_count(2)
    expect(slow_page.get_by_text("It ended so when it was recorded")).to_be_visible()
    slow_page.get_by_role("button", name="Receipt").click()
    expect(slow_page.get_by_text("nothing was billed now")).to_be_visible()
    expect(slow_page.get_by_text("The times are the replay's")).to_be_visible()


def test_it_stands_in_compare_beside_other_models_and_inside_its_lane(slow_page: Page) -> None:
    opened(slow_page)
    slow_page.get_by_role("button", name="Open in Compare").click()
    expect(slow_page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(
        "List all U.S. states."
    )
    slow_page.get_by_role("button", name="Run").click()
    live = slow_page.locator(".live .card").filter(has_text=BADGE)
    expect(live.locator(".answer")).to_contain_text("Alabama")
    ends, begins = live.evaluate(
        """card => [card.querySelector(".chip.note").getBoundingClientRect().bottom,
                    card.querySelector("dl").getBoundingClientRect().top]"""
    )
    assert ends <= begins  # two lines of words in a lane this narrow
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    chip = slow_page.locator(".chip", has_text=BADGE)
    expect(chip).to_have_count(1)
    lane = slow_page.locator("[class*='st-key-lane_']").filter(has=chip).last
    inner, outer = chip.bounding_box(), lane.bounding_box()
    assert inner is not None
    assert outer is not None
    assert outer["x"] <= inner["x"]
    assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    expect(slow_page.get_by_text("the times are ours and compete with none")).to_be_visible()
    expect(slow_page.get_by_text("gpt-4o (recorded) (cut short)")).to_be_visible()

"""Chat vs API as a visitor without a key uses it: why turn 10 costs more, the ladder, a branch, the ways to pay."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import settled
from tests.browser.test_compare_access import SHIFTS

PLACE = """chart => {
  const box = chart.getBoundingClientRect(), title = document.querySelector('h1').getBoundingClientRect()
  return [box.x, box.y - title.y, box.width, box.height]
}"""
"""Where it stands on the page, however far that is scrolled."""


@pytest.fixture
def chat(page: Page) -> Page:
    return to_chat(page)


def to_chat(page: Page) -> Page:
    page.get_by_role("link", name="Chat vs API").click()
    expect(page.get_by_text(re.compile("Why does turn 10 cost"))).to_be_visible()
    return page


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def test_a_visitor_sees_why_and_climbs_the_ladder(chat: Page) -> None:
    expect(chat.get_by_text("the model remembers nothing")).to_be_visible()
    expect(chat.get_by_text("5,100 tokens sent")).to_be_visible()
    chat.get_by_role("button", name="Climb the ladder").click()
    chat.locator(".st-key-ladder_go button").click()
    expect(chat.get_by_text(re.compile("Dressed like a chat product"))).to_be_visible()
    chat.get_by_text(re.compile(r"^2\. Date, place and preferences · ")).click()
    expect(
        chat.get_by_text("The body of this request against that of the step before")
    ).to_be_visible()
    chat.get_by_role("tab", name="Tokens").click()
    expect(chat.get_by_role("cell", name="reported by the provider:")).to_be_visible()


def test_the_ladders_chart_grows_where_it_stands_at_the_end(slow_page: Page) -> None:
    slow_page.set_viewport_size({"width": 1280, "height": 900})
    chat = to_chat(slow_page)
    section(chat, "Ladder")
    expect(chat.locator(".st-key-ladder_go button")).to_be_visible()
    box = chat.get_by_role("textbox", name="Prompt", exact=True)
    box.fill("What is a token? Answer in about 300 words.")
    box.press("Tab")
    settled(chat)
    chat.evaluate(SHIFTS)
    chat.locator(".st-key-ladder_go button").click()
    chart = chat.locator(".st-key-ladder_picture").get_by_test_id("stVegaLiteChart")
    expect(chart).to_have_attribute("aria-label", re.compile(r"^0\. Bare request: …"))
    expect(chat.locator(".live .card").first).to_contain_text("Streaming")
    stop = chat.get_by_role("button", name=re.compile("^Stop .* Bare request"))
    stop.dispatch_event("click")  # a mouse would have to scroll there, away from the chart
    expect(chat.get_by_role("heading", name="1 of 7 steps have ended")).to_be_visible()
    expect(chart).to_have_attribute(
        "aria-label", re.compile(r"^0\. Bare request: [0-9]+ .* 1\. .*: …\. 2\. .*: …")
    )
    growing = chart.evaluate(PLACE)
    expect(chat.get_by_role("button", name="JSON", exact=True)).to_be_visible()
    expect(chart).to_have_attribute("aria-label", re.compile(r"^[^…]*$"))
    assert chart.evaluate(PLACE) == pytest.approx(growing, abs=1)
    shifts = chat.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) <= 0.02, shifts


def test_nothing_moves_where_the_ladders_live_cards_are_looked_at(slow_page: Page) -> None:
    slow_page.set_viewport_size({"width": 1280, "height": 900})
    chat = to_chat(slow_page)
    section(chat, "Ladder")
    expect(chat.locator(".st-key-ladder_go button")).to_be_visible()
    settled(chat)
    chat.evaluate(SHIFTS)
    chat.locator(".st-key-ladder_go button").click()
    card = chat.locator(".live .card").first
    expect(card).to_contain_text("Streaming")
    card.evaluate("card => card.scrollIntoView({block: 'center'})")
    expect(chat.get_by_role("button", name="JSON", exact=True)).to_be_attached()
    settled(chat)
    shifts = chat.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) <= 0.02, shifts


def test_a_conversation_grows_survives_a_reload_and_is_priced(chat: Page) -> None:
    section(chat, "Conversation")
    box = chat.get_by_placeholder("Ask all models…")
    box.fill("What is a token?")
    box.press("Enter")
    expect(chat.get_by_text("Turn 1 sent")).to_be_visible()
    box.fill("What is an API key?")
    box.press("Enter")
    expect(chat.get_by_text(re.compile("Turn 2 sent"))).to_be_visible()
    chat.reload()
    expect(chat.get_by_text(re.compile("Turn 2 sent"))).to_be_visible()
    section(chat, "Three ways to pay")
    expect(chat.get_by_text("A plan is not API quota")).to_be_visible()
    expect(chat.get_by_text(re.compile("measured on the simulation: 2 turns"))).to_be_visible()
    expect(chat.get_by_text(re.compile("Both cost the same at"))).to_be_visible()


def test_the_picture_comes_first_and_the_question_field_stays_on_the_screen(chat: Page) -> None:
    chat.set_viewport_size({"width": 1280, "height": 900})
    section(chat, "Conversation")
    box = chat.get_by_placeholder("Ask all models…")
    for number, words in enumerate(("What is a token?", "What is an API key?"), 1):
        box.fill(words)
        box.press("Enter")
        expect(chat.get_by_text(re.compile(f"Turn {number} sent"))).to_be_visible()
        expect(box).to_be_in_viewport()
    charts = chat.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    for chart in charts.all():
        expect(chart).to_be_in_viewport(ratio=1)
    assert chat.get_by_test_id("stMain").evaluate("e => e.scrollTop") == 0


def test_presenting_hides_the_menu_and_enlarges_the_letters(chat: Page) -> None:
    menu = chat.get_by_role("link", name="Compare")
    expect(menu).to_be_visible()
    size = "parseFloat(getComputedStyle(document.querySelector('.stMain .stMarkdown h2')).fontSize)"
    before = chat.evaluate(size)
    chat.get_by_text("Present", exact=True).click()
    expect(menu).to_be_hidden()
    assert chat.evaluate(size) == pytest.approx(1.25 * before)
    expect(chat).to_have_url(re.compile("present=true"))
    chat.reload()
    expect(chat.get_by_text(re.compile("Why does turn 10 cost"))).to_be_visible()
    expect(menu).to_be_hidden()
    chat.get_by_text("Present", exact=True).click()
    expect(menu).to_be_visible()


def test_a_conversation_can_be_stopped_and_keeps_its_text(slow_page: Page) -> None:
    chat = to_chat(slow_page)
    section(chat, "Conversation")
    chat.get_by_role("button", name="Play ten turns").click()
    live = chat.get_by_text("Streaming")
    expect(live.first).to_be_visible()
    chat.get_by_role("button", name="Stop", exact=True).first.click()
    expect(chat.get_by_text("You stopped this lane").first).to_be_visible()
    expect(chat.get_by_role("button", name="Regenerate the last answer")).to_be_visible()
    expect(chat.get_by_text("And what is the difference")).to_have_count(0)


def test_cards_side_by_side_are_equally_high_and_the_switches_stand_in_one_row(chat: Page) -> None:
    chat.set_viewport_size({"width": 1280, "height": 900})
    for name in ("Start here", "Three wallets", "Names and questions"):
        section(chat, name)
        settled(chat)
        cards = chat.get_by_test_id("stGrid").first.locator("[data-testid=stVerticalBlock]")
        boxes = [box for box in (card.bounding_box() for card in cards.all()) if box]
        row = [box["height"] for box in boxes if box["y"] == boxes[0]["y"]]
        assert len(row) >= 2, name
        assert max(row) - min(row) < 1, name
        present = chat.get_by_text("Present", exact=True).bounding_box()
        title = chat.get_by_role("heading", name="Chat vs API").bounding_box()
        assert present is not None
        assert title is not None
        middle = present["y"] + present["height"] / 2
        assert title["y"] < middle < title["y"] + title["height"], name

"""A lesson in a real browser: opened by a link, shown to a class, printed as a handout."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.states import settled

DARK = 384
"""Half way from black to white, as red, green and blue together."""
INK = """() => [['.st-key-learn_text p', 'color'], ['.stApp', 'backgroundColor']].map(([of, what]) => {
  const [red, green, blue, alpha = 1] = getComputedStyle(document.querySelector(of))[what].match(/[\\d.]+/g).map(Number)
  return alpha ? red + green + blue : 765
})"""
"""How light the letters are, and what they stand on; what has no colour is paper."""
SHEET_MS = 1_000
"""Twice what `live/guard.js` gives charts; timers of one page end in their order, however busy the machine is."""
PRINTED = "window.printed = 0; window.print = () => { window.printed += 1 }"


def test_a_lesson_opens_by_its_link_and_is_a_handout_and_a_poster(page: Page, app: App) -> None:
    page.add_init_script(PRINTED)
    page.goto(f"{app.url}/learn?lesson=keys&prompt=Is%20a%20token%20a%20key%3F")
    expect(page.get_by_role("heading", name="3 · Token, key and login", level=2)).to_be_visible()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("Is a token a key?")
    name_line, teacher = page.get_by_text("Name ____"), page.get_by_text("For the teacher")
    expect(name_line).to_be_hidden()
    page.get_by_role("button", name="Print").click()
    expect(page.locator("html")).to_have_attribute("data-sheet", "")  # as wide as a sheet first
    page.evaluate(f"new Promise(done => setTimeout(done, {SHEET_MS}))")
    assert page.evaluate("window.printed") == 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).not_to_have_attribute("data-sheet", "")

    page.emulate_media(media="print")
    expect(name_line).to_be_visible()
    expect(page.get_by_text("Your answer: ____")).to_be_visible()
    expect(page.get_by_text("Three words are mixed up")).to_be_visible()
    for gone in (teacher, page.get_by_role("button", name="Send"), page.get_by_text("All lessons")):
        expect(gone).to_be_hidden()
    page.emulate_media(media="screen")

    expect(teacher).to_be_visible()
    page.get_by_text("Present", exact=True).click()
    settled(page)
    expect(teacher).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    page.reload()
    expect(page.get_by_role("heading", name="3 · Token, key and login", level=2)).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    page.set_viewport_size(
        {"width": 400, "height": 800}
    )  # the link that the teacher shows, on a pupil's phone
    expect(page.get_by_test_id("stHeader")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def test_a_handout_is_ink_on_white_paper_and_one_card_stands_below_the_other(
    page: Page, app: App
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app.url}/learn?lesson=errors")
    page.get_by_role("button", name="Let it fail").click()
    code = page.get_by_text("Code that handles it")
    expect(code).to_have_count(8)  # one a door, and the step that names it
    settled(page)
    assert page.evaluate(INK)[0] > DARK

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    ink, paper = page.evaluate(INK)
    assert ink < DARK < paper
    for folded in code.all()[1:]:
        expect(folded).to_be_hidden()
    cards = page.locator(".st-key-learn_experiment [data-testid='stGridCell']")
    boxes = [box for card in cards.all() if (box := card.bounding_box())]
    assert len(boxes) == 7
    for above, below in pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"] + 1

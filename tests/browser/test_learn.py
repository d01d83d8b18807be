"""A lesson in a real browser: opened by a link, shown to a class, printed as a handout."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.states import settled

PRINTED = "window.printed = 0; window.print = () => { window.printed += 1 }"


def test_a_lesson_opens_by_its_link_and_is_a_handout_and_a_poster(page: Page, app: App) -> None:
    page.add_init_script(PRINTED)
    page.goto(f"{app.url}/learn?lesson=keys&prompt=Is%20a%20token%20a%20key%3F")
    expect(page.get_by_role("heading", name="3 · Token, key and login", level=2)).to_be_visible()
    expect(page.get_by_role("textbox", name="Prompt")).to_have_value("Is a token a key?")
    name_line, teacher = page.get_by_text("Name ____"), page.get_by_text("For the teacher")
    expect(name_line).to_be_hidden()
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") == 1

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

"""Choosing in a real browser: answers without names, a draft that outlives a reload, copying, the tour."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, Page, WebSocket, expect

from tests.browser.states import settled

NAMES = ("gpt-6.1-sol", "claude-sonnet-5-5", "gemini-3.8-flash")


def run(page: Page) -> None:
    page.get_by_role("button", name="Run").click()


def done(page: Page) -> None:
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()


def received(page: Page) -> list[bytes]:
    """What the server sends from now on, a frame each; of connections that begin now."""
    frames: list[bytes] = []

    def keep(payload: str | bytes) -> None:
        frames.append(payload if isinstance(payload, bytes) else payload.encode())

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", keep)

    page.on("websocket", listen)
    return frames


def told(page: Page, frames: list[bytes]) -> list[str]:
    """The names that the page holds in any way, or was sent."""
    html = page.content()
    sent = b"\n".join(frames)
    return [name for name in NAMES if name in html or name.encode() in sent]


def test_nothing_tells_a_name_before_the_vote_nor_after_a_reload(slow_page: Page) -> None:
    page = slow_page
    frames = received(page)
    page.reload()
    page.get_by_text("Blind", exact=True).click()
    run(page)
    page.wait_for_url(re.compile(r"\?run="))
    expect(page.get_by_role("heading", name="Answer A")).to_be_visible()
    frames.clear()  # the pickers were there until the run began: what is hidden is who wrote what
    expect(page.get_by_role("button", name="Answer B")).to_be_visible()
    assert told(page, frames) == []
    assert page.locator("dl").count() == 0, "no cost, no time, no tokens"
    assert page.title() == "Compare · AI API playground"
    frames.clear()
    page.reload()
    expect(page.get_by_role("button", name="Answer B")).to_be_visible()
    page.wait_for_timeout(500)  # until the draft has come back, too
    assert told(page, frames) == []
    page.get_by_role("button", name="Answer B").focus()
    page.keyboard.press("Enter")  # the vote by keyboard
    expect(page.locator(".st-key-verdict")).to_contain_text("You voted for answer B")
    done(page)
    assert set(told(page, frames)) == set(NAMES)
    expect(page.locator(".answer-start:focus")).to_have_count(1)
    page.reload()
    expect(page.locator(".st-key-verdict")).to_contain_text("You voted for answer B")


def test_a_draft_that_was_not_run_outlives_a_reload(page: Page) -> None:
    page.get_by_role("textbox", name="Prompt", exact=True).fill("My own careful prompt")
    page.get_by_role("button", name="System prompt").click()
    system = page.get_by_role("textbox", name="System prompt")
    system.fill("Be brief.")
    system.press("Escape")
    expect(page.get_by_role("button", name="System prompt · set")).to_be_visible()
    page.get_by_role("button", name="Add a lane").click()
    expect(page.get_by_role("combobox", name="Model of lane 4")).to_be_attached()
    page.get_by_role("combobox", name="Model of lane 1").focus()
    page.keyboard.type("claude-haiku-5-5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Model of lane 1")).to_have_value(
        re.compile("claude-haiku-5-5")
    )
    page.get_by_role("button", name="Settings of lane 2").click()
    limit = page.get_by_role("textbox", name="Max output tokens")
    limit.fill("many")
    limit.press("Tab")
    expect(page.get_by_text("Max output tokens is not a").first).to_be_visible()
    page.wait_for_timeout(500)
    page.reload()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(
        "My own careful prompt"
    )
    expect(page.get_by_role("button", name="System prompt · set")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model of lane 4")).to_be_attached()
    expect(page.get_by_role("combobox", name="Model of lane 1")).to_have_value(
        re.compile("claude-haiku-5-5")
    )
    page.get_by_role("button", name="Settings of lane 2").click()
    expect(page.get_by_role("textbox", name="Max output tokens")).to_have_value("many")


def test_what_was_typed_after_a_run_is_offered_after_a_reload(page: Page) -> None:
    run(page)
    done(page)
    asked = page.get_by_role("textbox", name="Prompt", exact=True)
    first = asked.input_value()
    asked.fill("Typed, and not sent")
    asked.press("Tab")
    expect(page.get_by_text("Changed since this run: prompt")).to_be_visible()
    page.wait_for_timeout(500)
    page.reload()
    expect(asked).to_have_value(first)
    page.get_by_role("button", name="Take back what you had typed").click()
    expect(asked).to_have_value("Typed, and not sent")


def test_a_file_that_is_refused_is_said_and_nothing_is_sent_until_it_is_taken_out(
    page: Page,
) -> None:
    page.get_by_role("button", name="Images and PDFs").click()
    body = page.get_by_test_id("stPopoverBody")
    fake = FilePayload(name="cat.png", mimeType="image/png", buffer=b"no picture")
    body.locator("input[type=file]").set_input_files(fake)
    said = page.get_by_text("cat.png is not a PNG, JPEG, GIF, WebP or PDF inside")
    expect(said.first).to_be_visible()
    page.keyboard.press("Escape")
    run(page)
    expect(said).to_have_count(2)  # at the field and at the button
    assert "?run=" not in page.url
    page.get_by_role("button", name="Images and PDFs").click()
    body.get_by_role("button", name=re.compile("(Remove|Delete).*cat.png|cat.png.*")).last.click()
    expect(said).to_have_count(0)
    page.keyboard.press("Escape")
    run(page)
    done(page)


def test_an_answer_is_copied_as_it_was_written_and_opened_large(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    run(page)
    done(page)
    page.get_by_role("button", name="Copy the answer of openai:gpt-6.1-sol").click()
    expect(page.locator("[data-copied]")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("An **API key** proves who is calling")
    assert copied.count("\n") > 4
    page.get_by_role("button", name="Open the answer of openai:gpt-6.1-sol large").click()
    large = page.get_by_role("dialog")
    expect(large).to_contain_text("proves who is calling")
    expect(large.locator("dl.figures")).to_be_visible()
    box = large.bounding_box()
    assert box is not None
    assert box["width"] > 700
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    assert page.locator(".brand").evaluate("one => getComputedStyle(one).display") == "flex"


def test_answers_are_scrolled_together_where_that_is_wished(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    run(page)
    done(page)
    first, second = (page.locator(f".st-key-answer_{lane}") for lane in (1, 2))
    share = "e => e.scrollTop / (e.scrollHeight - e.clientHeight)"
    down = "e => { e.scrollTop = (e.scrollHeight - e.clientHeight) / 2 }"
    first.evaluate(down)
    page.wait_for_timeout(200)
    assert second.evaluate("e => e.scrollTop") == 0
    page.get_by_text("Scroll together", exact=True).click()
    expect(page.get_by_role("switch", name="Scroll together")).to_be_checked()
    second.evaluate(down)
    page.wait_for_timeout(200)
    first.evaluate("e => { e.scrollTop = e.scrollHeight }")
    page.wait_for_timeout(200)
    assert first.evaluate(share) == pytest.approx(1, abs=0.02)
    assert second.evaluate(share) == pytest.approx(1, abs=0.02)


def test_the_tour_is_over_after_the_first_run_and_can_be_seen_again(page: Page) -> None:
    expect(page.get_by_text("1 of 3 · Press Run")).to_be_visible()
    run(page)  # one click, no words
    done(page)
    page.wait_for_timeout(500)
    later = page.context.new_page()
    later.goto(page.url.partition("?")[0])
    later.get_by_role("button", name="Run").wait_for()
    expect(later.get_by_role("combobox", name="Model of lane 3")).to_be_attached()
    expect(later.get_by_text("of 3 ·")).to_have_count(0)
    later.get_by_test_id("stMainMenu").get_by_role("button").click()
    later.get_by_test_id("stMainMenuItem-about").click()
    expect(later.get_by_role("dialog")).to_contain_text("Read the figures")
    link = later.get_by_role("link", name="Show the tour again").get_attribute("href")
    assert link is not None
    later.goto(later.url + link.removeprefix("./"))
    expect(later.get_by_text("1 of 3 · Press Run")).to_be_visible()
    later.get_by_role("button", name="Skip the tour", exact=True).click()
    expect(later.get_by_text("of 3 ·")).to_have_count(0)
    later.close()


def test_the_row_under_the_prompt_is_one_row_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        settled(page)
        tops = {
            round(box["y"])
            for name in ("Examples", "System prompt", "Images and PDFs", "Models", "Save")
            if (box := page.get_by_role("button", name=name).first.bounding_box())
        }
        assert len(tops) == 1
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0


def test_a_kept_set_of_lanes_is_taken_again(page: Page) -> None:
    page.get_by_role("button", name="Models").click()
    name = page.get_by_role("textbox", name="Keep these lanes as")
    name.fill("Mine")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Kept: Mine.")).to_be_visible()
    page.get_by_role("button", name="Cheapest of each").click()
    expect(page.get_by_role("combobox", name="Model of lane 1")).not_to_have_value(
        re.compile("gpt-6.1-sol")
    )
    page.get_by_role("button", name="Models").click()
    page.get_by_role("button", name="Mine", exact=True).click()
    expect(page.get_by_role("combobox", name="Model of lane 1")).to_have_value(
        re.compile("gpt-6.1-sol")
    )
    expect(page.get_by_role("combobox", name="Model of lane 1")).to_be_focused()
    page.get_by_role("button", name="Models").click()
    page.get_by_role("button", name="Delete the set Mine").click()
    expect(page.get_by_text("Deleted: Mine.")).to_be_visible()

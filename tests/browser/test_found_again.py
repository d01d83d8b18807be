"""What a tab looks at is found again: after a reload in mid-stream, by Back, by its link, and after a restart of the server."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from playground.demo.process import DemoServer
from playground.ui.shell.pages import PAGES
from tests.browser.conftest import App, Seen, free_port, served
from tests.browser.states import settled

QUESTION = "Why is my prompt of five words billed as sixteen tokens?"


def asked(app: App) -> list[dict[str, object]]:
    """What the simulation was asked since this was last called."""
    entries: list[dict[str, object]] = json.loads(
        urllib.request.urlopen(f"{app.demo_url()}/_log").read()
    )
    return entries


@pytest.fixture
def chat(slow_page: Page) -> Page:
    slow_page.get_by_role("link", name="Chat vs API").click()
    slow_page.get_by_text("the model remembers nothing").wait_for()
    return slow_page


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def streaming(page: Page) -> Locator:
    return page.get_by_text(re.compile("^(Streaming|Thinking)")).first


def prompt(page: Page) -> Locator:
    return page.get_by_label("Prompt", exact=True)


def test_every_page_opens_by_its_link_and_asks_for_nothing_that_is_not_there(
    new_tab: Page, app: App, seen: Seen
) -> None:
    page = new_tab
    failed: list[str] = []
    page.on("response", lambda one: failed.append(one.url) if one.status >= 400 else None)
    for row in PAGES:
        page.goto(f"{app.url}/{Path(row.file).stem}")
        expect(page.get_by_role("heading", name=row.title, level=1)).to_be_attached()
        settled(page)
    assert failed == []
    assert seen.problems == []


def test_after_a_reload_compare_has_the_fields_of_the_run_that_it_shows(page: Page) -> None:
    prompt(page).fill(QUESTION)
    prompt(page).press("Control+Enter")
    page.wait_for_url(re.compile(r"\?run="))
    page.get_by_role("button", name="More for lane 1").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(page.get_by_role("combobox", name="Model of lane 3")).to_have_count(0)
    page.reload()
    expect(prompt(page)).to_have_value(QUESTION)
    expect(page.get_by_role("combobox", name="Model of lane 3")).to_be_attached()
    expect(page.locator("dl.figures")).to_have_count(3)


def test_back_shows_the_run_before_with_its_prompt(page: Page, app: App) -> None:
    urls: list[str] = []
    for text in ("First of two questions", "Second of two questions"):
        prompt(page).fill(text)
        prompt(page).press("Control+Enter")
        page.wait_for_function(
            "known => location.search && location.search !== known",
            arg=urls[-1] if urls else "",
        )
        urls.append(page.evaluate("location.search"))
        expect(page.locator("dl.figures")).to_have_count(3)
    asked(app)
    page.go_back()
    expect(prompt(page)).to_have_value("First of two questions")
    assert page.evaluate("location.search") == urls[0]
    page.go_forward()
    expect(prompt(page)).to_have_value("Second of two questions")
    assert asked(app) == []


def test_a_ladder_reloaded_in_mid_stream_ends_and_asks_nobody_again(
    chat: Page, slow_app: App
) -> None:
    section(chat, "Ladder")
    prompt(chat).fill(QUESTION)
    chat.get_by_text(re.compile("steps · edit")).click()
    chat.get_by_text("Memory of the user", exact=True).click()
    expect(chat.get_by_text("6 steps × 1 model")).to_be_visible()
    chat.locator(".st-key-ladder_go button").click()
    streaming(chat).wait_for()
    chat.wait_for_url(re.compile("ladder="))
    chat.wait_for_timeout(1500)  # until its counts have been asked for, too
    asked(slow_app)
    chat.reload()
    expect(chat.get_by_text(re.compile("Dressed like a chat product"))).to_be_visible()
    expect(prompt(chat)).to_have_value(QUESTION)
    expect(chat.get_by_text("6 steps × 1 model")).to_be_visible()
    assert asked(slow_app) == []


def test_a_conversation_reloaded_in_mid_play_plays_on_and_asks_each_question_once(
    chat: Page, slow_app: App
) -> None:
    section(chat, "Conversation")
    chat.get_by_role("button", name="Play ten turns").click()
    expect(chat.get_by_text("Turn 1 sent")).to_be_visible()
    streaming(chat).wait_for()
    asked(slow_app)
    chat.reload()
    other = chat.context.new_page()  # a second tab on the same conversation
    other.goto(chat.url)
    for tab in (chat, other):
        expect(tab.get_by_text(re.compile("Turn [3-9] sent"))).to_be_visible()
    chat.get_by_role("button", name="Stop", exact=True).first.click()
    for tab in (chat, other):
        expect(tab.get_by_role("button", name="Regenerate the last answer")).to_be_visible()
    questions = [
        json.dumps(entry)
        for entry in asked(slow_app)
        if "count" not in str(entry.get("path")) and "input_tokens" not in str(entry.get("path"))
    ]
    assert len(questions) == len(set(questions))
    other.close()


def test_a_paste_reloaded_in_mid_stream_has_its_texts_and_the_answer(
    chat: Page, slow_app: App
) -> None:
    section(chat, "Paste an answer")
    chat.get_by_label("The question that you asked the product").fill(QUESTION)
    chat.get_by_label("The product's answer").fill("Marks around your words are **tokens**, too.")
    chat.get_by_label("Seconds it took").fill("3.5")
    chat.get_by_role("button", name="Ask the API the same").click()
    streaming(chat).wait_for()
    chat.wait_for_url(re.compile("paste="))
    asked(slow_app)
    chat.reload()
    expect(chat.get_by_text(re.compile("of the words in common"))).to_be_visible()
    expect(chat.get_by_label("The product's answer")).to_have_value(re.compile("Marks around"))
    expect(chat.get_by_label("Seconds it took")).to_have_value("3.5")
    assert asked(slow_app) == []


def test_after_a_restart_the_links_of_all_four_open_what_they_showed(
    browser: Browser, real_api: DemoServer, tmp_path: Path
) -> None:
    home, port = tmp_path / "home", free_port()
    home.mkdir()
    links: dict[str, str] = {}
    with served(home, port, real_api, PLAYGROUND_DEMO_PACE="0") as app:
        page = browser.new_context().new_page()
        page.set_default_timeout(30_000)
        page.goto(app.url)
        page.get_by_role("button", name="Run").wait_for()
        prompt(page).fill(QUESTION)
        prompt(page).press("Control+Enter")
        expect(page.locator("dl.figures")).to_have_count(3)
        links["Compare"] = page.url
        page.goto(f"{app.url}/chat_vs_api?chat_view=Ladder")
        page.locator(".st-key-ladder_go button").click()
        ladder = page.get_by_text(re.compile("Dressed like a chat product"))
        expect(ladder).to_be_visible()
        headline, links["Ladder"] = ladder.inner_text(), page.url
        section(page, "Conversation")
        box = page.get_by_placeholder("Ask all models…")
        for turn, text in ((1, "What is a token?"), (2, "What is an API key?")):
            box.fill(text)
            box.press("Enter")
            expect(page.get_by_text(f"Turn {turn} sent")).to_be_visible()
        page.get_by_role("button", name="Regenerate the last answer").click()
        expect(page.get_by_text("version 2 of 2")).to_be_visible()
        expect(page.get_by_text("Turn 2 sent")).to_be_visible()
        links["Conversation"] = page.url
        section(page, "Paste an answer")
        page.get_by_label("The question that you asked the product").fill(QUESTION)
        page.get_by_role("button", name="Ask the API the same").click()
        page.wait_for_url(re.compile("paste="))
        expect(page.get_by_text("output tokens")).to_be_visible()
        page.get_by_label("The product's answer").fill("Pasted after the API had answered.")
        page.get_by_label("The product's answer").press("Control+Enter")
        expect(page.get_by_text(re.compile("of the words in common"))).to_be_visible()
        links["Paste"] = page.url
        page.context.close()
    with served(home, port, real_api) as app:
        page = browser.new_context().new_page()
        page.set_default_timeout(30_000)
        page.goto(links["Compare"])
        expect(page.locator("dl.figures")).to_have_count(3)
        expect(prompt(page)).to_have_value(QUESTION)
        page.goto(links["Ladder"])
        expect(page.get_by_text(headline)).to_be_visible()
        page.goto(links["Conversation"])
        expect(page.get_by_text("Turn 2 sent")).to_be_visible()
        expect(page.get_by_text("version 2 of 2")).to_be_visible()
        page.goto(links["Paste"])
        expect(page.get_by_text(re.compile("of the words in common"))).to_be_visible()
        pasted = page.get_by_label("The product's answer")
        expect(pasted).to_have_value("Pasted after the API had answered.")
        assert asked(app) == [], "what was counted is kept with the runs"
        page.context.close()

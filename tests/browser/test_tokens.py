"""The Tokens page as a person types on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from playground.tokens import count, encode
from tests.browser.conftest import App, Seen, visit


@pytest.fixture(scope="module", params=["light"])
def one_visit(
    profile: BrowserContext, app: App, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with visit(profile, app, seen, request.param) as page:
        yield page, seen


@pytest.fixture
def page(one_visit: tuple[Page, Seen], app: App) -> Iterator[Page]:
    """The Tokens page; what a test has switched is switched back."""
    page, seen = one_visit
    page.get_by_role("link", name="Tokens").click()
    expect(page.locator(".ruler[data-total]")).to_be_visible()
    yield page
    page.get_by_role("radio", name="o200k").click()
    if page.locator(".tokens i.special").count():
        page.get_by_text("Read special tokens as such").click()
    seen.check(app)


@pytest.fixture
def box(page: Page) -> Locator:
    """The text box, with a text drawn."""
    return page.locator(".ruler textarea")


def drawn(page: Page, text: str) -> None:
    """Wait until the tokens of this text stand below the box."""
    expect(page.locator(f".ruler[data-total='{count(text)}']")).to_be_visible()


def paste(box: Locator, text: str) -> None:
    box.evaluate(
        "(e, t) => { e.value = t; e.dispatchEvent(new InputEvent('input', {bubbles: true})) }", text
    )


@pytest.mark.parametrize("one_visit", ["light", "dark"], indirect=True)
def test_typing_keeps_the_cursor_and_draws_the_tokens(page: Page, box: Locator) -> None:
    box.fill("The end.")
    drawn(page, "The end.")
    box.press("Home")
    for _ in "The":
        box.press("ArrowRight")
    page.keyboard.type(
        " quite 🙂 happy", delay=80
    )  # slower than the pause after which it is counted
    text = "The quite 🙂 happy end."
    drawn(page, text)
    expect(box).to_have_value(text)
    expect(box).to_be_focused()
    at = box.evaluate("e => e.selectionStart")
    assert at == len("The quite 🙂 happy".encode("utf-16-le")) // 2
    expect(page.locator(".tokens i")).to_have_count(count(text))


def test_a_token_shows_its_id_and_bytes(page: Page, box: Locator) -> None:
    box.fill("Hello 🫠")
    drawn(page, "Hello 🫠")
    page.locator(".tokens i").first.hover()
    expect(page.locator(".detail")).to_contain_text(
        f'"Hello" · id {encode("Hello")[0]} · bytes 48 65'
    )
    page.locator(".tokens i.part").first.hover()
    expect(page.locator(".detail")).to_contain_text('part of "')
    page.get_by_role("radio", name="Ids").click()
    shown = page.locator(".tokens i").all_inner_texts()
    assert [int(text) for text in shown] == encode("Hello 🫠")
    page.get_by_role("radio", name="Bytes").click()
    data = "".join(page.locator(".tokens i").all_inner_texts()).replace(" ", "")
    assert bytes.fromhex(data).decode() == "Hello 🫠"


def test_a_special_token_is_text_until_it_is_asked_for(page: Page, box: Locator) -> None:
    box.fill("a<|endoftext|>b")
    drawn(page, "a<|endoftext|>b")
    expect(page.locator(".tokens i.special")).to_have_count(0)
    page.get_by_text("Read special tokens as such").click()
    expect(page.locator(".tokens i.special")).to_have_count(1)
    expect(page.locator(".tokens i")).to_have_count(3)
    expect(box).to_have_value("a<|endoftext|>b")


def test_a_megabyte_is_counted_and_can_be_typed_in(page: Page, box: Locator) -> None:
    text = "Some words, and a number: 1234. " * 32_000
    paste(box, text)
    drawn(page, text)
    expect(page.locator(".cut")).to_contain_text("Drawn: the first 20,000 of")
    expect(page.locator(".counts")).to_contain_text(f"{count(text):,}")
    box.evaluate("e => { e.focus(); e.setSelectionRange(4, 4) }")
    page.keyboard.type(" more")
    drawn(page, "Some more" + text[4:])
    assert box.evaluate("e => e.selectionStart") == len("Some more")


def test_the_text_is_still_there_after_a_look_at_another_page(page: Page, box: Locator) -> None:
    box.fill("Do not lose me.")
    drawn(page, "Do not lose me.")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Run").wait_for()
    page.get_by_role("link", name="Tokens").click()
    expect(box).to_have_value("Do not lose me.")
    expect(page.locator(".tokens i")).to_have_count(count("Do not lose me."))


def test_an_example_replaces_the_text_and_cl100k_cuts_it_otherwise(
    page: Page, box: Locator
) -> None:
    page.get_by_role("combobox", name="Example").click()
    page.get_by_role("option", name="中文").click()
    expect(box).to_have_value(
        "同一段話，用不同的語言寫，詞元數就不同。同一段话，用不同的语言写，词元数就不同。"
    )
    text = box.input_value()
    drawn(page, text)
    page.get_by_role("radio", name="cl100k").click()
    expect(page.locator(f".ruler[data-total='{count(text, 'cl100k_base')}']")).to_be_visible()

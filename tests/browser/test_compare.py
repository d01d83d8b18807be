"""The whole job of Compare, as a person does it."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import VIEWPORT, App, Seen, visit
from tests.browser.states import settled

LANES = ("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash")
WRONG = "sk-wrong-canary-5f1c9a"


def run(page: Page) -> None:
    page.get_by_role("button", name="Run").click()


def results(page: Page) -> Locator:
    """The figures of the lanes that have ended."""
    return page.locator("dl.figures")


def live(page: Page) -> Locator:
    """The lanes that are still under way."""
    return page.locator(".live .card")


def view(page: Page, name: str) -> None:
    """Look at all lanes in this way."""
    page.get_by_role("radio", name=name, exact=True).click()


def keys(page: Page) -> None:
    """Open what is behind the button for keys."""
    page.get_by_role("button", name=re.compile("^Keys")).click()


def wait_for_results(page: Page, count: int = 3) -> None:
    expect(results(page)).to_have_count(count)
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def one_run(profile: BrowserContext, app: App) -> Iterator[tuple[Page, Seen]]:
    """One run, for all tests that look at what is there when it has ended."""
    seen = Seen()
    with visit(profile, app, seen) as page:
        run(page)
        wait_for_results(page)
        yield page, seen


@pytest.fixture
def ended(one_run: tuple[Page, Seen], app: App) -> Iterator[Page]:
    page, seen = one_run
    yield page
    page.keyboard.press("Escape")
    page.set_viewport_size(VIEWPORT)
    seen.check(app)


def asked(app: App) -> list[dict[str, object]]:
    """What the simulation was asked since this was last called."""
    entries: list[dict[str, object]] = json.loads(
        urllib.request.urlopen(f"{app.demo_url()}/_log").read()
    )
    return entries


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
def test_three_simulated_lanes_answer_side_by_side(slow_page: Page, scheme: str) -> None:
    expect(slow_page.get_by_text("All lanes are simulated")).to_be_visible()
    run(slow_page)
    expect(live(slow_page)).to_have_count(3)
    wait_for_results(slow_page)
    for number, name in enumerate(LANES, 1):
        picker = slow_page.get_by_role("combobox", name=f"Model of lane {number}")
        expect(picker).to_have_value(re.compile(f"^{name} · "))
    first = results(slow_page).first
    for label in ("Cost", "First text", "Total time", "Tokens"):
        expect(first).to_contain_text(label)
    expect(slow_page.get_by_text("Where the time went")).to_be_visible()
    expect(slow_page.get_by_text("Where the money went")).to_be_visible()


def test_the_cost_opens_to_its_receipt(ended: Page) -> None:
    ended.get_by_role("button", name="Receipt").first.click()
    receipt = ended.get_by_test_id("stPopoverBody")
    for label in ("Input tokens", "Output tokens", "First text", "Total time", "Speed"):
        expect(receipt.locator("dl.details")).to_contain_text(label)
    for words in ("/ 1,000,000 tokens", "total", "checked 20", "source", "nothing was billed"):
        expect(receipt.get_by_text(words).first).to_be_visible()


def test_one_switch_shows_all_lanes_in_every_way(ended: Page) -> None:
    for name, words in (
        ("Text", "characters"),
        ("Request", "POST http://127.0.0.1"),
        ("Headers", "x-playground-simulated"),
        ("Events", "events; seconds from"),
        ("Code", "OPENAI_API_KEY"),
    ):
        view(ended, name)
        expect(ended.get_by_text(words)).to_have_count(1 if name == "Code" else len(LANES))
        expect(ended.get_by_text(words).first).to_be_visible()
    view(ended, "Answer")


def test_ctrl_enter_sends_what_is_in_the_field(page: Page, app: App) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("Say why turn ten costs more than turn one.")
    prompt.press("Control+Enter")
    wait_for_results(page)
    view(page, "Request")
    expect(page.get_by_text("turn ten costs more").nth(1)).to_be_visible()


def test_a_reload_in_mid_stream_finds_the_run_and_asks_nobody_again(
    slow_page: Page, slow_app: App
) -> None:
    run(slow_page)
    expect(live(slow_page).first).to_contain_text("Streaming")
    slow_page.wait_for_url(re.compile(r"\?run="))
    asked(slow_app)
    slow_page.reload()
    wait_for_results(slow_page)
    assert asked(slow_app) == []


def test_clicks_and_settings_in_mid_stream_stop_nothing(slow_page: Page, slow_app: App) -> None:
    run(slow_page)
    expect(live(slow_page).first).to_contain_text("Streaming")
    slow_page.get_by_role("button", name="Add a lane").click()
    expect(slow_page.get_by_role("combobox", name="Model of lane 4")).to_be_attached()
    wait_for_results(slow_page, 3)
    expect(slow_page.get_by_text("You stopped this lane")).to_have_count(0)


def test_stop_ends_one_lane_at_once_and_keeps_its_text(slow_page: Page) -> None:
    run(slow_page)
    lane = live(slow_page).nth(1)
    expect(lane).to_contain_text("Streaming")
    lane.get_by_role("button", name=f"Stop {LANES[1]}").click()
    expect(slow_page.get_by_text("You stopped this lane")).to_be_visible()
    wait_for_results(slow_page)
    expect(results(slow_page).nth(1)).to_contain_text("≥ $")


def test_a_wrong_key_is_a_sentence_and_the_key_is_nowhere(page: Page, app: App) -> None:
    keys(page)
    field = page.get_by_label("OpenAI key")
    field.fill(WRONG)
    field.press("Enter")
    expect(page.get_by_role("button", name="Test").first).to_be_visible()
    expect(field).to_have_value("")
    run(page)
    wait_for_results(page)
    expect(page.get_by_text("Authentication · HTTP 401")).to_be_visible()
    for name in ("Request", "Headers", "Code"):
        view(page, name)
        page.wait_for_timeout(500)
        assert WRONG not in page.content()
    assert WRONG not in page.url
    assert WRONG not in app.log.read_text()
    assert not [path for path in files(app.home) if WRONG.encode() in path.read_bytes()]
    keys(page)
    page.get_by_role("button", name="Forget").first.click()
    expect(page.get_by_text("All lanes are simulated")).to_be_visible()


def test_test_says_how_many_models_there_are(page: Page) -> None:
    keys(page)
    field = page.get_by_label("Anthropic key")
    field.fill("sk-ant-good")
    field.press("Enter")
    page.get_by_role("button", name="Test").first.click()
    expect(page.get_by_text(re.compile(r"\d+ models"))).to_be_visible()


def test_downloads_hold_the_run(ended: Page, tmp_path: Path) -> None:
    for label, words in (
        ("CSV", "time_to_first_text"),
        ("JSON", '"run_id"'),
        ("Markdown", "**Simulated.**"),
    ):
        with ended.expect_download() as download:
            ended.get_by_role("button", name=label, exact=True).click()
        path = tmp_path / label
        download.value.save_as(path)
        assert words in path.read_text()


def test_the_word_diff_of_two_answers(ended: Page) -> None:
    ended.get_by_text("What differs").click()
    expect(ended.locator(".word-diff ins").first).to_be_visible()


def test_an_empty_prompt_is_told_so(page: Page) -> None:
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.fill("")
    prompt.press("Control+Enter")
    run(page)
    expect(page.get_by_text("The prompt is empty")).to_be_visible()


def test_a_narrow_screen_shows_everything_without_scrolling_sideways(ended: Page) -> None:
    ended.set_viewport_size({"width": 400, "height": 900})
    wait_for_results(ended)
    wide = ended.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def test_the_link_of_a_run_opens_it_in_another_tab_and_another_browser(ended: Page) -> None:
    other = ended.context.new_page()
    other.goto(ended.url)
    expect(results(other)).to_have_count(3)
    browser = ended.context.browser
    assert browser is not None
    stranger = browser.new_context().new_page()
    stranger.goto(ended.url)
    expect(results(stranger)).to_have_count(3)
    stranger.goto(ended.url[:-4] + "AAAA")
    stranger.get_by_role("button", name="Run").wait_for()
    expect(ended.get_by_text("all lanes answer at once")).to_have_count(0)
    expect(results(stranger)).to_have_count(0)
    stranger.context.close()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_lane_that_asked_too_often_counts_down_to_its_retry(page: Page) -> None:
    box = page.get_by_role("combobox", name="Model of lane 1")
    box.fill("~429")
    box.press("Enter")
    settled(page)
    lane = page.locator(".st-key-lane_0")
    timer = lane.get_by_role("timer")

    def counts_down() -> bool:
        """Whether it is seen within the two seconds: a busy machine draws the lane when they are over."""
        run(page)
        try:
            expect(timer).to_have_text(re.compile("^in [12] s$"), timeout=8_000)
        except AssertionError:
            return False
        return True

    assert any(counts_down() for _ in range(4))
    expect(lane).to_contain_text("Wait 2 s")
    expect(timer).to_have_text("")
    lane.get_by_role("button", name="Retry this lane").click()
    expect(lane.locator(".chip[data-state=done]").first).to_be_visible()
    page.reload()
    expect(lane.locator(".chip[data-state=done]").first).to_be_visible()
    expect(timer).to_have_count(0)

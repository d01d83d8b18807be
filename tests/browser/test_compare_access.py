"""Compare for everyone: what stands on the first screen, what a click draws, what the keyboard can do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.conftest import App, Seen, visit
from tests.browser.states import settled

PHONE: ViewportSize = {"width": 400, "height": 800}
SHIFTS = """() => {
  window.shifts = []
  const name = node => (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.outerHTML.slice(0, 160)
  new PerformanceObserver(list => list.getEntries().filter(entry => !entry.hadRecentInput).forEach(entry =>
    window.shifts.push([entry.value, ...entry.sources.map(source => name(source.node))])
  )).observe({ type: "layout-shift" })
}"""
"""Keeps every layout shift that no input explains: its value, and what moved."""


@pytest.fixture(scope="module")
def one_run(profile: BrowserContext, app: App) -> Iterator[tuple[Page, Seen]]:
    """One run, for all tests that look at what is there when it has ended."""
    seen = Seen()
    with visit(profile, app, seen) as page:
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
        settled(page)
        yield page, seen


@pytest.fixture
def ended(one_run: tuple[Page, Seen], app: App) -> Iterator[Page]:
    """The run as it is first seen, on a wide screen."""
    page, seen = one_run
    page.set_viewport_size({"width": 1280, "height": 900})
    yield page
    page.emulate_media(media="screen")
    page.get_by_test_id("stMain").evaluate("e => e.scrollTo(0, 0)")
    page.get_by_role("radio", name="Answer", exact=True).click()
    expect(page.locator(".st-key-answer_0 .stMarkdown")).to_be_visible()
    seen.check(app)


@pytest.fixture
def watched(slow_page: Page) -> Page:
    slow_page.set_viewport_size({"width": 1280, "height": 900})
    return slow_page


def test_nothing_moves_while_answers_come_and_a_lanes_head_stays(watched: Page) -> None:
    expect(watched.locator("dl.so-far")).to_have_count(3)
    watched.evaluate(SHIFTS)
    before = heads(watched)
    watched.get_by_role("button", name="Run").click()
    expect(watched.locator(".live .card").first).to_contain_text("Streaming")
    live = heads(watched)
    expect(watched.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    done = heads(watched)
    assert len(before) == len(live) == len(done) == 3
    assert all(now < then for now, then in zip(live, before, strict=True))  # the prompt is one line
    assert done == pytest.approx(live, abs=1)
    shifts = watched.evaluate("window.shifts")
    assert sum(value for value, *_ in shifts) <= 0.02, shifts


def heads(page: Page) -> list[float]:
    """Where the figures of the lanes begin, from the top."""
    figures = page.locator("dl.figures, dl.so-far").all()
    return [box["y"] for one in figures if (box := one.bounding_box())]


def test_after_a_run_figures_and_twelve_lines_of_each_answer_are_on_the_first_screen(
    ended: Page,
) -> None:
    expect(ended.locator(".st-key-verdict")).to_contain_text("cost least")
    for number in range(3):
        figures = ended.locator("dl.figures").nth(number).bounding_box()
        answer = ended.locator(f".st-key-answer_{number}").bounding_box()
        assert figures is not None
        assert answer is not None
        assert figures["y"] + figures["height"] < 900
        assert answer["y"] + answer["height"] <= 900
        assert answer["height"] >= 12 * 0.95 * 16 * 1.5
    assert ended.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_on_a_phone_run_and_then_the_first_lanes_figures_and_answer_are_on_the_first_screen(
    slow_page: Page,
) -> None:
    slow_page.set_viewport_size(PHONE)
    run = slow_page.get_by_role("button", name="Run").bounding_box()
    assert run is not None
    assert run["y"] + run["height"] < 800
    slow_page.get_by_role("button", name="Run").click()
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_attached()
    figures = slow_page.locator("dl.figures").first.bounding_box()
    answer = slow_page.locator(".st-key-answer_0 p").first.bounding_box()
    assert figures is not None
    assert answer is not None
    assert answer["y"] + answer["height"] < 800


def test_once_sent_the_prompt_is_one_line_until_someone_goes_there(watched: Page) -> None:
    prompt = watched.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("What is a token?\n\nIn one sentence.\n\nFor a child.")
    tall = height(prompt)
    prompt.press("Control+Enter")
    assert height(prompt) < 45 < tall
    expect(watched.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    watched.reload()
    expect(watched.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    assert height(prompt) < 45
    prompt.click()
    assert height(prompt) == pytest.approx(tall, abs=2)
    watched.get_by_role("button", name="Run").click()
    assert height(prompt) < 45


def height(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["height"]


def test_run_and_the_switch_stay_on_the_screen(ended: Page) -> None:
    ended.set_viewport_size({"width": 1280, "height": 700})
    csv = ended.get_by_role("button", name="CSV", exact=True)
    csv.scroll_into_view_if_needed()
    assert ended.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 300
    for one in (ended.get_by_role("button", name="Run"), ended.get_by_role("radio", name="Code")):
        box = one.bounding_box()
        assert box is not None
        assert 60 <= box["y"] < 130


def test_on_a_phone_one_lane_is_seen_at_a_time_and_the_table_above_leads_to_each(
    slow_page: Page,
) -> None:
    slow_page.set_viewport_size(PHONE)
    rows = slow_page.locator(".lane-tabs tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first.get_by_role("button")).to_have_attribute("aria-current", "true")
    slow_page.get_by_role("button", name="Run").click()
    expect(rows.nth(2)).to_contain_text("$0.00139")
    expect(rows.first).to_contain_text("…")  # which still streams
    slow_page.get_by_role("button", name="3 gemini").click()
    expect(rows.nth(2).get_by_role("button")).to_have_attribute("aria-current", "true")
    lane = slow_page.locator(".st-key-lane_2")
    assert left(lane) == pytest.approx(16, abs=1)
    assert left(slow_page.locator(".st-key-lane_0")) < -300
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_attached()
    assert left(lane) == pytest.approx(16, abs=1)
    figures = slow_page.locator("dl.figures")
    for number in range(3):
        said = figures.nth(number).locator("dd").all_text_contents()
        assert rows.nth(number).locator("td").all_text_contents() == said
    slow_page.get_by_role("combobox", name="Model of lane 2").focus()
    expect(rows.nth(1).get_by_role("button")).to_have_attribute("aria-current", "true")
    assert slow_page.evaluate("document.querySelector('[data-testid=stMain]').scrollLeft") == 0
    slow_page.get_by_role("button", name="Add a lane").click()
    expect(rows).to_have_count(4)
    assert left(slow_page.locator(".st-key-lane_1")) == pytest.approx(16, abs=1)


def left(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["x"]


def test_on_a_phone_run_is_where_the_thumb_is_and_names_no_keys(browser: Browser, app: App) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(app.url)
    run = page.get_by_role("button", name="Run")
    expect(run).to_be_visible()
    expect(run.locator("kbd")).to_be_hidden()
    keys = page.get_by_role("button", name="Keys · simulated").bounding_box()
    assert keys is not None
    assert keys["x"] + keys["width"] <= 400
    run.click()
    page.get_by_role("button", name="CSV", exact=True).scroll_into_view_if_needed()
    box = run.bounding_box()
    assert box is not None
    assert 700 < box["y"] < 800
    context.close()


A4 = 718
"""Pixels between the margins of a sheet."""
ABOVE = """(lane, next) => lane.getBoundingClientRect().bottom <= document.querySelector(next).getBoundingClientRect().top"""


def test_what_is_printed_has_the_whole_prompt_and_every_lane(ended: Page) -> None:
    folded = ended.locator("details", has_text="Reasoning").locator("> div").first
    expect(folded).to_be_hidden()
    for width in (700, 400):  # a sheet, a phone's
        ended.set_viewport_size({"width": width, "height": 900})
        ended.emulate_media(media="print")
        expect(folded).to_be_visible()
        prompt = ended.get_by_role("textbox", name="Prompt", exact=True)
        assert prompt.evaluate("e => e.scrollHeight - e.clientHeight") <= 0
        for number in range(3):
            answer = ended.locator(f".st-key-answer_{number}")
            assert left(answer) >= 0
            assert left(answer) < width
            assert answer.evaluate("e => e.scrollHeight - e.clientHeight") < 24
        assert ended.locator(".st-key-lane_0").evaluate(ABOVE, ".st-key-lane_1")
        expect(ended.get_by_role("button", name="Run")).to_be_hidden()
        ended.emulate_media(media="screen")


def test_a_sheet_has_all_columns_of_the_table_of_figures(ended: Page) -> None:
    table = ended.locator("[data-testid=stDataFrame] .dvn-scroller").first
    table.scroll_into_view_if_needed()
    ended.wait_for_timeout(500)
    ended.emulate_media(media="print")  # who prints draws no table anew: it has the screen's width
    assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    box = table.bounding_box()
    assert box is not None
    assert box["width"] < A4


def test_a_click_on_the_switch_draws_the_answers_and_nothing_else(ended: Page) -> None:
    ended.evaluate("document.querySelector('.st-key-verdict p').dataset.before = 'yes'")
    ended.get_by_role("radio", name="Headers", exact=True).click()
    expect(ended.get_by_text("x-playground-simulated").first).to_be_visible()
    expect(ended.locator(".st-key-verdict p[data-before=yes]")).to_have_count(1)
    with ended.expect_download() as download:  # what the page itself holds is still there
        ended.get_by_role("button", name="CSV", exact=True).click()
    assert "time_to_first_text" in Path(download.value.path()).read_text()


def test_the_keyboard_is_enough(page: Page) -> None:
    page.get_by_role("textbox", name="Prompt").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    page.get_by_role("button", name="Receipt").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverBody").locator("dl.details")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Model of lane 1").focus()
    page.keyboard.type("claude-haiku-5-5")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Changed since this run: models"))).to_be_visible()
    page.get_by_role("button", name="Add a lane").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Model of lane 4")).to_be_attached()
    page.get_by_role("button", name="More for lane 4").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Duplicate")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Model of lane 4")).to_have_count(0)
    page.get_by_role("link", name="History").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_a_menu_of_fields_is_entered_and_left_by_keyboard(page: Page) -> None:
    for name, first in (
        ("Keys", page.get_by_label("OpenAI key")),
        ("Save", page.get_by_label("Name", exact=True)),
    ):
        button = page.get_by_role("button", name=re.compile(f"^{name}"))
        button.focus()
        page.keyboard.press("Enter")
        expect(first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
        expect(button).to_be_focused()


def test_the_labs_panels_are_one_button_that_a_keyboard_opens(page: Page) -> None:
    page.get_by_role("link", name="API lab").click()
    menu = page.get_by_role("button", name=re.compile(r"^All \d+ panels"))
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Wire inspector")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Doors", level=2)).to_be_visible()
    expect(menu).to_be_focused()
    assert page.url.endswith("?panel=doors")
    heading = page.get_by_role("heading", name="Doors", level=2).bounding_box()
    assert heading is not None
    assert heading["y"] < 150


def test_after_a_lane_is_removed_the_keyboard_is_at_its_neighbour(page: Page) -> None:
    for number, neighbour in ((2, "gemini"), (2, "openai")):
        page.get_by_role("button", name=f"More for lane {number}").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menuitem", name="Duplicate")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox", name=re.compile("^Model of lane"))).to_have_count(
            2 if neighbour == "gemini" else 1
        )
        here = page.get_by_role("combobox", name=re.compile("^Model of lane")).last
        expect(here).to_be_focused()
        expect(here).to_have_value(re.compile(f"^{neighbour}:"))


AT_THE_RIGHT = """element => {
  const words = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const first = document.createRange()
  first.setStart(words.nextNode(), 0)
  first.setEnd(first.startContainer, 1)
  const letter = first.getBoundingClientRect(), box = element.getBoundingClientRect()
  return letter.left + letter.right > box.left + box.right
}"""
"""Whether an element's first letter stands in its right half."""
ARABIC = "اشرح ما هو الرمز في واجهة برمجة النماذج؟"


def test_arabic_runs_from_the_right_in_prompt_live_card_and_answer(slow_page: Page) -> None:
    prompt = slow_page.get_by_role("textbox", name="Prompt")
    prompt.fill(f"{ARABIC}\n\nIn two sentences.")
    style = prompt.evaluate("e => [getComputedStyle(e).unicodeBidi, getComputedStyle(e).textAlign]")
    assert style == ["plaintext", "start"]  # where its letters stand, no script can ask
    prompt.press("Control+Enter")
    live = slow_page.locator(".live .line").filter(has_text=re.compile("[\u0600-\u06ff]")).first
    expect(live).to_be_visible()
    assert live.evaluate(AT_THE_RIGHT)
    expect(slow_page.get_by_role("button", name="CSV", exact=True)).to_be_visible()
    paragraphs = slow_page.locator(".st-key-answer_0 .stMarkdown p")
    assert paragraphs.first.evaluate(AT_THE_RIGHT)
    assert not paragraphs.last.evaluate(AT_THE_RIGHT)  # it is in English

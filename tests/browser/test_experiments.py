"""An experiment in a real browser: run, paused, resumed, stopped, looked into cell by cell, voted on, with the keyboard too."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import App
from tests.browser.states import experimented, settled, tab

SLOW = """\
name: slow one
prompts: "{{ q }}"
models: [openai:gpt-6.1-sol, gemini:gemini-3.8-flash]
cases:
  - vars: { q: What is a token? }
    checks: [{ type: icontains, value: token }]
repeats: 30
concurrency: 2
"""


def spec(page: Page, text: str) -> None:
    """Write this into the editor."""
    page.get_by_role("link", name="Experiments", exact=True).first.click()
    box = page.get_by_role("textbox", name="Spec (YAML)")
    box.fill(text)
    box.press("Tab")
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def field(page: Page, line: int, column: int) -> None:
    """Choose a field of the matrix, with the keyboard: its first is at the left of the top."""
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 35 + 17)
    for _ in range(line):
        page.keyboard.press("ArrowDown")
    for _ in range(column):
        page.keyboard.press("ArrowRight")


def test_the_sample_runs_with_one_press_to_results_and_a_field_opens_its_run(page: Page) -> None:
    page.get_by_role("link", name="Experiments", exact=True).first.click()
    expect(page.get_by_text("answers come from the demo on this computer")).to_be_visible()
    experimented(page)
    expect(page.get_by_text("no model was asked, nothing was billed")).to_be_visible()
    page.get_by_role("tab", name="Cases").click()
    settled(page)
    heading = page.get_by_role("heading", name=re.compile("gpt-6.1-sol · in 60 words"))
    for _ in range(3):  # on a busy machine the table is drawn anew between two keys
        field(page, 1, 1)
        with suppress(PlaywrightTimeout):
            heading.wait_for(timeout=10_000)
            break
    expect(heading).to_be_visible()
    page.get_by_role("link", name="Open the run").first.click()
    expect(page.get_by_role("heading", name="History", level=1)).to_be_visible()
    expect(page.get_by_text("/?run=").first).to_be_visible()


def test_paused_resumed_and_stopped(slow_page: Page) -> None:
    page = slow_page
    spec(page, SLOW)
    press(page, "Run")
    expect(page.get_by_text(re.compile(r"of 60 cells · about .* left · .*spent"))).to_be_visible()
    press(page, "Pause")
    expect(page.get_by_text(re.compile(r"\d+ of 60 cells wait"))).to_be_visible()
    press(page, "Resume")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    press(page, "Stop")
    expect(page.get_by_text(re.compile(r"were under way when it ended"))).to_be_visible()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_disabled()
    page.get_by_role("radio", name="Leave them out").or_(
        page.get_by_role("button", name="Leave them out")
    ).first.click()
    press(page, "Resume")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    address = page.url
    page.reload()
    expect(page.get_by_role("heading", name="slow one")).to_be_visible()
    assert page.url == address
    press(page, "Pause")
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible()


def test_a_vote_is_given_by_the_keyboard_and_its_names_are_told(page: Page) -> None:
    page.get_by_role("link", name="Experiments", exact=True).first.click()
    settled(page)
    experimented(page)
    tab("Votes")(page)
    settled(page)
    hidden = page.get_by_text("Which answer is best?")
    expect(hidden).to_be_visible()
    answer = page.get_by_role("button", name="Answer B", exact=True)
    answer.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You voted for")).to_be_visible()
    expect(page.get_by_role("heading", name="1 vote", exact=True)).to_be_visible()
    press(page, "Take it back")
    expect(page.get_by_text("You voted for")).to_have_count(0)


def test_an_uploaded_configuration_goes_into_the_editor(page: Page, tmp_path: Path) -> None:
    page.get_by_role("link", name="Experiments", exact=True).first.click()
    settled(page)
    page.get_by_text("Upload a spec, a promptfoo configuration, or cases").click()
    file = tmp_path / "promptfooconfig.yaml"
    file.write_text(
        "prompts: ['{{ q }}']\nproviders: [openai:gpt-6.1-sol, 'exec:./ask.sh']\n"
        "tests:\n  - vars: { q: What is a token? }\n"
    )
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text(
        "Imported from promptfooconfig.yaml"
    )
    expect(page.get_by_text("promptfooconfig.yaml, line 2")).to_be_visible()
    box = page.get_by_role("textbox", name="Spec (YAML)")
    expect(box).to_have_value(re.compile("What is a token"))


def test_nothing_is_cut_off_on_a_narrow_screen(new_tab: Page, app: App) -> None:
    for width in (1280, 400):
        new_tab.set_viewport_size({"width": width, "height": 900})
        new_tab.goto(f"{app.url}/experiments")
        expect(new_tab.get_by_role("textbox", name="Spec (YAML)")).to_be_visible()
        settled(new_tab)
        assert new_tab.evaluate("document.scrollingElement.scrollWidth") <= width

"""Every page and its main states, and how a visitor comes from each to the next: whatever is looked at on all of them reads this."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from playground.lab.panels import PANELS
from playground.ui.chat_vs_api.sections import VIEWS as SECTIONS
from playground.ui.costs.workbench import TABS as COSTS
from playground.ui.shell.pages import PAGES
from playground.ui.tokens.workbench import TABS as TOKENS

Step = Callable[[Page], None]


class State(NamedTuple):
    """One state of a page; the steps are taken in the order of the table, each from the state before it."""

    page: str
    """Its title, as the menu has it."""
    name: str
    reach: Step


def both(*steps: Step) -> Step:
    """One step after the other."""

    def reach(page: Page) -> None:
        for step in steps:
            step(page)

    return reach


def settled(page: Page) -> None:
    """Wait until the script has drawn what it draws, and what was there before is gone: fading, it has no contrast."""
    app = page.get_by_test_id("stApp")
    for pause in (100, 200):
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        expect(page.locator("[data-stale='true']")).to_have_count(0)
        page.wait_for_timeout(pause)
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def stay(page: Page) -> None:
    """The page as it opens."""


def tab(name: str) -> Step:
    """Open a tab, or what a switch calls so."""

    def reach(page: Page) -> None:
        one = page.get_by_role("tab", name=name, exact=True)
        one.or_(page.get_by_role("radio", name=name, exact=True)).first.click()

    return reach


def opened(name: str) -> Step:
    """Press a button that opens a menu, and wait for it; what is drawn anew just then closes it, and it is pressed again."""

    def reach(page: Page) -> None:
        menu = page.get_by_test_id("stPopoverBody").first
        for _ in range(3):
            settled(page)
            page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
            with suppress(PlaywrightTimeout):
                menu.wait_for(timeout=10_000)
                return
        expect(menu).to_be_visible()

    return reach


def closed(page: Page) -> None:
    """Nothing is open."""
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def unfolded(page: Page) -> None:
    """Wait until what was opened has its whole height."""
    page.wait_for_function("() => document.querySelector('details[open]').style.height === ''")


def run(page: Page) -> None:
    """Run, and wait until something streams."""
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".live .card").first).to_contain_text("Streaming")


def ended(page: Page) -> None:
    """Wait until all lanes have ended."""
    expect(page.get_by_role("button", name="CSV", exact=True)).to_be_visible()


def large(page: Page) -> None:
    """One answer in a dialog of its own."""
    page.get_by_role("button", name=re.compile("^Open the answer of")).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def differing(page: Page) -> None:
    """Two answers word by word."""
    page.get_by_text("What differs").click()
    expect(page.locator(".word-diff")).to_be_visible()
    unfolded(page)


def blind(page: Page) -> None:
    """Answers without names, all of them there."""
    page.get_by_text("Blind", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="Answer B")).to_be_visible()


def voted(page: Page) -> None:
    """The names behind the vote."""
    page.get_by_role("button", name="Answer B").click()
    ended(page)
    page.get_by_text("Blind", exact=True).click()


def failed(page: Page) -> None:
    """A lane that fails, one that is cut short."""
    for number, fault in ((1, "~429"), (2, "~truncate")):
        box = page.get_by_role("combobox", name=f"Model of lane {number}")
        box.fill(fault)
        box.press("Enter")
        settled(page)
    page.get_by_role("button", name="Run").click()
    page.locator(".chip[data-state=failed]").wait_for()
    ended(page)


def climbed(page: Page) -> None:
    """A ladder whose steps were sent."""
    page.locator(".st-key-ladder_go button").click()
    expect(page.get_by_text(re.compile("Dressed like a chat product"))).to_be_visible()


def one_turn(page: Page) -> None:
    """A conversation of one turn."""
    box = page.get_by_placeholder("Ask all models…")
    box.fill("What is a token?")
    box.press("Enter")
    expect(page.get_by_text("Turn 1 sent")).to_be_visible()


def saved(page: Page) -> None:
    """A prompt of two versions with a variable."""
    name = page.get_by_label("Name", exact=True)
    name.fill("Support")
    page.get_by_label("Prompt", exact=True).last.fill("Answer {{customer}} about {{product}}.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Save as a new version")).to_be_visible()
    page.get_by_label("Prompt", exact=True).last.fill("Answer {{customer}} kindly.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("What changed", exact=True).last).to_be_visible()


def experimented(page: Page) -> None:
    """The sample, run to its results."""
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", name="How it is spread")).to_be_visible(timeout=120_000)
    settled(page)


def case_calls(page: Page) -> None:
    """The matrix, with a field's calls."""
    tab("Cases")(page)
    settled(page)
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 60, box["y"] + 35 + 17)
    expect(page.get_by_role("link", name="Open the run").first).to_be_visible()


def failed_calls(page: Page) -> None:
    """A cause of failures, with one of its cells."""
    tab("Failures")(page)
    settled(page)
    page.get_by_text("Not passed").first.click()
    expect(page.get_by_text("For example")).to_be_visible()
    unfolded(page)


def row(number: int) -> Step:
    """Tick a row of the history's list."""

    def reach(page: Page) -> None:
        box = page.get_by_test_id("stDataFrame").first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 16, box["y"] + 35 * (number + 1) + 17)

    return reach


def local_model(page: Page) -> None:
    """What is told of a model on this computer, and what else was found there."""
    page.get_by_text("A model on this computer").click()
    expect(page.get_by_role("button", name="Look for others again")).to_be_visible()
    expect(page.get_by_text("No other model was found here")).to_be_visible()
    unfolded(page)


def recorded_lane(page: Page) -> None:
    """A recorded answer beside others, that was offered where its prompt was typed."""
    box = page.get_by_role("textbox", name="Prompt", exact=True)
    box.fill("List all U.S. states.")
    box.press("Tab")
    page.get_by_role("button", name="Add what gpt-4o answered").click()
    page.locator(".chip[data-state=recorded]").wait_for()
    page.locator(".st-key-run button").click()
    page.locator("dl.figures ~ *, .chip[data-state=recorded]").first.wait_for()
    ended(page)


def replayed(page: Page) -> None:
    """A recorded answer that was replayed."""
    page.get_by_role("button", name="Replay").click()
    expect(page.locator("dl.figures")).to_be_visible()


def exported(page: Page) -> None:
    """The sample of an export, priced."""
    page.get_by_role("button", name="Try a sample").click()
    expect(page.get_by_role("heading", name="The dearest conversations")).to_be_visible(
        timeout=30_000
    )


def requested(page: Page) -> None:
    """The sample of a pasted conversation, as a request."""
    page.get_by_role("button", name="Sample conversation").click()
    expect(page.get_by_role("heading", name="Before it runs in a product")).to_be_visible()


def panel(title: str) -> Step:
    """Open a panel of the API lab."""

    def reach(page: Page) -> None:
        page.get_by_role("button", name=re.compile(r"^All \d+ panels")).click()
        page.get_by_role("radio", name=title, exact=True).or_(
            page.get_by_role("button", name=title, exact=True)
        ).first.click()
        expect(page.get_by_role("heading", name=title, level=2)).to_be_visible()

    return reach


def sent(page: Page) -> None:
    """The open panel's sample, answered."""
    page.locator("[class*='st-key-lab_'][class*='_send'] button").first.click()
    settled(page)
    expect(page.locator(".live .card")).to_have_count(0, timeout=30_000)
    settled(page)


def lesson(page: Page) -> None:
    """A lesson, its experiment made and its question answered wrongly."""
    page.get_by_role("button", name="Open lesson 4", exact=True).click()
    page.locator(".st-key-learn_wire_send button").click()
    expect(page.get_by_role("radio", name="Headers")).to_be_visible()
    page.get_by_text("In the body, beside the messages.").click()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("Not this one")).to_be_visible()


def sample_class(page: Page) -> None:
    """The board of a class in which something was asked."""
    page.get_by_role("button", name="Look at a sample class").click()
    expect(page.get_by_test_id("stMetric").first).to_contain_text("5")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


OFF_THE_MENU = {row.title: f"/{Path(row.file).stem}" for row in PAGES if not row.listed}

STATES = (
    State("History", "empty", stay),
    State("Compare", "empty", stay),
    State("Compare", "keys open", opened("Keys")),
    State("Compare", "a model on this computer", local_model),
    State("Compare", "settings open", both(closed, opened("Settings"))),
    State("Compare", "live", both(closed, run)),
    State("Compare", "done", ended),
    State("Compare", "receipt open", opened("Receipt")),
    *(
        State("Compare", view, both(closed, tab(view)))
        for view in ("Request", "Events", "Code", "Answer")
    ),
    State("Compare", "sets of models open", opened("Models")),
    State("Compare", "saving open", both(closed, opened("Save"))),
    State("Compare", "an answer large", both(closed, large)),
    State("Compare", "what differs", both(closed, differing)),
    State("Compare", "blind", blind),
    State("Compare", "voted", voted),
    State("Compare", "failed", failed),
    State("Compare", "a recorded lane", recorded_lane),
    *(State("Chat vs API", section, tab(section)) for section in SECTIONS),
    State("Chat vs API", "climbed", both(tab("Ladder"), climbed)),
    State("Chat vs API", "a turn", both(tab("Conversation"), one_turn)),
    *(State("API lab", row.title, panel(row.title)) for row in PANELS.values()),
    State("API lab", "inspected", both(panel(PANELS["wire"].title), sent)),
    *(State("Tokens", name, tab(name)) for name in TOKENS),
    *(State("Costs", name, tab(name)) for name in COSTS),
    State("Prompts", "empty", stay),
    State("Prompts", "two versions", saved),
    State("Experiments", "empty", stay),
    State("Experiments", "results", experimented),
    State("Experiments", "Cases", case_calls),
    State("Experiments", "Differences", tab("Differences")),
    State("Experiments", "Failures", failed_calls),
    State("Experiments", "Against an earlier one", tab("Against an earlier one")),
    State("Experiments", "Votes", tab("Votes")),
    State("Your chats", "empty", stay),
    State("Your chats", "sample", exported),
    State("Your chats", "request", requested),
    State("Learn", "lessons", stay),
    State("Learn", "a lesson", lesson),
    State("Recorded", "choice", stay),
    State("Recorded", "replayed", replayed),
    State("History", "list", stay),
    State("History", "filters", opened("Filters")),
    State("History", "run", both(closed, row(0))),
    State("History", "two", row(1)),
    State("History", "Costs", tab("Costs")),
    State("History", "Votes", tab("Votes")),
    State("History", "Budgets", tab("Budgets")),
    State("History", "Storage", tab("Storage")),
    State("Class", "a sample", sample_class),
)


def walk(page: Page) -> Iterator[State]:
    """Be in one state after the other."""
    now = ""
    for state in STATES:
        if state.page != now:
            if now:
                closed(page)
            if state.page in OFF_THE_MENU:
                page.goto(urljoin(page.url, OFF_THE_MENU[state.page]))
            else:
                page.get_by_role("link", name=state.page, exact=True).first.click()
            expect(page.get_by_role("heading", name=state.page, level=1)).to_be_attached()
            settled(page)
            now = state.page
        state.reach(page)
        if state.name != "live":
            settled(page)
        yield state

"""The Tokens page as a person types on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    WebSocketRoute,
    expect,
)
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from playground.tokens import count, encode
from playground.ui.parts.examples import FIRST_TEXT
from playground.ui.tokens.editor import EXAMPLES
from playground.ui.tokens.workbench import TABS
from tests.browser.conftest import App, Seen, tab


@pytest.fixture(scope="module")
def one_visit(profile: BrowserContext, app: App) -> Iterator[tuple[Page, Seen]]:
    seen = Seen()
    with tab(profile, seen) as page:
        page.goto(f"{app.url}/tokens")
        yield page, seen


@pytest.fixture
def page(one_visit: tuple[Page, Seen], app: App, scheme: str) -> Iterator[Page]:
    """The Tokens page; what a test has switched is switched back."""
    page, seen = one_visit
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.get_by_role("link", name="Tokens").click()
    expect(page.locator(".ruler[data-total]")).to_be_visible()
    yield page
    page.get_by_role("radio", name="o200k").click()
    page.get_by_role("radio", name="Text", exact=True).click()
    if page.locator(".tokens i.special").count():
        page.get_by_text("Read special tokens as such").click()
    seen.check(app)


@pytest.fixture
def box(page: Page) -> Locator:
    """The text box, with a text drawn."""
    return page.locator(".ruler textarea")


def drawn(page: Page, text: str) -> None:
    """Wait until the tokens of this text stand below the box."""
    counted = f".ruler[data-total='{count(text)}']:not(:has(.counts.busy))"
    expect(page.locator(counted)).to_be_visible()


def paste(box: Locator, text: str) -> None:
    box.evaluate(
        "(e, t) => { e.value = t; e.dispatchEvent(new InputEvent('input', {bubbles: true})) }", text
    )


@pytest.mark.parametrize("scheme", ["light", "dark"], indirect=True)
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


def test_a_token_is_looked_at_by_the_keyboard_too(page: Page, box: Locator) -> None:
    box.fill("one two three")
    drawn(page, "one two three")
    page.locator(".tokens").focus()
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("End", 3), ("ArrowLeft", 2)):
        page.keyboard.press(key)
        expect(page.locator(".detail")).to_contain_text(f"token {place} ·")
    expect(page.locator(".tokens i.here")).to_contain_text("two")


def test_blanks_are_seen_as_dots(page: Page, box: Locator) -> None:
    box.fill("one  two")
    drawn(page, "one  two")
    page.get_by_role("radio", name="Text", exact=True).click()
    shown = "".join(page.locator(".tokens i").all_inner_texts()).replace("\u200b", "")
    assert shown == "one··two"


def test_a_finger_is_told_to_tap(browser: Browser, app: App) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 400, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{app.url}/tokens?tokens_tab=Languages")
    expect(page.locator(".detail")).to_have_text("Tap a token to see its id and bytes.")
    page.locator(".tokens i").first.tap()
    expect(page.locator(".detail")).to_contain_text("id ")
    expect(page.get_by_text("What a page costs")).to_be_attached()
    context.close()


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


class SlowLine:
    """The browser's WebSocket over a slow line: answers come late, and those of half a second all at once."""

    def __init__(self, page: Page, every: int = 500) -> None:
        self._page = page
        self._every = every
        self._held: list[str | bytes] = []
        self._socket: WebSocketRoute | None = None
        self.holds = True
        page.route_web_socket("**/_stcore/stream", self._through)

    def _through(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        server = socket.connect_to_server()
        server.on_message(self._came)

    def _came(self, message: str | bytes) -> None:
        self._held.append(message)
        if not self.holds:
            self.deliver()

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let this much time pass, handing on in bundles what has come."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            self._page.wait_for_timeout(self._every)
            self.deliver()

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Wait until the server has answered what is done in the block; its answer is held."""
        before = len(self._held)
        yield
        end = time.monotonic() + 30
        while not any(_ends(message) for message in self._held[before:]):
            assert time.monotonic() < end, "no answer within 30 seconds"
            self._page.wait_for_timeout(50)

    def deliver(self) -> None:
        held, self._held[:] = list(self._held), []
        for message in held:
            assert self._socket is not None
            self._socket.send(message)


def _ends(message: str | bytes) -> bool:
    """Whether a script's run ends with this message."""
    assert isinstance(message, bytes)
    return bool(ForwardMsg.FromString(message).WhichOneof("type") == "script_finished")


@contextmanager
def throttled(page: Page) -> Iterator[None]:
    """A computer a sixth as quick. Chromium holds a page up by working itself: a third of a processor, whatever is done."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()


@pytest.fixture(scope="module")
def slow_line(profile: BrowserContext, app: App) -> Iterator[tuple[Page, SlowLine, Seen]]:
    """One visit for the tests that need a slow line."""
    seen = Seen()
    with tab(profile, seen) as page:
        line = SlowLine(page)
        line.holds = False
        page.goto(f"{app.url}/tokens")
        yield page, line, seen


@pytest.fixture
def slowed(slow_line: tuple[Page, SlowLine, Seen], app: App) -> Iterator[tuple[Page, SlowLine]]:
    """The Tokens page, opened as on any computer; from then on it is a sixth as quick and behind a slow line."""
    page, line, seen = slow_line
    page.get_by_role("tab", name=next(iter(TABS)), exact=True).click()
    page.locator(".ruler textarea").fill("")
    expect(page.locator(".ruler[data-total='0']")).to_be_visible()
    line.holds = True
    with throttled(page):
        yield page, line
    line.holds = False
    line.deliver()
    seen.check(app)


@pytest.fixture
def slow(profile: BrowserContext, app: App, seen: Seen) -> Iterator[tuple[Page, SlowLine]]:
    """The Tokens page, not yet opened, on a computer a sixth as quick and behind a slow line."""
    with tab(profile, seen) as page, throttled(page):
        line = SlowLine(page)
        page.goto(f"{app.url}/tokens", wait_until="commit")
        line.run(60, page.locator(".ruler[data-total] textarea").is_visible)
        yield page, line
    seen.check(app)


def settled(page: Page, line: SlowLine, text: str) -> None:
    """The box holds this text, and goes on holding it when everything has come."""
    box = page.locator(".ruler textarea")
    total = page.locator(f".ruler[data-total='{count(text)}']")
    line.run(60, total.is_visible)
    line.run(2)
    assert box.input_value() == text
    assert total.is_visible()


def test_a_slow_browser_shows_the_text_that_it_opens_with(slow: tuple[Page, SlowLine]) -> None:
    settled(*slow, FIRST_TEXT)


def test_two_answers_that_come_at_once_leave_no_empty_box(slowed: tuple[Page, SlowLine]) -> None:
    """An example, and the vocabulary switched before it has come: the browser draws only the second answer."""
    page, line = slowed
    for _ in range(2):
        page.get_by_role("combobox", name="Example").click()
        for one in (
            page.get_by_role("option", name="Emoji"),
            page.get_by_role("radio", name="cl100k"),
            page.get_by_role("radio", name="o200k"),
        ):
            with line.answered():
                one.click()
        settled(page, line, EXAMPLES["Emoji"])
        page.locator(".ruler textarea").fill("in between")
        settled(page, line, "in between")


def test_typing_while_answers_are_under_way_loses_no_letter(slowed: tuple[Page, SlowLine]) -> None:
    page, line = slowed
    box = page.locator(".ruler textarea")
    box.fill("")
    for number in range(12):
        page.keyboard.type(f"word{number} ")
        line.run(0.4)
        if number == 4:
            page.get_by_role("radio", name="cl100k").click()
            page.get_by_role("radio", name="o200k").click()
            box.focus()
            page.keyboard.press("Control+End")
    settled(page, line, "".join(f"word{number} " for number in range(12)))


def test_200_kb_pasted_and_another_tab_opened_at_once(slowed: tuple[Page, SlowLine]) -> None:
    page, line = slowed
    text = "Some words, and a number: 1234. " * 6_400
    paste(page.locator(".ruler textarea"), text)
    page.get_by_role("tab", name="Three counts").click()
    settled(page, line, text)
    page.get_by_role("tab", name="Context meter").click()
    settled(page, line, text)


def test_what_was_typed_right_before_another_page_was_opened_is_there_again(
    slowed: tuple[Page, SlowLine],
) -> None:
    page, line = slowed
    page.locator(".ruler textarea").fill("Typed and gone.")
    page.get_by_role("link", name="Compare").click(
        delay=480
    )  # as long as a finger is down, on a clock a sixth as quick
    line.run(60, page.get_by_role("button", name="Run").is_visible)
    line.run(60, page.locator("[data-test-script-state='notRunning']").is_visible)
    page.get_by_role("link", name="Tokens").click()
    settled(page, line, "Typed and gone.")


@pytest.mark.parametrize("click", ["cl100k", "Emoji", "Three counts"])
def test_what_is_clicked_before_the_box_has_come_leaves_it_its_text(
    profile: BrowserContext, app: App, seen: Seen, click: str
) -> None:
    """Streamlit loads what draws a box when a page needs it: over a slow line that takes longer than an answer."""
    with tab(profile, seen) as page:
        held: list[Route] = []
        page.route("**/BidiComponent*.js", lambda route: held.append(route))
        page.goto(f"{app.url}/tokens", wait_until="commit")
        if click == "Emoji":
            page.get_by_role("combobox", name="Example").click()
            page.get_by_role("option", name=click).click()
            page.wait_for_timeout(700)
        if click == "Three counts":
            page.get_by_role("tab", name=click).click()
        else:
            page.get_by_role("radio", name="cl100k").click()
        page.wait_for_timeout(1500)
        assert held
        for route in held:
            route.continue_()
        text = EXAMPLES.get(click, FIRST_TEXT)
        box = page.locator(".ruler textarea")
        expect(box).to_have_value(text)
        expect(page.locator(".ruler[data-total]")).to_be_visible()
        box.press("Control+End")
        page.keyboard.type(" And more.")
        expect(box).to_have_value(text + " And more.")
        expect(page.locator(".tokens")).to_contain_text("more")
        page.get_by_role("radio", name="o200k").click()
        page.wait_for_timeout(1000)
        expect(box).to_have_value(text + " And more.")
    seen.check(app)

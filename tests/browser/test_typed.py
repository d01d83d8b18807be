"""What is typed is what is sent, on every page, whatever key or click follows it and however late the server draws."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import App
from tests.browser.states import settled

GUARDED = "() => document.documentElement.dataset.guarded === 'yes'"
"""Sooner than any hand could type: the guard is drawn before any field, its script comes with the page."""

LATE = """
  const add = EventTarget.prototype.addEventListener, held = []
  EventTarget.prototype.addEventListener = function (...call) {
    call[1]?.name === "leaveField" ? held.push([this, call]) : add.apply(this, call)
  }
  window.comes = () => held.forEach(([target, call]) => add.apply(target, call))
"""
"""The guard's script comes after all that it guards, as it may from a slow server."""


class Wire:
    """What the server sends, which can be held back."""

    def __init__(self, page: Page) -> None:
        self._waiting: list[bytes | str] = []
        self._from: bytes | None = None
        self._held = False
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        self._browser, server = browser, browser.connect_to_server()
        server.on_message(self._sent)

    def _sent(self, frame: bytes | str) -> None:
        raw = frame.encode() if isinstance(frame, str) else frame
        self._held = self._held or (self._from is not None and self._from in raw)
        if self._held:
            self._waiting.append(frame)
        else:
            self._browser.send(frame)

    def hold(self, beginning: bytes | None = None) -> None:
        """Hold back all that comes from now on, or from the frame that holds this."""
        self._held, self._from = beginning is None, beginning

    def let_go(self) -> None:
        self._held, self._from = False, None
        for frame in self._waiting:
            self._browser.send(frame)
        self._waiting.clear()


@pytest.fixture
def blank(profile: BrowserContext) -> Iterator[Page]:
    """A tab that has not been at the app."""
    page = profile.new_page()
    page.set_default_timeout(30_000)
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    profile.clear_cookies()


def test_escape_keeps_what_was_typed_while_the_page_is_still_drawn(blank: Page, app: App) -> None:
    wire = Wire(blank)
    wire.hold(b"lane_0")  # the fields are there, all beneath them is on its way
    blank.goto(app.url)
    blank.wait_for_function(
        GUARDED
    )  # which comes with the first fields: here before the last part of the page
    blank.get_by_role("button", name="System prompt").click()
    field = blank.get_by_role("textbox", name="System prompt")
    field.fill("Be brief.")
    field.press("Escape")
    wire.let_go()
    expect(blank.get_by_role("button", name="System prompt · set")).to_be_visible()


class Field(NamedTuple):
    """A field of a page that was opened by its link, and the key that leaves it."""

    path: str
    menu: str
    label: str
    text: str
    key: str
    then: Callable[[Page], None]


def alerted(text: str) -> Callable[[Page], None]:
    return lambda page: expect(page.get_by_test_id("stAlert").filter(has_text=text)).to_be_visible()


def said(text: str) -> Callable[[Page], None]:
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


FIELDS = (
    Field("history", "Filters", "Cost from, USD", "2,5,0", "Escape", alerted("Cost from")),
    Field(
        "chat_vs_api?chat_view=Ladder",
        "",
        "Prompt",
        "Go",
        "Control+Enter",
        said("Your prompt is 1 token"),
    ),
    Field(
        "costs", "Keys", "OpenAI key", "sk-typed-canary-77", "Escape", said("Keys · real: openai")
    ),
)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_a_key_that_leaves_a_field_takes_what_stands_in_it(
    blank: Page, app: App, field: Field
) -> None:
    blank.add_init_script(LATE)
    blank.goto(f"{app.url}/{field.path}")
    blank.wait_for_function(GUARDED)
    settled(blank)
    if field.menu:
        blank.get_by_role("button", name=re.compile(f"^{field.menu}")).first.click()
    box = blank.get_by_role("textbox", name=field.label, exact=True)
    box.fill(field.text)
    blank.evaluate("comes()")
    box.press(field.key)
    field.then(blank)


@pytest.mark.parametrize("key", ["Escape", "Control+Enter"])
def test_a_lanes_own_prompt_is_taken_from_its_menu(blank: Page, app: App, key: str) -> None:
    blank.goto(app.url)
    settled(blank)
    blank.get_by_role("button", name="Settings of lane 2").click()
    blank.get_by_text("A prompt of its own").click()
    field = blank.get_by_role("textbox", name="This lane's prompt")
    field.fill("What is a key?")
    field.press(key)
    lane = blank.locator(".st-key-lane_1")
    expect(lane.get_by_text("own prompt", exact=True)).to_be_visible()
    if key == "Escape":
        expect(blank.get_by_test_id("stPopoverBody")).to_have_count(0)
        return
    expect(blank.get_by_role("button", name="CSV", exact=True)).to_be_attached()
    blank.keyboard.press("Escape")
    blank.get_by_role("radio", name="Request", exact=True).click()
    expect(lane).to_contain_text("What is a key?")
    expect(blank.locator(".st-key-lane_0")).to_contain_text("What is a token")


def test_a_lanes_number_is_taken_and_a_wrong_one_is_said_and_not_sent(
    blank: Page, app: App
) -> None:
    blank.goto(app.url)
    settled(blank)
    lane = blank.locator(".st-key-lane_0")
    for text, key in (("6,5,4", "Escape"), ("64", "Control+Enter")):
        blank.get_by_role("button", name="Settings of lane 1").click()
        field = blank.get_by_role("textbox", name="Max output tokens")
        field.fill(text)
        field.press(key)
        if key == "Escape":
            expect(lane.get_by_test_id("stAlert")).to_contain_text("Max output tokens")
            blank.get_by_role("button", name="Run").click()
            expect(blank.locator(".st-key-said").get_by_test_id("stAlert")).to_contain_text(
                "Lane 1: Max output tokens"
            )
            expect(blank.locator("dl.figures")).to_have_count(0)
    expect(blank.get_by_role("button", name="CSV", exact=True)).to_be_attached()
    blank.keyboard.press("Escape")
    blank.get_by_role("radio", name="Request", exact=True).click()
    expect(lane).to_contain_text('"max_output_tokens": 64')


LEFT_AND_GONE = """(box) => {
  box.focus()
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, "Typed and gone.")
  box.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))
  box.blur()
  document.querySelector("[data-testid='stTopNavLink'][href$='/costs']").click()
}"""
"""A field left and a link clicked before the browser comes to anything else: what a busy computer makes of one click."""


class Talk:
    """What browser and server say of runs, in its order: asked for, with the page it is of, and begun."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def asked(frame: bytes | str) -> None:
            message = BackMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
            if message.WhichOneof("type") == "rerun_script":
                self.said.append(message.rerun_script.page_script_hash)
            server.send(frame)

        def began(frame: bytes | str) -> None:
            message = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
            if message.WhichOneof("type") == "new_session":
                self.said.append("begun")
            browser.send(frame)

        browser.on_message(asked)
        server.on_message(began)


@pytest.mark.parametrize(("path", "label"), [("tokens", "Text"), ("", "Prompt")])
def test_what_is_typed_right_before_a_link_is_clicked_goes_first(
    blank: Page, app: App, path: str, label: str
) -> None:
    talk = Talk(blank)
    blank.goto(f"{app.url}/{path}")
    blank.wait_for_function(GUARDED)
    settled(blank)
    talk.said.clear()
    blank.get_by_role("textbox", name=label, exact=True).first.evaluate(LEFT_AND_GONE)
    blank.wait_for_url("**/costs")
    settled(blank)
    typed, first, *others = talk.said
    assert first == "begun"
    assert next(page for page in others if page != "begun") != typed
    blank.go_back()
    expect(blank.get_by_role("textbox", name=label, exact=True).first).to_have_value(
        "Typed and gone."
    )

"""Two visitors of a hosted app at once: what one types, uploads and runs reaches the other by no way, and leaves with its tab."""

from __future__ import annotations

import asyncio
import http.client
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks import strangers
from benchmarks.tabs import Tab
from playground.ui.shell.pages import PAGES
from tests.browser.identity import SECRET
from tests.browser.states import settled
from tests.browser.visitors import COOKIES, SERVERS, Hosted, Visitor, hosted_app

KEY = "sk-visitor-canary-71d4c8"
TOKEN = "token-visitor-canary-03a9"
WORD = "xylophone"
"""In everything that Ann types beside her keys: the prompt, a prompt that is kept, a file's name and what is in it."""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    yield from hosted_app(tmp_path_factory.mktemp("home"))


def keys(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Keys")).click()
    field_ = page.get_by_label("OpenAI key")
    field_.fill(KEY)
    field_.press("Enter")
    expect(page.get_by_text("not tested")).to_be_visible()
    page.get_by_text("Add an endpoint").click()
    page.get_by_label("Name", exact=True).fill("mine")
    page.get_by_label("Base URL").fill("https://192.0.2.1/v1")
    page.get_by_label("Key, if it needs one").fill(TOKEN)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("only addresses on the public internet")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page)


def fill_everything(page: Page, url: str) -> str:
    """Ann leaves something wherever it can be left; the name of her run in the address."""
    keys(page)
    page.get_by_label("Prompt", exact=True).fill(f"Why a {WORD}?")
    page.get_by_role("button", name=re.compile("^Images and PDFs")).click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": f"{WORD}.png", "mimeType": "image/png", "buffer": PIXEL + WORD.encode()}
    )
    expect(page.get_by_text(f"{WORD}.png")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Images and PDFs · 1"))).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile(r"[?&]run="))
    settled(page)
    run = re.search(r"[?&]run=([^&]+)", page.url)
    assert run
    page.goto(f"{url}/prompts")
    page.get_by_label("Name").first.fill(f"{WORD} prompt")
    page.get_by_label("Prompt", exact=True).first.fill(f"Say {WORD}")
    page.get_by_role("button", name="Save").first.click()
    settled(page)
    return run[1]


def test_nothing_of_one_visitor_reaches_another_or_outlives_its_tab(
    browser: Browser, hosted: Hosted
) -> None:
    ann, bob = Visitor.come(browser, hosted.url), Visitor.come(browser, hosted.url)
    run = fill_everything(ann.page, hosted.url)
    pages = [f"{hosted.url}/{Path(row.file).stem}" for row in PAGES[1:]]
    told = bob.told([*pages, f"{hosted.url}/", f"{hosted.url}/?run={run}"])
    assert [address for address, data in told.items() if _holds(data)] == []
    assert _holds(*ann.told([f"{hosted.url}/history"]).values()), "it sees what is to be seen"
    bob.page.goto(f"{hosted.url}/?run={run}")
    settled(bob.page)
    bob.page.reload()
    settled(bob.page)
    assert ann.was_sent(WORD), "the walk sees what is to be seen"
    assert [needle for needle in (WORD, KEY, TOKEN) if bob.was_sent(needle)] == []
    assert [n for n in (KEY, TOKEN, SERVERS) if ann.was_sent(n) or bob.was_sent(n)] == []
    ann.context.close()
    left = _left(hosted)
    assert left == {KEY: {}, TOKEN: {}}, [hosted.holders(f"?{key}") for key in left if left[key]]
    assert [hosted.holders(f"!{key}") for key in left] == [{}, {}]
    for file in [hosted.log, *(f for f in hosted.home.rglob("*") if f.is_file())]:
        data = file.read_bytes()
        assert [n for n in (KEY, TOKEN, SERVERS) if n.encode() in data] == [], file
    bob.page.get_by_role("button", name=re.compile("^Keys")).click()
    bob.page.get_by_label("OpenAI key").fill(KEY)
    bob.page.get_by_label("OpenAI key").press("Enter")
    expect(bob.page.get_by_text("not tested")).to_be_visible()
    assert hosted.holders(f"!{KEY}"), "the search finds what is there"
    bob.context.close()


def _holds(*told: bytes) -> bool:
    return any(needle.encode() in data for needle in (WORD, KEY, TOKEN, SERVERS) for data in told)


def _left(hosted: Hosted, patience: float = 20.0) -> dict[str, dict[str, int]]:
    """What of Ann's keys is in memory, when it is gone or the patience is; Bob is there, and nobody else comes."""
    end = time.monotonic() + patience
    while True:
        found = {key: hosted.holders(key) for key in (KEY, TOKEN)}
        if not any(found.values()) or time.monotonic() > end:
            return found
        time.sleep(0.5)


def test_strangers_whose_connections_break_get_nothing_of_each_other_in_any_file(
    hosted: Hosted,
) -> None:
    with ThreadPoolExecutor(1) as thread:  # Playwright has a loop in this one
        seen = thread.submit(lambda: asyncio.run(strangers.crowd(hosted.url, 2))).result()
    assert (seen.missing, seen.errors) == ([], []), "the search sees what is to be seen"
    assert seen.files == 2 * len(strangers.LABELS)
    assert seen.reconnects == 1
    assert not seen.leaks


SOCKETS = """
  window.sockets = []
  window.WebSocket = class extends WebSocket {
    constructor(...how) { super(...how); window.sockets.push(this) }
  }
"""


def test_a_connection_that_is_made_anew_is_its_own_visitors(
    browser: Browser, hosted: Hosted
) -> None:
    visitors = [Visitor.come(browser, hosted.url, SOCKETS) for _ in range(2)]
    words = [f"zebra{n}" for n in range(2)]
    for visitor, word in zip(visitors, words, strict=True):
        visitor.page.get_by_label("Prompt", exact=True).fill(f"Whose word is {word}?")
        visitor.page.get_by_role("button", name="Run").click()
        visitor.page.wait_for_url(re.compile(r"[?&]run="))
    for visitor in visitors:
        with visitor.page.expect_websocket():  # Streamlit's page connects again by itself
            visitor.page.evaluate("window.sockets.forEach((socket) => socket.close())")
    for visitor, word, other in zip(visitors, words, reversed(words), strict=True):
        expect(
            visitor.page.get_by_text(f"no real answer to “Whose word is {word}").first
        ).to_be_visible()
        settled(visitor.page)
        assert visitor.was_sent(word)
        assert not visitor.was_sent(other)
        visitor.context.close()


def sign_in(page: Page, who: str) -> None:
    """From the keys, by way of the provider, and back."""
    page.get_by_role("button", name=re.compile("^Keys")).click()
    settled(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name=who).click()
    page.get_by_role("button", name="Run").wait_for()


def lists(visitor: Visitor, url: str, word: str) -> bool:
    """Whether this word comes with the page of one's own runs."""
    visitor.received.clear()
    visitor.page.goto(f"{url}/history")
    visitor.page.get_by_role("heading", name="History").wait_for()
    settled(visitor.page)
    return visitor.was_sent(word)


def test_who_has_signed_in_finds_their_own_runs_on_every_computer_and_nobody_else_does(
    browser: Browser, hosted: Hosted
) -> None:
    at_home, at_work = (Visitor.come(browser, hosted.url) for _ in range(2))
    page = at_home.page
    sign_in(page, "Ann")
    settled(page)
    page.get_by_label("Prompt", exact=True).fill("Where is the walrus?")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile(r"[?&]run="))
    settled(page)
    sign_in(at_work.page, "Ann")
    assert lists(at_work, hosted.url, "walrus")
    page.get_by_role("button", name=re.compile("^Keys")).click()
    expect(page.get_by_text("Signed in as ann@example.org")).to_be_visible()
    settled(page)
    way: list[Route] = []  # a slow browser is a while on the page that it leaves
    page.route(re.compile("/auth/logout"), lambda route: way.append(route))
    page.get_by_role("button", name="Sign out").click()
    while not way:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_500)
    with page.expect_event("load"):
        way[0].continue_()
    settled(page)
    at_home.received.clear()
    page.reload()
    settled(page)
    assert not at_home.was_sent("walrus"), "the tab's own draft has gone with her"
    assert not lists(at_home, hosted.url, "walrus")
    sign_in(page, "Bob")
    assert not lists(at_home, hosted.url, "walrus")
    assert hosted.identity.refused == []
    for visitor in (at_home, at_work):
        assert [n for n in (SECRET, COOKIES) if visitor.was_sent(n)] == []
        visitor.context.close()
    assert [n for n in (SECRET, COOKIES) if n in hosted.log.read_text()] == []


PATHS = (
    "/media/../../../../etc/passwd",
    "/media/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/media/..%2f..%2f..%2fetc%2fpasswd",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/../../../pyproject.toml",
    "/static//etc/passwd",
    "/static/%5c%5cshare%5cpasswd",
    "/app/static/..%2f..%2fpyproject.toml",
    "/component/playground_live/..%2f..%2f..%2fapp.py",
    "/_stcore/bidi-components/playground_live/..%2f..%2f..%2fapp.py",
    "/_stcore/upload_file/..%2f..%2fpyproject.toml/x",
    "/_stcore/metrics",
    "/_stcore/agent/interact",
    "/_stcore/agent/openapi.json",
    "/.streamlit/secrets.toml",
    "/live/..%2f..%2fpyproject.toml",
    "//etc/passwd",
    "/%00",
)
INSIDE = re.compile(rb"root:x:|\[project\]|cookie_secret|from __future__|# HELP|openapi\":")


def test_no_path_leads_into_the_server(hosted: Hosted) -> None:
    found = {}
    for path in PATHS:
        line = http.client.HTTPConnection(hosted.url.removeprefix("http://"), timeout=30)
        line.request("GET", path)
        answer = line.getresponse()
        if answer.status >= 500 or INSIDE.search(answer.read()):
            found[path] = answer.status
        line.close()
    assert found == {}


GARBAGE = b"\xff\xff\xff"


def forged(tab: Tab) -> list[bytes]:
    """Runs that no page would ask for: each widget with values that it can't have, and widgets that are not there."""
    values: tuple[dict[str, Any], ...] = (
        {"int_value": -(2**62)},
        {"double_value": float("nan")},
        {"string_value": "../../etc/passwd"},
        {"json_value": "[["},
        {"json_trigger_value": '[{"event": "stop", "value": {"a": -1}}]'},
        {"bytes_value": b"\xff"},
    )
    ids = [widget.id for widget in tab.widgets.values()] + ["$$ID-0-nobody", ""]
    made = []
    for value in values:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = "run=../../x&open=%00&group=1'--&lane=99999999999&class=%ff"
        asked.widget_states.widgets.extend(WidgetState(id=each, **value) for each in ids)
        made.append(message.SerializeToString())
    return made


def _drawn_since(tab: Tab, before: int) -> bool:
    return tab.finished > before


async def _forge(address: str) -> tuple[list[str], bytes]:
    """What another's tab had to suffer from all that, and what the forger was told."""
    heard: list[bytes] = []
    async with Tab(address, on_bytes=heard.append) as forger, Tab(address) as other:
        await asyncio.gather(forger.open(), other.open())
        for message in forged(forger):
            before = forger.finished
            await forger.say(message)
            await forger.until(partial(_drawn_since, forger, before))
        for empty in (BackMsg(clear_cache=True), BackMsg(load_git_info=True)):
            await forger.say(empty.SerializeToString())
        await forger.say(GARBAGE)
        await forger.until(lambda: forger.reconnects > 0)
        await other.draw()
    return other.errors, b"".join(heard)


def test_forged_messages_hurt_nobody_and_tell_nothing(hosted: Hosted) -> None:
    with ThreadPoolExecutor(1) as thread:
        errors, told = thread.submit(lambda: asyncio.run(_forge(hosted.url))).result()
    assert errors == []
    assert not re.search(rb"Traceback|site-packages|root:x:|" + SERVERS.encode(), told)

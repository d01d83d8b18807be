"""Two visitors of a hosted app at once: what one types, uploads and runs reaches the other by no way, and leaves with its tab."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from playground.ui.shell.pages import PAGES
from tests.browser import heap
from tests.browser.conftest import ROOT, VIEWPORT, _wait_until_up, free_port
from tests.browser.states import settled
from tests.offline.environment import bare

SERVERS = "sk-server-canary-5f0e"
KEY = "sk-visitor-canary-71d4c8"
TOKEN = "token-visitor-canary-03a9"
WORD = "xylophone"
"""In everything that Ann types beside her keys: the prompt, a prompt that is kept, a file's name and what is in it."""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@dataclass
class Hosted:
    """A hosted app whose memory can be searched."""

    url: str
    probe: int
    home: Path
    log: Path

    def holders(self, needle: str) -> dict[str, int]:
        """Which objects of the app hold this text."""
        with socket.create_connection(("127.0.0.1", self.probe), 30) as connection:
            connection.sendall(needle[::-1].encode())
            found: dict[str, int] = json.loads(connection.makefile("rb").read())
        return found


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    home, port, probe = tmp_path_factory.mktemp("home"), free_port(), free_port()
    log = home.parent / f"{home.name}.log"
    environment = bare(
        HOME=str(home),
        PLAYGROUND_HOSTED="1",
        PLAYGROUND_HISTORY="on",
        PLAYGROUND_DEMO_PACE="0",
        PLAYGROUND_GRACE_SECONDS="1",
        OPENAI_API_KEY=SERVERS,
        ANTHROPIC_API_KEY=SERVERS,
        OPENAI_BASE_URL="https://localhost/v1",  # the guard lets the name through, and not what it means
    )
    environment["PYTHONPATH"] += f":{ROOT}"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, heap.__file__, str(port), str(probe)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://localhost:{port}"
        _wait_until_up(url, process)
        yield Hosted(url, probe, home, log)
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Visitor:
    """A browser of its own, and all that the server has sent to it."""

    context: BrowserContext
    page: Page
    received: list[bytes] = field(default_factory=list)

    @classmethod
    def come(cls, browser: Browser, url: str) -> Visitor:
        context = browser.new_context(viewport=VIEWPORT)
        made = cls(context, context.new_page())
        made.page.set_default_timeout(30_000)
        made.page.on("websocket", lambda line: line.on("framereceived", made._frame))
        made.page.on("response", made._response)
        made.page.goto(url)
        made.page.get_by_role("button", name="Run").wait_for()
        return made

    def _frame(self, payload: str | bytes) -> None:
        self.received.append(payload.encode() if isinstance(payload, str) else payload)

    def _response(self, response: Any) -> None:
        if "/static/" not in response.url and response.request.resource_type in ("fetch", "xhr"):
            try:
                self.received.append(response.body())
            except Exception:  # a stream that has not ended
                return

    def was_sent(self, needle: str) -> bool:
        return (
            any(needle.encode() in data for data in self.received) or needle in self.page.content()
        )


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


def fill_everything(page: Page, hosted: Hosted) -> str:
    """Ann leaves something wherever it can be left; the name of her run in the address."""
    keys(page)
    assert hosted.holders(KEY), "the search finds what is there"
    page.get_by_label("Prompt", exact=True).fill(f"Why a {WORD}?")
    page.get_by_role("button", name=re.compile("^Images and PDFs")).click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": f"{WORD}.png", "mimeType": "image/png", "buffer": PIXEL + WORD.encode()}
    )
    expect(page.get_by_text(f"{WORD}.png")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url(re.compile(r"[?&]run="))
    settled(page)
    run = re.search(r"[?&]run=([^&]+)", page.url)
    assert run
    page.goto(f"{hosted.url}/prompts")
    page.get_by_label("Name").first.fill(f"{WORD} prompt")
    page.get_by_label("Prompt", exact=True).first.fill(f"Say {WORD}")
    page.get_by_role("button", name="Save").first.click()
    settled(page)
    return run[1]


def test_nothing_of_one_visitor_reaches_another_or_outlives_its_tab(
    browser: Browser, hosted: Hosted
) -> None:
    ann, bob = Visitor.come(browser, hosted.url), Visitor.come(browser, hosted.url)
    run = fill_everything(ann.page, hosted)
    paths = [f"/{Path(row.file).stem}" for row in PAGES[1:]] + ["/", f"/?run={run}"]
    for path in paths:
        bob.page.goto(hosted.url + path)
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
    bob.context.close()


def _left(hosted: Hosted, patience: float = 20.0) -> dict[str, dict[str, int]]:
    """What of Ann's keys is in memory, when it is gone or the patience is; Bob is there, and nobody else comes."""
    end = time.monotonic() + patience
    while True:
        found = {key: hosted.holders(key) for key in (KEY, TOKEN)}
        if not any(found.values()) or time.monotonic() > end:
            return found
        time.sleep(0.5)

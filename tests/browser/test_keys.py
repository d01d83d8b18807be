"""A typed key goes to the address that is on the screen at the click, and to no other."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import settled

KEY = "sk-endpoint-canary-8d21"


class Listener(HTTPServer):
    """A server that only remembers the keys that it was sent."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Listener)
        self.server.keys.append(self.headers.get("authorization", ""))
        body = b'{"object": "list", "data": [{"id": "a-model", "object": "model"}]}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener]]:
    made = (Listener(), Listener())
    yield made
    for server in made:
        server.shutdown()
        server.server_close()


def test_the_address_that_is_typed_last_gets_the_key(
    page: Page, listeners: tuple[Listener, Listener]
) -> None:
    old, new = listeners
    page.get_by_role("button", name=re.compile("^Keys")).click()
    for attempt in range(3):
        page.get_by_text("Add an endpoint").click()
        address = page.get_by_label("Base URL")
        address.fill(old.url)
        address.press("Tab")
        page.get_by_label("Name", exact=True).fill(f"mine{attempt}")
        page.get_by_label("Key, if it needs one").fill(KEY)
        address.fill(new.url)  # and no wait: the click comes before the page has been drawn again
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("1 model")).to_have_count(attempt + 1)
        assert new.keys == [f"Bearer {KEY}"] * (attempt + 1)
        assert old.keys == []
        settled(page)


def test_another_address_under_the_same_name_does_not_get_the_key_of_the_first(
    page: Page, listeners: tuple[Listener, Listener]
) -> None:
    old, new = listeners
    page.get_by_role("button", name=re.compile("^Keys")).click()
    page.get_by_text("Add an endpoint").click()
    page.get_by_label("Name", exact=True).fill("mine")
    page.get_by_label("Base URL").fill(old.url)
    page.get_by_label("Key, if it needs one").fill(KEY)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("1 model")).to_be_visible()
    settled(page)
    page.get_by_text("Add an endpoint").click()
    page.get_by_label("Base URL").fill(new.url)
    page.get_by_role("button", name="Add", exact=True).click()
    for _ in range(100):
        if new.keys:
            break
        page.wait_for_timeout(100)
    assert old.keys == [f"Bearer {KEY}"]
    assert new.keys
    assert KEY not in new.keys[0]

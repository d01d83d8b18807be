"""A page of another origin, open in the same browser: it gets no connection to the app, and holds nobody up."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import App

KNOCK = """([url, times]) => Promise.all([...Array(times)].map(() => new Promise(done => {
    const socket = new WebSocket(url);
    socket.onopen = () => done("open");
    socket.onerror = () => done("refused");
})))"""
READ = """url => fetch(url, {credentials: "include"}).then(() => "read", () => "refused")"""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>Foreign</title>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def foreign() -> Iterator[str]:
    """The address of a page on another port of localhost, which is another origin of the same site."""
    server = ThreadingHTTPServer(  # a browser opens connections ahead and says nothing on them
        ("127.0.0.1", 0), _Page
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_foreign_page_gets_no_connection_and_holds_nobody_up(
    profile: BrowserContext, app: App, foreign: str
) -> None:
    """10 such handshakes held the event loop for 20 s."""
    page = profile.new_page()
    page.goto(foreign)
    stream = app.url.replace("http", "ws", 1) + "/_stcore/stream"
    begun = time.monotonic()
    answers = page.evaluate(KNOCK, [stream, 10])
    assert answers == ["refused"] * 10
    health = urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=10)
    assert health.status == 200
    assert time.monotonic() - begun < 5
    for path in ("/", "/_stcore/health", "/_stcore/metrics"):
        assert page.evaluate(READ, app.url + path) == "refused"
    page.goto(app.url)
    page.get_by_role("button", name="Run").wait_for()
    assert page.evaluate(KNOCK, [stream, 1]) == ["open"], "the app's own page is let in"
    page.close()

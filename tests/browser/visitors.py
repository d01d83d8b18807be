"""A hosted app whose memory can be searched, and visitors of it who notice all that is sent to them."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.tabs import Tab
from tests.browser import heap
from tests.browser.conftest import ROOT, VIEWPORT, _wait_until_up, free_port
from tests.browser.identity import Identity, provider
from tests.offline.environment import bare

SERVERS = "sk-server-canary-5f0e"
COOKIES = "canary-cookie-secret-92c1"


@dataclass
class Hosted:
    """A hosted app whose memory can be searched."""

    url: str
    probe: int
    home: Path
    log: Path
    identity: Identity

    def holders(self, needle: str) -> dict[str, int]:
        """Which objects of the app hold this text."""
        with socket.create_connection(("127.0.0.1", self.probe), 30) as connection:
            connection.sendall(needle[::-1].encode())
            found: dict[str, int] = json.loads(connection.makefile("rb").read())
        return found


def hosted_app(home: Path) -> Iterator[Hosted]:
    """The app with this home folder, until it is asked for no longer."""
    port, probe = free_port(), free_port()
    with provider(f"http://localhost:{port}/oauth2callback") as identity:
        (home / ".streamlit").mkdir()
        (home / ".streamlit" / "secrets.toml").write_text(identity.secrets_toml(COOKIES))
        yield from _serve(home, port, probe, identity)


def _serve(home: Path, port: int, probe: int, identity: Identity) -> Iterator[Hosted]:
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
        yield Hosted(url, probe, home, log, identity)
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
    def come(cls, browser: Browser, url: str, script: str = "") -> Visitor:
        context = browser.new_context(viewport=VIEWPORT)
        if script:
            context.add_init_script(script)
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

    def told(self, addresses: Sequence[str]) -> dict[str, bytes]:
        """Address → all that is sent to further tabs of this browser that open them, one after the other.

        By the same messages as a browser's, of which each page would take it seconds to draw.
        """
        cookies = {str(each.get("name")): str(each.get("value")) for each in self.context.cookies()}
        with ThreadPoolExecutor(1) as thread:  # Playwright has an event loop of its own in this one
            return thread.submit(lambda: asyncio.run(_told(addresses, cookies))).result()

    def was_sent(self, needle: str) -> bool:
        return (
            any(needle.encode() in data for data in self.received) or needle in self.page.content()
        )


async def _told(addresses: Sequence[str], cookies: dict[str, str]) -> dict[str, bytes]:
    found = {}
    for address in addresses:
        parts, heard = urlsplit(address), list[bytes]()
        tab = Tab(
            f"{parts.scheme}://{parts.netloc}",
            on_bytes=heard.append,
            page_name=parts.path.strip("/"),
            cookies=cookies,
        )
        async with tab:
            await tab.open(parts.query)
            await tab.quiet(0.5)
        assert "nothing came" not in str(tab.errors), address
        found[address] = b"".join(heard)
    return found

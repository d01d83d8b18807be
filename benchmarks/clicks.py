"""What a click costs: the server's CPU, and the frames and bytes that reach the browser, each click on the real app in a browser.

    python benchmarks/clicks.py [--rounds 5] [--lanes 8] [--tokens 2000]

The run that is looked at came through the engine and out of the history. Exit code 1 past a limit.
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.ask import serve  # noqa: E402
from benchmarks.process import environment, free_port  # noqa: E402
from benchmarks.rows import Rows  # noqa: E402

QUIET_SECONDS = 0.4
"""After so long without a frame a click has done its work."""
IDLE = 0.1
"""CPU seconds in two seconds of a server that does nothing."""
TEXT_BYTES = 200_000


class Cost(NamedTuple):
    """What one click took."""

    cpu_ms: float
    frames: float
    kilobytes: float


class Watched:
    """One page, the server behind it, and what comes over the page's WebSocket."""

    def __init__(self, page: Page, server: psutil.Process) -> None:
        self.page, self._server = page, server
        self._frames = self._bytes = 0
        self._last = time.monotonic()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.webSocketFrameReceived", self._received)

    def _received(self, event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        self._frames += 1
        binary = event["response"]["opcode"] == 2
        self._bytes += len(payload) * 3 // 4 if binary else len(payload)  # binary comes as base64
        self._last = time.monotonic()

    def quiet(self, seconds: float = QUIET_SECONDS) -> None:
        """Wait until nothing has come for so long."""
        self._last = time.monotonic()
        while (left := self._last + seconds - time.monotonic()) > 0:
            self.page.wait_for_timeout(left * 1000)

    def warmed(self) -> None:
        """Wait until the app has warmed its providers and does nothing more."""
        spent, before = 1.0, sum(self._server.cpu_times()[:2])
        while spent > IDLE:
            self.page.wait_for_timeout(2_000)
            spent, before = (now := sum(self._server.cpu_times()[:2])) - before, now

    def cost(self, click: Callable[[], object], after: Callable[[], object] = lambda: None) -> Cost:
        """What the server does for a click until it is done; `after` waits for what is to be seen."""
        self.quiet()
        self._frames = self._bytes = 0
        before = sum(self._server.cpu_times()[:2])
        click()
        after()
        self.quiet()
        spent = sum(self._server.cpu_times()[:2]) - before
        return Cost(spent * 1000, self._frames, self._bytes / 1000)


STYLED = """() => {
  const ours = [...document.styleSheets].filter(one => one.ownerNode?.textContent?.includes(".st-key-bar"))
  const answer = document.querySelector("[class*='st-key-answer_']")
  const flush = () => getComputedStyle(document.body).color + document.body.offsetWidth
  const once = () => {
    flush()
    const begun = performance.now()
    for (let i = 0; i < 20; i++) {
      answer.append(document.createElement("div"))
      flush()
    }
    return performance.now() - begun
  }
  const least = () => Math.min(once(), once(), once(), once(), once())
  const with_ours = least()
  for (const sheet of ours) sheet.disabled = true
  return ours.length && with_ours / least()
}"""
"""A selector that makes the browser look through the page for each element that comes shows here, and nowhere else."""


def styled(page: Page, address: str, run: str) -> float:
    """What an element more in an answer takes the browser, with the app's style ÷ without it."""
    page.goto(f"{address}/?run={run}")
    page.get_by_role("button", name="Receipt").first.wait_for()
    page.wait_for_timeout(3_000)
    ratio: float = page.evaluate(STYLED)
    return ratio


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(column) for column in zip(*costs, strict=True)))


def kept_run(port: int, lanes: int, folder: Path) -> str:
    """Send a run of so many lanes through the engine into the history; its id."""
    os.environ["PLAYGROUND_DATA_DIR"] = str(folder)
    from playground import history
    from playground.domain import Endpoint, ModelRef, Request
    from playground.engine import Engine

    engine = Engine()
    endpoint = Endpoint(provider="srv", base_url=f"http://127.0.0.1:{port}/v1")
    asked = Request.ask(ModelRef.parse("srv:m"), "Count.")
    run = engine.start([asked] * lanes, {"srv": endpoint}, journal=history.keep())
    run.wait(60)
    assert all(lane.response and lane.response.ok for lane in run.lanes), run.lanes[0].response
    history.get_writer().flush(20)
    history.get_writer().close()
    engine.close()
    return run.id


@contextmanager
def app(folder: Path, models: int) -> Iterator[tuple[str, psutil.Process]]:
    """The app in a process of its own: its address and the process."""
    (folder / "endpoints.toml").write_text(f'[srv]\nbase_url = "http://127.0.0.1:{models}/v1"\n')
    port = free_port()
    env = environment(
        PLAYGROUND_DATA_DIR=str(folder),
        PLAYGROUND_ENDPOINTS=str(folder / "endpoints.toml"),
        PLAYGROUND_DEMO_PACE="0",
    )
    command = [sys.executable, "-m", "playground", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/_stcore/health")
                break
            time.sleep(0.1)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def looking(page: Page, server: psutil.Process, address: str, run: str, rounds: int) -> list[Any]:
    """Clicks on a run that has ended: the view of all lanes, and what belongs to one lane."""
    watched = Watched(page, server)
    page.goto(f"{address}/?run={run}")
    page.get_by_role("button", name="Receipt").first.wait_for()
    watched.warmed()

    def view(name: str) -> Cost:
        return watched.cost(page.get_by_role("radio", name=name, exact=True).click)

    first = view("Text")  # what the browser has had before is not sent again
    view("Answer")
    views = [view(name) for _ in range(rounds) for name in ("Text", "Answer")]
    headers = [view(name) for _ in range(rounds) for name in ("Headers", "Text")]
    view("Answer")
    receipts, settings = [], []
    for _ in range(rounds):
        receipts.append(watched.cost(page.get_by_role("button", name="Receipt").first.click))
        page.keyboard.press("Escape")
        button = page.get_by_role("button", name="Settings of lane 1", exact=True)
        settings.append(watched.cost(button.click))
        page.keyboard.press("Escape")
    return [first, *(median(costs) for costs in (views, headers, receipts, settings))]


def running(page: Page, server: psutil.Process, address: str, rounds: int) -> Cost:
    """Run, pressed, until all lanes' answers are on the screen."""
    watched = Watched(page, server)
    page.goto(address)
    page.get_by_role("button", name="Run").first.wait_for()
    watched.quiet(2)
    costs = []
    for number in range(rounds + 1):
        cost = watched.cost(
            page.get_by_role("button", name="Run").first.click,
            page.get_by_role("button", name="Receipt").nth(2).wait_for if not number else lambda: 0,
        )
        costs.append(cost)
    return median(costs[1:])


def typing(page: Page, server: psutil.Process, address: str, rounds: int) -> Cost:
    """A character typed in the middle of a long text in the Tokens editor."""
    watched = Watched(page, server)
    page.goto(f"{address}/tokens")
    box = page.locator(".ruler textarea")
    box.wait_for()
    text = "".join(f"The quick brown fox counts {n:,} tokens, and jumps.\n\n" for n in range(4_000))
    box.evaluate(
        "(e, t) => { e.value = t; e.dispatchEvent(new InputEvent('input', {bubbles: true}));"
        " e.focus(); e.setSelectionRange(t.length / 2, t.length / 2) }",
        text[:TEXT_BYTES],
    )
    watched.quiet(2)
    # A long text is counted 600 ms after the last key.
    later = functools.partial(page.wait_for_timeout, 1_200)
    return median([watched.cost(lambda: page.keyboard.type("x"), later) for _ in range(rounds)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=2_000)
    given = parser.parse_args()
    port = free_port()
    models = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, given.tokens), daemon=True
    )
    models.start()
    time.sleep(1)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    rows = Rows()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        run = kept_run(port, given.lanes, folder)
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        with app(folder, port) as (address, server):
            fresh = browser.new_page
            found = looking(fresh(), server, address, run, given.rounds)
            press = running(fresh(), server, address, given.rounds)
            style = styled(fresh(), address, run)
            change = typing(fresh(), server, address, given.rounds)
        browser.close()
    models.terminate()
    what = f"{given.lanes} × {given.tokens:,} tokens"
    for label, cost, limits in (
        (f"view of all lanes, {what}, first time", found[0], (80, 60, 200)),
        (f"view of all lanes, {what}", found[1], (40, 30, 20)),
        ("the same, Headers and Text", found[2], (40, 34, 20)),
        ("one lane's receipt", found[3], (40, 20, 20)),
        ("one lane's settings", found[4], (40, 50, 15)),
        ("Run, 3 lanes, until all is drawn", press, (250, 300, 200)),
        ("a character in the Tokens editor, 200 kB", change, (60, 40, 30)),
    ):
        rows.show(f"{label}: CPU", cost.cpu_ms, limits[0], "ms")
        rows.show(f"{label}: frames", cost.frames, limits[1], "")
        rows.show(f"{label}: to the browser", cost.kilobytes, limits[2], "kB")
    rows.show("an element more in an answer, with our style ÷ without", style, 6)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()

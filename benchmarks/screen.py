"""How far the screen lags behind the models, and what that costs: `python benchmarks/screen.py`.

Four lanes of 2,000 tokens at 100 tokens/s come from a thread with an exact schedule, go through the app's own live
text, and are read back in a real headless Chromium at every frame it draws.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from benchmarks.process import free_port  # noqa: E402
from benchmarks.rows import Rows, percentile  # noqa: E402
from benchmarks.synthetic import LANES, TOKENS, TOKENS_PER_SECOND, token  # noqa: E402

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WATCH = """
() => {
  const answers = () => {
    const found = []
    for (const host of document.querySelectorAll("*"))
      if (host.shadowRoot) found.push(...host.shadowRoot.querySelectorAll(".answer"))
    return found
  }
  window.seen = []
  let boxes = [], last = ""
  const look = () => {
    if (boxes.length < LANES) boxes = answers()
    const lengths = boxes.map(box => box.textContent.length)
    if (String(lengths) !== last) {
      last = String(lengths)
      window.seen.push([(performance.timeOrigin + performance.now()) / 1000, lengths])
    }
    requestAnimationFrame(look)
  }
  look()
}
""".replace("LANES", str(LANES))


@dataclass
class Figures:
    """What one run of the benchmark found."""

    lags: list[float] = field(default_factory=list)
    """Seconds from a token's production to its text in the DOM, every token."""
    lateness: list[float] = field(default_factory=list)
    """Seconds by which the producing thread woke late."""
    cpu_share: float = 0.0
    """The server's CPU time ÷ the run's time, 1.0 = one core."""
    bytes: int = 0
    """To the browser while the run went on: HTTP and WebSocket."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The benchmark's app in a process of its own; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "benchmarks/screen_app.py"]
    options = ["--server.headless", "true", "--server.port", str(port)]
    process = subprocess.Popen([*command, *options], cwd=REPO, stdout=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(address + "/_stcore/health")
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def report(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address + "/bench") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def count_bytes(page: Page, figures: Figures) -> None:
    """Add up everything that reaches the browser from now on."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def http(event: dict[str, Any]) -> None:
        figures.bytes += event["encodedDataLength"] or event["dataLength"]

    def websocket(event: dict[str, Any]) -> None:
        figures.bytes += len(event["response"]["payloadData"])

    network.on("Network.dataReceived", http)
    network.on("Network.webSocketFrameReceived", websocket)


def measure() -> Figures:
    """Run it once."""
    figures = Figures()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with server() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(address)
        page.locator(".card").nth(LANES - 1).wait_for()
        time.sleep(5)  # the app warms its providers meanwhile
        page.evaluate(WATCH)
        count_bytes(page, figures)
        page.get_by_role("button", name="Run", exact=True).click()
        page.locator(".card[data-state=done]").nth(LANES - 1).wait_for(timeout=120_000)
        time.sleep(1)
        seen = page.evaluate("window.seen")
        found = report(address)
        browser.close()
    figures.lags = lags(found["stamps"], seen)
    figures.lateness = found["lateness"]
    start, end = found["cpu_seconds"]
    figures.cpu_share = (end - start) / (TOKENS / TOKENS_PER_SECOND)
    return figures


def lags(stamps: list[list[float]], seen: list[tuple[float, list[int]]]) -> list[float]:
    """Seconds from each token's stamp to the first frame whose text is long enough to hold it."""
    found = []
    for lane, lane_stamps in enumerate(stamps):
        frames = iter(seen)
        shown, (moment, lengths) = 0, next(frames)
        for index, stamp in enumerate(lane_stamps):
            shown += len(token(index).rstrip("\n"))  # a line's end is a new box, not a character
            while len(lengths) <= lane or lengths[lane] < shown:
                moment, lengths = next(frames)
            found.append(moment - stamp)
    return found


def main() -> None:
    figures = measure()
    rows = (
        ("screen lag p95", percentile(figures.lags, 0.95), 0.15, "s"),
        ("server's share of one core", figures.cpu_share * 100, 10, "%"),
        ("to the browser", figures.bytes / 1e6, 1, "MB"),
        ("engine thread late p95", percentile(figures.lateness, 0.95) * 1000, 5, "ms"),
    )
    print(f"{LANES} lanes × {TOKENS:,} tokens at {TOKENS_PER_SECOND} tokens/s")
    shown = Rows()
    for name, value, most, unit in rows:
        shown.show(f"screen: {name}", value, most, unit)
    sys.exit(0 if shown.good else 1)


if __name__ == "__main__":
    main()

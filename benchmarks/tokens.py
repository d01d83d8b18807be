"""How quick the ruler is: counting against tiktoken itself, first use, the price table, and the page's redraw.

    python benchmarks/tokens.py [--no-browser]

Counting and first use are CPU seconds, so that a busy computer does not change them; first use also in seconds of a
fresh process without network. The redraw needs Chromium and plays a person who pastes a text of 10,000 tokens.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from playground.pricing import load as load_prices
from playground.pricing.listing import entries
from playground.tokens import count, load, slice_text

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "playground" / "demo" / "answers.md").read_text("utf-8")
REPEATS = 15
FIRST_USE = """
import socket, time
def refused(*_): raise OSError("no network here")
socket.socket.connect = refused
wall, cpu = time.perf_counter(), time.process_time()
from playground.tokens import count
count("hello")
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def a_text_of(bytes_: int) -> str:
    """About so many bytes of ordinary prose and code."""
    return (TEXT * (bytes_ // len(TEXT) + 1))[:bytes_]


def counting() -> None:
    """Ours against `encode_ordinary` on 1 MB, alternating; the medians."""
    text = a_text_of(1_000_000)
    for name in ("o200k_base", "cl100k_base"):
        encoder = load(name)
        theirs, ours = [], []
        for _ in range(REPEATS):
            start = time.process_time()
            expected = len(encoder.encode_ordinary(text))
            theirs.append(time.process_time() - start)
            start = time.process_time()
            counted = count(text, name)
            ours.append(time.process_time() - start)
            if counted != expected:
                sys.exit(f"{name}: counted {counted}, tiktoken {expected}")
        one, two = statistics.median(theirs), statistics.median(ours)
        print(
            f"counting 1 MB, {name}: {two * 1000:.0f} ms, tiktoken {one * 1000:.0f} ms:"
            f" {one / two:.2f} × its speed (must be ≥ 0.9)"
        )


def first_use() -> None:
    """Import, vocabulary and first count in fresh processes without network."""
    runs = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_USE],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        runs.append([float(value) for value in done.stdout.split()])
    wall, cpu = (statistics.median(values) for values in zip(*runs, strict=True))
    print(f"first use without network: {wall:.2f} s, {cpu:.2f} s of CPU (must be ≤ 0.6 s)")


def slicing() -> None:
    """What the server does for a redraw of 10,000 tokens."""
    text = a_text_of(41_000)
    slice_text(text)
    start = time.perf_counter()
    cut = slice_text(text)
    print(f"cutting {cut.total:,} tokens: {(time.perf_counter() - start) * 1000:.1f} ms")


def prices() -> None:
    """Reading pricing.yaml and listing every model."""
    start = time.perf_counter()
    book = load_prices()
    read = time.perf_counter() - start
    start = time.perf_counter()
    rows = list(entries(book, date.today()))
    listed = time.perf_counter() - start
    print(
        f"price table: {len(rows)} models, read in {read:.3f} s, listed in {listed * 1000:.1f} ms"
    )


def browser() -> None:
    """From paste to drawn tokens, and from click to price table, in Chromium against the running app."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("browser: Chromium is not installed")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen(
        [sys.executable, "-m", "playground", "--port", str(port), "--no-browser"],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
    )
    try:
        _until_up(port)
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            _measure(started.new_page(viewport={"width": 1280, "height": 1000}), port)
            started.close()
    finally:
        app.terminate()
        app.wait(20)


def _measure(page: object, port: int) -> None:
    from playwright.sync_api import Page

    assert isinstance(page, Page)
    page.goto(f"http://localhost:{port}/tokens")
    box, ruler = page.locator(".ruler textarea"), page.locator(".ruler")
    page.locator(".ruler[data-total]").wait_for()
    page.wait_for_timeout(4000)  # let the app warm up in the background
    for size in (41_000, 1_000_000):
        waited = []
        for i in range(5):
            text = "token " * (7 * i + 1) + a_text_of(size)  # another count each time
            start = time.perf_counter()
            box.evaluate(
                "(e, t) => { e.value = t; e.dispatchEvent(new InputEvent('input', {bubbles: true})) }",
                text,
            )
            total = slice_text(text, most=1).total
            page.locator(f".ruler[data-total='{total}']").wait_for()
            waited.append(time.perf_counter() - start)
        drawn = ruler.get_attribute("data-draw-ms")
        print(
            f"paste of {size:,} bytes until its {total:,} tokens are drawn: {statistics.median(waited):.2f} s,"
            f" of which drawing {drawn} ms"
        )
    page.goto(f"http://localhost:{port}/")
    page.get_by_role("link", name="Costs").wait_for()
    page.wait_for_timeout(3000)
    waited = []
    for _ in range(5):
        start = time.perf_counter()
        page.get_by_role("link", name="Costs").click()
        page.get_by_text("models on").wait_for()
        page.get_by_test_id("stDataFrame").wait_for()
        waited.append(time.perf_counter() - start)
        page.get_by_role("link", name="Tokens").click()
        page.locator(".ruler[data-total]").wait_for()
    print(
        f"price table from click to screen: {statistics.median(waited[1:]):.2f} s (must be ≤ 0.5 s),"
        f" {waited[0]:.2f} s the first time in a fresh browser, which loads the table's code"
    )


def _until_up(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the app did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    prices()
    first_use()
    counting()
    slicing()
    if not options.no_browser:
        browser()


if __name__ == "__main__":
    main()

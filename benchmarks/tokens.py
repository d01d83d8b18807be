"""How quick the ruler is: counting against tiktoken itself, first use, the price table, and the page's redraw.

    python benchmarks/tokens.py [--no-browser] [--longest 10000000]

Counting and first use are CPU seconds, so that a busy computer does not change them; first use also in seconds of a
fresh process without network. Runs of every length are counted beside tiktoken: by how much ours is slower, and for how
long another thread waited at most, in CPU seconds of the counting one. Past a limit the exit code is 1. The redraw needs
Chromium and plays a person who pastes a text of 10,000 tokens.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import free_port
from benchmarks.rows import Rows
from playground.pricing import load as load_prices
from playground.pricing.listing import entries
from playground.tokens import load, slice_text
from playground.tokens.cutting import batches

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "playground" / "demo" / "answers.md").read_text("utf-8")
REPEATS = 15
RUNS = {
    "English": "the quick brown fox ",
    "minified JSON": '{"id":12,"ok":[1,2,3],"name":"x"},',
    "base64": "QUJDREVGR0gxMjM0NTY3ODkwYWJjZGVm",
    "Chinese": "我们今天去看一看",
    "Chinese, commas": "我们今天去看一看，",
    "Thai": "สวัสดีครับ",
    "one letter": "a",
    "capitals": "ACGTTGCAAC",
    "digits": "7",
    "signs": "=-",
    "emoji": "😀",
    "blanks": " ",
    "ends of lines": "\n",
}
"""What a run is made of."""
AT_LEAST = 200_000
"""Characters counted at a time, however short the runs in them."""
MOST_TIMES, MOST_HELD = 1.2, 0.050
TURNS, CLEAR_TURNS, CLEAR = 5, 2, 0.9
"""A run is counted so often; where so few turns are far enough within both limits (a share of them), no oftener."""
shown = Rows()
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
            counted = fresh(text, name)
            ours.append(time.process_time() - start)
            if counted != expected:
                sys.exit(f"{name}: counted {counted}, tiktoken {expected}")
        one, two = statistics.median(theirs), statistics.median(ours)
        print(f"    {two * 1000:.0f} ms, tiktoken {one * 1000:.0f} ms")
        shown.show(f"speed of counting 1 MB ÷ tiktoken's, {name}", one / two, 0.9, sign="≥")


def fresh(text: str, name: str) -> int:
    """What `count` does for a text that it has not just counted."""
    return sum(map(len, batches(text, load(name))))


class Other:
    """Another thread that wants a turn every half a millisecond; how much CPU the first took while it waited."""

    def __init__(self) -> None:
        self.clock = time.pthread_getcpuclockid(threading.get_ident())
        self.held = 0.0
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            before = time.clock_gettime(self.clock)
            time.sleep(0.0005)
            self.held = max(self.held, time.clock_gettime(self.clock) - before)

    def watch(self, work: Callable[[], int]) -> tuple[int, float, float]:
        """What the work gave, its CPU seconds, and the longest that it held on."""
        self.held, start = 0.0, time.thread_time()
        made = work()
        return made, time.thread_time() - start, self.held


class Beside(NamedTuple):
    """Ours beside tiktoken's; None where tiktoken can't (a million blanks)."""

    took: float
    held: float
    its_took: float | None
    its_held: float | None


def runs(longest: int) -> None:
    """Runs of every length from one character to the longest, with a word between them."""
    other = Other()
    lengths = [10**power for power in range(9) if 10**power <= longest]
    longer, holds = [], []
    for name in ("o200k_base", "cl100k_base"):
        for kind, unit in RUNS.items():
            found = [_beside(name, unit, length, other) for length in lengths]
            times = [one.took / one.its_took for one in found if one.its_took]
            held = max(one.held for one in found)
            its = max(one.its_held or 0 for one in found)
            print(
                f"    runs of {kind}, {name}: {max(times):.2f} × tiktoken's time at most"
                f" ({' '.join(f'{time:.2f}' for time in times)}),"
                f" others wait {held * 1000:.0f} ms at most, {held / its:.1f} × its"
            )
            longer.append(max(times))
            holds.append(held)
    shown.show("counting runs of any kind ÷ tiktoken's time, at most", max(longer), MOST_TIMES)
    shown.show("others wait while a run is counted", max(holds) * 1000, MOST_HELD * 1000, "ms")


def _beside(name: str, unit: str, length: int, other: Other) -> Beside:
    """The least of up to TURNS times and holds of each, alternating; tiktoken's of one only for a run that takes it long."""
    run = (unit * (length // len(unit) + 1))[:length]
    text = f"{run} x " * max(1, AT_LEAST // (length + 3))
    encoder = load(name)
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    for turn in range(TURNS):
        if turn >= CLEAR_TURNS and _clear(Beside(*_least(ours), *_least(theirs))):
            break
        counted, *spent = other.watch(lambda: fresh(text, name))
        ours.append(spent)
        if turn and length > 10**6:
            continue
        try:
            expected, *spent = other.watch(lambda: len(encoder.encode_ordinary(text)))
        except BaseException as problem:  # pyo3's PanicException is no Exception
            if "StackOverflow" not in str(problem):
                raise
            return Beside(*_least(ours), None, None)
        theirs.append(spent)
        if counted != expected:
            sys.exit(f"{name}, runs of {length} {unit!r}: counted {counted}, tiktoken {expected}")
    return Beside(*_least(ours), *_least(theirs))


def _clear(found: Beside) -> bool:
    """Whether more turns, which can only lessen each figure, would change nothing that is told of the worst."""
    assert found.its_took is not None
    within = found.took <= CLEAR * MOST_TIMES * found.its_took
    return within and found.held <= CLEAR * MOST_HELD


def _least(spent: list[list[float]]) -> tuple[float, float]:
    took, held = zip(*spent, strict=True)
    return min(took), min(held)


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
    print(f"    {wall:.2f} s by the clock")
    shown.show("first use of the tokenizer, without network: CPU", cpu, 0.6, "s")


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
    port = free_port()
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
    print(f"    {waited[0]:.2f} s the first time in a fresh browser, which loads the table's code")
    shown.show("price table from click to screen", statistics.median(waited[1:]), 0.5, "s")


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
    parser.add_argument("--longest", type=int, default=10_000_000, help="characters of a run")
    options = parser.parse_args()
    prices()
    first_use()
    counting()
    runs(options.longest)
    slicing()
    if not options.no_browser:
        browser()
    sys.exit(0 if shown.good else 1)


if __name__ == "__main__":
    main()

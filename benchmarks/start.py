"""How long it takes until there is something to see: `playground --help`, and the app's first page in a real browser.

    python benchmarks/start.py [--rounds 5] [--limit 1.3]

The baselines beside them, taken in the same run and in turns, are a Python that does nothing and a Streamlit page with one
button. Exit code 1 where the first page takes more than `--limit` times the bare page.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.process import environment, free_port  # noqa: E402
from benchmarks.rows import Rows  # noqa: E402

OURS = ("-m", "playground", "--port")
BARE = ("-m", "streamlit", "run", "bare.py", "--server.headless=true", "--server.port")
BARE_PAGE = """
import streamlit as st

st.title("Bare")
st.button("Run")
"""

RUN_IS_THERE = """
() => [...document.querySelectorAll("button")].some(
  (button) => /\\bRun\\b/.test(button.innerText) && button.getBoundingClientRect().height > 0
)
"""


def seconds_of(command: list[str]) -> float:
    """Wall seconds of a whole process."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    return time.perf_counter() - begun


def seconds_to_first_page(rounds: int) -> list[tuple[float, float]]:
    """Seconds from the command to the Run button on screen, bare and ours, the browser itself already open."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        with tempfile.TemporaryDirectory() as bare:
            (Path(bare) / "bare.py").write_text(BARE_PAGE)
            times = [
                (_first_page(browser, BARE, Path(bare)), _first_page(browser, OURS, ROOT))
                for _ in range(rounds)
            ]
        browser.close()
    return times


def _first_page(browser, command: tuple[str, ...], folder: Path) -> float:  # type: ignore[no-untyped-def]
    port = free_port()
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    app = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.01)
        page.goto(f"http://localhost:{port}")
        page.wait_for_function(RUN_IS_THERE, polling="raf")  # a locator looks every half second
        return time.perf_counter() - begun
    finally:
        page.context.close()
        app.terminate()
        app.wait()


def main() -> None:
    """Print medians and the ratio to the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=1.3)
    given = parser.parse_args()
    rounds = given.rounds
    empty, usage = [], []
    for _ in range(rounds):
        empty.append(seconds_of([sys.executable, "-c", "pass"]))
        usage.append(seconds_of([sys.executable, "-m", "playground", "--help"]))
    pages = seconds_to_first_page(rounds)
    base = statistics.median(empty)
    print("                          median s   max s   ÷ empty Python")
    for name, times in (
        ("empty Python", empty),
        ("playground --help", usage),
        ("bare Streamlit page", [bare for bare, _ in pages]),
        ("first page", [ours for _, ours in pages]),
    ):
        middle = statistics.median(times)
        print(f"{name:<24}  {middle:8.2f} {max(times):7.2f}   {middle / base:.1f}")
    rows = Rows()
    ratio = statistics.median(ours / bare for bare, ours in pages)
    rows.show("first page in a browser ÷ a bare Streamlit page", ratio, given.limit)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Takes README's pictures from the app itself, on its simulation and with an empty history: `make pictures`."""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import FloatRect, Page, ViewportSize, expect, sync_playwright
from streamlit.logger import set_log_level

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
set_log_level("ERROR")  # modules of the app are read here, and nothing of it runs

from playground.demo.process import DemoServer  # noqa: E402
from playground.ui.chat_vs_api.sections import LADDER  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS, free_port, served  # noqa: E402
from tests.browser.states import both, climbed, ended, settled, tab  # noqa: E402

SCREEN: ViewportSize = {"width": 1280, "height": 900}
COLORS = 256
"""Enough for text and bars; the file is a third of one with all colours."""
STILL = """() => {
  document.activeElement?.blur()
  return document.getAnimations().every(one => one.playState !== 'running')
}"""
TO_THE_TOP = """e => {
  e.style.scrollMarginTop = '4.5rem'
  e.scrollIntoView({block: 'start'})
}"""
"""Below the bar, which covers the top of the screen."""


class Shot(NamedTuple):
    """A picture: its file, the page, how it comes to show what it shows, what stands at its top, and its height."""

    file: str
    page: str
    reach: Callable[[Page], None]
    top: str
    height: int
    """Pixels, from the top of the screen."""


def compared(page: Page) -> None:
    """Three lanes that have ended, with the verdict above them."""
    page.get_by_role("button", name="Run").click()
    ended(page)
    expect(page.locator(".st-key-verdict")).to_contain_text("cost least")


MADE_UP = "text=All models are simulated"
SHOTS = (
    Shot("docs/compare.png", "Compare", compared, "h1", SCREEN["height"]),
    Shot("docs/chat_vs_api.png", "Chat vs API", both(tab(LADDER), climbed), MADE_UP, 810),
)


def take(page: Page, shot: Shot) -> Path:
    """One picture, taken when nothing moves any more."""
    page.get_by_role("link", name=shot.page, exact=True).first.click()
    settled(page)
    shot.reach(page)
    settled(page)
    page.locator(shot.top).first.evaluate(TO_THE_TOP)
    page.mouse.move(SCREEN["width"] - 1, SCREEN["height"] - 1)
    page.wait_for_function(STILL)
    page.evaluate("document.fonts.ready.then(() => true)")
    path = ROOT / shot.file
    clip: FloatRect = {"x": 0, "y": 0, "width": SCREEN["width"], "height": shot.height}
    seen = Image.open(io.BytesIO(page.screenshot(animations="disabled", clip=clip))).convert("RGB")
    seen.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main() -> None:
    """Take all of them and say where they are."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, DemoServer() as real, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        (home := Path(folder) / "home").mkdir()
        with served(home, free_port(), real) as app:
            page = browser.new_page(
                viewport=SCREEN, color_scheme="light", reduced_motion="reduce", locale="en-US"
            )
            page.goto(app.url)
            page.get_by_role("button", name=re.compile("^Run")).wait_for()
            for shot in SHOTS:
                path = take(page, shot)
                print(f"{shot.file}: {path.stat().st_size / 1000:,.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()

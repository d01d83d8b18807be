"""Whether this process has drawn a page: until then everything that a page can do without waits."""

import threading
import time

asked = threading.Event()
"""Set when a browser has been given the document: what else it needs it fetches now, and leaves the processor to us."""
shown = threading.Event()
"""Set when the first page has been drawn."""
DRAWING_SECONDS = 0.5
"""So long a browser has work with what it has fetched and been sent, and needs the processor for it."""
MOST_SECONDS = 2.0
"""Whoever waits for the browser waits no longer, whatever is asked for."""

_last = 0.0


def served() -> None:
    """Called when a browser has been given a file of Streamlit's own part."""
    global _last
    _last = time.monotonic()


def wait_until_drawn() -> None:
    """Until a browser that fetches the first page has had the time to draw it, which work here would hold up."""
    began = now = time.monotonic()
    while _last and not shown.is_set() and now - began < MOST_SECONDS:
        if now - max(_last, began) > DRAWING_SECONDS:
            return
        time.sleep(DRAWING_SECONDS / 20)
        now = time.monotonic()

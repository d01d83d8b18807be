"""Whether this process has drawn a page: until then everything that a page can do without waits."""

import threading
import time

shown = threading.Event()
"""Set when the first page has been drawn."""
QUIET_SECONDS = 0.03
"""So long after its last file a browser has what it asked for, and reads it."""
MOST_SECONDS = 1.0
"""Whoever waits for quiet waits no longer, whatever is asked for."""

_last = 0.0


def served() -> None:
    """Called when a browser has been given a file of Streamlit's own part."""
    global _last
    _last = time.monotonic()


def wait_for_quiet(unasked: float = 0.0) -> None:
    """Until the browser has fetched Streamlit's own part, which work would hold up; `unasked` seconds while none asks."""
    began = now = time.monotonic()
    while not shown.is_set() and now - began < MOST_SECONDS:
        if now - _last > QUIET_SECONDS if _last else now - began >= unasked:
            return
        time.sleep(QUIET_SECONDS / 4)
        now = time.monotonic()

"""Ctrl+C as a wish: heard at once, obeyed on a thread of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType


@contextmanager
def interrupting(stop: Callable[[], None]) -> Iterator[None]:
    """Each Ctrl+C calls this and raises nothing.

    Not in the signal's handler: that interrupts the main thread anywhere, in the middle of a print or with a lock held,
    and whatever prints or locks then fails or waits for ever. Putting into a SimpleQueue is allowed there.
    """
    heard: SimpleQueue[bool] = SimpleQueue()

    def interrupted(number: int, frame: FrameType | None) -> None:
        heard.put(True)

    def obey() -> None:
        while heard.get():
            stop()

    threading.Thread(target=obey, name="interrupts", daemon=True).start()
    before = signal.signal(signal.SIGINT, interrupted)
    if hasattr(
        signal, "pthread_sigmask"
    ):  # whoever has started this process may have blocked it, as Ray does
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        heard.put(False)

"""Ctrl+C while the main thread prints and holds locks: each is obeyed, none breaks what it interrupts."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest

from playground.experiments.interrupts import interrupting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to send")


def test_it_may_come_with_the_lock_held_that_stopping_takes() -> None:
    lock, stops = threading.Lock(), []

    def stop() -> None:
        with lock:
            stops.append(threading.current_thread().name)

    with interrupting(stop):
        for _ in range(3):
            with lock:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)  # the handler has run by then: here, with the lock held
        until = time.monotonic() + 10
        while len(stops) < 3 and time.monotonic() < until:
            time.sleep(0.01)
    assert stops == ["interrupts"] * 3


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    with interrupting(lambda: None):
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)

"""Ctrl+C while the main thread prints and holds locks: each is obeyed, none breaks what it interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

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


BLOCKED = """
import os, signal, threading
from playground.experiments.interrupts import interrupting
heard = threading.Event()
with interrupting(heard.set):
    os.kill(os.getpid(), signal.SIGINT)
    print(heard.wait(60))
"""


def test_it_is_heard_where_who_started_us_had_blocked_it() -> None:
    """Ray starts its processes so, and they start ours."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", BLOCKED],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    assert process.communicate(timeout=120)[0] == "True\n"

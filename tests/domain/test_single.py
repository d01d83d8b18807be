"""What a process has one of is made once, whoever asks first."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from playground.domain.single import Single


def test_many_threads_that_ask_first_at_once_get_the_same_one() -> None:
    """Two tabs that press Run right after the start had two engines, and one did not find its run."""
    barrier = threading.Barrier(8)

    @Single
    def thing() -> object:
        time.sleep(0.02)
        return object()

    def ask(_: int) -> object:
        barrier.wait()
        return thing()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_it_is_made_when_asked_for_and_anew_when_forgotten() -> None:
    @Single
    def thing() -> object:
        """What it is."""
        return object()

    assert not thing.made
    first = thing()
    assert thing.made
    assert thing() is first
    thing.forget()
    assert not thing.made
    assert thing() is not first
    assert thing.__doc__ == "What it is."

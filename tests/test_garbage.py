"""All garbage is collected, but not while a stream is being timed: counted by the collector itself."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import files, garbage, runs
from playground.demo.process import DemoServer
from playground.domain import ModelRef, Request
from playground.engine import Engine, LiveRun
from playground.ui.shell.serving import ROUTER


@contextmanager
def full_collections() -> Iterator[list[float]]:
    """When everything was collected, as the block goes on."""
    seen: list[float] = []

    def note(phase: str, details: dict[str, Any]) -> None:
        if phase == "start" and details["generation"] == 2:
            seen.append(time.monotonic())

    gc.callbacks.append(note)
    try:
        yield seen
    finally:
        gc.callbacks.remove(note)


@pytest.fixture
def slow() -> Iterator[LiveRun]:
    """A run under way, which takes many seconds unless it is stopped."""
    asked = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "Tell me a long story.")
    with DemoServer(pace=30) as server:
        engine = Engine()
        started = runs.start(engine, [asked], server.endpoints(), keep=False)
        assert isinstance(started, runs.Started)
        try:
            yield started.run
        finally:
            engine.close()


def litter() -> None:
    """So many objects in circles that collecting everything is worth it."""
    kept = []
    for _ in range(garbage.ROUNDS * 2 * 7_000):
        circle: list[Any] = []
        circle.append(circle)
        kept.append(circle)


def test_a_rerun_collects_nothing_but_the_young_while_a_run_is_under_way(
    slow: LiveRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.01)
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    gc.collect()
    with garbage.when_idle(), full_collections() as seen:
        for _ in range(3):
            page.run()
        litter()
        time.sleep(0.2)
        assert not slow.done
        assert seen == []
        stopping = time.monotonic()  # who waits for the end may hear of it after the collection
        slow.stop()
        assert slow.wait(10)
        while not seen and time.monotonic() < stopping + 20:
            time.sleep(0.01)
    assert seen
    assert seen[0] >= stopping


def test_no_run_of_a_script_in_the_served_app_collects_everything() -> None:
    command = [sys.executable, "-m", "tests.ui.shell.reruns"]
    done = subprocess.run(command, cwd=files.checkout(), capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0"]


def test_a_process_that_made_nothing_new_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.01)
    gc.collect()
    with garbage.when_idle(), full_collections() as seen:
        time.sleep(0.1)
    assert seen == []


def test_the_collector_is_left_as_it_was() -> None:
    before = gc.get_threshold()
    with garbage.when_idle():
        assert gc.get_threshold()[2] == garbage.LAST_RESORT
    assert gc.get_threshold() == before
    assert "garbage" not in {thread.name for thread in threading.enumerate()}


def test_while_many_are_measured_rings_are_let_go_of_and_what_was_there_is_left_alone() -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    before = gc.get_threshold(), gc.get_freeze_count()
    with garbage.measuring():
        assert gc.get_freeze_count() > before[1]
        old = Ring()
        first = weakref.ref(old)
        stay: list[list[int]] = [[] for _ in range(100_000)]
        del old  # in the oldest generation by now, which only a full collection looks through
        stay += [[] for _ in range(1_000_000)]
        assert first() is None
        assert len(stay) == 1_100_000
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before[0], 0)


def test_where_somebody_always_asks_everything_is_collected_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten people who never all paused kept every tab that they had closed, with three open files each."""
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(garbage, "PATIENCE", 0.1)
    gc.collect()
    with garbage.when_idle(lambda: True), full_collections() as seen:
        litter()
        for _ in range(500):
            if seen:
                break
            time.sleep(0.01)
    assert seen

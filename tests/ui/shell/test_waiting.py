"""What waits for the browser that draws the first page, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from playground.ui.shell import first_page


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.meanwhile: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.meanwhile()

    def waited(self) -> float:
        began = self.now
        first_page.wait_until_drawn()
        return self.now - began


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(first_page, "time", made)
    monkeypatch.setattr(first_page, "_last", 0.0)
    monkeypatch.setattr(first_page.shown, "is_set", lambda: False)
    return made


def about(seconds: float) -> object:
    return pytest.approx(seconds, abs=first_page.DRAWING_SECONDS / 10)


def test_nobody_waits_where_no_browser_asks(clock: Clock) -> None:
    assert clock.waited() == 0


def test_a_browser_has_its_time_from_the_page_on_and_from_its_last_file_on(clock: Clock) -> None:
    first_page.served()
    clock.now += 5
    assert clock.waited() == about(first_page.DRAWING_SECONDS)
    fetched = clock.now + 0.3

    def fetch() -> None:
        if clock.now < fetched:
            first_page.served()

    clock.meanwhile = fetch
    assert clock.waited() == about(0.3 + first_page.DRAWING_SECONDS)


def test_a_browser_that_never_ends_holds_up_nobody_for_ever(clock: Clock) -> None:
    first_page.served()
    clock.meanwhile = first_page.served
    assert clock.waited() == about(first_page.MOST_SECONDS)


def test_later_pages_wait_for_nobody(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    first_page.served()
    monkeypatch.setattr(first_page.shown, "is_set", lambda: True)
    assert clock.waited() == 0

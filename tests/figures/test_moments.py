"""A moment is written in a zone that is named, and a day is one of a zone too."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from playground.figures import moments, when

NOON = "2026-11-26T12:28:44.123+00:00"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "26 Nov 2026, 12:28 UTC"),
        ("Europe/Berlin", "26 Nov 2026, 13:28 CET"),
        ("America/Los_Angeles", "26 Nov 2026, 04:28 PST"),
        ("Asia/Kathmandu", "26 Nov 2026, 18:13 UTC+0545"),
        ("Pacific/Auckland", "27 Nov 2026, 01:28 NZDT"),
    ],
)
def test_a_moment_is_on_the_readers_clock(zone: str, text: str) -> None:
    assert when(NOON, ZoneInfo(zone)) == text


def test_without_a_zone_it_is_this_computers_and_what_is_none_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert when(NOON) == "26 Nov 2026, 12:28 UTC"
    assert when(NOON, None).startswith("26 Nov 2026, ")
    assert when("2026-11-26T12:28:44") == "26 Nov 2026, 12:28 UTC"
    assert when("some day") == "some day"


def test_a_day_begins_and_ends_at_the_readers_midnight() -> None:
    day = date(2026, 3, 29)  # of 23 hours in Berlin
    berlin = ZoneInfo("Europe/Berlin")
    assert moments.begin(day, berlin) == "2026-03-28T23:00:00.000+00:00"
    assert moments.end(day, berlin) == "2026-03-29T22:00:00.000+00:00"
    assert moments.begin(day, UTC) == "2026-03-29T00:00:00.000+00:00"

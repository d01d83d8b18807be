"""How a moment is written for people: `26 Nov 2026, 14:28 CET`, always in a zone that is named; a day is `2026-11-26`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
"""Not `%b`, which a program around us may have set to another language."""


def when(moment: str, zone: tzinfo | None = UTC) -> str:
    """An ISO 8601 moment in this zone (None = this computer's), with the zone's name; what is no moment stays as it is."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    at = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(zone)
    return f"{at.day} {MONTHS[at.month - 1]} {at:%Y, %H:%M} {_name(at)}"


def _name(at: datetime) -> str:
    """`CET`, or `UTC+05` where the zone has no letters."""
    name = at.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def begin(day: date, zone: tzinfo = UTC) -> str:
    """When a day begins in this zone, as ISO 8601 in UTC: it sorts among the moments of the history."""
    return datetime.combine(day, time(), zone).astimezone(UTC).isoformat(timespec="milliseconds")


def end(day: date, zone: tzinfo = UTC) -> str:
    """When a day is over in this zone: the first moment that is not in it."""
    return begin(day + timedelta(days=1), zone)

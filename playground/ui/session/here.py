"""The reader's own clock: the browser says its time zone, and every moment that is shown is in it and says so."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from playground.figures import moments


def zone() -> tzinfo:
    """The reader's time zone; UTC where the browser says none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def zone_name() -> str:
    """What the zone is called: `Europe/Berlin`, `UTC`."""
    return str(zone())


def when(moment: str) -> str:
    """An ISO 8601 moment on the reader's clock, with the zone's name."""
    return moments.when(moment, zone())

"""Rate limits as an answer tells them: which tier they belong to, and which of them binds."""

from __future__ import annotations

from playground.lab.capacity import all_tiers
from playground.wire.gauges import Gauge


def tier(provider: str, found: tuple[Gauge, ...]) -> str | None:
    """The tier that these limits belong to, guessed by the requests a minute; None where none fits."""
    limits = {g.limit for g in found if (g.kind, g.per) == ("requests", "minute")} - {None}
    fits = (row for row in all_tiers() if row.provider == provider and row.requests in limits)
    return next((row.tier for row in fits), None)


def binding(found: tuple[Gauge, ...]) -> Gauge | None:
    """The limit of which the largest share is used: the one that refuses first. None where none tells its use."""
    known = [g for g in found if g.used is not None and not g.tightest]
    return max(known, key=lambda g: g.used or 0.0, default=None)

"""Answers close to midnight, which a bill may have on the day before or after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from playground.bills.groups import Group
from playground.bills.nouns import Call, Difference
from playground.bills.partition import minus, plus

NEAR = 30 * 60
"""Seconds around midnight within which an answer may stand on the other side."""
SAID = "An answer of ours close to midnight stands on {other} in the bill, whose own clock counts; ours has it on {day}."
At = tuple[str, str, str]
"""Provider, day, model."""


def over(groups: Mapping[At, Group], zones: Mapping[str, str]) -> list[Difference]:
    """Move each such answer to the day on which it closes a gap, and say so."""
    found = []
    for (provider, day, model), group in groups.items():
        for call in list(group.calls):
            for step in _neighbours(call, zones.get(provider, "UTC")):
                other = (date.fromisoformat(day) + timedelta(days=step)).isoformat()
                beside = groups.get((provider, other, model))
                if beside is not None and _closes(call, group, beside):
                    group.calls.remove(call)
                    beside.calls.append(call)
                    said = SAID.format(day=day, other=other)
                    found.append(_moved(call, provider, day, model, said))
                    break
    return found


def _neighbours(call: Call, zone: str) -> list[int]:
    """-1 for one just after midnight, 1 for one just before; none for all others."""
    if not call.at:
        return []
    moment = datetime.fromisoformat(call.at)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    there = aware.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    seconds = there.hour * 3600 + there.minute * 60 + there.second
    return [-1] if seconds < NEAR else [1] if seconds >= 86_400 - NEAR else []


def _closes(call: Call, group: Group, beside: Group) -> bool:
    """Whether the bill lacks it here and has it there, and one of both is then even."""
    if not (group.knows_counts and beside.knows_counts):
        return False
    own = group.counts(call)
    here, there = plus(group.difference(), own), plus(beside.difference(), minus(own))
    lacks = all(group.difference().get(at, 0) <= -number for at, number in own.items())
    has = all(beside.difference().get(at, 0) >= number for at, number in own.items())
    return bool(own) and lacks and has and (not here or not there)


def _moved(call: Call, provider: str, day: str, model: str, said: str) -> Difference:
    return Difference(
        reason="day_border", provider=provider, day=day, model=model, said=said, runs=(call.run_id,)
    )

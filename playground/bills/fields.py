"""What the readers of all layouts share: numbers, days and texts out of a row's fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d{1,60}(\.\d{1,60})?([eE][-+]?\d{1,2})?$")
"""With an end to its digits: `1e-999999999` would be written out as a thousand million."""
MOST = Decimal(10**18)


class Unreadable(ValueError):
    """A field that is not what its layout says."""


def number(row: Row, name: str) -> Decimal:
    """The number in this field, 0 where it is empty; Unreadable for anything else."""
    value = row.get(name)
    if value is None or value == "":
        return Decimal(0)
    text = str(value).strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if "," in text or text.count(".") > 1:
        text = _without_groups(text)
    if isinstance(value, bool) or not _NUMBER.match(text) or abs(Decimal(text)) > MOST:
        raise Unreadable(f"{name} is no number")
    return Decimal(text)


def _without_groups(text: str) -> str:
    """`1,234.56`, `1.234,56`, `1.234.567` and `0,57` as numbers."""
    if text.count(".") > 1 and "," not in text:
        return text.replace(".", "")
    if text.rfind(",") > text.rfind("."):
        groups = text.count(",") > 1 or re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text)
        return text.replace(",", "") if groups else text.replace(".", "").replace(",", ".")
    return text.replace(",", "")


def whole(row: Row, name: str) -> Decimal:
    """The whole number of 0 or more in this field, 0 where it is empty."""
    found = number(row, name)
    if found < 0 or found != found.to_integral_value():
        raise Unreadable(f"{name} is no whole number")
    return found


def text(row: Row, name: str) -> str:
    """The text in this field; empty where there is none."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def day(row: Row, *names: str) -> str:
    """The day in the first of these fields that has one: an ISO date or time, or Unix seconds in UTC."""
    for name in names:
        value = row.get(name)
        if value in (None, ""):
            continue
        found = _day(value)
        if found is None:
            raise Unreadable(f"{name} is no day")
        return found
    raise Unreadable(f"{names[0]} is missing")


def _day(value: Any) -> str | None:
    said = str(value).strip()
    try:
        if re.fullmatch(r"\d{9,11}(\.\d+)?", said):
            return datetime.fromtimestamp(float(said), UTC).date().isoformat()
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            return datetime.fromisoformat(said).date().isoformat()
        moment = datetime.fromisoformat(said.replace(" UTC", "+00:00"))
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None

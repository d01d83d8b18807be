"""What a provider says in its usage object that it charged for this one request."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_USD = Decimal(1)
_TICK = Decimal("1e-10")
"""xAI's unit (https://docs.x.ai/developers/cost-tracking, read 2026-11-26)."""
FIELDS: tuple[tuple[str, Decimal], ...] = (
    ("cost_in_usd_ticks", _TICK),
    ("cost.total_cost", _USD),
    ("cost", _USD),
    ("total_cost", _USD),
    ("estimated_cost", _USD),
)
"""Where it stands below `usage` and in what unit: xAI, Perplexity, OpenRouter and LiteLLM, others; the first that is there."""
_OWN_KEY = "is_byok"
_UPSTREAM = "cost_details.upstream_inference_cost"
"""OpenRouter, where the key of the provider behind it is the user's own: `cost` is then only its fee."""
_MOST = 10**6


def charge(raw: Mapping[str, Any] | None) -> tuple[str, Decimal] | None:
    """The field that says it and the USD; None where nothing does."""
    for field, unit in FIELDS:
        amount = _amount(_at(raw, field))
        if amount is not None:
            if field == "cost" and _at(raw, _OWN_KEY) is True:
                amount += _amount(_at(raw, _UPSTREAM)) or Decimal(0)
            return f"usage.{field}", amount * unit
    return None


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _amount(value: Any) -> Decimal | None:
    """A number that can be money in its field's unit; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        return None
    return found if found.is_finite() and 0 <= found < _MOST / _TICK else None

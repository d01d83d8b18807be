"""The spending limit: what was spent today by the log, what the next call may cost at most, and what one did cost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import settings
from answer import Usage
from errors import OverLimit

MILLION = 1_000_000
_OUTPUT_LIMITS = (
    "max_output_tokens",
    "max_completion_tokens",
    "max_tokens",
    "generationConfig.maxOutputTokens",
    "generation_config.max_output_tokens",
)


def check(worst: Decimal | None) -> None:
    """Raise OverLimit where this call might go beyond today's limit."""
    if settings.SPENDING_LIMIT_USD == "none":
        return
    if worst is None:
        raise OverLimit(
            "No price is known: write prices into project.json, or set SPENDING_LIMIT_USD=none."
        )
    limit, spent = Decimal(settings.SPENDING_LIMIT_USD), spent_today()
    if spent + worst > limit:
        raise OverLimit(
            f"Not sent: ${spent:.4f} of ${limit} is spent today, and this call may cost up to ${worst:.4f}."
        )


def worst_case(body: dict[str, Any]) -> Decimal | None:
    """USD that one call may cost at most: a token is at least one byte, and the answer ends at its limit."""
    longest = next(
        (limit for path in _OUTPUT_LIMITS if (limit := _at(body, path)) is not None),
        settings.PROJECT["max_output_tokens"] or 0,
    )
    size = len(json.dumps(body, ensure_ascii=False).encode())
    return cost(Usage(input=size, written=size, output=int(longest)))


def cost(usage: Usage, by: str = "prices_usd_per_million_tokens") -> Decimal | None:
    """USD of a call by the prices in project.json; None where a price or the count is not known."""
    prices = settings.PROJECT[by]
    if prices is None or usage.input is None or usage.output is None:
        return None
    rate = {name: Decimal(str(value)) for name, value in prices.items() if name != "long_context"}
    fresh = usage.input - usage.cached - usage.written
    given = (
        fresh * rate["input"]
        + usage.cached * rate["cache_read"]
        + usage.written * rate["cache_write"]
    )
    made = usage.output * rate["output"]
    long = prices["long_context"]
    if long and usage.input > long["above"]:
        given, made = given * Decimal(str(long["input"])), made * Decimal(str(long["output"]))
    return (given + made) / MILLION


def spent_today() -> Decimal:
    """USD by today's lines of the log."""
    if not settings.LOG.exists():
        return Decimal(0)
    today = datetime.now(UTC).date().isoformat()
    lines = map(json.loads, settings.LOG.read_text(encoding="utf-8").splitlines())
    return sum(
        (Decimal(line["usd"]) for line in lines if line["at"].startswith(today) and line["usd"]),
        Decimal(0),
    )


def note(**what: Any) -> None:
    """Write a line into the log: figures only, never a prompt, an answer, a header or a key."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **what}
    with settings.LOG.open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body

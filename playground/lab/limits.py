"""The rate limits panel: what is asked to read the gauges, a burst that is over a small account's limit, and both as values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.demo import faults
from playground.demo.limits import row_of
from playground.domain import ModelRef, Request, Response, Settings
from playground.domain.nouns import jsonable
from playground.lab.capacity import Plan, Replayed, Shape, cached_counts, lanes
from playground.lab.rate_limits import binding, tier
from playground.wire.gauges import Gauge, gauges

PROMPT = "Say hello."
SHORT = 64
"""Output tokens at most: the limits are asked for, not the answer."""
OVER = 1
"""Requests in a burst above what the account may send in a minute."""
RETRIES = 20


def requests(refs: Iterable[ModelRef]) -> list[Request]:
    """One short request to each, whose answers tell the limits."""
    return [Request.ask(ref, PROMPT, settings=Settings(max_output_tokens=SHORT)) for ref in refs]


def burst(ref: ModelRef) -> list[Request]:
    """One request more than the simulated small account of this provider may send in a minute."""
    bare = faults.split(ref.model)[0]
    small = row_of(ref.provider, bare, faults.LIMITED)
    if small is None or small.requests is None:
        raise ValueError(f"No small account of {ref.provider} is simulated.")
    limited = ModelRef(ref.provider, ref.api, f"{bare}~{faults.LIMITED}")
    return requests([limited] * (small.requests + OVER))


def bursts(ref: ModelRef) -> bool:
    """Whether a small account of this provider is simulated."""
    return row_of(ref.provider, faults.split(ref.model)[0], faults.LIMITED) is not None


def read(response: Response) -> tuple[Gauge, ...]:
    """The gauges of one answer, their clocks as they stood when it came."""
    if response.exchange is None:
        return ()
    return gauges(response.model.provider, response.exchange, now=_came(response))


def clock(gauge: Gauge, response: Response, now: datetime | None = None) -> float | None:
    """Seconds until the limit is full again, seen from now: 0 where it is; None where the provider does not say."""
    if gauge.reset is None:
        return None
    return max(0.0, gauge.reset - ((now or datetime.now(UTC)) - _came(response)).total_seconds())


def _came(response: Response) -> datetime:
    started = response.timing.started_at
    if started is None:
        return datetime.now(UTC)
    at = datetime.fromisoformat(started.replace("Z", "+00:00"))
    return at + timedelta(seconds=response.timing.duration or 0)


def waits(responses: Sequence[Response]) -> list[dict[str, Any]]:
    """Each refusal with what it asked and what was waited, in the order of the calls."""
    return [
        {
            "call": number,
            "try": index,
            "said": attempt.failure.message,
            "asked_seconds": attempt.failure.retry_after,
            "waited_seconds": attempt.waited,
            "then": "answered" if response.ok and index == len(response.attempts) else "again",
        }
        for number, response in enumerate(responses, 1)
        for index, attempt in enumerate(response.attempts, 1)
    ]


def gauge_row(response: Response) -> dict[str, Any]:
    """One answer's gauges as JSON values."""
    found = read(response)
    tightest = binding(found)
    return {
        "model": str(response.model),
        "simulated": response.simulated,
        "tier": tier(response.model.provider, found),
        "binds": f"{tightest.kind} a {tightest.per}" if tightest else None,
        "gauges": [{**jsonable(gauge), "used": gauge.used} for gauge in found],
        "failure": response.failure.message if response.failure else None,
    }


def plan_row(plan: Plan, shape: Shape, replayed: Replayed | None) -> dict[str, Any]:
    """One tier's plan as JSON values."""
    return {
        "provider": plan.tier.provider,
        "tier": plan.tier.tier,
        "condition": plan.tier.condition,
        "ceiling_a_month": plan.tier.ceiling,
        "per_minute": plan.per_minute,
        "per_day": plan.per_day,
        "binds": plan.binds,
        "binds_the_day": plan.binds_the_day,
        "concurrency": plan.concurrency(shape.seconds),
        "lanes": lanes(plan, shape.seconds),
        "cached_tokens_count": cached_counts(plan.tier.provider),
        "replayed": jsonable(replayed) if replayed else None,
        "note": plan.tier.note,
        "source": plan.tier.source,
        "as_of": plan.tier.as_of,
    }

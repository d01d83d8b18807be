"""Our side: what each answer's receipt says by meter, on the days that the bill has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from playground.bills.nouns import Bill, Call
from playground.domain import Cost, CostLine, Response, Run, Usage
from playground.domain.provider import provider_of
from playground.pricing.receipt import billing

BASES = ("cache_read", "input", "output")
"""Meters that a modality's rate is a part of: `input_audio` is input."""
MAYBE_BILLED = frozenset(
    {"timeout", "connection", "cancelled", "stream_truncated", "over_budget", "interrupted"}
)
"""Failures of which the provider may have billed a part that never arrived here."""
ALSO = "also billed: "


def zones(bills: Iterable[Bill]) -> dict[str, str]:
    """Provider → whose midnight the days of its bills begin at."""
    return {bill.provider: bill.zone for bill in bills if bill.days}


def calls_of_run(run: Run, zones: Mapping[str, str]) -> Iterator[Call]:
    """Every answer of a run that a provider may have billed; recorded ones and those of this computer are left out.

    Each has the day that it has in the zone of its provider's bill (see `zones`), UTC's where there is none.
    """
    for lane, response in enumerate(run.responses):
        if response.model.recorded or provider_of(response.provider).here:
            continue
        at = response.timing.started_at or run.created_at
        yield from _calls(response, run.id, lane, at, zones.get(response.provider, "UTC"))


def _calls(response: Response, run_id: str, lane: int, at: str, zone: str) -> Iterator[Call]:
    usage, cost = response.usage, _by_table(response.cost)
    told = usage.input_tokens is not None or usage.output_tokens is not None
    maybe = response.failure is not None and response.failure.type in MAYBE_BILLED
    if not told and cost is None and not maybe:
        return
    lines = cost.lines if cost else ()
    sure = response.failure is None and told and not (cost and cost.lower_bound)
    how = billing(
        response.provider, usage, tier=response.service_tier, processing="standard", regional=False
    )
    counted = not told or (cost is not None and cost.estimate)
    own = [line for line in lines if not (line.note or "").startswith(ALSO)]
    parts = [(response.response_model or response.model.model, usage, own)]
    for name, extra in usage.also_billed:
        model = name or parts[0][0]
        of_it = [line for line in lines if (line.note or "").startswith(ALSO + model)]
        parts.append((model, extra, of_it or [line for line in lines if line not in own]))
    for at_part, (model, used, of_part) in enumerate(parts):
        yield Call(
            provider=response.provider,
            day=day_of(at, zone),
            model=model,
            tier=how.way,
            quantities=_counted(of_part) if counted and not at_part else quantities(used),
            amounts=amounts(of_part),
            charged=_charged(response.cost) if not at_part else None,
            sure=sure,
            run_id=run_id,
            lane=lane,
            at=at,
            response_id=response.response_id or "",
        )


def day_of(at: str, zone: str) -> str:
    """The day of a moment where the bill's days begin."""
    moment = datetime.fromisoformat(at)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC if zone == "UTC" else ZoneInfo(zone)).date().isoformat()


def _by_table(cost: Cost | None) -> Cost | None:
    """The receipt by our table, also where the answer itself says what it cost."""
    return cost.check if cost is not None and cost.charged else cost


def _charged(cost: Cost | None) -> Decimal | None:
    return cost.total if cost is not None and cost.charged else None


def meter_of(name: str) -> str:
    """The meter that a receipt's line belongs to: `input_audio` is input, `cache_write_5m` stays."""
    return next((base for base in BASES if name.startswith(f"{base}_") or name == base), name)


def quantities(usage: Usage) -> dict[str, int]:
    """Tokens by meter, each token once, and the calls of the provider's own tools."""
    read = usage.cache_read_input_tokens or 0
    by_ttl = {f"cache_write_{ttl}": n for ttl, n in usage.cache_write_by_ttl.items() if n}
    written = usage.cache_write_input_tokens or sum(by_ttl.values())
    figures = {
        "input": max(0, (usage.input_tokens or 0) - read - written),
        "cache_read": read,
        "cache_write": max(0, written - sum(by_ttl.values())),
        **by_ttl,
        "output": usage.output_tokens or 0,
        **usage.server_tool_calls,
    }
    return {meter: number for meter, number in figures.items() if number}


def _counted(lines: Sequence[CostLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        found[meter_of(line.name)] = found.get(meter_of(line.name), 0) + line.quantity
    return {meter: number for meter, number in found.items() if number}


def amounts(lines: Sequence[CostLine]) -> dict[str, Decimal]:
    """USD by meter; a line of a modality is in that of its base."""
    found: dict[str, Decimal] = {}
    for line in lines:
        meter = meter_of(line.name)
        found[meter] = found.get(meter, Decimal(0)) + line.amount
    return found

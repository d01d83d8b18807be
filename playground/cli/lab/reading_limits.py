"""What `playground lab limits` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from playground import figures as fmt
from playground.cli.ask import simulated
from playground.cli.lab import asking
from playground.cli.show import safe
from playground.domain import ModelRef, Run
from playground.lab import capacity
from playground.lab import limits as lab
from playground.lab.capacity import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is planned for, and whether a limit is run into."""

    shape: Shape
    per_minute: float
    burst: bool


def tell(options: asking.Options, wanted: Wanted) -> int:
    """Ask, plan and print; the exit code: 0 all answered, 1 any failed, 130 stopped."""
    with asking.asked(options) as (refs, endpoints):
        done = asking.run(lab.requests(refs), endpoints)
    if not isinstance(done, Run):
        return done
    waits: dict[str, list[dict[str, Any]]] | int = _bursts(refs) if wanted.burst else {}
    if isinstance(waits, int):
        return waits
    told = {
        "gauges": [lab.gauge_row(response) for response in done.responses],
        "bursts": waits,
        "plans": [_plan(ref, wanted) for ref in refs],
        "access": capacity.access(),
    }
    if options.as_json:
        from playground.domain.nouns import jsonable
        from playground.export import dumps

        print(dumps(jsonable(told)))
    else:
        _print(told)
    return asking.exit_code(done)


def _bursts(refs: Sequence[ModelRef]) -> dict[str, list[dict[str, Any]]] | int:
    """The refusals that a burst at each simulated small account brought; the exit code where it was stopped."""
    able = [ref for ref in refs if lab.bursts(ref)]
    if not able:
        raise click.UsageError("No small account of these providers is simulated.")
    found = {}
    with simulated() as endpoints:
        for ref in able:
            done = asking.run(lab.burst(ref), endpoints, retries=lab.RETRIES)
            if not isinstance(done, Run):
                return done
            found[str(ref)] = lab.waits(done.responses)
    return found


def _plan(ref: ModelRef, wanted: Wanted) -> dict[str, Any]:
    found = capacity.plans(ref, wanted.shape)
    cheapest = capacity.cheapest(found, wanted.per_minute)
    return {
        "model": str(ref),
        "wanted_per_minute": wanted.per_minute,
        "cheapest": cheapest.tier.tier if cheapest else None,
        "tiers": [
            lab.plan_row(plan, wanted.shape, capacity.replay(plan, wanted.shape)) for plan in found
        ],
    }


def _print(told: dict[str, Any]) -> None:
    for row in told["gauges"]:
        print(f"# {row['model']}{' (simulated)' if row['simulated'] else ''}")
        for gauge in row["gauges"]:
            print(
                f"{gauge['kind']} a {gauge['per']}: {fmt.count(gauge['remaining'])} of {fmt.count(gauge['limit'])} left,"
                f" full in {fmt.seconds(gauge['reset'])}"
            )
        if not row["gauges"]:
            print("It told no limits.")
        else:
            print(f"tier: {row['tier'] or 'not known'}; binds: {row['binds'] or 'not known'}")
    for model, waits in told["bursts"].items():
        print(f"\n# A burst at {model}~limited (simulated): {len(waits)} × 429")
        for wait in waits:
            print(
                f"call {wait['call']}: asked for {fmt.seconds(wait['asked_seconds'])},"
                f" waited {fmt.seconds(wait['waited_seconds'])}, {wait['then']}: {safe(wait['said'])}"
            )
    for plan in told["plans"]:
        print(f"\n# Tiers for {plan['model']}; {plan['wanted_per_minute']:g} a minute: ", end="")
        print(plan["cheapest"] or "no tier is known to do")
        for tier in plan["tiers"]:
            _print_tier(tier)


def _print_tier(tier: dict[str, Any]) -> None:
    if tier["per_minute"] is None:
        print(f"{tier['tier']}: its limits are not published ({tier['source']}, {tier['as_of']})")
        return
    print(
        f"{tier['tier']}: {tier['per_minute']:,.1f} a minute, {tier['per_day']:,.0f} a day, binds: {tier['binds_the_day']};"
        f" {tier['lanes']:,} at once; replayed {tier['replayed']['per_minute']:,.1f}"
        f" ({tier['source']}, {tier['as_of']})"
    )

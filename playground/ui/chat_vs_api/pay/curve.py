"""USD a month against conversations: plans as levels, the API as lines, and where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import streamlit as st

from playground import figures as fmt
from playground.lab import breakeven as lab
from playground.lab.breakeven import Price
from playground.pricing import Plan
from playground.ui.chat_vs_api.charts import month_curve
from playground.ui.parts import charts

STEPS = 40
"""Points of the curve."""


def curve(prices: Sequence[Price], plans: Sequence[Plan], monthly: int, turns: int) -> None:
    """The chart, as far as the middle of the meetings or the conversations that are had."""
    known = [price for price in prices if price.cost is not None]
    if not known:
        st.info(
            "None of these models has a price, so there is no curve. Add a row to pricing.yaml."
        )
        return
    ways = ways_of(known)
    until = _until(plans, [way.cost for way in ways], monthly)
    rows = [
        {
            "way": way.name,
            "model": way.model,
            "cached": way.cached,
            "conversations": n,
            "usd": float(way.cost * n),
        }
        for way in ways
        for n in (round(until * i / STEPS) for i in range(STEPS + 1))
    ]
    levels = _named_together([_level(plan, until, turns) for plan in plans])
    marks = [
        {
            "conversations": float(meets),
            "usd": float(plan.monthly),
            "label": f"{plan.name} = {way.name} at {lab.told(meets)} conversations",
        }
        for plan in plans
        for way in ways
        if (meets := lab.break_even(plan.monthly, way.cost)) and meets <= until
    ]
    charts.draw(month_curve(rows, levels, marks))
    st.caption(
        "A line is a model, dashed with caching; what costs the same shares one. Grey levels are the plans; a bar at their right end is a known cap. Dots: both cost the same. Caps are third parties'"
        " numbers of the GPT-5.5 era and used day and night; where none is drawn, none is known, not that there is none."
    )


class Way(NamedTuple):
    """One line: all that costs the same, since one line would hide the other."""

    name: str
    model: str
    """Whose colour it has: the first one's."""
    cached: bool
    cost: Decimal
    """USD of one conversation."""


def ways_of(prices: Sequence[Price]) -> list[Way]:
    """Every model with and without caching, what costs the same together."""
    together: dict[Decimal, dict[str, list[bool]]] = {}
    for price in prices:
        for cached, cost in ((False, price.cost), (True, price.cost_cached)):
            if cost is not None:
                of = together.setdefault(cost, {})
                of.setdefault(price.model.model, []).append(cached)
    return [
        Way(
            ", ".join(f"{model}{HOW[tuple(cached)]}" for model, cached in models.items()),
            next(iter(models)),
            all(all(cached) for cached in models.values()),
            cost,
        )
        for cost, models in together.items()
    ]


HOW = {(False,): "", (True,): " with caching", (False, True): " with or without caching"}
"""Whether a model is cached → what is said of it."""


def _until(plans: Sequence[Plan], costs: Sequence[Decimal], monthly: int) -> int:
    """How far the curve goes: to the last meeting with the cheapest way, but not out of sight."""
    dearest = max((plan.monthly for plan in plans), default=Decimal(20))
    meets = [dearest / cost for cost in costs if cost]
    return max(
        10,
        min(int(sorted(meets)[len(meets) // 2] * Decimal("1.3")) if meets else 10, 50_000),
        monthly,
    )


def _level(plan: Plan, until: int, turns: int) -> dict[str, Any]:
    cap = lab.cap_conversations(plan, turns)
    capped = cap is not None and cap < until
    told = f"{fmt.money(plan.monthly)} a month; " + (
        f"cap: about {lab.told(cap)} conversations" if cap else "no number of its cap is known"
    )
    end = float(cap) if cap is not None and capped else float(until)
    return {
        "plan": plan.name,
        "usd": float(plan.monthly),
        "from": 0,
        "until": end,
        "capped": capped,
        "told": told,
    }


def _named_together(levels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plans at almost the same price share one name on the chart, where they would hide each other."""
    shown: dict[int, dict[str, Any]] = {}
    for level in levels:
        first = shown.setdefault(round(level["usd"]), level | {"label": ""})
        first["label"] += f"{', ' if first['label'] else ''}{level['plan']}"
    firsts = {level["plan"] for level in shown.values()}
    return [*shown.values(), *(lv | {"label": ""} for lv in levels if lv["plan"] not in firsts)]

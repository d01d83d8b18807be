"""How the figures of an experiment are written."""

from __future__ import annotations

from decimal import Decimal

from playground import figures as fmt
from playground.experiments.comparing import COST_PER_SUCCESS
from playground.experiments.statistics import Interval, Rate

LABELS = {
    "pass_rate": "passed",
    "time_to_first_text": "time to first text",
    "duration": "duration",
    "output_tokens_per_second": "output tokens per second",
    "cost": "cost a request",
    COST_PER_SUCCESS: "cost per success",
}
"""Metric → what people call it."""
MONEY = ("cost", COST_PER_SUCCESS)


def share(rate: Rate, nothing: str) -> str:
    """`83% (75% to 89%)`."""
    if rate.value is None or rate.interval is None:
        return nothing
    low, high = rate.interval.low or 0.0, rate.interval.high or 0.0
    return f"{rate.value:.0%} ({low:.0%} to {high:.0%})"


def amount(value: float, metric: str, *, signed: bool = False) -> str:
    """A figure or a difference of two: points of a pass rate, dollars, seconds, tokens a second."""
    sign = ("−" if value < 0 else "+" if value > 0 else "") if signed else ""
    size = abs(value) if signed else value
    if metric == "pass_rate":
        return f"{sign}{100 * size:.1f} points"
    if metric in MONEY:
        return f"{sign}{fmt.money(Decimal(repr(float(size))))}"
    if metric == "output_tokens_per_second":
        return f"{sign}{size:,.1f}"
    return f"{sign}{size:.3f} s" if size < 0.1 else f"{sign}{fmt.seconds(size)}"


def span(reach: Interval | None, metric: str) -> str:
    """The interval of a difference."""
    if reach is None:
        return fmt.NOT_AVAILABLE
    low, high = (
        "no bound" if bound is None else amount(float(bound), metric, signed=True)
        for bound in (reach.low, reach.high)
    )
    return f"{low} to {high}"

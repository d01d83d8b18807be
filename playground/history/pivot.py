"""Answers summed up: what they cost, by day, model, department or whatever else there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from playground.domain import STOPPED
from playground.history.queries import Filter, answered_by, is_day, where
from playground.history.writing import unpriced
from playground.store.database import reading
from playground.store.packing import usd
from playground.store.schema import lanes, runs
from playground.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One row of the cost pivot."""

    group: str
    answers: int
    failed: int
    stopped: int
    input_tokens: int
    """Of the answers that report them, as the next."""
    output_tokens: int
    cost: Decimal
    """USD of the answers that have a cost."""
    bounds: int
    """Answers whose cost is an estimate or a bound."""
    unpriced: int
    """Answers that may have been billed but have no cost: the sum is at least this much."""


GROUPS: Mapping[str, Any] = {
    "day": lanes.c.day,
    "month": sa.func.substr(lanes.c.day, 1, 7),
    "model": lanes.c.model,
    "provider": lanes.c.provider,
    "tag": runs.c.tags,
    "department": runs.c.department,
}
"""What the pivot groups by. By tag, a run with two tags is a group of its own (`a, b`), so that the rows add up."""
OF_RUNS = frozenset({"tag", "department"})
OF_LANES: Mapping[str, Any] = {
    "provider": lambda value: lanes.c.provider == value,
    "model": lambda value: lanes.c.model == value,
    "since": lambda value: lanes.c.day >= value,
    "until": lambda value: lanes.c.day <= value,
    "source": answered_by,
}
"""Filters that the pivot applies to each answer rather than to its run."""


def pivot(store: Store, by: str, wanted: Filter) -> list[Sum]:
    """Cost and tokens grouped by `day`, `month`, `model`, `provider`, `tag` or `department`.

    The rows add up to the total, whatever they are grouped by. A filter by model or provider keeps only those answers.
    """
    group = GROUPS[by]
    of_lanes = {name: value for name in OF_LANES if (value := getattr(wanted, name))}
    for name in ("since", "until"):  # a lane knows its day only
        if not is_day(of_lanes.get(name, "")):
            of_lanes.pop(name, None)
    applied: dict[str, Any] = dict.fromkeys(of_lanes, "")
    rest = replace(wanted, simulated=None, **applied)
    of_runs = where(rest, store.engine.dialect.name)
    conditions = [OF_LANES[name](value) for name, value in of_lanes.items()]
    if wanted.simulated is not None:
        conditions.append(lanes.c.simulated == wanted.simulated)
    source: Any = lanes
    if of_runs or by in OF_RUNS:
        source = lanes.join(runs, runs.c.seq == lanes.c.run_seq)
        conditions += of_runs
    query = (
        sa.select(
            group.label("value"),
            sa.func.count(),
            sa.func.count(lanes.c.failure),
            sa.func.sum(sa.case((lanes.c.failure.in_(STOPPED), 1), else_=0)),
            sa.func.sum(lanes.c.input_tokens),
            sa.func.sum(lanes.c.output_tokens),
            sa.func.sum(lanes.c.cost),
            sa.func.sum(sa.case((lanes.c.bound, 1), else_=0)),
            sa.func.sum(sa.case((unpriced(lanes), 1), else_=0)),
        )
        .select_from(source)
        .where(*conditions)
        .group_by(group)
        .order_by(group)
    )
    with reading(store.engine) as connection:
        return [_sum(row) for row in connection.execute(query)]


def _sum(row: Any) -> Sum:
    group, answers, failed, stopped, sent, received, cost, bounds, unknown = row
    return Sum(
        group=group or "",
        answers=answers,
        failed=failed - int(stopped or 0),
        stopped=int(stopped or 0),
        input_tokens=int(sent or 0),
        output_tokens=int(received or 0),
        cost=usd(cost or 0) or Decimal(0),
        bounds=int(bounds or 0),
        unpriced=int(unknown or 0),
    )

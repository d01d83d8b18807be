"""What was spent: the answers in the history, and the ledger's amounts for those that it does not hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from playground.history.queries import Filter, is_day
from playground.store.database import reading
from playground.store.packing import usd
from playground.store.schema import lanes, ledger, run_tags, runs
from playground.store.store import Store

AMOUNTS: dict[str, Any] = {
    "provider": lambda value: ledger.c.provider == value,
    "tag": lambda value: _tagged(value),
    "department": lambda value: ledger.c.department == value,
    "since": lambda value: ledger.c.day >= value,
    "until": lambda value: ledger.c.day <= value,
}
"""Field of Filter → its condition on the ledger, which knows no more of an answer than this."""


def spent(
    store: Store, *, since: str, provider: str = "", tag: str = "", department: str = ""
) -> Decimal:
    """USD billed since this day (UTC), whether the answers were kept or not; simulated ones cost nothing."""
    kept = [lanes.c.day >= since, ~lanes.c.simulated]
    if provider:
        kept.append(lanes.c.provider == provider)
    if tag:
        tagged = sa.select(run_tags.c.run_seq).where(run_tags.c.tag == tag)
        kept.append(lanes.c.run_seq.in_(tagged))
    if department:
        paid = sa.select(runs.c.seq).where(runs.c.department == department)
        kept.append(lanes.c.run_seq.in_(paid))
    noted = _conditions(since=since, provider=provider, tag=tag, department=department)
    amounts = (
        sa.union_all(  # one statement: an answer that is deleted meanwhile is in one of the two
            sa.select(lanes.c.cost.label("amount")).where(*kept),
            sa.select(ledger.c.amount).where(*noted),
        ).subquery()
    )
    with reading(store.engine) as connection:
        total = connection.scalar(sa.select(sa.func.sum(amounts.c.amount)))
    return usd(total or 0) or Decimal(0)


def not_in_history(store: Store, wanted: Filter) -> Decimal | None:
    """USD of the answers under this filter that were not kept or are deleted; None where the ledger can't tell.

    It can't for a filter by what only the history knows, such as a model, an owner or a part of a day.
    """
    given = {
        f.name: value
        for f in fields(Filter)
        if (value := getattr(wanted, f.name)) != f.default and f.name != "simulated"
    }
    days = (given.get(name, "") for name in ("since", "until"))
    if not set(given) <= set(AMOUNTS) or not all(is_day(day) for day in days if day):
        return None
    total = sa.select(sa.func.sum(ledger.c.amount)).where(*_conditions(**given))
    with reading(store.engine) as connection:
        return usd(connection.scalar(total) or 0)


def written(store: Store, run_ids: Collection[str]) -> set[tuple[str, int]]:
    """(run, lane) of the answers of these runs whose cost is written down, in the history or in the ledger."""
    kept = (
        sa.select(runs.c.id, lanes.c.lane)
        .join(lanes, lanes.c.run_seq == runs.c.seq)
        .where(runs.c.id.in_(run_ids), lanes.c.cost.is_not(None))
    )
    noted = sa.select(ledger.c.run_id, ledger.c.lane).where(ledger.c.run_id.in_(run_ids))
    with reading(store.engine) as connection:
        return {(run_id, lane) for run_id, lane in connection.execute(sa.union_all(kept, noted))}


def _conditions(**wanted: str) -> list[Any]:
    return [AMOUNTS[name](value) for name, value in wanted.items() if value]


def _tagged(tag: str) -> Any:
    """Whether the tag is one of those in the row: a tag holds no comma, and LIKE would not tell A from a."""
    every = sa.literal(", ") + ledger.c.tags + sa.literal(", ")
    return sa.func.replace(every, f", {tag}, ", "") != every

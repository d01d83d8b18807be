"""Experiments in a list: how far each is and what it found, by one question to the store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from playground.experiments import kept
from playground.experiments.cell_sums import (
    HAS_ENDED,
    HAS_FAILED,
    HAS_PASSED,
    MEASURED,
    WITHOUT_COST,
    C,
    cells,
)
from playground.experiments.documents import money, rate_document
from playground.experiments.kept import Experiment
from playground.experiments.statistics import Rate, share
from playground.store.database import reading
from playground.store.packing import usd
from playground.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An experiment and its sums over all models; the warm-up is in what waits, and in what it cost."""

    experiment: Experiment
    requests: int
    failures: int
    pass_rate: Rate
    waiting: int
    uncertain: int
    unjudged: int
    cost: Decimal
    """USD of the calls and judges whose cost is known."""
    unpriced: int
    """Calls whose cost is not known."""
    bounds: int
    """Calls whose cost is an estimate or a bound."""
    judges_unpriced: int
    """Calls of judging models whose cost is not known."""

    @property
    def whole(self) -> bool:
        """Whether that is all that it cost."""
        return not (self.unpriced or self.bounds or self.judges_unpriced)


def listed(store: Store, *, owner: str | None = "", limit: int | None = None) -> list[Line]:
    """The newest first."""
    found = kept.all_experiments(store, owner=owner, limit=limit)
    sums = _sums(store, [each.seq for each in found])
    return [_line(each, sums.get(each.seq)) for each in found]


def _line(experiment: Experiment, row: Any) -> Line:
    count = {name: int(getattr(row, name) or 0) for name in _COUNTS}
    sent, passed, judged = count.pop("sent"), count.pop("passed"), count.pop("judged")
    return Line(
        experiment=experiment,
        pass_rate=share(passed, judged),
        uncertain=0 if experiment.alive else sent,
        cost=usd(int(getattr(row, "paid", 0) or 0)) or Decimal(0),
        **count,
    )


_COUNTS = {
    "requests": cells(MEASURED, HAS_ENDED),
    "failures": cells(MEASURED, HAS_FAILED),
    "passed": cells(MEASURED, HAS_PASSED),
    "judged": cells(MEASURED, C.passed.is_not(None)),
    "waiting": cells(C.state == kept.WAITING),
    "sent": cells(C.state == kept.SENT),
    "unjudged": cells(C.pending.is_not(None)),
    "unpriced": cells(WITHOUT_COST),
    "bounds": cells(C.bound),
    "judges_unpriced": sa.func.sum(C.judge_unpriced),
}
_PAID = sa.func.coalesce(sa.func.sum(C.cost), 0) + sa.func.coalesce(sa.func.sum(C.judge_cost), 0)


def _sums(store: Store, seqs: Iterable[int]) -> dict[int, Any]:
    wanted = (
        sa.select(
            C.experiment_seq,
            _PAID.label("paid"),
            *(column.label(name) for name, column in _COUNTS.items()),
        )
        .where(C.experiment_seq.in_(list(seqs)))
        .group_by(C.experiment_seq)
    )
    with reading(store.engine) as connection:
        return {row.experiment_seq: row for row in connection.execute(wanted)}


def line_document(line: Line) -> dict[str, Any]:
    """As JSON values."""
    made = line.experiment
    return {
        "id": made.id,
        "name": made.name,
        "created_at": made.created_at,
        "state": made.standing,
        "note": made.note or None,
        "digest": made.digest,
        "simulated": made.simulated,
        "cells": made.cells,
        "elapsed": made.elapsed,
        **{
            name: getattr(line, name)
            for name in (
                *("requests", "failures", "waiting", "uncertain", "unjudged", "unpriced"),
                *("bounds", "judges_unpriced"),
            )
        },
        "pass_rate": rate_document(line.pass_rate),
        "cost": money(line.cost),
    }

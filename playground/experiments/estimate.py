"""What an experiment will be before it runs: its cells, its calls, and what they may cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from playground.budgets.forecast import forecast
from playground.domain import Request
from playground.experiments.cells import Cell, CellError
from playground.experiments.jobs import Jobs
from playground.experiments.spec import Spec

LOOKED_AT = 12
"""Cells of each model whose tokens are counted: the others are taken to be like them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Before an experiment runs. Money in USD, of the models that have a price."""

    cells: int
    """Measured ones."""
    calls: int
    """With the warm-up, without cells that bring their answer along."""
    likely: Decimal
    """With answers of the usual length, without retries and judges."""
    high: Decimal | None
    """If each wrote the most it may; None where an output has no limit."""
    unpriced: tuple[str, ...]
    judged: bool
    """A model judges: that costs more."""


def estimate(spec: Spec) -> Estimate:
    """Counted for a few cells of each model, spread over all of them."""
    jobs = Jobs(spec)
    mine: list[list[Cell]] = [[] for _ in jobs.names]
    for cell in jobs.order:
        if not jobs.cells.recorded(cell):
            mine[cell.model].append(cell)
    likely, unpriced = Decimal(0), list[str]()
    high: Decimal | None = Decimal(0)
    for cells in mine:
        found = forecast(requests) if (requests := _some(jobs, cells)) else None
        if found is None:
            continue
        share = Decimal(len(cells)) / len(requests)
        likely += found.likely * share
        high = None if high is None or found.high is None else high + found.high * share
        unpriced += found.unpriced
    return Estimate(
        cells=len(jobs.cells),
        calls=sum(map(len, mine)),
        likely=likely,
        high=high,
        unpriced=tuple(dict.fromkeys(unpriced)),
        judged=jobs.judging_models,
    )


def _some(jobs: Jobs, cells: Sequence[Cell]) -> list[Request]:
    """What some of them ask; those that can't be filled in ask nothing."""
    found = []
    for cell in cells[:: max(1, -(-len(cells) // LOOKED_AT))]:
        try:
            found.append(jobs.cells.request(cell))
        except CellError:
            continue
    return found

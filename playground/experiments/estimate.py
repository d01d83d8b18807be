"""What an experiment will be before it runs: its cells, its calls, and what they may cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from playground.budgets.forecast import forecast
from playground.domain import Request
from playground.experiments.cells import Cell, CellError
from playground.experiments.jobs import Jobs
from playground.experiments.running import at_once
from playground.experiments.spec import Spec

GUESS = 3.0
"""Seconds of a call of which nothing is known."""
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
    seconds: float
    """That it will probably take, where no rate limit slows it."""
    guessed: bool
    """Of some model no call was measured: GUESS is taken."""


def estimate(spec: Spec, usual: Mapping[str, float] | None = None) -> Estimate:
    """Counted for a few cells of each model, spread over all of them; `usual`: seconds of a call of each model, where known."""
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
        seconds=_seconds(jobs, [len(cells) for cells in mine], usual or {}),
        guessed=any(
            cells and name not in (usual or {})
            for name, cells in zip(jobs.names, mine, strict=True)
        ),
    )


def _seconds(jobs: Jobs, calls: Sequence[int], usual: Mapping[str, float]) -> float:
    """Providers answer side by side: the slowest one's time."""
    busy: defaultdict[str, float] = defaultdict(float)
    for name, ref, count in zip(jobs.names, jobs.cells.refs, calls, strict=True):
        busy[ref.provider] += count * usual.get(name, GUESS)
    return max((busy[name] / at_once(jobs.spec, name) for name in busy), default=0.0)


def _some(jobs: Jobs, cells: Sequence[Cell]) -> list[Request]:
    """What some of them ask; those that can't be filled in ask nothing."""
    found = []
    for cell in cells[:: max(1, -(-len(cells) // LOOKED_AT))]:
        try:
            found.append(jobs.cells.request(cell))
        except CellError:
            continue
    return found

"""How an experiment differs from an earlier one, model by model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playground.experiments import kept
from playground.experiments.comparing import METRICS, Calls, Comparison, compare, corrected
from playground.experiments.kept import Experiment
from playground.experiments.results import COLUMNS, calls
from playground.store.store import Store

BETTER = {metric.name: metric.more_is_better for metric in METRICS}


def changes(store: Store, now: Experiment, before: Experiment) -> tuple[Comparison, ...]:
    """Now minus before for every model that both asked, corrected for how many comparisons that are; `a` is the model."""
    new, old = _calls(store, now), _calls(store, before)
    made = [
        replace(
            compare(m.name, new[name].of(m.name), old[name].of(m.name), share=m.share),
            a=name,
            b=before.id,
        )
        for name in new
        if name in old
        for m in METRICS
    ]
    return corrected(made)


def worse(made: Comparison) -> bool:
    """Whether the change is surely to the worse."""
    if not made.significant or made.difference is None:
        return False
    return (made.difference < 0) == BETTER[made.metric]


def _calls(store: Store, experiment: Experiment) -> dict[str, Calls]:
    found: dict[str, list[Any]] = {}
    for row in kept.table(store, experiment.seq, *COLUMNS):
        if row.state in (kept.DONE, kept.FAILED) and not row.warm_up:
            found.setdefault(row.model, []).append(row)
    return {name: calls(name, rows) for name, rows in found.items()}

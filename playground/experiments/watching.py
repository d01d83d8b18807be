"""The same spec again: what the provider says has changed, apart from figures that have shifted beyond chance.

However long it is watched, false alarms come in at most 5 of 100 watches: the k-th look may be wrong in 5 % ÷ k(k + 1),
which are 5 % together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.experiments import kept
from playground.experiments.comparing import (
    METRICS,
    Calls,
    Comparison,
    compare,
    corrected,
)
from playground.experiments.documents import comparison_document
from playground.experiments.kept import Experiment
from playground.experiments.planning import ALPHA
from playground.experiments.results import COLUMNS, calls
from playground.store.store import Store

SAID = ("response_model", "fingerprint", "service_tier")
"""What providers say of what answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a provider says of what answers, and said before."""

    model: str
    what: str
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is different from the first run of the same spec."""

    first: str
    """The first one's id."""
    look: int
    """The how manieth comparison with it this is."""
    said: tuple[Said, ...]
    shifts: tuple[Comparison, ...]
    """Every figure of every model, now (a) against then (b)."""
    alpha: float

    @property
    def shifted(self) -> tuple[Comparison, ...]:
        """Figures that have shifted beyond chance."""
        return tuple(c for c in self.shifts if c.adjusted is not None and c.adjusted <= self.alpha)

    @property
    def alarm(self) -> bool:
        return bool(self.said or self.shifted)

    def sentences(self) -> list[str]:
        """For people."""
        found = [
            f"{s.model}: the provider's {s.what.replace('_', ' ')} was {', '.join(s.before) or 'not told'}"
            f" and is {', '.join(s.now) or 'not told'}."
            for s in self.said
        ]
        found += [
            f"{c.a}: {c.metric.replace('_', ' ')} has shifted by {c.difference:+.4g}"
            f" ({c.test}, p = {c.adjusted:.2g}); the provider {self._told(c.a)}."
            for c in self.shifted
        ]
        return found or [f"Nothing has changed since experiment {self.first}."]

    def _told(self, model: str) -> str:
        told = any(s.model == model for s in self.said)
        return "says that something has changed" if told else "says nothing of a change"

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "first": self.first,
            "look": self.look,
            "alarm": self.alarm,
            "alpha": self.alpha,
            "provider_changed": [
                {"model": s.model, "what": s.what, "before": list(s.before), "now": list(s.now)}
                for s in self.said
            ],
            "shifted": [comparison_document(c) for c in self.shifted],
        }


def since_first(store: Store, experiment: Experiment) -> Change | None:
    """What has changed since the first whole run of the same spec; None where this is the first."""
    series = [
        each
        for each in kept.all_experiments(store, owner=None, digest=experiment.digest)
        if each.simulated == experiment.simulated and each.state == kept.ENDED
    ][::-1]
    if experiment.state != kept.ENDED or not series or series[0].id == experiment.id:
        return None
    looks = [each.id for each in series]
    return change(store, series[0], experiment, look=looks.index(experiment.id))


def change(store: Store, first: Experiment, latest: Experiment, *, look: int = 1) -> Change:
    """What is different between two runs of one spec."""
    then, now = (by_model(store, each) for each in (first, latest))
    both = [model for model in now if model in then]
    made = [shift for model in both for shift in shifts(model, then[model], now[model], seed=look)]
    return Change(
        first=first.id,
        look=look,
        said=tuple(s for model in both for s in said(model, then[model], now[model])),
        shifts=corrected(made),
        alpha=alpha_of(look),
    )


def alpha_of(look: int) -> float:
    """How often the how manieth look may be wrong."""
    return ALPHA / (look * (look + 1))


def by_model(store: Store, experiment: Experiment) -> dict[str, list[Any]]:
    """Model → its measured cells that were asked."""
    found: dict[str, list[Any]] = {}
    columns = dict.fromkeys((*COLUMNS, *SAID))
    for row in kept.table(store, experiment.seq, *columns):
        if row.state in (kept.DONE, kept.FAILED) and not row.warm_up:
            found.setdefault(row.model, []).append(row)
    return {model: found[model] for model in experiment.in_order(found)}


def shifts(model: str, then: Sequence[Any], now: Sequence[Any], *, seed: int) -> list[Comparison]:
    """Each figure of a model now (a) and then (b), not yet corrected."""
    return shifts_of(calls(model, then), calls(model, now), seed=seed)


def shifts_of(then: Calls, now: Calls, *, seed: int) -> list[Comparison]:
    """The same of calls."""
    found = [
        compare(m.name, now.of(m.name), then.of(m.name), share=m.share, ratio=m.ratio, seed=seed)
        for m in METRICS
    ]
    return [replace(each, more_repeats=None) for each in found if each.p is not None]


def said(model: str, then: Sequence[Any], now: Sequence[Any]) -> list[Said]:
    """What its provider says otherwise now than it said then."""
    found = []
    for what in SAID:
        before, after = (_values(rows, what) for rows in (then, now))
        if before and after and not set(after) <= set(before):
            found.append(Said(model=model, what=what, before=before, now=after))
    return found


def _values(rows: Sequence[Any], what: str) -> tuple[str, ...]:
    counted: Mapping[str, None] = dict.fromkeys(
        value for row in rows if (value := getattr(row, what)) is not None
    )
    return tuple(sorted(counted))

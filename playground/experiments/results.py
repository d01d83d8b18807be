"""What an experiment found, as one value: models with their figures, comparisons, cells, causes of failures, what is best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import numpy as np

from playground import figures as fmt
from playground.experiments import kept
from playground.experiments.comparing import Calls, Comparison, compare_all
from playground.experiments.kept import Experiment
from playground.experiments.statistics import (
    Distribution,
    Floats,
    Groups,
    Interval,
    Rate,
    array,
    cost_per_success,
    distribution,
    rate,
)
from playground.store.packing import UNIT, usd
from playground.store.store import Store

COLUMNS = (
    *(
        "cell",
        "model",
        "prompt",
        "case",
        "repeat",
        "warm_up",
        "state",
        "tries",
        "failure",
        "message",
    ),
    *("time_to_first_text", "duration", "output_tokens_per_second", "cost", "passed", "error"),
    *("input_tokens", "output_tokens", "cache_read_input_tokens"),
    *("response_model", "fingerprint", "busy", "run_id", "judge_cost", "judge_unpriced", "bound"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """US dollars; None where a call's cost is not known."""

    total: Decimal | None = None
    known: Decimal = Decimal(0)
    """Of those calls whose cost is known."""
    unpriced: int = 0
    """Calls whose cost is not known."""
    bounds: int = 0
    """Calls whose cost is an estimate or a bound: so are the sums then."""
    per_request: Decimal | None = None
    per_success: Decimal | None = None
    per_success_interval: Interval | None = None
    judges: Decimal | None = None
    """What judging models cost beside it, as far as that is known; None where none was asked, or none has a price."""
    judges_unpriced: int = 0
    """Calls of judging models whose cost is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResult:
    """One model's figures over all measured cells that were asked."""

    model: str
    n: int
    failures: int
    errors: int
    """Answers that could not be judged: they have not passed, and are no failures of the call."""
    pass_rate: Rate
    time_to_first_text: Distribution
    duration: Distribution
    output_tokens_per_second: Distribution
    input_tokens: float | None
    """Mean of the answered calls that reported it."""
    output_tokens: float | None
    cost: Costs
    cached: int
    """Calls whose prompt came from a cache in part: their latency is not that of a fresh one."""
    retried: int
    busy: int
    """Calls during which this computer was too busy to measure well."""
    response_models: Mapping[str, int]
    """What the provider says answered → calls."""
    fingerprints: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Two models whose order by price is another by what a success costs."""

    cheaper: str
    """By the call."""
    dearer: str
    """The same model's rival, which costs less by the success."""
    significant: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Calls that failed for one reason, or answers that did not pass because of it."""

    cause: str
    count: int
    models: Mapping[str, int]
    example: str
    cell: int
    """One of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A field of the matrix: one case of one prompt at one model, over its repeats."""

    passed: int
    of: int
    failures: int
    cell: int
    """Its first."""
    run_id: str | None
    """The run that opens when it is clicked; None where no exchange of it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """An experiment and what it found."""

    experiment: Experiment
    models: tuple[ModelResult, ...]
    comparisons: tuple[Comparison, ...]
    turned: tuple[Turned, ...]
    states: Mapping[str, int]
    """State → measured cells and those of the warm-up."""
    warm_up: int
    runs_kept: int
    """Cells whose exchange is in the history."""
    unjudged: int = 0
    """Answers that wait for their verdict."""

    @property
    def requests(self) -> int:
        return sum(model.n for model in self.models)

    @property
    def failures(self) -> int:
        return sum(model.failures for model in self.models)

    @property
    def requests_per_second(self) -> float | None:
        elapsed = self.experiment.elapsed
        return (self.requests + self.warm_up) / elapsed if elapsed else None

    @property
    def uncertain(self) -> int:
        """Cells that were under way when their process ended."""
        return 0 if self.experiment.alive else self.states.get(kept.SENT, 0)

    @property
    def pass_rate(self) -> float | None:
        """Over all models."""
        of = sum(model.pass_rate.of for model in self.models)
        return sum(model.pass_rate.count for model in self.models) / of if of else None


def results(store: Store, experiment: Experiment, *, compare: bool = True) -> Results:
    """What it has found so far; `compare`: with tests of every difference, which take a second or two."""
    rows = kept.table(store, experiment.seq, *COLUMNS)
    asked = [r for r in rows if r.state in (kept.DONE, kept.FAILED) and not r.warm_up]
    names = experiment.in_order(r.model for r in rows if not r.warm_up)
    mine: dict[str, list[Any]] = {name: [] for name in names}
    for row in asked:
        mine[row.model].append(row)
    seed = experiment.spec.seed
    models = tuple(_model(name, found, seed=seed) for name, found in mine.items())
    made = compare_all([calls(n, found) for n, found in mine.items()], seed=seed) if compare else ()
    return Results(
        experiment=experiment,
        models=models,
        comparisons=made,
        turned=tuple(_turned(models, made)),
        states=Counter(r.state for r in rows),
        warm_up=sum(r.warm_up and r.state in (kept.DONE, kept.FAILED) for r in rows),
        runs_kept=sum(r.run_id is not None for r in rows),
        unjudged=kept.waiting_for_verdicts(store, experiment.seq),
    )


def _model(name: str, rows: Sequence[Any], *, seed: int) -> ModelResult:
    groups = np.array([_case(row) for row in rows], np.int64)

    def of(column: str) -> Distribution:
        return distribution(
            array([getattr(r, column) for r in rows if r.failure is None]),
            groups[[r.failure is None for r in rows]] if rows else groups,
            seed=seed,
        )

    return ModelResult(
        model=name,
        n=len(rows),
        failures=sum(r.state == kept.FAILED for r in rows),
        errors=sum(r.error is not None for r in rows),
        pass_rate=rate(array([r.passed for r in rows]), groups),
        time_to_first_text=of("time_to_first_text"),
        duration=of("duration"),
        output_tokens_per_second=of("output_tokens_per_second"),
        input_tokens=_mean(r.input_tokens for r in rows if r.failure is None),
        output_tokens=_mean(r.output_tokens for r in rows if r.failure is None),
        cost=_costs(rows, groups, seed=seed),
        cached=sum(bool(r.cache_read_input_tokens) for r in rows),
        retried=sum(r.tries > 1 for r in rows),
        busy=sum(r.busy for r in rows),
        response_models=Counter(r.response_model for r in rows if r.response_model),
        fingerprints=Counter(r.fingerprint for r in rows if r.fingerprint),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _case(row: Any) -> int:
    """A number for the case under its prompt."""
    return int(row.prompt) * 10_000_000 + int(row.case)


def _billed(row: Any) -> bool:
    """Whether a call without a cost may have been billed."""
    return row.failure is None or row.failure in kept.MAY_HAVE_COST


def _amount(row: Any) -> float | None:
    """Units of money that a call cost; a refused one cost nothing, of others without a cost nobody knows."""
    if row.cost is not None:
        return float(row.cost)
    return None if _billed(row) else 0.0


def judging(known: Decimal | None, unpriced: int) -> str:
    """A sentence on what judging models cost, and of how many calls of theirs nobody knows; empty where none judged."""
    if known is None:
        return f"Judging models: no price is known (calls: {unpriced:,})." if unpriced else ""
    more = f"; calls of theirs without a known price: {unpriced:,}" if unpriced else ""
    return f"Judging models cost {fmt.total(known, whole=not unpriced)} beside it{more}."


def _costs(rows: Sequence[Any], groups: Groups, *, seed: int) -> Costs:
    known = sum((usd(r.cost) or Decimal(0) for r in rows if r.cost is not None), Decimal(0))
    unpriced = sum(r.cost is None and _billed(r) for r in rows)
    judges = [usd(r.judge_cost) or Decimal(0) for r in rows if r.judge_cost is not None]
    paid = Costs(
        known=known,
        unpriced=unpriced,
        bounds=sum(r.bound for r in rows),
        judges=sum(judges, Decimal(0)) if judges else None,
        judges_unpriced=sum(r.judge_unpriced or 0 for r in rows),
    )
    if unpriced or not rows:
        return paid
    passed = array([r.passed for r in rows])
    successes = int(np.nansum(passed))
    _, interval = cost_per_success(array([_amount(r) for r in rows]), passed, groups, seed=seed)
    unit = float(UNIT)
    return replace(
        paid,
        total=known,
        per_request=known / len(rows),
        per_success=known / successes if successes else None,
        per_success_interval=interval
        and Interval(*(b if b is None else b * unit for b in (interval.low, interval.high))),
    )


def calls(name: str, rows: Sequence[Any]) -> Calls:
    """A model's cells for the tests of a difference; money in USD."""

    def of(column: str) -> Floats:
        return array([None if r.failure else getattr(r, column) for r in rows])

    amounts = array([_amount(row) for row in rows]) * float(UNIT)
    return Calls(
        name,
        [(_case(row), row.repeat) for row in rows],
        {
            "pass_rate": array([row.passed for row in rows]),
            "time_to_first_text": of("time_to_first_text"),
            "duration": of("duration"),
            "output_tokens_per_second": of("output_tokens_per_second"),
            "cost": amounts,
        },
    )


def _turned(models: Sequence[ModelResult], comparisons: Sequence[Comparison]) -> Iterable[Turned]:
    """Where cost per success turns the order by price around."""
    sure = {(c.a, c.b): c.significant for c in comparisons if c.metric == "cost_per_success"}
    for a, b in combinations(models, 2):
        prices = [(m.cost.per_request, m.cost.per_success) for m in (a, b)]
        (call_a, success_a), (call_b, success_b) = prices
        if call_a is None or call_b is None or success_a is None or success_b is None:
            continue
        if (call_a - call_b) * (success_a - success_b) < 0:
            first, second = (a, b) if call_a < call_b else (b, a)
            yield Turned(
                cheaper=first.model, dearer=second.model, significant=sure.get((a.model, b.model))
            )


def causes(store: Store, experiment: Experiment) -> tuple[Cause, ...]:
    """Why calls failed and answers did not pass, the most frequent first; each cell counts once."""
    found: dict[str, list[Any]] = {}
    columns = (
        "cell",
        "model",
        "warm_up",
        "state",
        "failure",
        "message",
        "passed",
        "error",
        "reason",
    )
    for row in kept.table(store, experiment.seq, *columns):
        if not row.warm_up and (cause := _cause(row)):
            found.setdefault(cause, []).append(row)
    return tuple(
        Cause(
            cause=_named(rows) if cause.startswith(NOT_PASSED) else cause,
            count=len(rows),
            models=Counter(row.model for row in rows),
            example=rows[0].message or rows[0].error or rows[0].reason or "",
            cell=rows[0].cell,
        )
        for cause, rows in sorted(found.items(), key=lambda item: -len(item[1]))
    )


def _cause(row: Any) -> str:
    if row.failure:
        return str(row.failure).replace("_", " ")
    if row.error:
        return "not judged"
    if row.passed is not False:
        return ""
    return f"{NOT_PASSED}{VALUES.sub('…', row.reason or '')}"


NOT_PASSED = "not passed: "
VALUES = re.compile(r'("(?:[^"\\]|\\.)*"|“[^”]*”|`[^`]*`|(?<!\w)-?\d[\d.,]*\b)')
"""What differs from case to case in the reasons that one check gives."""


def _named(rows: Sequence[Any]) -> str:
    """What these reasons have in common: `not passed: … words, at most 80`."""
    pieces = zip(*(VALUES.split(row.reason or "") for row in rows), strict=True)
    said = "".join(one[0] if len(set(one)) == 1 else "…" for one in pieces)
    return f"{NOT_PASSED}{said}" if said else NOT_PASSED.removesuffix(": ")


def matrix(store: Store, experiment: Experiment) -> dict[tuple[int, int], dict[str, Score]]:
    """(prompt, case) → model → what its repeats came to."""
    found: dict[tuple[int, int], dict[str, list[Any]]] = {}
    columns = ("cell", "model", "prompt", "case", "warm_up", "state", "passed", "run_id")
    for row in kept.table(store, experiment.seq, *columns):
        if not row.warm_up:
            found.setdefault((row.prompt, row.case), {}).setdefault(row.model, []).append(row)
    return {
        place: {model: _score(rows) for model, rows in models.items()}
        for place, models in found.items()
    }


def _score(rows: Sequence[Any]) -> Score:
    return Score(
        passed=sum(bool(row.passed) for row in rows),
        of=sum(row.state in (kept.DONE, kept.FAILED) for row in rows),
        failures=sum(row.state == kept.FAILED for row in rows),
        cell=rows[0].cell,
        run_id=next((row.run_id for row in rows if row.run_id), None),
    )


def pareto(models: Sequence[ModelResult], *, by: str = "cost") -> tuple[str, ...]:
    """The models that no other beats in both pass rate and cost a request (or `duration`, p50), cheapest first."""

    def least(model: ModelResult) -> float | None:
        found = model.cost.per_request if by == "cost" else model.duration.p50
        return None if found is None else float(found)

    points = [
        (price, -(model.pass_rate.value), model.model)
        for model in models
        if (price := least(model)) is not None and model.pass_rate.value is not None
    ]
    return front(points)


def front(points: Iterable[tuple[float, float, str]]) -> tuple[str, ...]:
    """The names whose two figures no other beats in both, less being better; the least first figure comes first."""
    found: list[tuple[float, float, str]] = []
    for point in sorted(points):
        if not found or point[1] < found[-1][1]:
            found.append(point)
    return tuple(name for _, _, name in found)

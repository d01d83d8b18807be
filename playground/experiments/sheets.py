"""What a screen shows of an experiment while it runs and afterwards, each by one question to the store: no body is unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

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
from playground.experiments.kept import Experiment
from playground.experiments.statistics import Rate, share
from playground.history.interrupted import gone
from playground.history.labels import owner_digest
from playground.store.database import reading
from playground.store.packing import usd
from playground.store.schema import experiments
from playground.store.store import Store

PAGE = 25
"""Rows of the matrix on a screen."""
MOST_LISTED = 200
Only = Literal["all", "not passed", "failed", "models differ"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An experiment in a list: without its spec, which may hold ten thousand cases."""

    id: str
    name: str
    created_at: str
    state: str
    """running, done, stopped; `interrupted` where the process that ran it is gone."""
    digest: str
    simulated: bool
    cells: int
    ended: int
    failed: int
    elapsed: float


def listed(store: Store, *, owner: str | None = "", digest: str | None = None) -> list[Listed]:
    """The newest first, at most MOST_LISTED."""
    e = experiments.c
    names = ("id", "name", "created_at", "digest", "simulated", "cells", "elapsed")
    wanted = sa.select(e.seq, e.state, e.writer, e.heartbeat, *(e[name] for name in names))
    if owner is not None:
        wanted = wanted.where(e.owner == owner_digest(owner))
    if digest is not None:
        wanted = wanted.where(e.digest == digest)
    wanted = wanted.order_by(e.seq.desc()).limit(MOST_LISTED)
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
        counted = _counted(connection, [row.seq for row in rows])
    return [
        Listed(
            state=_state(row),
            failed=counted.get((row.seq, kept.FAILED), 0),
            ended=sum(counted.get((row.seq, state), 0) for state in (kept.DONE, kept.FAILED)),
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]


def _counted(connection: sa.Connection, seqs: Sequence[int]) -> dict[tuple[int, str], int]:
    wanted = (
        sa.select(C.experiment_seq, C.state, sa.func.count())
        .where(C.experiment_seq.in_(seqs))
        .group_by(C.experiment_seq, C.state)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(wanted)}


def _state(row: Any) -> str:
    lost = row.state == kept.RUNNING and gone(row.writer, row.heartbeat)
    return "interrupted" if lost else str(row.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """One model's figures so far."""

    model: str
    n: int
    failures: int
    pass_rate: Rate
    time_to_first_text: float | None
    """Seconds, mean."""
    duration: float | None
    """Seconds, mean."""
    cost: Decimal | None
    """USD of the calls whose cost is known."""
    whole: bool
    """Whether that is all of it: no call is without a cost, and none has only a bound or an estimate."""


def partials(store: Store, experiment: Experiment) -> list[Partial]:
    """A row a model, in the order of the spec; the warm-up is in none."""
    wanted = (
        sa.select(
            C.model,
            cells(HAS_ENDED).label("n"),
            cells(HAS_FAILED).label("failures"),
            cells(HAS_PASSED).label("passed"),
            sa.func.count(C.passed).label("judged"),
            sa.func.avg(C.time_to_first_text).label("first"),
            sa.func.avg(C.duration).label("duration"),
            sa.func.sum(C.cost).label("cost"),
            cells(sa.or_(C.bound, WITHOUT_COST)).label("unsure"),
        )
        .where(C.experiment_seq == experiment.seq, MEASURED)
        .group_by(C.model)
    )
    with reading(store.engine) as connection:
        rows = {row.model: row for row in connection.execute(wanted)}
    return [
        Partial(
            model=row.model,
            n=int(row.n),
            failures=int(row.failures),
            pass_rate=share(int(row.passed or 0), int(row.judged)),
            time_to_first_text=row.first,
            duration=row.duration,
            cost=None if row.cost is None else usd(int(row.cost)),
            whole=not row.unsure,
        )
        for row in map(rows.__getitem__, experiment.in_order(rows))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One case of one prompt at one model, over its repeats."""

    passed: int
    judged: int
    asked: int
    failures: int
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the matrix: one case of one prompt."""

    prompt: int
    case: int
    fields: dict[str, Field]
    """Model → its field."""


def matrix(store: Store, seq: int, *, only: Only = "all", page: int = 1) -> tuple[list[Line], int]:
    """One screen of the matrix in the order of cases, and how many rows there are in all."""
    mine = sa.and_(C.experiment_seq == seq, MEASURED)
    places = sa.select(C.prompt, C.case).where(mine).group_by(C.prompt, C.case)
    if (having := _having(only)) is not None:
        places = places.having(having)
    screen = places.order_by(C.case, C.prompt).limit(PAGE).offset((page - 1) * PAGE)
    with reading(store.engine) as connection:
        total = connection.scalar(sa.select(sa.func.count()).select_from(places.subquery())) or 0
        here = connection.execute(screen).all()
        rows = connection.execute(_fields(mine, [row.case for row in here])).all()
    lines = {(row.prompt, row.case): dict[str, Field]() for row in here}
    for row in rows:
        if (row.prompt, row.case) in lines:
            lines[row.prompt, row.case][row.model] = Field(
                passed=int(row.passed),
                judged=int(row.judged),
                asked=int(row.asked),
                failures=int(row.failures),
                cells=int(row.cells),
            )
    made = [Line(prompt=p, case=c, fields=fields) for (p, c), fields in lines.items()]
    return made, total


def shares(store: Store, seq: int) -> dict[tuple[int, int, str], tuple[int, int]]:
    """(prompt, case, model) → answers that passed, of so many judged."""
    wanted = (
        sa.select(C.prompt, C.case, C.model, cells(HAS_PASSED), sa.func.count(C.passed))
        .where(C.experiment_seq == seq, MEASURED, C.passed.is_not(None))
        .group_by(C.prompt, C.case, C.model)
    )
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
    return {(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in rows}


def _fields(mine: Any, cases: Sequence[int]) -> Any:
    return (
        sa.select(
            C.prompt,
            C.case,
            C.model,
            cells(HAS_PASSED).label("passed"),
            sa.func.count(C.passed).label("judged"),
            cells(HAS_ENDED).label("asked"),
            cells(HAS_FAILED).label("failures"),
            sa.func.count().label("cells"),
        )
        .where(mine, C.case.in_(cases))
        .group_by(C.prompt, C.case, C.model)
    )


def _having(only: Only) -> Any:
    """What a row must have to be among `only`; None = nothing."""
    if only == "failed":
        return cells(HAS_FAILED) > 0
    if only == "not passed":
        return cells(C.passed.is_(False)) > 0
    if only == "models differ":
        some = cells(HAS_PASSED)
        return sa.and_(some > 0, some < sa.func.count(C.passed))
    return None


def place(store: Store, seq: int, cell: int) -> tuple[int, int, str] | None:
    """(prompt, case, model) of a cell."""
    wanted = sa.select(C.prompt, C.case, C.model).where(C.experiment_seq == seq, C.cell == cell)
    with reading(store.engine) as connection:
        row = connection.execute(wanted).one_or_none()
    return row and (row.prompt, row.case, row.model)


REPEAT_COLUMNS = (
    *("cell", "repeat", "state", "tries", "failure", "message", "text", "passed", "score"),
    *("reason", "error", "time_to_first_text", "duration", "input_tokens", "output_tokens"),
    *("cost", "bound", "run_id", "lane", "finish_reason", "cache_read_input_tokens"),
)


def repeats(store: Store, seq: int, prompt: int, case: int, model: str) -> list[Any]:
    """The cells of one field, each with its figures, the beginning of its answer and its verdict."""
    wanted = (
        sa.select(*(C[name] for name in REPEAT_COLUMNS))
        .where(
            C.experiment_seq == seq,
            C.prompt == prompt,
            C.case == case,
            C.model == model,
            MEASURED,
        )
        .order_by(C.repeat)
    )
    with reading(store.engine) as connection:
        return list(connection.execute(wanted).all())


def by_prompt(store: Store, seq: int) -> dict[tuple[int, str], Rate]:
    """(prompt, model) → how many of its answers passed."""
    wanted = (
        sa.select(C.prompt, C.model, cells(HAS_PASSED), sa.func.count(C.passed))
        .where(C.experiment_seq == seq, MEASURED, C.passed.is_not(None))
        .group_by(C.prompt, C.model)
        .order_by(sa.func.min(C.cell))
    )
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
    return {(row[0], row[1]): share(int(row[2]), int(row[3])) for row in rows}


RECENT = 5
"""Experiments by which a usual call is told."""


def usual_durations(store: Store, *, owner: str | None, simulated: bool) -> dict[str, float]:
    """Model → mean seconds of its calls in the last experiments."""
    e = experiments.c
    recent = sa.select(e.seq).where(e.simulated == simulated).order_by(e.seq.desc()).limit(RECENT)
    if owner is not None:
        recent = recent.where(e.owner == owner_digest(owner))
    wanted = (
        sa.select(C.model, sa.func.avg(C.duration))
        .where(C.experiment_seq.in_(recent), C.duration.is_not(None))
        .group_by(C.model)
    )
    with reading(store.engine) as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}


def durations(store: Store, seq: int, column: str) -> dict[str, list[float]]:
    """Model → the values of a column that calls without a failure have, sorted."""
    value = C[column]
    wanted = (
        sa.select(C.model, value)
        .where(C.experiment_seq == seq, MEASURED, value.is_not(None))
        .order_by(C.model, value)
    )
    found: dict[str, list[float]] = {}
    with reading(store.engine) as connection:
        for model, seconds in connection.execute(wanted):
            found.setdefault(model, []).append(seconds)
    return found

"""Experiments and their cells as rows of the store: what is to be asked, what is under way, what came of it."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from playground.domain import Response, clock
from playground.domain.nouns import jsonable, noun
from playground.experiments.spec import Spec
from playground.experiments.verdict import Verdict
from playground.history.interrupted import gone
from playground.history.labels import owner_digest
from playground.history.rows import writer_name
from playground.store.database import reading, writing
from playground.store.packing import storable, storable_json, units
from playground.store.schema import experiment_cells, experiments
from playground.store.store import Store

WAITING, SENT, DONE, FAILED, SKIPPED = "waiting", "sent", "done", "failed", "skipped"
"""States of a cell. A `sent` one of an experiment that nobody runs is uncertain: it may have been answered, and billed."""
RUNNING, ENDED, STOPPED = "running", "done", "stopped"
"""States of an experiment."""
TEXT_KEPT = 500
"""Characters of an answer that stand in the cell's row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A cell's place in the table, and in the order in which cells are asked."""

    cell: int
    model: str
    prompt: int
    case: int
    repeat: int
    warm_up: bool = False
    state: str = WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment as it is kept."""

    seq: int
    id: str
    name: str
    created_at: str
    ended_at: str | None
    state: str
    digest: str
    spec: Spec
    simulated: bool
    cells: int
    elapsed: float
    note: str
    alive: bool
    """Whether a process is running it."""

    @property
    def standing(self) -> str:
        """running, done, stopped; `interrupted` where the process that ran it is gone."""
        return "interrupted" if self.state == RUNNING and not self.alive else self.state

    def in_order(self, models: Iterable[str]) -> list[str]:
        """These models as the spec has them one after the other, each once."""
        places = {storable(name): place for place, name in enumerate(self.spec.names)}
        return sorted(dict.fromkeys(models), key=lambda name: places.get(name, len(places)))


MAY_HAVE_COST = ("cancelled", "interrupted", "stream_truncated", "timeout")
"""Failures that may be billed although they have no cost here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """An answer that waits for its verdict, as long as that takes."""

    cell: int
    response: Response
    verdict: Verdict | None = None
    """Its own, where only the comparison with others is missing."""


def digest_of(spec: Spec) -> str:
    """The same for the same spec, whatever order its keys stand in."""
    text = json.dumps(spec.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def create(
    store: Store, spec: Spec, places: Iterable[Place], *, owner: str = "", simulated: bool
) -> Experiment:
    """Write an experiment down with all its cells waiting."""
    rows = [
        {
            "cell": p.cell,
            "model": storable(p.model),
            "prompt": p.prompt,
            "case": p.case,
            "repeat": p.repeat,
            "warm_up": p.warm_up,
            "state": WAITING,
            "tries": 0,
            "bound": False,
            "busy": False,
        }
        for p in places
    ]
    made = {
        "id": secrets.token_hex(6),
        "owner": owner_digest(owner),
        "name": storable(spec.name),
        "created_at": clock.now(),
        "state": STOPPED,
        "digest": digest_of(spec),
        "spec": storable_json(spec.model_dump(mode="json", exclude_unset=True)),
        "simulated": simulated,
        "cells": len(rows),
        "elapsed": 0.0,
        "note": "",
    }
    with writing(store.engine) as connection:
        seq = connection.scalar(experiments.insert().values(made).returning(experiments.c.seq))
        for start in range(0, len(rows), 1_000):
            some = [{"experiment_seq": seq, **row} for row in rows[start : start + 1_000]]
            connection.execute(experiment_cells.insert(), some)
    found = find(store, made["id"], owner=owner)
    assert found is not None  # noqa: S101 - it was just written
    return found


def find(store: Store, id: str, *, owner: str | None = "") -> Experiment | None:
    """One experiment by its id, or by the beginning of it that only one has; owner None = anyone's."""
    mine = experiments.c.id.startswith(id, autoescape=True)
    if owner is not None:
        mine &= experiments.c.owner == owner_digest(owner)
    with reading(store.engine) as connection:
        rows = connection.execute(sa.select(experiments).where(mine).limit(2)).all()
    return _experiment(rows[0]) if id and len(rows) == 1 else None


def refreshed(store: Store, experiment: Experiment) -> Experiment | None:
    """It as it is now, its spec not read again, which may hold ten thousand cases; None where it was deleted."""
    c = experiments.c
    wanted = sa.select(c.state, c.ended_at, c.elapsed, c.note, c.writer, c.heartbeat)
    with reading(store.engine) as connection:
        row = connection.execute(wanted.where(c.seq == experiment.seq)).one_or_none()
    return row and replace(
        experiment,
        state=row.state,
        ended_at=row.ended_at,
        elapsed=row.elapsed,
        note=row.note,
        alive=_alive(row),
    )


def all_experiments(
    store: Store,
    *,
    owner: str | None = "",
    digest: str | None = None,
    limit: int | None = None,
) -> list[Experiment]:
    """Every experiment, the newest first; of one digest: the same spec at different times."""
    wanted = sa.select(experiments)
    if owner is not None:
        wanted = wanted.where(experiments.c.owner == owner_digest(owner))
    if digest is not None:
        wanted = wanted.where(experiments.c.digest == digest)
    with reading(store.engine) as connection:
        rows = connection.execute(wanted.order_by(experiments.c.seq.desc()).limit(limit)).all()
    return list(map(_experiment, rows))


def _experiment(row: Any) -> Experiment:
    names = ("seq", "id", "name", "created_at", "ended_at", "state", "digest", "simulated")
    return Experiment(
        spec=Spec.model_validate(row.spec),
        alive=_alive(row),
        **{name: getattr(row, name) for name in (*names, "cells", "elapsed", "note")},
    )


def _alive(row: Any) -> bool:
    return bool(row.state == RUNNING and not gone(row.writer, row.heartbeat))


def places(store: Store, seq: int, *states: str) -> list[Place]:
    """The cells in these states, in their order; those in any where none is named."""
    c = experiment_cells.c
    columns = (c.cell, c.model, c.prompt, c.case, c.repeat, c.warm_up, c.state)
    wanted = sa.select(*columns).where(c.experiment_seq == seq)
    if states:
        wanted = wanted.where(c.state.in_(states))
    with reading(store.engine) as connection:
        rows = connection.execute(wanted.order_by(c.cell)).all()
    return [Place(**row._mapping) for row in rows]


def unjudged(store: Store, seq: int) -> list[Unjudged]:
    """Answers whose process ended before their verdict, in their order."""
    c = experiment_cells.c
    wanted = sa.select(c.cell, c.pending).where(c.experiment_seq == seq, c.pending.is_not(None))
    with reading(store.engine) as connection:
        rows = connection.execute(wanted.order_by(c.cell)).all()
    return [
        Unjudged(
            cell=row.cell,
            response=noun(Response, row.pending["response"], "response"),
            verdict=row.pending["verdict"] and noun(Verdict, row.pending["verdict"], "verdict"),
        )
        for row in rows
    ]


def waiting_for_verdicts(store: Store, seq: int) -> int:
    """How many answers those are."""
    c = experiment_cells.c
    wanted = sa.select(sa.func.count()).where(c.experiment_seq == seq, c.pending.is_not(None))
    with reading(store.engine) as connection:
        return connection.scalar(wanted) or 0


def counts(store: Store, seq: int) -> dict[str, int]:
    """State → cells."""
    c = experiment_cells.c
    wanted = sa.select(c.state, sa.func.count()).where(c.experiment_seq == seq).group_by(c.state)
    with reading(store.engine) as connection:
        found = connection.execute(wanted).all()
    return {row[0]: row[1] for row in found}


def table(store: Store, seq: int, *columns: str) -> list[Any]:
    """These columns of all cells, in their order."""
    c = experiment_cells.c
    wanted = sa.select(*(c[name] for name in columns)).where(c.experiment_seq == seq)
    with reading(store.engine) as connection:
        return list(connection.execute(wanted.order_by(c.cell)).all())


def begin(store: Store, seq: int) -> bool:
    """Take an experiment to run it; False where another process has it."""
    with writing(store.engine) as connection:
        wanted = sa.select(experiments.c.state, experiments.c.writer, experiments.c.heartbeat)
        mine = wanted.where(experiments.c.seq == seq).with_for_update()  # the second waits here
        row = connection.execute(mine).one()
        if row.state == RUNNING and not gone(row.writer, row.heartbeat):
            return False
        _change(
            connection, seq, state=RUNNING, writer=writer_name(), heartbeat=time.time(), note=""
        )
    return True


def beat(store: Store, seq: int) -> None:
    """Say that this process is alive."""
    with writing(store.engine) as connection:
        _change(connection, seq, heartbeat=time.time())


def finish(store: Store, seq: int, state: str, *, elapsed: float, note: str) -> None:
    """Let go of an experiment; `elapsed` seconds are added."""
    with writing(store.engine) as connection:
        _change(
            connection,
            seq,
            state=state,
            writer=None,
            heartbeat=None,
            ended_at=clock.now(),
            note=storable(note),
            elapsed=experiments.c.elapsed + elapsed,
        )


def _change(connection: sa.Connection, seq: int, **values: Any) -> None:
    connection.execute(experiments.update().where(experiments.c.seq == seq).values(**values))


def settle_uncertain(store: Store, seq: int, state: str) -> int:
    """What becomes of cells that were under way when their process ended: WAITING asks them again, SKIPPED never does."""
    c = experiment_cells.c
    change = experiment_cells.update().where(c.experiment_seq == seq, c.state == SENT)
    with writing(store.engine) as connection:
        return connection.execute(change.values(state=state)).rowcount


def delete(store: Store, seq: int) -> None:
    """Delete an experiment and its cells; its runs stay in the history."""
    with writing(store.engine) as connection:
        connection.execute(experiments.delete().where(experiments.c.seq == seq))


BACK: Final[Mapping[str, Any]] = {"state": WAITING}
"""The row of a cell that was refused for now: it waits again."""
UNSENT: Final[Mapping[str, Any]] = {"state": WAITING, "tries": -1}
"""The row of a cell that was written down as sent and has not left. `tries` are added."""

_CLAIM = (
    experiment_cells.update()
    .where(
        experiment_cells.c.experiment_seq == sa.bindparam("of"),
        experiment_cells.c.cell == sa.bindparam("at"),
    )
    .values(state=SENT, tries=experiment_cells.c.tries + 1)
)
_RESULT = experiment_cells.update().where(
    experiment_cells.c.experiment_seq == sa.bindparam("of"),
    experiment_cells.c.cell == sa.bindparam("at"),
)


@functools.cache
def _result(names: tuple[str, ...]) -> sa.Update:
    """The statement that sets these columns."""
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    if "tries" in values:
        values["tries"] = experiment_cells.c.tries + values["tries"]
    return _RESULT.values(values)


def write(
    connection: sa.Connection,
    seq: int,
    results: Mapping[int, Mapping[str, Any]],
    claims: Sequence[int],
) -> None:
    """Which are sent next, then results of cells (of one that was claimed just now too), in the caller's transaction."""
    if claims:
        connection.execute(_CLAIM, [{"of": seq, "at": cell} for cell in claims])
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for cell, row in results.items():
        given = {**row, "pending": _held(row["pending"])} if "pending" in row else row
        kinds.setdefault(tuple(row), []).append({"of": seq, "at": cell, **given})
    for names, rows in kinds.items():
        connection.execute(_result(names), rows)


def _held(made: Unjudged | None) -> Any:
    """As JSON values: all that a verdict may look at."""
    if made is None:
        return None
    bare = replace(made.response, exchange=None, attempts=())
    return storable_json({"response": jsonable(bare), "verdict": jsonable(made.verdict)})


_FINGERPRINT = re.compile(r'"system_fingerprint"\s*:\s*"([^"]+)"')


def fingerprint(response: Response) -> str | None:
    """What the provider calls its configuration; None where it says nothing."""
    exchange = response.exchange
    if exchange is None:
        return None
    body = exchange.events[0].data if exchange.events else exchange.response_body
    found = _FINGERPRINT.search(body or "")
    return found[1] if found else None


def result(response: Response, run_id: str | None, lane: int) -> dict[str, Any]:
    """A cell's columns, but for the verdict."""
    usage, failure, cost = response.usage, response.failure, response.cost
    return {
        "state": FAILED if failure else DONE,
        "run_id": run_id,
        "lane": None if run_id is None else lane,
        "started_at": response.timing.started_at,
        "response_model": _storable(response.response_model),
        "fingerprint": _storable(fingerprint(response)),
        "service_tier": _storable(response.service_tier),
        "finish_reason": _storable(response.finish_reason),
        "failure": failure.type if failure else None,
        "status": failure.status if failure else None,
        "message": _storable(failure.told) if failure else None,
        "time_to_first_text": None if failure else response.time_to_first_text,
        "duration": None if failure else response.timing.duration,
        "output_tokens_per_second": None if failure else response.output_tokens_per_second,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_input_tokens": usage.cache_read_input_tokens,
        "cache_write_input_tokens": usage.cache_write_input_tokens,
        "reasoning_output_tokens": usage.reasoning_output_tokens,
        "cost": units(cost.total) if cost else None,
        "bound": bool(cost and (cost.estimate or cost.lower_bound or cost.upper_bound)),
        "busy": response.trust.busy,
        "text": _storable(response.text[:TEXT_KEPT]),
    }


def judged(verdict: Verdict) -> dict[str, Any]:
    """A verdict's columns."""
    return {
        "passed": verdict.passed,
        "score": verdict.score,
        "reason": _storable(verdict.reason),
        "error": _storable(verdict.error),
        "metrics": storable_json(dict(verdict.metrics)) or None,
        "judge_cost": units(verdict.cost),
        "judge_unpriced": verdict.unpriced,
    }


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)

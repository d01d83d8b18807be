"""Runs into the database, a table at a time; HistoryError says what went wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.domain import STOPPED, Run
from playground.history import labels as labelled
from playground.history.charges import in_history_again
from playground.history.labels import Labels
from playground.history.rows import Beginning, Ending, begun, ended, head, searched
from playground.store.database import writing
from playground.store.packing import storable
from playground.store.schema import (
    DONE,
    RUNNING,
    bodies,
    files,
    lanes,
    pieces,
    run_tags,
    runs,
    texts,
)
from playground.store.store import Store
from playground.store.words import spelled


def begin(store: Store, beginning: Beginning, connection: Connection) -> None:
    """Write a run down; one that is there already stays as it is."""
    made = store.insert(runs).values(beginning.run).on_conflict_do_nothing(index_elements=["id"])
    seq = connection.scalar(made.returning(runs.c.seq))
    if seq is None:
        return
    for table, rows in (
        (lanes, beginning.lanes),
        (bodies, beginning.bodies),
        (files, beginning.files),
    ):
        if rows:
            connection.execute(table.insert(), [{"run_seq": seq, **row} for row in rows])
    if beginning.tags:
        connection.execute(run_tags.insert(), [{"run_seq": seq, "tag": t} for t in beginning.tags])
    connection.execute(texts.insert(), {"seq": seq, "body": spelled(beginning.text)})


def end(store: Store, ending: Ending, connection: Connection) -> int | None:
    """Write a lane's response; returns the run's number, None when the run was deleted meanwhile."""
    seq = _seq(ending.run_id, connection)
    if seq is None:
        return None
    here = (lanes.c.run_seq == seq) & (lanes.c.lane == ending.lane)
    connection.execute(lanes.update().where(here).values(ending.figures))
    connection.execute(
        bodies.update()
        .where(bodies.c.run_seq == seq, bodies.c.lane == ending.lane)
        .values(response=ending.body)
    )
    for digest, data in ending.files.items():
        row = {"run_seq": seq, "digest": digest, "data": data}
        connection.execute(store.insert(files).values(row).on_conflict_do_nothing())
    connection.execute(pieces.delete().where(pieces.c.run_seq == seq, pieces.c.lane == ending.lane))
    return seq


def settle(seq: int, connection: Connection, text: str | None = None) -> None:
    """Sum up a run after lanes have ended; `text` is what the search finds once all have."""
    of_run = lanes.c.run_seq == seq
    under_way = sa.exists().where(of_run, lanes.c.state == RUNNING)
    totals = sa.select(
        sa.func.sum(lanes.c.cost),
        sa.func.count(lanes.c.failure),
        sa.func.sum(sa.case((unpriced(lanes), 1), else_=0)),
    ).where(of_run)
    cost, failed, unknown = connection.execute(totals).one()
    values: dict[str, Any] = {"cost": cost, "failed": failed, "unpriced": unknown}
    if not connection.scalar(sa.select(under_way)):
        values |= {"state": DONE, "writer": None, "heartbeat": None}
    connection.execute(runs.update().where(runs.c.seq == seq).values(values))
    if text is not None:
        connection.execute(texts.update().where(texts.c.seq == seq).values(body=spelled(text)))


def add_pieces(
    store: Store, run_id: str, rows: Sequence[dict[str, Any]], connection: Connection
) -> None:
    """Keep what has streamed since the last time."""
    seq = _seq(run_id, connection)
    if seq is not None and rows:
        insert = store.insert(pieces).on_conflict_do_nothing()
        connection.execute(insert, [{"run_seq": seq, **row} for row in rows])


def still_here(run_ids: Iterable[str], connection: Connection) -> None:
    """Say that the process that writes these runs is alive."""
    connection.execute(
        runs.update().where(runs.c.id.in_(list(run_ids))).values(heartbeat=time.time())
    )


def put(store: Store, run: Run, labels: Labels, *, owner: str = "") -> bool:
    """Keep a whole run at once (an import); False when a run with its id is there already."""
    beginning = begun(run, labels, owner=owner, writer=None)
    endings = [
        ended(run.id, i, r, q)
        for i, (q, r) in enumerate(zip(run.requests, run.responses, strict=True))
    ]
    with writing(store.engine) as connection:
        if _seq(run.id, connection) is not None:
            return False
        begin(store, beginning, connection)
        in_history_again(run.id, connection)
        for ending in endings:
            end(store, ending, connection)
        seq = _seq(run.id, connection)
        if seq is not None:
            settle(seq, connection, searched(run, labels))
    return True


def change(store: Store, run_ids: Sequence[str], **labels: Any) -> None:
    """Give runs another title, note, star, department or other tags."""
    values = {k: storable(v) if isinstance(v, str) else v for k, v in labels.items() if k != "tags"}
    with writing(store.engine) as connection:
        found = connection.execute(sa.select(runs).where(runs.c.id.in_(run_ids))).all()
        for row in found:
            if "tags" in labels:
                _retag(row.seq, labels["tags"], connection)
            if values:
                connection.execute(runs.update().where(runs.c.seq == row.seq).values(values))
            _retitle(row, values, connection)


def _retag(seq: int, wanted: Iterable[str], connection: Connection) -> None:
    clean = labelled.tags(map(storable, wanted))
    connection.execute(run_tags.delete().where(run_tags.c.run_seq == seq))
    if clean:
        connection.execute(run_tags.insert(), [{"run_seq": seq, "tag": t} for t in clean])
    connection.execute(runs.update().where(runs.c.seq == seq).values(tags=", ".join(clean)))


def _retitle(row: Any, values: Mapping[str, Any], connection: Connection) -> None:
    """Let the search find the new title and note."""
    if not {"title", "note"} & set(values):
        return
    body = connection.scalar(sa.select(texts.c.body).where(texts.c.seq == row.seq)) or ""
    old = spelled(head(row.title, row.note))
    new = spelled(head(values.get("title", row.title), values.get("note", row.note)))
    body = f"{new} {body.removeprefix(old).lstrip()}".strip()
    connection.execute(texts.update().where(texts.c.seq == row.seq).values(body=body))


def _seq(run_id: str, connection: Connection) -> int | None:
    seq: int | None = connection.scalar(sa.select(runs.c.seq).where(runs.c.id == run_id))
    return seq


def unpriced(table: sa.Table) -> sa.ColumnElement[bool]:
    """True for an ended lane that may have been billed but has no cost: it answered, or was cut off."""
    billed = sa.or_(
        table.c.failure.is_(None),
        table.c.failure.in_((*STOPPED, "interrupted", "stream_truncated")),
    )
    return sa.and_(table.c.state != RUNNING, table.c.cost.is_(None), billed)

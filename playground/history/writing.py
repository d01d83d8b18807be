"""Runs into the database, a table at a time; HistoryError says what went wrong."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.domain import STOPPED, Run
from playground.history import labels as labelled
from playground.history.charges import in_history_again
from playground.history.labels import Labels, Vote
from playground.history.rows import Beginning, Ending, begun, ended, head, searched
from playground.store.database import writing
from playground.store.file import DONE, RUNNING
from playground.store.packing import storable
from playground.store.schema import (
    bodies,
    files,
    lanes,
    pieces,
    run_tags,
    runs,
    texts,
    votes,
)
from playground.store.store import Store, insert_into
from playground.store.words import spelled

_HERE: sa.BindParameter[int] = sa.bindparam("here")
_LANE: sa.BindParameter[int] = sa.bindparam("number")
_END_LANE = lanes.update().where(lanes.c.run_seq == _HERE, lanes.c.lane == _LANE)
_END_BODY = bodies.update().where(bodies.c.run_seq == _HERE, bodies.c.lane == _LANE)
_END_PIECES = pieces.delete().where(pieces.c.run_seq == _HERE, pieces.c.lane == _LANE)
_FIND_TEXT = texts.update().where(texts.c.seq == _HERE)
"""Statements that many rows go through at once: to make one anew for each costs more than to run it."""


def begin(store: Store, beginnings: Sequence[Beginning], connection: Connection) -> None:
    """Write runs down; those that are there already stay as they are."""
    if not beginnings:
        return
    made = connection.execute(_new_runs(store.engine.dialect.name), [b.run for b in beginnings])
    seqs: dict[str, int] = {row.id: row.seq for row in made}
    new = [(seqs[b.run["id"]], b) for b in beginnings if b.run["id"] in seqs]
    for table, rows in (
        (lanes, [{"run_seq": seq, **row} for seq, b in new for row in b.lanes]),
        (bodies, [{"run_seq": seq, **row} for seq, b in new for row in b.bodies]),
        (files, [{"run_seq": seq, **row} for seq, b in new for row in b.files]),
        (run_tags, [{"run_seq": seq, "tag": tag} for seq, b in new for tag in b.tags]),
        (texts, [{"seq": seq, "body": spelled(b.text)} for seq, b in new]),
    ):
        if rows:
            connection.execute(table.insert(), rows)


@functools.cache
def _new_runs(dialect: str) -> Any:
    new = insert_into(runs, dialect).on_conflict_do_nothing(index_elements=["id"])
    return new.returning(runs.c.id, runs.c.seq)


def end(store: Store, endings: Sequence[Ending], connection: Connection) -> dict[str, int]:
    """Write lanes' responses; returns the runs' numbers by id, without those that were deleted meanwhile."""
    seqs = _seqs([ending.run_id for ending in endings], connection)
    here = [({"here": seqs[e.run_id], "number": e.lane}, e) for e in endings if e.run_id in seqs]
    if here:
        connection.execute(_END_LANE, [{**place, **e.figures} for place, e in here])
        connection.execute(_END_BODY, [{**place, "response": e.body} for place, e in here])
        connection.execute(_END_PIECES, [place for place, _ in here])
    found = [
        {"run_seq": place["here"], "digest": digest, "data": data}
        for place, e in here
        for digest, data in e.files.items()
    ]
    if found:
        connection.execute(store.insert(files).on_conflict_do_nothing(), found)
    return seqs


def settle(found: Mapping[int, str | None], connection: Connection) -> None:
    """Sum up runs after lanes of theirs have ended: run's number → what the search finds, once all have."""
    if found:
        connection.execute(_SETTLE, [{"here": seq} for seq in found])
    said = [{"here": seq, "body": spelled(text)} for seq, text in found.items() if text is not None]
    if said:
        connection.execute(_FIND_TEXT, said)


def add_pieces(
    store: Store, rows: Mapping[str, Sequence[dict[str, Any]]], connection: Connection
) -> None:
    """Keep what has streamed since the last time, run by run."""
    seqs = _seqs([run_id for run_id, new in rows.items() if new], connection)
    new = [{"run_seq": seq, **row} for run_id, seq in seqs.items() for row in rows[run_id]]
    if new:
        connection.execute(store.insert(pieces).on_conflict_do_nothing(), new)


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
        if _seqs([run.id], connection):
            return False
        begin(store, [beginning], connection)
        in_history_again(run.id, connection)
        seqs = end(store, endings, connection) or _seqs([run.id], connection)
        settle({seq: searched(run, labels) for seq in seqs.values()}, connection)
        if labels.vote:
            cast(store, seqs[run.id], labels.vote, connection)
    return True


def vote(store: Store, run_id: str, given: Vote) -> bool:
    """Keep what a person voted, once a run; False when the run is not in the history."""
    with writing(store.engine) as connection:
        seqs = _seqs([run_id], connection)
        if seqs:
            cast(store, seqs[run_id], given, connection)
    return bool(seqs)


def cast(store: Store, seq: int, given: Vote, connection: Connection) -> None:
    """Write a vote down; the first one stays."""
    row = {"run_seq": seq, **asdict(given)}
    connection.execute(store.insert(votes).on_conflict_do_nothing(), row)


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


def _seqs(run_ids: Sequence[str], connection: Connection) -> dict[str, int]:
    """The runs' numbers by id, of those that are there."""
    if not run_ids:
        return {}
    found = connection.execute(_NUMBERS, {"ids": list(dict.fromkeys(run_ids))})
    return {row.id: row.seq for row in found}


_NUMBERS = sa.select(runs.c.id, runs.c.seq).where(
    runs.c.id.in_(sa.bindparam("ids", expanding=True))
)


def unpriced(table: sa.Table) -> sa.ColumnElement[bool]:
    """True for an ended lane that may have been billed but has no cost: it answered, or was cut off."""
    paid = (*STOPPED, "interrupted", "stream_truncated")
    billed = sa.or_(table.c.failure.is_(None), *(table.c.failure == why for why in paid))
    return sa.and_(table.c.state != RUNNING, table.c.cost.is_(None), billed)


def _settled() -> sa.Update:
    """Sums of a run's lanes; done when none is under way."""
    of_run = lanes.c.run_seq == _HERE
    under_way = sa.exists().where(of_run, lanes.c.state == RUNNING)

    def of_lanes(figure: Any) -> Any:
        return sa.select(figure).where(of_run).scalar_subquery()

    return (
        runs.update()
        .where(runs.c.seq == _HERE)
        .values(
            cost=of_lanes(sa.func.sum(lanes.c.cost)),
            failed=of_lanes(sa.func.count(lanes.c.failure)),
            unpriced=of_lanes(
                sa.func.coalesce(sa.func.sum(sa.case((unpriced(lanes), 1), else_=0)), 0)
            ),
            state=sa.case((under_way, runs.c.state), else_=DONE),
            writer=sa.case((under_way, runs.c.writer), else_=None),
            heartbeat=sa.case((under_way, runs.c.heartbeat), else_=None),
        )
    )


_SETTLE = _settled()

"""Runs deleted for good: out of every table, the search's index and the file; only what they cost stays, as amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.history.charges import still_spent
from playground.store.database import writing
from playground.store.file import RUNNING
from playground.store.schema import bodies, files, lanes, pieces, run_tags, runs, texts, votes
from playground.store.shrinking import shrink
from playground.store.store import Store

AT_ONCE = 500
"""Rows a statement when many are deleted."""


def delete_runs(store: Store, run_ids: Sequence[str]) -> int:
    """Delete these runs for good; how many there were."""
    with writing(store.engine) as connection:
        seqs: list[int] = []
        for start in range(0, len(run_ids), AT_ONCE):
            some = list(run_ids[start : start + AT_ONCE])
            seqs += connection.scalars(sa.select(runs.c.seq).where(runs.c.id.in_(some)))
        _delete(store, seqs, connection)
    shrink(store)
    return len(seqs)


def delete_older(store: Store, days: int) -> int:
    """Delete runs older than so many days, starred ones excepted; how many."""
    limit = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
    old = (runs.c.created_at < limit) & ~runs.c.starred & (runs.c.state != RUNNING)
    with writing(store.engine) as connection:
        seqs = list(connection.scalars(sa.select(runs.c.seq).where(old)))
        _delete(store, seqs, connection)
    if seqs:
        shrink(store)
    return len(seqs)


def _delete(store: Store, seqs: Sequence[int], connection: Connection) -> None:
    for start in range(0, len(seqs), AT_ONCE):
        some = list(seqs[start : start + AT_ONCE])
        still_spent(store, some, connection)
        for table in (pieces, bodies, files, lanes, run_tags, votes):
            connection.execute(table.delete().where(table.c.run_seq.in_(some)))
        connection.execute(texts.delete().where(texts.c.seq.in_(some)))
        connection.execute(runs.delete().where(runs.c.seq.in_(some)))

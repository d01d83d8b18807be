"""What answers cost that the history does not hold: an amount in the ledger, not a word of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.store.schema import lanes, ledger, runs
from playground.store.store import Store


def note(store: Store, rows: Sequence[dict[str, Any]], connection: Connection) -> None:
    """Write amounts down, each once however often it is tried."""
    if rows:
        connection.execute(store.insert(ledger).on_conflict_do_nothing(), rows)


def still_spent(store: Store, seqs: Sequence[int], connection: Connection) -> None:
    """Before runs are deleted: what they cost stays spent."""
    billed = (
        sa.select(
            runs.c.id,
            lanes.c.lane,
            lanes.c.day,
            lanes.c.provider,
            runs.c.tags,
            runs.c.department,
            lanes.c.cost,
        )
        .join(lanes, lanes.c.run_seq == runs.c.seq)
        .where(runs.c.seq.in_(seqs), ~lanes.c.simulated, lanes.c.cost.is_not(None))
    )
    into = store.insert(ledger).from_select([column.name for column in ledger.c], billed)
    connection.execute(into.on_conflict_do_nothing())


def in_history_again(run_id: str, connection: Connection) -> None:
    """A run that is brought in from a file counts there, and no longer in the ledger."""
    connection.execute(ledger.delete().where(ledger.c.run_id == run_id))

"""One run under way: how much of it is in the database, and the rows that are still to be written."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from playground.engine import LiveRun
from playground.engine.live import SHOWN
from playground.history.charges import charge, note
from playground.history.interrupted import writer_name
from playground.history.labels import Labels
from playground.history.rows import Beginning, Ending, begun, ended, searched
from playground.history.writing import add_pieces, begin, end, settle
from playground.store.packing import NOTHING_SECRET, storable
from playground.store.store import Store
from playground.wire import Redactor


@dataclass(eq=False, slots=True)
class Kept:
    """One run under way and how much of it is in the database."""

    live: LiveRun
    labels: Labels
    redactor: Redactor = NOTHING_SECRET
    """Masks this person's keys, should they stand in a prompt or an answer."""
    began: bool = False
    """It is in the database."""
    written: Future[None] = field(default_factory=Future)
    ended: deque[int] = field(default_factory=deque)
    """Lanes that have ended and are not yet in the database."""
    left: int = 0
    """Lanes that are not yet in the database."""
    deltas: list[int] = field(default_factory=list)
    """Deltas of each lane that are in the database."""
    pieces: list[int] = field(default_factory=list)
    made: dict[int | None, Beginning | Ending] = field(default_factory=dict)
    """Rows that are made and not yet written: None = the beginning, otherwise a lane's end."""

    def let_go(self) -> None:
        """Nobody needs to wait for it any longer."""
        if not self.written.done():
            self.written.set_result(None)


def make_rows(kept: Kept, ends: list[int]) -> None:
    """Turn nouns into rows before any lock is taken; what can't be turned is said and left out."""
    if not kept.began and None not in kept.made:
        run = kept.live.run()
        kept.made[None] = begun(
            run,
            kept.labels,
            owner=kept.live.owner,
            writer=writer_name(),
            simulations=kept.live.simulations,
            redactor=kept.redactor,
            context=kept.live.context,
        )
    for index in ends:
        lane = kept.live.lanes[index]
        if index not in kept.made and lane.response is not None:
            kept.made[index] = ended(
                kept.live.id, index, lane.response, lane.request, kept.redactor
            )


def new_pieces(kept: Kept, ends: list[int]) -> list[dict[str, Any]]:
    """What has streamed since the last time, of lanes still under way."""
    rows = []
    for lane in kept.live.lanes:
        if lane.response is not None or lane.index in ends:
            continue
        known = kept.deltas[lane.index]
        fresh = lane.deltas[known:]
        texts: dict[str, list[str]] = {}
        for kind, text in fresh:
            if SHOWN.get(kind):
                texts.setdefault(kind, []).append(text)
        for number, (kind, parts) in enumerate(texts.items()):
            piece = kept.pieces[lane.index] + number
            text = storable(kept.redactor.text("".join(parts)))
            rows.append(
                {
                    "lane": lane.index,
                    "piece": piece,
                    "kind": kind,
                    "text": text,
                    "until": known + len(fresh),
                }
            )
    return rows


def write_one(
    store: Store, kept: Kept, ends: list[int], rows: list[dict[str, Any]], connection: Connection
) -> None:
    """What is made of one run into the database, in the caller's transaction."""
    run_id = kept.live.id
    beginning = kept.made.get(None)
    if isinstance(beginning, Beginning):
        begin(store, beginning, connection)
    add_pieces(
        store, run_id, [{k: v for k, v in row.items() if k != "until"} for row in rows], connection
    )
    seq = None
    for index in ends:
        ending = kept.made.get(index)
        if isinstance(ending, Ending):
            seq = end(store, ending, connection)
            if seq is None:  # deleted while under way, and still to be paid
                row = charge(kept.live, kept.live.lanes[index], kept.labels, kept.redactor)
                note(store, [row] if row else [], connection)
    if seq is not None:
        last = kept.left == len(ends)
        text = kept.redactor.text(searched(kept.live.run(), kept.labels)) if last else None
        settle(seq, connection, text)

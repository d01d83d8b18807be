"""One run under way: how much of it is in the database, and the rows that are still to be written."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.engine import LiveRun
from playground.engine.live import SHOWN
from playground.history.labels import Labels
from playground.history.rows import (
    Beginning,
    Ending,
    begun,
    charge,
    ended,
    searched,
    writer_name,
)
from playground.store.packing import NOTHING_SECRET, storable
from playground.wire import Redactor

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from playground.store.store import Store


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
        kept.made[None] = begun(
            kept.live.asked(),
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


@dataclass(frozen=True, slots=True)
class News:
    """What is new of one run: lanes that have ended, and pieces of lanes that have not."""

    kept: Kept
    ends: list[int]
    pieces: list[dict[str, Any]]

    @property
    def nothing(self) -> bool:
        """True when there is nothing to write."""
        return self.kept.began and not self.ends and not self.pieces


def news(kept: Kept) -> News:
    """What is new, with its rows made."""
    ends = list(kept.ended)
    make_rows(kept, ends)
    return News(kept, ends, new_pieces(kept, ends))


def mark(new: News) -> None:
    """Note that this is in the database."""
    kept = new.kept
    kept.began = True
    kept.made.pop(None, None)
    for row in new.pieces:
        kept.deltas[row["lane"]] = row["until"]
        kept.pieces[row["lane"]] = row["piece"] + 1
    for index in new.ends:
        kept.made.pop(index, None)
        kept.ended.remove(index)
        kept.left -= 1
    kept.let_go()


def write(store: Store, found: Sequence[News], connection: Connection) -> None:
    """What is new of all these runs into the database, in the caller's transaction."""
    from playground.history.charges import (
        note,
    )  # SQLAlchemy: history.once reads this module and has no need of it
    from playground.history.writing import add_pieces, begin, end, settle

    beginnings = [new.kept.made.get(None) for new in found]
    begin(store, [b for b in beginnings if isinstance(b, Beginning)], connection)
    pieces = {
        new.kept.live.id: [{k: v for k, v in row.items() if k != "until"} for row in new.pieces]
        for new in found
    }
    add_pieces(store, pieces, connection)
    made = [new.kept.made.get(index) for new in found for index in new.ends]
    seqs = end(store, [ending for ending in made if isinstance(ending, Ending)], connection)
    settle(
        {seqs[n.kept.live.id]: text_of(n) for n in found if n.ends and n.kept.live.id in seqs},
        connection,
    )
    gone = [new for new in found if new.ends and new.kept.live.id not in seqs]
    note(store, [row for new in gone for row in charges_of(new)], connection)


def text_of(new: News) -> str | None:
    """What the search is to find, once all lanes have ended."""
    kept = new.kept
    if kept.left != len(new.ends):
        return None
    return kept.redactor.text(searched(kept.live.run(), kept.labels))


def charges_of(deleted: News) -> list[dict[str, Any]]:
    """A run that was deleted while under way is still to be paid: its rows of the ledger."""
    kept = deleted.kept
    rows = (
        charge(kept.live, kept.live.lanes[index], kept.labels, kept.redactor)
        for index in deleted.ends
        if isinstance(kept.made.get(index), Ending)
    )
    return [row for row in rows if row]

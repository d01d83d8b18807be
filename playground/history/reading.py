"""Whole runs out of the database; lanes that have not ended have the text so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.domain import Request, Response, Run
from playground.history.labels import Labels, Stored, Vote
from playground.store.database import reading
from playground.store.packing import unpack_request, unpack_response
from playground.store.schema import bodies, files, pieces, runs, votes
from playground.store.store import Store


def read_run(store: Store, run_id: str) -> Stored | None:
    """A whole run; lanes that have not ended have the text so far."""
    with reading(store.engine) as connection:
        row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            return None
        of_run = bodies.c.run_seq == row.seq
        parts = connection.execute(sa.select(bodies).where(of_run).order_by(bodies.c.lane)).all()
        apart = {
            r.digest: r.data
            for r in connection.execute(sa.select(files).where(files.c.run_seq == row.seq))
        }
        so_far = _so_far(row.seq, connection)
        vote = _vote(row.seq, connection)
    made = [_lane(part, apart, so_far.get(part.lane, {})) for part in parts]
    return Stored(
        run=Run(
            id=row.id,
            created_at=row.created_at,
            requests=tuple(request for request, _ in made),
            responses=tuple(response for _, response in made),
            simulated=row.simulated,
        ),
        labels=Labels(
            kind=row.kind,
            title=row.title,
            tags=tuple(row.tags.split(", ")) if row.tags else (),
            department=row.department,
            note=row.note,
            starred=row.starred,
            vote=vote,
        ),
        state=row.state,
        owner=row.owner,
        context=row.context or {},
    )


def _vote(seq: int, connection: Connection) -> Vote | None:
    found = connection.execute(sa.select(votes).where(votes.c.run_seq == seq)).one_or_none()
    if found is None:
        return None
    return Vote(choice=found.choice, lane=found.lane, voted_at=found.voted_at)


def asked(store: Store, seqs: Sequence[int]) -> dict[int, tuple[Request, ...]]:
    """The requests of these runs, by the runs' numbers."""
    found: dict[int, list[Request]] = {}
    if not seqs:
        return {}
    with reading(store.engine) as connection:
        apart: dict[int, dict[str, bytes]] = {}
        for row in connection.execute(sa.select(files).where(files.c.run_seq.in_(seqs))):
            apart.setdefault(row.run_seq, {})[row.digest] = row.data
        parts = sa.select(bodies.c.run_seq, bodies.c.request).where(bodies.c.run_seq.in_(seqs))
        for row in connection.execute(parts.order_by(bodies.c.run_seq, bodies.c.lane)):
            request = unpack_request(row.request, apart.get(row.run_seq, {}))
            found.setdefault(row.run_seq, []).append(request)
    return {seq: tuple(requests) for seq, requests in found.items()}


def _so_far(seq: int, connection: Connection) -> dict[int, dict[str, str]]:
    """Lane → kind → text that has streamed."""
    found: dict[int, dict[str, str]] = {}
    ordered = (
        sa.select(pieces).where(pieces.c.run_seq == seq).order_by(pieces.c.lane, pieces.c.piece)
    )
    for row in connection.execute(ordered):
        lane = found.setdefault(row.lane, {})
        lane[row.kind] = lane.get(row.kind, "") + row.text
    return found


def _lane(
    part: Any, apart: Mapping[str, bytes], so_far: Mapping[str, str]
) -> tuple[Request, Response]:
    request = unpack_request(part.request, apart)
    if part.response is not None:
        return request, unpack_response(part.response, apart)
    partial = Response(
        model=request.model,
        text=so_far.get("text", ""),
        reasoning_text=so_far.get("reasoning", ""),
        refusal=so_far.get("refusal"),
        streamed=request.stream,
    )
    return request, partial


def each(store: Store, run_ids: Iterable[str]) -> Iterator[Stored]:
    """Whole runs one after the other; those that are gone are left out."""
    for run_id in run_ids:
        if (stored := read_run(store, run_id)) is not None:
            yield stored

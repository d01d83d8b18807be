"""Links to a run that its visitor shares on purpose: a word that can't be guessed, until it is withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from playground.domain import clock
from playground.store.database import reading, writing
from playground.store.schema import runs, shared_links
from playground.store.store import Store

BEGINS = "shared-"
"""What every such word begins with, so that it is told from a run's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLink:
    """A run that whoever has the link may look at."""

    token: str
    run_id: str
    title: str
    """The run's, or the beginning of its prompt."""
    created_at: str
    """ISO 8601 UTC."""


def share(store: Store, run_id: str, *, owner: str) -> str | None:
    """The token of a new link to a run of this owner's, or of the one that there is; None where the run is not theirs."""
    mine = sa.select(runs.c.seq).where(runs.c.id == run_id, runs.c.owner == owner)
    with writing(store.engine) as connection:
        seq = connection.scalar(mine.with_for_update())
        if seq is None:
            return None
        there = sa.select(shared_links.c.token).where(shared_links.c.run_seq == seq)
        if token := connection.scalar(there):
            return str(token)
        made = BEGINS + secrets.token_urlsafe(24)
        row = {"token": made, "run_seq": seq, "owner": owner, "created_at": clock.now()}
        connection.execute(shared_links.insert(), row)
    return made


def withdraw(store: Store, token: str, *, owner: str) -> None:
    """From now on this link of the owner's leads nowhere."""
    mine = (shared_links.c.token == token) & (shared_links.c.owner == owner)
    with writing(store.engine) as connection:
        connection.execute(shared_links.delete().where(mine))


def run_shared(store: Store, token: str) -> str | None:
    """The id of the run that this link leads to; None where it leads nowhere."""
    found = sa.select(runs.c.id).join(shared_links, shared_links.c.run_seq == runs.c.seq)
    with reading(store.engine) as connection:
        id = connection.scalar(found.where(shared_links.c.token == token))
    return None if id is None else str(id)


def all_links(store: Store, *, owner: str, run_id: str | None = None) -> list[SharedLink]:
    """The links of this owner, the newest first; of one run, or of all."""
    wanted = (
        sa.select(shared_links, runs.c.id, runs.c.title, runs.c.prompt)
        .join(runs, shared_links.c.run_seq == runs.c.seq)
        .where(shared_links.c.owner == owner)
        .order_by(shared_links.c.created_at.desc(), shared_links.c.token)
    )
    if run_id is not None:
        wanted = wanted.where(runs.c.id == run_id)
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
    return [
        SharedLink(
            token=row.token,
            run_id=row.id,
            title=row.title or row.prompt,
            created_at=row.created_at,
        )
        for row in rows
    ]

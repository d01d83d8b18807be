"""What was made at providers and stays there until it is deleted: written down before it is made, found after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playground.domain import clock
from playground.store.database import reading, writing
from playground.store.packing import storable
from playground.store.schema import created
from playground.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """One thing at a provider."""

    id: int
    kind: str
    """`file`, `batch`, `cache`, …"""
    provider: str
    remote_id: str
    """Empty where the provider was asked and never answered: it may be there all the same."""
    name: str
    created_at: str
    """ISO 8601 UTC."""
    expires_at: str | None
    """When the provider deletes it by itself; None = never, or it does not say."""
    gone_at: str | None
    simulated: bool


class Notebook:
    """Writes down what one piece of work makes at one provider."""

    def __init__(self, store: Store, provider: str, *, owner: str, simulated: bool) -> None:
        self._store = store
        self._same: dict[str, Any] = {
            "provider": provider,
            "owner": owner,
            "simulated": simulated,
        }

    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        """Note that a thing is about to be made; call the result with its id and when it ends by itself."""
        row = {
            **self._same,
            "kind": kind,
            "name": storable(name),
            "remote_id": "",
            "created_at": clock.now(),
        }
        with writing(self._store.engine) as connection:
            id = connection.execute(created.insert().returning(created.c.id), row).scalar_one()

        def made(remote_id: str, expires_at: str | None) -> None:
            change = created.update().where(created.c.id == id)
            with writing(self._store.engine) as connection:
                connection.execute(change.values(remote_id=remote_id, expires_at=expires_at))

        return made

    def found(self, kind: str, name: str, remote_id: str) -> None:
        """Note a thing that the provider made by itself (a batch's file of answers), once."""
        with reading(self._store.engine) as connection:
            there = sa.select(created.c.id).where(
                created.c.provider == self._same["provider"], created.c.remote_id == remote_id
            )
            known = connection.scalar(there) is not None
        if not known:
            self.making(kind, name)(remote_id, None)


def all_created(store: Store, *, owner: str | None, gone: bool = False) -> list[Created]:
    """What one owner has at providers, the newest first; None = everyone. With `gone` also what is no longer there."""
    wanted = sa.select(created).order_by(created.c.id.desc())
    if owner is not None:
        wanted = wanted.where(created.c.owner == owner)
    if not gone:
        wanted = wanted.where(created.c.gone_at.is_(None))
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
    return [Created(**{n: getattr(row, n) for n in Created.__slots__}) for row in rows]


def mark_gone(store: Store, provider: str, remote_id: str) -> None:
    """Note that a thing is no longer there: deleted, or the provider says so."""
    its = (created.c.provider == provider) & (created.c.remote_id == remote_id)
    with writing(store.engine) as connection:
        still = its & created.c.gone_at.is_(None)
        connection.execute(created.update().where(still).values(gone_at=clock.now()))


def forget(store: Store, id: int) -> None:
    """Drop a line, without a word to the provider: for what never got an id."""
    with writing(store.engine) as connection:
        connection.execute(created.delete().where(created.c.id == id))

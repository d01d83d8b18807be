"""Sets of lanes that people keep under a name: models with their settings, to begin a comparison with."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from playground.store.database import reading, writing
from playground.store.packing import storable
from playground.store.schema import lane_sets
from playground.store.store import Store

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSet:
    """A named set of lanes."""

    id: int
    name: str
    lanes: str
    """JSON, as Compare holds its lanes."""


class LaneSetError(ValueError):
    """A set that can't be kept as given; the message says why."""


def all_sets(store: Store, *, owner: str) -> list[LaneSet]:
    """Every set of one owner by name: a visitor's digest, or empty for the installation's own."""
    mine = sa.select(lane_sets).where(lane_sets.c.owner == owner).order_by(lane_sets.c.name)
    with reading(store.engine) as connection:
        rows = connection.execute(mine).all()
    return [LaneSet(id=row.id, name=row.name, lanes=row.lanes) for row in rows]


def save(store: Store, name: str, lanes: str, *, owner: str) -> bool:
    """Keep a set; True when the owner had another one of this name, in whose place it now is."""
    name = " ".join(storable(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise LaneSetError(f"A set needs a name of at most {LONGEST_NAME} characters.")
    row = {"owner": owner, "name": name, "lanes": storable(lanes)}
    insert = store.insert(lane_sets).values(row)
    there = sa.select(lane_sets.c.id).where(lane_sets.c.owner == owner, lane_sets.c.name == name)
    with writing(store.engine) as connection:
        replaced = connection.scalar(there) is not None
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["owner", "name"], set_={"lanes": insert.excluded.lanes}
            )
        )
    return replaced


def delete(store: Store, set_id: int, *, owner: str) -> None:
    """Delete a set of the owner's for good."""
    mine = (lane_sets.c.id == set_id) & (lane_sets.c.owner == owner)
    with writing(store.engine) as connection:
        connection.execute(lane_sets.delete().where(mine))

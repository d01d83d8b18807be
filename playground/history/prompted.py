"""What runs asked, the newest first: by how it begins, and by what their context names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playground.history.rows import PROMPT_SHOWN
from playground.store.database import reading
from playground.store.packing import storable
from playground.store.schema import runs
from playground.store.store import Store

PAGE = 2_000
"""Runs that are read together."""
MOST = 20_000
"""Runs that are looked through: older ones say little of what is used today."""
FEWEST_LETTERS = 4
"""A shorter beginning is that of too many prompts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A run and the beginning of what its first lane was asked."""

    seq: int
    id: str
    created_at: str
    begins: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the list has a prompt that begins with some text, or is this text."""

    text: str
    whole: bool

    @classmethod
    def of(cls, text: str, *, whole: bool) -> Beginning:
        return cls(" ".join(storable(text)[: 4 * PROMPT_SHOWN].split())[:PROMPT_SHOWN], whole)

    def may_be(self, begins: str) -> bool:
        """Whether what begins so may be it."""
        if self.whole:
            return begins == self.text
        return len(self.text) >= FEWEST_LETTERS and begins.startswith(self.text)


def newest(store: Store, *, owner: str) -> Iterator[Asked]:
    """The runs of one owner, as the library has it: a digest, or empty for the installation's own, which sees all."""
    mine = [runs.c.owner == owner] if owner else []
    columns = (runs.c.seq, runs.c.id, runs.c.created_at, runs.c.prompt, runs.c.context)
    ordered = sa.select(*columns).order_by(runs.c.created_at.desc(), runs.c.seq.desc()).limit(PAGE)
    after: list[Any] = []
    for _ in range(MOST // PAGE):
        with reading(store.engine) as connection:
            rows = connection.execute(ordered.where(*mine, *after)).all()
        for row in rows:
            yield Asked(
                seq=row.seq,
                id=row.id,
                created_at=row.created_at,
                begins=row.prompt,
                context=row.context or {},
            )
        if len(rows) < PAGE:
            return
        last = (rows[-1].created_at, rows[-1].seq)
        after = [sa.tuple_(runs.c.created_at, runs.c.seq) < last]


def latest(store: Store) -> int:
    """The number of the newest run; 0 where there is none. It tells whether anything has been asked since."""
    with reading(store.engine) as connection:
        return int(connection.scalar(sa.select(sa.func.max(runs.c.seq))) or 0)

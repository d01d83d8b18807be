"""Which runs may have asked a prompt of the library: by the version that a lane names, or by how what was asked begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from playground.history.rows import PROMPT_SHOWN
from playground.store.database import reading
from playground.store.packing import storable
from playground.store.schema import runs
from playground.store.store import Store

MOST = 40
"""Runs that are looked at for one prompt, the newest first."""
FEWEST_LETTERS = 4
"""A shorter beginning is that of too many prompts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run that may have asked it."""

    seq: int
    id: str
    created_at: str
    context: Mapping[str, Any]


def beginning_with(store: Store, text: str, *, owner: str, whole: bool) -> list[Candidate]:
    """The runs whose prompt begins with this text, the newest first; is this text where it is the whole of it."""
    begins = " ".join(storable(text)[: 4 * PROMPT_SHOWN].split())[:PROMPT_SHOWN]
    if whole:
        return _found(store, runs.c.prompt == begins, owner)
    if len(begins) < FEWEST_LETTERS:
        return []
    return _found(store, runs.c.prompt.startswith(begins, autoescape=True), owner)


def naming_versions(store: Store, name: str, *, owner: str) -> list[Candidate]:
    """The runs whose context has a list under this name, the newest first."""
    there = runs.c.context.is_not(None) & runs.c.context[name].as_string().is_not(None)
    return _found(store, there, owner)


def _found(store: Store, condition: Any, owner: str) -> list[Candidate]:
    """`owner` as in the library: a digest, or empty for the installation's own, which sees all."""
    conditions = [condition, *([runs.c.owner == owner] if owner else [])]
    columns = (runs.c.seq, runs.c.id, runs.c.created_at, runs.c.context)
    newest = sa.select(*columns).where(*conditions).order_by(runs.c.created_at.desc()).limit(MOST)
    with reading(store.engine) as connection:
        rows = connection.execute(newest).all()
    return [
        Candidate(seq=r.seq, id=r.id, created_at=r.created_at, context=r.context or {})
        for r in rows
    ]

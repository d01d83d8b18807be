"""Batches as rows of the store: submitted in one process, collected in another. No key is in them."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields, replace
from typing import Any

import sqlalchemy as sa

from playground.domain import Failure, ModelRef, Request
from playground.domain.job import Job, Progress
from playground.domain.nouns import jsonable, noun
from playground.store.database import reading, writing
from playground.store.packing import storable_json
from playground.store.schema import jobs
from playground.store.store import Store
from playground.wire import Redactor

_AS_THEY_ARE = ("id", "title", "created_at", "looked_at", "simulated", "run_id")


def keep(store: Store, job: Job, *, owner: str, redactor: Redactor) -> None:
    """Write a job down, new or as it is now; keys in it are masked."""
    values = redactor.value(storable_json(jsonable(replace(job, requests=()))))
    row = {
        **{name: values[name] for name in _AS_THEY_ARE},
        "model": str(job.model),
        "state": job.progress.state,
        "remote_id": job.remote_id,
        "keys": values["keys"],
        "progress": values["progress"],
        "failure": values["failure"],
        "owner": owner,
    }
    packed = zlib.compress(json.dumps(redactor.value(jsonable(job.requests))).encode())
    insert = store.insert(jobs).values({**row, "requests": packed})
    changed = {name: value for name, value in row.items() if name not in ("id", "owner")}
    with writing(store.engine) as connection:
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed))


def all_jobs(store: Store, *, owner: str | None) -> list[Job]:
    """Every job of one owner, the newest first; None = of everyone. Their requests are left out."""
    wanted = sa.select(*(c for c in jobs.c if c.name != "requests"))
    if owner is not None:
        wanted = wanted.where(jobs.c.owner == owner)
    with reading(store.engine) as connection:
        rows = connection.execute(wanted.order_by(jobs.c.created_at.desc(), jobs.c.id)).all()
    return [_job(row, ()) for row in rows]


def find(store: Store, id: str, *, owner: str | None) -> Job | None:
    """One whole job by its id, or by the beginning of it that only one has."""
    mine = jobs.c.id.startswith(id, autoescape=True)
    if owner is not None:
        mine &= jobs.c.owner == owner
    with reading(store.engine) as connection:
        rows = connection.execute(sa.select(jobs).where(mine).limit(2)).all()
    if not id or len(rows) != 1:
        return None
    packed = json.loads(zlib.decompress(rows[0].requests))
    asked: tuple[Request, ...] = noun(tuple[Request, ...], packed, "requests")
    return _job(rows[0], asked)


def forget(store: Store, id: str) -> None:
    """Delete a job's row; what it left at its provider stays."""
    with writing(store.engine) as connection:
        connection.execute(jobs.delete().where(jobs.c.id == id))


def _job(row: Any, asked: tuple[Request, ...]) -> Job:
    made: Progress = noun(Progress, _known(row.progress), "progress")
    failure: Failure | None = noun(Failure | None, row.failure, "failure")
    return Job(
        model=ModelRef.parse(row.model),
        keys=tuple(row.keys),
        requests=asked,
        progress=made,
        failure=failure,
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
    )


def _known(values: Any) -> dict[str, Any]:
    """What this version knows of a progress that another version may have written."""
    names = {field.name for field in fields(Progress)}
    return {name: value for name, value in values.items() if name in names}

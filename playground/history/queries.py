"""Finding runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground.domain import STOPPED
from playground.domain.ending import SHORT
from playground.domain.model import Source
from playground.domain.provider import PROVIDERS
from playground.history.labels import Row
from playground.history.search import matching, steps
from playground.store.database import reading
from playground.store.packing import units, usd
from playground.store.schema import lanes, run_tags, runs, texts
from playground.store.store import Store

PAGE = 50
"""Runs on one screen of the list."""
READING = 0.2
"""Seconds for which texts are read where the index can't answer: some 25,000 runs."""
AT_ONCE = 1_000
"""Runs whose texts are read together."""
MOST_COUNTED = 10_000
"""Matching runs are counted up to here: counting all would take longer than finding the first."""

REPLAYED = lanes.c.model.like("%~recorded-____-__-__-%")
"""Lanes whose answer was recorded: how their models are spelled, as `domain.model.RECORDED` has it."""
HERE = lanes.c.provider.in_([row.name for row in PROVIDERS.values() if row.here])


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which runs; everything that is set must hold."""

    search: str = ""
    """As `history.search` reads it: words in title, note, prompts or answers; "a phrase", -without."""
    provider: str = ""
    model: str = ""
    """The model's id, without its provider."""
    tag: str = ""
    department: str = ""
    since: str = ""
    """First day, YYYY-MM-DD in UTC; or first moment, ISO 8601 in UTC."""
    until: str = ""
    """Last day, included; or the moment by which it is over."""
    failure: str = ""
    """A failure's type, `any` or `none`."""
    kind: str = ""
    least_cost: Decimal | None = None
    """USD of the whole run."""
    most_cost: Decimal | None = None
    starred: bool = False
    simulated: bool | None = None
    source: Source | None = None
    """Who answered: runs in which at least one answer came from there."""
    owner: str | None = None
    """A digest: only this visitor's runs (hosted mode)."""
    newest_of: str = ""
    """Of runs that have the same text under this name in their context, only the newest; a search finds each by itself."""


@dataclass(frozen=True, slots=True)
class Found:
    """One screen of the list."""

    rows: tuple[Row, ...]
    total: int
    """How many match in all; one more than MOST_COUNTED stands for any number above it."""
    more: bool = False
    """True where older runs may match too: reading stopped when the screen was full, or at `since`."""
    since: str = ""
    """The day back to which texts were read for parts of words in the time that there is."""


def _lanes_where(*conditions: Any) -> Any:
    return runs.c.seq.in_(sa.select(lanes.c.run_seq).where(*conditions))


def _failure(value: str) -> Any:
    if value == "any":
        return runs.c.failed > 0
    if value == "none":
        return runs.c.failed == 0
    return _lanes_where(lanes.c.failure == value)


def answered_by(value: Source) -> Any:
    """Which lanes someone answered, by the rule of `ModelRef.source`."""
    if value == "recorded":
        return REPLAYED
    if value == "local":
        return HERE & ~REPLAYED
    return ~REPLAYED & ~HERE & (lanes.c.simulated == (value == "simulated"))


def is_day(text: str) -> bool:
    """True for `2026-11-26`, False for a moment."""
    return len(text) == len("2026-11-26")


CONDITIONS: Mapping[str, Any] = {
    "provider": lambda value: _lanes_where(lanes.c.provider == value),
    "model": lambda value: _lanes_where(lanes.c.model == value),
    "tag": lambda value: runs.c.seq.in_(
        sa.select(run_tags.c.run_seq).where(run_tags.c.tag == value)
    ),
    "department": lambda value: runs.c.department == value,
    "since": lambda value: (runs.c.day if is_day(value) else runs.c.created_at) >= value,
    "until": lambda value: runs.c.day <= value if is_day(value) else runs.c.created_at < value,
    "failure": _failure,
    "kind": lambda value: runs.c.kind == value,
    "least_cost": lambda value: runs.c.cost >= units(value),
    "most_cost": lambda value: runs.c.cost <= units(value),
    "starred": lambda value: runs.c.starred,
    "simulated": lambda value: runs.c.simulated == value,
    "source": lambda value: _lanes_where(answered_by(value)),
    "owner": lambda value: runs.c.owner == value,
}
"""Field of Filter → its condition; `search` depends on the database and is made apart."""
UNSET = ("", None)


def where(wanted: Filter, dialect: str) -> list[Any]:
    """The filter as conditions on `runs`."""
    found = [
        make(value)
        for name, make in CONDITIONS.items()
        if (value := getattr(wanted, name)) not in UNSET and not (name == "starred" and not value)
    ]
    if wanted.search.strip():
        found.append(matching(wanted.search, dialect))
    return found


STOPPED_LANES = (
    sa.select(sa.func.count())
    .where(lanes.c.run_seq == runs.c.seq, lanes.c.failure.in_(STOPPED))
    .scalar_subquery()
    .label("stopped")
)
"""How many lanes of a run were stopped; its `failed` counts them too."""
NEWEST = (runs.c.created_at.desc(), runs.c.seq.desc())
PARTIAL_LANES = (
    sa.select(sa.func.count())
    .where(lanes.c.run_seq == runs.c.seq, lanes.c.state.in_(SHORT))
    .scalar_subquery()
    .label("partial")
)
"""How many lanes of a run have an answer that is not whole."""
BOUND_LANES = (
    sa.select(sa.func.count())
    .where(lanes.c.run_seq == runs.c.seq, lanes.c.bound)
    .scalar_subquery()
    .label("bounds")
)
"""How many lanes of a run have a cost that is an estimate or a bound."""
LISTED = [column for column in runs.c if column is not runs.c.context]
"""Columns of a run in the list; what it belongs to may be as long as a pasted answer."""


def find(
    store: Store,
    wanted: Filter,
    *,
    start: int = 0,
    count: int = PAGE,
    patience: float | None = None,
) -> Found:
    """One screen of runs, the newest first, and how many there are in all.

    Parts of words, which no index has, are looked for in the texts of the newest runs first, until the screen is full or
    `patience` seconds have passed (None = READING).
    """
    until = time.monotonic() + (READING if patience is None else patience)
    dialect, most = store.engine.dialect.name, max(MOST_COUNTED, start + count) + 1
    two_steps, more, since = steps(wanted.search, dialect), False, ""
    with reading(store.engine) as connection:
        if two_steps and connection.scalar(sa.select(two_steps.nothing)):
            rest = [*where(replace(wanted, search=""), dialect), *two_steps.rest]
            enough = start + count + 1
            found = _inside(connection, rest, two_steps.inside, enough, until, _last_day(wanted))
            seqs, more, since = found
        else:
            conditions = (
                [*where(replace(wanted, search=""), dialect), two_steps.indexed]
                if two_steps
                else where(wanted, dialect)
            )
            matching = sa.select(runs.c.seq).where(*conditions).order_by(*NEWEST).limit(most)
            seqs = list(connection.scalars(matching))
        groups: Mapping[int, tuple[str, int]] = {}
        if wanted.newest_of and not wanted.search.strip():
            seqs, groups = _newest_of(connection, wanted.newest_of, conditions, seqs)
        page = runs.c.seq.in_(seqs[start : start + count])
        columns = (*LISTED, STOPPED_LANES, PARTIAL_LANES, BOUND_LANES)
        shown = sa.select(*columns).where(page).order_by(*NEWEST)
        rows = tuple(_row(row, *groups.get(row.seq, ())) for row in connection.execute(shown))
    return Found(rows, len(seqs), more, since)


def _newest_of(
    connection: Connection, name: str, conditions: Sequence[Any], seqs: Sequence[int]
) -> tuple[list[int], dict[int, tuple[str, int]]]:
    """The runs without those that share this text of their context with a newer one; what the newest stands for, and for how many."""
    text = runs.c.context[name].as_string()
    having = [runs.c.context.is_not(None), text.is_not(None), *conditions]
    newest: dict[str, int] = {}
    many: dict[str, int] = {}
    older = set()
    query = sa.select(runs.c.seq, text).where(*having).order_by(*NEWEST)
    for seq, value in connection.execute(query):
        many[value] = many.get(value, 0) + 1
        if newest.setdefault(value, seq) != seq:
            older.add(seq)
    groups = {newest[value]: (value, count) for value, count in many.items()}
    return [seq for seq in seqs if seq not in older], groups


def _last_day(wanted: Filter) -> str:
    """The day that `until` ends with, as runs of a part of the world have it that is west of us."""
    if not wanted.until or is_day(wanted.until):
        return wanted.until
    moment = datetime.fromisoformat(wanted.until) - timedelta(days=1)
    return moment.astimezone(UTC).date().isoformat()


def _inside(
    connection: Connection,
    conditions: Sequence[Any],
    inside: Any,
    enough: int,
    until: float,
    last_day: str,
) -> tuple[list[int], bool, str]:
    """The newest runs with this in their texts, whether there may be more, and the day at which time was over.

    That is before `last_day`, the day with which it began: whoever goes on from there gets further.
    """
    found: list[int] = []
    at: tuple[str, int] | None = None
    while True:
        older = [] if at is None else [sa.tuple_(runs.c.created_at, runs.c.seq) < sa.tuple_(*at)]
        window = sa.select(runs.c.created_at, runs.c.seq).where(*conditions, *older)
        rows = connection.execute(window.order_by(*NEWEST).limit(AT_ONCE)).all()
        if not rows:
            return found, False, ""
        here = texts.c.seq.in_([row.seq for row in rows])
        hits = set(connection.scalars(sa.select(texts.c.seq).where(here, inside)))
        found += [row.seq for row in rows if row.seq in hits]
        if len(found) >= enough:
            return found, True, ""
        at = (rows[-1].created_at, rows[-1].seq)
        if time.monotonic() > until and (not last_day or at[0][:10] < last_day):
            return found, True, at[0][:10]


def ids(store: Store, wanted: Filter) -> list[str]:
    """The ids of all these runs, the newest first."""
    conditions = where(wanted, store.engine.dialect.name)
    with reading(store.engine) as connection:
        ordered = sa.select(runs.c.id).where(*conditions).order_by(runs.c.created_at.desc())
        return list(connection.scalars(ordered))


def one(store: Store, beginning: str) -> str | None:
    """The id that starts so, when there is exactly one."""
    with reading(store.engine) as connection:
        like = sa.select(runs.c.id).where(runs.c.id.startswith(beginning, autoescape=True)).limit(2)
        found = list(connection.scalars(like))
    exact = [run_id for run_id in found if run_id == beginning]
    return (exact or found)[0] if len(exact or found) == 1 else None


def in_context(store: Store, name: str, value: str, *, owner: str | None = None) -> list[str]:
    """The ids of the runs whose context has this text under this name, the oldest first; `owner` as in Filter."""
    conditions = [runs.c.context.is_not(None), runs.c.context[name].as_string() == value]
    if owner is not None:
        conditions.append(runs.c.owner == owner)
    with reading(store.engine) as connection:
        ordered = sa.select(runs.c.id).where(*conditions).order_by(runs.c.created_at, runs.c.seq)
        return list(connection.scalars(ordered))


def _row(row: Any, group: str = "", runs: int = 1) -> Row:
    return Row(
        **{
            name: getattr(row, name)
            for name in ("seq", "id", "created_at", "kind", "state", "title", "prompt", "models")
        },
        tags=tuple(row.tags.split(", ")) if row.tags else (),
        department=row.department,
        note=row.note,
        starred=row.starred,
        simulated=row.simulated,
        lanes=row.lanes,
        failed=row.failed - row.stopped,
        stopped=row.stopped,
        partial=row.partial,
        unpriced=row.unpriced,
        bounds=row.bounds,
        cost=usd(row.cost),
        group=group,
        runs=runs,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be filtered by, as far as it occurs."""

    providers: Sequence[str] = ()
    models: Sequence[str] = ()
    tags: Sequence[str] = ()
    departments: Sequence[str] = ()
    failures: Sequence[str] = ()
    kinds: Sequence[str] = ()


def options(store: Store, *, owner: str | None = None) -> Options:
    """Every value that occurs in the history, or in the runs of one owner (a digest)."""
    columns = {
        "providers": lanes.c.provider,
        "models": lanes.c.model,
        "tags": run_tags.c.tag,
        "departments": runs.c.department,
        "failures": lanes.c.failure,
        "kinds": runs.c.kind,
    }
    with reading(store.engine) as connection:
        if owner is not None:
            return Options(**{name: _of_owner(connection, c, owner) for name, c in columns.items()})
        return Options(**{name: _distinct(connection, column) for name, column in columns.items()})


def _of_owner(connection: Any, column: Any, owner: str) -> list[str]:
    """The column's values in one visitor's runs: what others typed is not theirs to see."""
    seq = column.table.c.get("run_seq", runs.c.seq)
    mine = sa.select(runs.c.seq).where(runs.c.owner == owner)
    chosen = sa.select(column).distinct().where(seq.in_(mine), column.is_not(None))
    return [value for value in connection.scalars(chosen.order_by(column)) if value]


def _distinct(connection: Any, column: Any) -> list[str]:
    """The column's values by jumping from one to the next in its index, however many rows there are."""
    least = sa.select(sa.func.min(column).label("value")).where(column.is_not(None))
    chain = least.cte("chain", recursive=True)
    following = sa.select(sa.func.min(column)).where(column > chain.c.value).scalar_subquery()
    chain = chain.union_all(sa.select(following).where(chain.c.value.is_not(None)))
    found = connection.scalars(sa.select(chain.c.value).where(chain.c.value.is_not(None)))
    return [value for value in found if value]

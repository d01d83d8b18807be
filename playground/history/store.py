"""Runs in and out of the database. Every method opens its own transaction; HistoryError says what went wrong."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection

from playground.domain import Failure, Request, Response, Run
from playground.history import labels as labelled
from playground.history.database import HistoryError, connect, reading, told, writing
from playground.history.labels import Labels, Stored
from playground.history.packing import (
    NOTHING_SECRET,
    attachments,
    digests,
    pack_request,
    pack_response,
    storable,
    units,
    unpack_request,
    unpack_response,
)
from playground.history.schema import (
    DONE,
    INTERRUPTED,
    RUNNING,
    bodies,
    files,
    lanes,
    pieces,
    preferences,
    run_tags,
    runs,
    texts,
)
from playground.wire import Redactor

PROMPT_SHOWN = 300
"""Characters of the prompt that the list shows."""
SILENT_SECONDS = 60.0
"""A running run whose process has said nothing for so long was interrupted."""
AT_ONCE = 500
"""Rows a statement when many are deleted."""

INTERRUPTION = Failure(
    type="interrupted",
    message="The playground ended while this answer was under way.",
    meaning="The program was closed or crashed before this answer ended; the text up to then is kept.",
    next_step="Run it again when you like. The provider may bill what it had produced by then.",
)


@dataclass(slots=True)
class Beginning:
    """The rows of a run that has begun, made before any lock is taken."""

    run: dict[str, Any]
    lanes: list[dict[str, Any]]
    bodies: list[dict[str, Any]]
    files: list[dict[str, Any]]
    tags: tuple[str, ...]
    text: str


@dataclass(slots=True)
class Ending:
    """The rows of a lane that has ended."""

    run_id: str
    lane: int
    figures: dict[str, Any]
    body: bytes
    files: dict[str, bytes]


class Store:
    """The history in one database."""

    def __init__(self, where: URL) -> None:
        self.url = where
        self.engine = connect(where)

    def close(self) -> None:
        """Let go of all connections; in SQLite's case fold the log into the file."""
        self.engine.dispose()

    # In ------------------------------------------------------------------------------------------

    def begin(self, beginning: Beginning, connection: Connection) -> None:
        """Write a run down; one that is there already stays as it is."""
        made = self.insert(runs).values(beginning.run).on_conflict_do_nothing(index_elements=["id"])
        seq = connection.scalar(made.returning(runs.c.seq))
        if seq is None:
            return
        for table, rows in (
            (lanes, beginning.lanes),
            (bodies, beginning.bodies),
            (files, beginning.files),
        ):
            if rows:
                connection.execute(table.insert(), [{"run_seq": seq, **row} for row in rows])
        if beginning.tags:
            connection.execute(
                run_tags.insert(), [{"run_seq": seq, "tag": t} for t in beginning.tags]
            )
        connection.execute(texts.insert(), {"seq": seq, "body": beginning.text})

    def end(self, ending: Ending, connection: Connection) -> int | None:
        """Write a lane's response; returns the run's number, None when the run was deleted meanwhile."""
        seq = self._seq(ending.run_id, connection)
        if seq is None:
            return None
        here = (lanes.c.run_seq == seq) & (lanes.c.lane == ending.lane)
        connection.execute(lanes.update().where(here).values(ending.figures))
        connection.execute(
            bodies.update()
            .where(bodies.c.run_seq == seq, bodies.c.lane == ending.lane)
            .values(response=ending.body)
        )
        for digest, data in ending.files.items():
            row = {"run_seq": seq, "digest": digest, "data": data}
            connection.execute(self.insert(files).values(row).on_conflict_do_nothing())
        connection.execute(
            pieces.delete().where(pieces.c.run_seq == seq, pieces.c.lane == ending.lane)
        )
        return seq

    def settle(self, seq: int, connection: Connection, text: str | None = None) -> None:
        """Sum up a run after lanes have ended; `text` is what the search finds once all have."""
        of_run = lanes.c.run_seq == seq
        under_way = sa.exists().where(of_run, lanes.c.state == RUNNING)
        totals = sa.select(
            sa.func.sum(lanes.c.cost),
            sa.func.count(lanes.c.failure),
            sa.func.sum(sa.case((unpriced(lanes), 1), else_=0)),
        ).where(of_run)
        cost, failed, unknown = connection.execute(totals).one()
        values: dict[str, Any] = {"cost": cost, "failed": failed, "unpriced": unknown}
        if not connection.scalar(sa.select(under_way)):
            values |= {"state": DONE, "writer": None, "heartbeat": None}
        connection.execute(runs.update().where(runs.c.seq == seq).values(values))
        if text is not None:
            connection.execute(texts.update().where(texts.c.seq == seq).values(body=text))

    def add_pieces(
        self, run_id: str, rows: Sequence[dict[str, Any]], connection: Connection
    ) -> None:
        """Keep what has streamed since the last time."""
        seq = self._seq(run_id, connection)
        if seq is not None and rows:
            insert = self.insert(pieces).on_conflict_do_nothing()
            connection.execute(insert, [{"run_seq": seq, **row} for row in rows])

    def still_here(self, run_ids: Iterable[str], connection: Connection) -> None:
        """Say that the process that writes these runs is alive."""
        connection.execute(
            runs.update().where(runs.c.id.in_(list(run_ids))).values(heartbeat=time.time())
        )

    def put(self, run: Run, labels: Labels, *, owner: str = "") -> bool:
        """Keep a whole run at once (an import); False when a run with its id is there already."""
        beginning = begun(run, labels, owner=owner, writer=None)
        endings = [
            ended(run.id, i, r, q)
            for i, (q, r) in enumerate(zip(run.requests, run.responses, strict=True))
        ]
        with writing(self.engine) as connection:
            if self._seq(run.id, connection) is not None:
                return False
            self.begin(beginning, connection)
            for ending in endings:
                self.end(ending, connection)
            seq = self._seq(run.id, connection)
            if seq is not None:
                self.settle(seq, connection, searched(run, labels))
        return True

    def change(self, run_ids: Sequence[str], **labels: Any) -> None:
        """Give runs another title, note, star, department or other tags."""
        values = {
            k: storable(v) if isinstance(v, str) else v for k, v in labels.items() if k != "tags"
        }
        with writing(self.engine) as connection:
            found = connection.execute(sa.select(runs).where(runs.c.id.in_(run_ids))).all()
            for row in found:
                if "tags" in labels:
                    self._retag(row.seq, labels["tags"], connection)
                if values:
                    connection.execute(runs.update().where(runs.c.seq == row.seq).values(values))
                self._retitle(row, values, connection)

    def _retag(self, seq: int, wanted: Iterable[str], connection: Connection) -> None:
        clean = labelled.tags(map(storable, wanted))
        connection.execute(run_tags.delete().where(run_tags.c.run_seq == seq))
        if clean:
            connection.execute(run_tags.insert(), [{"run_seq": seq, "tag": t} for t in clean])
        connection.execute(runs.update().where(runs.c.seq == seq).values(tags=", ".join(clean)))

    def _retitle(self, row: Any, values: Mapping[str, Any], connection: Connection) -> None:
        """Let the search find the new title and note."""
        if not {"title", "note"} & set(values):
            return
        body = connection.scalar(sa.select(texts.c.body).where(texts.c.seq == row.seq)) or ""
        old = _head(row.title, row.note)
        new = _head(values.get("title", row.title), values.get("note", row.note))
        rest = body.removeprefix(old)
        connection.execute(texts.update().where(texts.c.seq == row.seq).values(body=new + rest))

    # Out -----------------------------------------------------------------------------------------

    def get(self, run_id: str) -> Stored | None:
        """A whole run; lanes that have not ended have the text so far."""
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one_or_none()
            if row is None:
                return None
            of_run = bodies.c.run_seq == row.seq
            parts = connection.execute(
                sa.select(bodies).where(of_run).order_by(bodies.c.lane)
            ).all()
            apart = {
                r.digest: r.data
                for r in connection.execute(sa.select(files).where(files.c.run_seq == row.seq))
            }
            so_far = self._so_far(row.seq, connection)
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
            ),
            state=row.state,
            owner=row.owner,
        )

    def _so_far(self, seq: int, connection: Connection) -> dict[int, dict[str, str]]:
        """Lane → kind → text that has streamed."""
        found: dict[int, dict[str, str]] = {}
        ordered = (
            sa.select(pieces).where(pieces.c.run_seq == seq).order_by(pieces.c.lane, pieces.c.piece)
        )
        for row in connection.execute(ordered):
            lane = found.setdefault(row.lane, {})
            lane[row.kind] = lane.get(row.kind, "") + row.text
        return found

    def _seq(self, run_id: str, connection: Connection) -> int | None:
        seq: int | None = connection.scalar(sa.select(runs.c.seq).where(runs.c.id == run_id))
        return seq

    # Interrupted runs ----------------------------------------------------------------------------

    def find_interrupted(self) -> int:
        """Mark runs whose process is gone, keep their partial texts as responses; how many were found."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                sa.select(runs.c.id, runs.c.writer, runs.c.heartbeat).where(runs.c.state == RUNNING)
            ).all()
        gone = [row.id for row in rows if _gone(row.writer, row.heartbeat)]
        return sum(self._interrupt(run_id) for run_id in gone)

    def _interrupt(self, run_id: str) -> bool:
        stored = self.get(run_id)
        if stored is None:
            return False
        with writing(self.engine) as connection:
            seq = self._seq(run_id, connection)
            open_lanes = connection.execute(
                sa.select(lanes.c.lane, lanes.c.simulated).where(
                    lanes.c.run_seq == seq, lanes.c.state == RUNNING
                )
            ).all()
            if seq is None or not connection.scalar(
                sa.select(runs.c.seq).where(runs.c.seq == seq, runs.c.state == RUNNING)
            ):
                return False  # another process was quicker
            for lane, simulated in open_lanes:
                request, response = stored.run.requests[lane], stored.run.responses[lane]
                ending = ended(run_id, lane, _interrupted(request, response, simulated), request)
                ending.figures["state"] = INTERRUPTED
                self.end(ending, connection)
            self.settle(seq, connection, searched(stored.run, stored.labels))
            connection.execute(
                runs.update()
                .where(runs.c.seq == seq)
                .values(state=INTERRUPTED, writer=None, heartbeat=None)
            )
        return True

    # Away ----------------------------------------------------------------------------------------

    def delete(self, run_ids: Sequence[str]) -> int:
        """Delete these runs for good; how many there were."""
        with writing(self.engine) as connection:
            seqs: list[int] = []
            for start in range(0, len(run_ids), AT_ONCE):
                some = list(run_ids[start : start + AT_ONCE])
                seqs += connection.scalars(sa.select(runs.c.seq).where(runs.c.id.in_(some)))
            _delete(seqs, connection)
        self.shrink()
        return len(seqs)

    def delete_older(self, days: int) -> int:
        """Delete runs older than so many days, starred ones excepted; how many."""
        limit = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        old = (runs.c.created_at < limit) & ~runs.c.starred & (runs.c.state != RUNNING)
        with writing(self.engine) as connection:
            seqs = list(connection.scalars(sa.select(runs.c.seq).where(old)))
            _delete(seqs, connection)
        if seqs:
            self.shrink()
        return len(seqs)

    def shrink(self) -> None:
        """Give freed space back to the disk, and leave no deleted word in the search's index."""
        with told(self.url):
            if self.engine.dialect.name == "sqlite":
                with writing(self.engine) as connection:
                    connection.exec_driver_sql(
                        "INSERT INTO texts_search(texts_search) VALUES ('optimize')"
                    )
                _sqlite_shrink(self)
            else:
                with self.engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                ) as connection:
                    for table in (runs, lanes, bodies, files, pieces, texts, run_tags):
                        connection.execute(sa.text(f"VACUUM {table.name}"))

    # Preferences ---------------------------------------------------------------------------------

    def preference(self, name: str) -> Any:
        """A preference, None when it was never set."""
        with reading(self.engine) as connection:
            found = connection.scalar(
                sa.select(preferences.c.value).where(preferences.c.name == name)
            )
        return None if found is None else json.loads(found)

    def prefer(self, name: str, value: Any) -> None:
        """Set a preference."""
        insert = self.insert(preferences).values(name=name, value=json.dumps(value))
        with writing(self.engine) as connection:
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["name"], set_={"value": insert.excluded.value}
                )
            )

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that may say what to do on a conflict."""
        return {"sqlite": sqlite, "postgresql": postgresql}[self.engine.dialect.name].insert(table)


# Rows -------------------------------------------------------------------------------------------


def begun(
    run: Run,
    labels: Labels,
    *,
    owner: str,
    writer: str | None,
    simulations: Sequence[bool] | None = None,
    redactor: Redactor = NOTHING_SECRET,
) -> Beginning:
    """The rows of a run that begins, from its requests alone; `simulations` says it lane by lane."""
    labels = without_secrets(labels, redactor)
    simulated = simulations or [run.simulated] * len(run.requests)
    apart = digests(file for request in run.requests for file in attachments(request, None))
    clean_tags = labelled.tags(map(storable, labels.tags))
    day = run.created_at[:10]
    models = dict.fromkeys(str(request.model) for request in run.requests)
    return Beginning(
        run={
            "id": storable(run.id),
            "created_at": run.created_at,
            "day": day,
            "kind": labels.kind,
            "state": RUNNING if run.requests else DONE,
            "title": storable(labels.title) if labels.title else None,
            "prompt": redactor.text(_prompt(run.requests)),
            "models": storable(", ".join(models)),
            "tags": ", ".join(clean_tags),
            "department": storable(labels.department.strip()),
            "note": storable(labels.note[: labelled.LONGEST_NOTE]),
            "starred": labels.starred,
            "simulated": run.simulated,
            "owner": labelled.owner_digest(owner),
            "lanes": len(run.requests),
            "failed": 0,
            "unpriced": 0,
            "cost": None,
            "writer": writer,
            "heartbeat": time.time(),
        },
        lanes=[
            _begun_lane(i, request, day, simulated[i]) for i, request in enumerate(run.requests)
        ],
        bodies=[
            {"lane": i, "request": pack_request(request, apart, redactor), "response": None}
            for i, request in enumerate(run.requests)
        ],
        files=[{"digest": digest, "data": data} for digest, data in apart.items()],
        tags=clean_tags,
        text=redactor.text(searched(replace(run, responses=()), labels)),
    )


def without_secrets(labels: Labels, redactor: Redactor) -> Labels:
    """The labels with keys that someone typed into them masked."""
    return replace(
        labels,
        title=redactor.text(labels.title) if labels.title else None,
        tags=tuple(map(redactor.text, labels.tags)),
        department=redactor.text(labels.department),
        note=redactor.text(labels.note),
    )


def _begun_lane(number: int, request: Request, day: str, simulated: bool) -> dict[str, Any]:
    return {
        "lane": number,
        "day": day,
        "provider": storable(request.model.provider),
        "api": request.model.api,
        "model": storable(request.model.model),
        "state": RUNNING,
        "failure": None,
        "simulated": simulated,
        "input_tokens": None,
        "output_tokens": None,
        "cost": None,
        "bound": False,
    }


def ended(
    run_id: str,
    lane: int,
    response: Response,
    request: Request,
    redactor: Redactor = NOTHING_SECRET,
) -> Ending:
    """The rows of a lane that has ended."""
    apart = digests(attachments(request, response))
    cost, failure = response.cost, response.failure
    state = "done" if failure is None else "failed"
    if failure is not None and failure.type in ("cancelled", "over_budget"):
        state = "stopped"
    return Ending(
        run_id=run_id,
        lane=lane,
        figures={
            "state": state,
            "failure": failure.type if failure else None,
            "simulated": response.simulated,
            "input_tokens": response.usage.input_tokens,
            "output_tokens": response.usage.output_tokens,
            "cost": units(cost.total) if cost else None,
            "bound": bool(cost and (cost.estimate or cost.lower_bound)),
        },
        body=pack_response(response, apart, redactor),
        files=digests(attachments(None, response)),
    )


def unpriced(table: sa.Table) -> sa.ColumnElement[bool]:
    """True for an ended lane that may have been billed but has no cost: it answered, or was cut off."""
    billed = sa.or_(
        table.c.failure.is_(None),
        table.c.failure.in_(("cancelled", "interrupted", "stream_truncated", "over_budget")),
    )
    return sa.and_(table.c.state != RUNNING, table.c.cost.is_(None), billed)


def searched(run: Run, labels: Labels) -> str:
    """Everything that the search looks through: title, note, prompts and answers, each text once."""
    found: dict[str, None] = {}
    for request in run.requests:
        found |= dict.fromkeys(
            [request.system or "", *(message.text for message in request.messages)]
        )
    for response in run.responses:
        found |= dict.fromkeys([response.text, response.reasoning_text, response.refusal or ""])
    found.pop("", None)
    return _head(labels.title, labels.note) + storable("\n".join(found))


def _head(title: str | None, note: str) -> str:
    return storable(f"{title or ''}\n{note}\n")


def _prompt(requests: Sequence[Request]) -> str:
    """The beginning of what was asked last, on one line."""
    texts_ = (
        m.text for r in requests[:1] for m in reversed(r.messages) if m.role == "user" and m.text
    )
    return storable(" ".join(next(texts_, "")[: 4 * PROMPT_SHOWN].split())[:PROMPT_SHOWN])


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


def _interrupted(request: Request, partial: Response, simulated: bool) -> Response:
    """The response of a lane that a crash cut off, with the least it can have cost where something had come."""
    response = replace(partial, failure=INTERRUPTION, simulated=simulated)
    if not (response.text or response.reasoning_text):
        return response
    from playground import pricing
    from playground.engine.receipt import at_least

    return replace(response, cost=at_least(response, request, pricing.load()))


def writer_name() -> str:
    """This process, as other processes on this or another computer can check it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _gone(writer: str | None, heartbeat: float | None) -> bool:
    """True when the process is known to have ended, or has been silent for too long."""
    host, _, pid = (writer or "").rpartition(":")
    if host == socket.gethostname() and pid.isdecimal() and not _alive(int(pid)):
        return True
    return heartbeat is None or time.time() - heartbeat > SILENT_SECONDS


def _alive(pid: int) -> bool:
    if os.name == "nt":  # there, asking with a signal would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _delete(seqs: Sequence[int], connection: Connection) -> None:
    for start in range(0, len(seqs), AT_ONCE):
        some = list(seqs[start : start + AT_ONCE])
        for table in (pieces, bodies, files, lanes, run_tags):
            connection.execute(table.delete().where(table.c.run_seq.in_(some)))
        connection.execute(texts.delete().where(texts.c.seq.in_(some)))
        connection.execute(runs.delete().where(runs.c.seq.in_(some)))


def _sqlite_shrink(store: Store) -> None:
    """Outside any transaction: hand free pages back, and empty the log, which still holds the old pages."""
    raw = store.engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        driver.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page only
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()


def each(store: Store, run_ids: Iterable[str]) -> Iterator[Stored]:
    """Whole runs one after the other; those that are gone are left out."""
    for run_id in run_ids:
        if (stored := store.get(run_id)) is not None:
            yield stored


__all__ = ["HistoryError", "Store", "begun", "each", "ended", "searched", "writer_name"]

"""Runs whose process is gone: found, marked, and kept with what had come of their answers."""

from __future__ import annotations

import logging
import os
import socket
import time
from dataclasses import replace

import sqlalchemy as sa

from playground.domain import Failure, Request, Response
from playground.history.reading import read_run
from playground.history.rows import ended, searched
from playground.history.writing import end, settle
from playground.store.database import HistoryError, reading, writing
from playground.store.file import INTERRUPTED, RUNNING
from playground.store.schema import lanes, runs
from playground.store.store import Store

LOG = logging.getLogger("playground")

SILENT_SECONDS = 60.0
"""A running run whose process has said nothing for so long was interrupted."""

INTERRUPTION = Failure(
    type="interrupted",
    message="The playground ended while this answer was under way.",
    meaning="The program was closed or crashed before this answer ended; the text up to then is kept.",
    next_step="Run it again when you like. The provider may bill what it had produced by then.",
)


def find_interrupted(store: Store) -> int:
    """Mark runs whose process is gone, keep their partial texts as responses; how many were found."""
    with reading(store.engine) as connection:
        rows = connection.execute(
            sa.select(runs.c.id, runs.c.writer, runs.c.heartbeat).where(runs.c.state == RUNNING)
        ).all()
    found = [row.id for row in rows if gone(row.writer, row.heartbeat)]
    return sum(_marked(store, run_id) for run_id in found)


def _marked(store: Store, run_id: str) -> bool:
    try:
        return _interrupt(store, run_id)
    except HistoryError:
        raise
    except Exception:  # whatever its bodies hold: one that can't be read keeps no other
        LOG.exception("the interrupted run %s can't be read", run_id)
        return False


def _interrupt(store: Store, run_id: str) -> bool:
    stored = read_run(store, run_id)
    if stored is None:
        return False
    with writing(store.engine) as connection:
        seq = connection.scalar(
            sa.select(runs.c.seq).where(runs.c.id == run_id, runs.c.state == RUNNING)
        )
        if seq is None:
            return False  # another process was quicker
        open_lanes = connection.execute(
            sa.select(lanes.c.lane, lanes.c.simulated).where(
                lanes.c.run_seq == seq, lanes.c.state == RUNNING
            )
        ).all()
        endings = []
        for lane, simulated in open_lanes:
            request, response = stored.run.requests[lane], stored.run.responses[lane]
            ending = ended(run_id, lane, _interrupted(request, response, simulated), request)
            ending.figures["state"] = INTERRUPTED
            endings.append(ending)
        end(store, endings, connection)
        settle({seq: searched(stored.run, stored.labels)}, connection)
        connection.execute(
            runs.update()
            .where(runs.c.seq == seq)
            .values(state=INTERRUPTED, writer=None, heartbeat=None)
        )
    return True


def _interrupted(request: Request, partial: Response, simulated: bool) -> Response:
    """The response of a lane that a crash cut off, with the least it can have cost where something had come."""
    response = replace(partial, failure=INTERRUPTION, simulated=simulated)
    if not (response.text or response.reasoning_text):
        return response
    from playground import pricing
    from playground.engine.receipt import at_least

    return replace(response, cost=at_least(response, request, pricing.load()))


def gone(writer: str | None, heartbeat: float | None) -> bool:
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

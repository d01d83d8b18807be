"""Experiments that this process runs beside what else it does: started, looked at, stopped, by their ids."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from playground.domain import Endpoint, Secret
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Progress, Session
from playground.experiments.work import prepare
from playground.store.database import HistoryError
from playground.store.store import Store

LOG = logging.getLogger("playground")


@dataclass(eq=False, slots=True)
class Work:
    """One experiment under way in this process."""

    experiment: str
    """Its id."""
    begun: float
    """On the monotonic clock."""
    progress: Progress | None = None
    """How far it is; None before it has said so for the first time."""
    visitor: str = ""
    """The session that has started it."""
    ended: Ended | None = None
    stops: int = 0
    """How often it was told to stop: once lets what is under way end, twice cuts it off."""
    session: Session | None = field(default=None, repr=False)
    over: threading.Event = field(default_factory=threading.Event, repr=False)

    def told(self, progress: Progress) -> None:
        self.progress = progress

    def pause(self) -> None:
        """Let nothing leave any more; what is under way ends."""
        self._stop(1)

    def stop(self) -> None:
        """Cut off what is under way, too: those cells are uncertain then."""
        self._stop(2)

    def _stop(self, times: int) -> None:
        while self.stops < times:
            self.stops += 1
            if self.session is not None:
                self.session.stop()


_lock = threading.Lock()
_works: dict[str, Work] = {}


def of(experiment: str) -> Work | None:
    """The work on this experiment that is under way here; None where there is none."""
    with _lock:
        return _works.get(experiment)


def leave(visitor: str) -> None:
    """Stop all that this session has started."""
    with _lock:
        mine = [work for work in _works.values() if work.visitor == visitor]
    for work in mine:
        work.stop()


def start(
    engine: Engine,
    store: Store,
    experiment: Experiment,
    endpoints: Mapping[str, Endpoint],
    *,
    budget: Decimal | None,
    owner: str = "",
    session: str = "",
    secrets: Sequence[Secret | None] = (),
) -> Work | None:
    """Begin it, or go on where it stood still; None where it is under way already, here or in another process."""
    with _lock:
        if experiment.id in _works or not kept.begin(store, experiment.seq):
            return None
        work = _works[experiment.id] = Work(experiment.id, time.monotonic(), visitor=session)

    def run() -> None:
        ended = Ended(state=kept.STOPPED, elapsed=0.0, note="It ended by a slip of ours.")
        try:
            work.session, ask = prepare(
                engine,
                store,
                experiment,
                endpoints,
                budget=budget,
                owner=owner,
                session=session,
                secrets=secrets,
                progress=work.told,
            )
            ended = ask() if not work.stops else Ended(state=kept.STOPPED, elapsed=0.0)
        except Exception as error:  # the page must be able to say that it stands still
            LOG.exception("An experiment ended early.")
            note = f"It ended by a slip of ours ({type(error).__name__})."
            ended = Ended(state=kept.STOPPED, elapsed=time.monotonic() - work.begun, note=note)
        finally:
            _end(store, experiment, work, ended)

    threading.Thread(target=run, name=f"experiment {experiment.id}", daemon=True).start()
    return work


def stop_all(seconds: float) -> None:
    """Cut off every experiment of this process and wait for as long at most: the app is going down."""
    with _lock:
        works = list(_works.values())
    for work in works:
        work.stop()
    end = time.monotonic() + seconds
    for work in works:
        work.over.wait(max(0.0, end - time.monotonic()))


def _end(store: Store, experiment: Experiment, work: Work, ended: Ended) -> None:
    """Let go of it: in the store first, so that whoever sees no work reads how it ended."""
    try:
        kept.finish(store, experiment.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
    except HistoryError as error:
        LOG.warning("%s", error)
    with _lock:
        work.ended = ended
        _works.pop(experiment.id, None)
    work.over.set()

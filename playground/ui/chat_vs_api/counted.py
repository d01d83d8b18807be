"""What is counted beside a run at the providers: asked for once, waited for where it is shown, then kept with the run."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from playground.domain import Endpoint
from playground.domain.nouns import NotARun, jsonable, noun
from playground.engine import LiveRun, get_engine
from playground.runs import Refusal
from playground.ui.session import keeping
from playground.ui.session.stored import note
from playground.wire import Pool

T = TypeVar("T")
Work = Callable[[Pool], Awaitable[T]]

COUNT_SECONDS = 30.0
"""How long a figure waits for a provider's count."""
COUNTS = "counts"
"""Under this name a run's context holds its counts."""

_under_way: WeakKeyDictionary[LiveRun, dict[str, Future[Any]]] = WeakKeyDictionary()
"""For as long as the run itself is in memory."""
_lock = threading.Lock()


def begin(run: LiveRun, name: str, how: Callable[[], Work[T]]) -> Future[T]:
    """Count on the engine's thread, once however many tabs ask; `how` is only called by the first."""
    with _lock:
        futures = _under_way.setdefault(run, {})
        if name not in futures:
            futures[name] = get_engine().submit(how())
        return futures[name]


def counted(run: LiveRun, name: str, kind: type[T], how: Callable[[], Work[T]]) -> T | None:
    """The count that is kept with the run, or that comes now; None when it can't be had in time."""
    kept = run.context.get(COUNTS)
    if isinstance(kept, Mapping) and name in kept:
        with suppress(NotARun):
            return cast(T, noun(kind, kept[name], name))
    try:
        found = begin(run, name, how).result(COUNT_SECONDS)
    except Exception:
        return None
    note(run, **{COUNTS: {**run.context.get(COUNTS, {}), name: jsonable(found)}})
    return found


def is_there(run: LiveRun, name: str) -> bool:
    """Whether a count is kept with the run, or has come or failed meanwhile: nobody waits for it."""
    with _lock:
        future = _under_way.get(run, {}).get(name)
    return name in (run.context.get(COUNTS) or {}) or (future is not None and future.done())


def counter(run: LiveRun, lane: int, where: Mapping[str, Endpoint]) -> Endpoint | None:
    """Where a lane's request is counted; None where its provider is not the one that answered (the simulation, or the real one), or it may not be counted."""
    request = run.lanes[lane].request
    endpoint = where.get(request.model.provider)
    if endpoint is None or endpoint.simulated != run.simulations[lane]:
        return None
    found = keeping.counting([request], where)
    return None if isinstance(found, Refusal) else found.get(request.model.provider)

"""The only way in which a class's key is spent: put into a member's run on its way to the engine, within the terms of the class."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from playground import history
from playground.classes import kept, spending, vault, watching
from playground.classes.nouns import UNBOUND, ClassError, Seat, unbound
from playground.domain import Endpoint, Request, Secret
from playground.domain.endpoint import endpoint_of
from playground.engine import Journal, Lane, LiveRun
from playground.history.labels import owner_digest
from playground.store.database import HistoryError
from playground.store.store import Store

LOG = logging.getLogger("playground")


@dataclass(slots=True, eq=False)
class Lent:
    """A run that a class may pay, ready for the engine. It holds the key, so it stays with whoever starts the run."""

    store: Store
    seat: Seat
    requests: tuple[Request, ...]
    """Those of the class with the longest answer that it allows."""
    endpoints: dict[str, Endpoint]
    lanes: tuple[int, ...]
    """Which of the requests the class pays."""
    held: str = ""

    def reserve(self) -> None:
        """Hold the most that it may cost; ClassError where the class does not have it."""
        of = {lane: self.requests[lane] for lane in self.lanes}
        self.held = spending.reserve(self.store, self.seat, of)

    def journal(self, beside: Journal | None) -> Journal:
        """Puts each receipt in the place of what was held, and lets the other journal know too."""
        return Settling(self.store, self.held, frozenset(self.lanes), beside)

    def began(self, run: LiveRun) -> None:
        """Stop it when the class is over."""
        watching.run_began(run, self.lanes, self.seat, self.store, self.held)


def asked(
    requests: Sequence[Request], endpoints: Mapping[str, Endpoint], *, owner: str
) -> Lent | None:
    """What a class pays of these; None where it pays nothing, ClassError where it does not allow them."""
    lent = {
        lane: endpoint
        for lane, request in enumerate(requests)
        if (endpoint := endpoint_of(request.model, endpoints)) and endpoint.lent
    }
    if not lent:
        return None
    class_id = next(iter(lent.values())).lent
    store = history.get_store()
    seat = kept.seat(store, class_id, owner=owner_digest(owner))
    if seat is None:
        raise ClassError(kept.GONE)
    if seat.over or not seat.may_run:
        raise ClassError(seat.over or spending.WATCHES)
    made = [_allowed(r, seat) if lane in lent else r for lane, r in enumerate(requests)]
    keyed = {
        name: _keyed(endpoint, seat) if endpoint.lent else endpoint
        for name, endpoint in endpoints.items()
        if not endpoint.lent or endpoint in lent.values()
    }
    return Lent(store, seat, tuple(made), keyed, tuple(lent))


def _allowed(request: Request, seat: Seat) -> Request:
    """The request with an answer as long as the class allows; ClassError where its model or what it asks for is not."""
    model = f"{request.model.provider}:{request.model.model}"
    if model not in seat.models:
        raise ClassError(
            f"Not sent: {model} is not on the list of {seat.of.name}. Take {_either(seat.models)}."
        )
    if found := [UNBOUND[name] for name in unbound(request)]:
        raise ClassError(
            f"Not sent: {' and '.join(found)} can't be used in a class, as nobody knows before what it would cost."
        )
    longest = min(request.settings.max_output_tokens or seat.of.longest, seat.of.longest)
    return replace(request, settings=replace(request.settings, max_output_tokens=longest))


def _either(models: Sequence[str]) -> str:
    *others, last = models
    return f"{', '.join(others)} or {last}" if others else last


def _keyed(endpoint: Endpoint, seat: Seat) -> Endpoint:
    """The endpoint with the class's key; a simulated class has the simulation's."""
    if seat.of.simulated and endpoint.simulated:
        return endpoint
    found = None if seat.of.simulated else vault.endpoint(seat.of, endpoint.provider)
    if found is None:
        raise ClassError(
            f"Not sent: the {endpoint.provider} key of {seat.of.name} is not in this process of the server. A typed key is in"
            " the memory of the one process where it was typed, and is gone after a restart: whoever holds the class must"
            " lend it again on the page Class."
        )
    return found


def lend(store: Store, class_id: str, keys: Mapping[str, Secret], *, owner: str) -> None:
    """Hold keys for a class in this process's memory; only its owner may."""
    seat = kept.seat(store, class_id, owner=owner)
    if seat is None or seat.over or seat.member.role != "owner":
        raise ClassError("Only an owner of the class may do that, while it goes on.")
    vault.put(class_id, {name: keys[name] for name in seat.of.providers if name in keys})
    watching.keys_lent(class_id, store)


def close(store: Store, class_id: str, *, owner: str) -> None:
    """Close a class: its keys are forgotten, its calls stopped, here at once and in other processes within a second."""
    kept.close(store, class_id, owner=owner)
    vault.forget(class_id)
    watching.look_now()


_settling = ThreadPoolExecutor(1, "class receipts")
"""Writes receipts: nothing that takes time may be done on the engine's thread."""


class Settling:
    """A journal that tells the class what each of its calls has cost."""

    def __init__(
        self, store: Store, held: str, lanes: frozenset[int], beside: Journal | None
    ) -> None:
        self._store, self._held, self._lanes, self._beside = store, held, lanes, beside

    def began(self, run: LiveRun) -> Future[None]:
        """What was held is written down already."""
        if self._beside is not None:
            return self._beside.began(run)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        if lane.index in self._lanes:
            _settling.submit(self._settle, lane)
        if self._beside is not None:
            self._beside.lane_ended(run, lane)

    def _settle(self, lane: Lane) -> None:
        if lane.response is None:
            return
        try:
            spending.settle(self._store, self._held, lane.index, lane.response)
        except HistoryError as error:  # what was held stays held: never less than it cost
            LOG.warning("A class's receipt was not written down: %s", error)


def settled() -> None:
    """Wait until every receipt so far is written down."""
    _settling.submit(lambda: None).result()

"""A run while it happens: written by the engine's thread, looked at by everyone else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal

from playground.domain import Failure, File, Request, Response, Run, ending
from playground.wire.freeing import let_go

State = Literal["queued", "connecting", "thinking", "streaming"] | ending.State
SHOWN = {"text": "text", "reasoning": "reasoning", "refusal": "text"}
"""Which kinds of delta are shown, and in which of a lane's two texts."""

_EVENT = 16
"""Bytes that an event takes beside its data."""


class Lane:
    """One Request under way. Fields only grow or are replaced whole, so any thread may read without a lock."""

    def __init__(self, index: int, request: Request) -> None:
        self.index = index
        self.request = request
        self.state: State = "queued"
        self.deltas: list[tuple[str, str]] = []
        """(kind, text) in order of arrival: kinds `text`, `reasoning`, `refusal`, `tool`; `thought`: all text before was reasoning."""
        self.queued_at = time.monotonic()
        self.started_at: float | None = None
        """`time.monotonic()` when the request's head went on the wire."""
        self.finished_at: float | None = None
        self.time_to_first_text: float | None = None
        self.attempt = 1
        self.response: Response | None = None
        """Set once, when the lane has ended."""
        self.partial: Callable[[], Response] | None = None
        """Builds the Response so far while the call is under way."""
        self.stopped_by: Failure | None = None
        """Why the lane was stopped, when it was not the user who stopped it."""

    @property
    def ended(self) -> bool:
        return self.state in ending.STATES

    @property
    def bytes(self) -> int:
        """What the lane holds in memory, roughly: files sent, what was received and what was read of it."""
        parts = [part for message in self.request.messages for part in message.parts]
        sent = sum(len(part.data) for part in parts if isinstance(part, File))
        exchange = self.response.exchange if self.response else None
        if exchange is None:
            return sent
        return sent + exchange.bytes_received + _EVENT * len(exchange.events)

    def text(self, shown: str = "text") -> str:
        """The answer (or, with `reasoning`, the reasoning) so far."""
        texts = {"text": "", "reasoning": ""}
        for kind, group in groupby(list(self.deltas), key=lambda delta: delta[0]):
            if kind == "thought":
                texts = {"reasoning": texts["reasoning"] + texts["text"], "text": ""}
            elif kind in SHOWN:
                texts[SHOWN[kind]] += "".join(text for _, text in group)
        return texts[shown]

    def elapsed(self) -> float | None:
        """Seconds since the request's head went on the wire, until the end if it has ended."""
        if self.started_at is None:
            return None
        return (self.finished_at or time.monotonic()) - self.started_at

    def receive(self, kind: str, text: str) -> None:
        """Called by the adapter's driver for everything that arrives."""
        if kind == "sent":
            self.started_at = time.monotonic()
            self.state = "thinking"
            return
        if kind == "thought":
            self.state, self.time_to_first_text = "thinking", None
        if kind in ("text", "refusal") and text and self.state != "streaming":
            self.state = "streaming"
            unknown = self.time_to_first_text is None and self.request.stream
            if unknown and self.started_at is not None:
                self.time_to_first_text = time.monotonic() - self.started_at
        self.deltas.append((kind, text))

    def compact(self) -> None:
        """Keep what streamed as one text after the other, and no longer word by word: it takes a tenth of the memory."""
        held = list(self.deltas)  # whoever reads the list goes on reading all of it
        self.deltas = [
            (kind, "".join(text for _, text in group))
            for kind, group in groupby(held, key=lambda delta: delta[0])
        ]
        let_go(held)

    def end(self, response: Response) -> None:
        """Keep the final Response; called once."""
        self.finished_at = time.monotonic()
        self.response = response
        self.time_to_first_text = response.time_to_first_text
        self.partial = None
        self.state = response.state


class LiveRun:
    """Lanes side by side, under an id that can't be guessed."""

    def __init__(
        self,
        run_id: str,
        owner: str,
        requests: tuple[Request, ...],
        *,
        simulations: tuple[bool, ...],
        cancel: Callable[[LiveRun, int | None], None],
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.id = run_id
        self.owner = owner
        self.context: Mapping[str, Any] = context or {}
        """What the run belongs to (a conversation's turn, a climb), as small JSON; whoever started it reads it again."""
        self.simulations = simulations
        """Lane by lane: whether the built-in simulation answers."""
        self.created_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.lanes = [Lane(index, request) for index, request in enumerate(requests)]
        self.tasks: dict[int, asyncio.Task[None]] = {}
        """Of the engine's thread only, as is what follows."""
        self.stopped_early: set[int] = set()
        """Lanes that were stopped before they had a task."""
        self._cancel = cancel
        self._ended = threading.Event()
        self._first_open = 0
        """All lanes before this one have ended."""

    @property
    def simulated(self) -> bool:
        """True when the built-in simulation answers any lane."""
        return any(self.simulations)

    @property
    def bytes(self) -> int:
        """What the run holds in memory, roughly."""
        return sum(lane.bytes for lane in self.lanes)

    @property
    def done(self) -> bool:
        """True when every lane has ended."""
        lanes, first = self.lanes, self._first_open
        while first < len(lanes) and lanes[first].ended:
            first += 1
        self._first_open = first
        return first == len(lanes)

    def stop(self, lane: int | None = None, *, why: Failure | None = None) -> None:
        """Close the connection of one lane or of all; what has arrived is kept, and `why` becomes the lane's failure."""
        for each in self.lanes if lane is None else (self.lanes[lane],):
            if not each.ended:
                each.stopped_by = why
        self._cancel(self, lane)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until every lane has ended; False when `timeout` seconds passed first."""
        return self._ended.wait(timeout)

    def lane_ended(self) -> None:
        if self.done:
            self._ended.set()

    def asked(self) -> Run:
        """The run without its answers."""
        return Run(
            id=self.id,
            created_at=self.created_at,
            requests=tuple(lane.request for lane in self.lanes),
            responses=(),
            simulated=self.simulated,
        )

    def run(self) -> Run:
        """The run as it stands: final Responses, and partial ones for lanes still under way."""
        return replace(self.asked(), responses=tuple(map(response_of, self.lanes)))


def response_of(lane: Lane) -> Response:
    """The lane's Response, final or so far."""
    partial = lane.partial
    if lane.response is not None:
        return lane.response
    return partial() if partial else Response(model=lane.request.model)


def ended_run(run: Run, owner: str, context: Mapping[str, Any] | None = None) -> LiveRun:
    """A run from elsewhere (the history, a file) as one that has ended, for whatever shows live runs."""
    live = LiveRun(
        run.id,
        owner,
        run.requests,
        simulations=tuple(r.simulated for r in run.responses),
        cancel=lambda *_: None,
        context=context,
    )
    live.created_at = run.created_at
    for lane, response in zip(live.lanes, run.responses, strict=True):
        lane.end(response)
    live.lane_ended()
    return live

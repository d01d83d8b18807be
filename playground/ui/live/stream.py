"""The live text of a run, beside Streamlit: a server-sent-events route for the component that shows it.

Streamlit would resend the whole text at every change and keep the script running. Here the browser gets only what is
new, 20 times a second, from a route of the app; the script ends at once and runs again when lanes have ended.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from playground.domain.ending import STATES
from playground.figures import visible
from playground.ui.live.grants import Grant, owner_cookie, resolve
from playground.ui.live.held import held

if TYPE_CHECKING:
    from playground.engine.live import Lane, LiveRun

TICK = 0.05
"""Seconds between two looks at a run."""
HEARTBEAT = 10.0
"""Seconds of silence after which a comment is sent, so that no proxy takes the stream for dead."""
RETRY = 500
"""Milliseconds after which the browser connects again when the stream breaks off."""

COUNT = re.compile(r"[0-9]{1,9}")
"""How many deltas a lane may have sent; Python reads no number of more than 4,300 digits."""

_closing = threading.Event()


@dataclass(slots=True)
class Cursor:
    """How much of a run one browser has: deltas sent and state last told, lane by lane."""

    sent: list[int]
    told: list[tuple[Any, ...]]

    @classmethod
    def at(cls, run: LiveRun, event_id: str = "") -> Cursor:
        """From the start, or from the event id that a reconnecting browser brings back."""
        lanes = len(run.lanes)
        numbers = event_id.split(".")
        known = len(numbers) == lanes and all(COUNT.fullmatch(n) for n in numbers)
        return cls([int(n) for n in numbers] if known else [0] * lanes, [()] * lanes)

    def __str__(self) -> str:
        return ".".join(map(str, self.sent))


def news(run: LiveRun, cursor: Cursor) -> dict[str, Any]:
    """What the browser does not have yet, and move the cursor; empty when there is nothing.

    Of a run whose names are hidden it is told which lanes have ended, and nothing else.
    """
    if held(run):
        return _ends(run, cursor)
    states, texts = [], []
    for index, lane in enumerate(run.lanes):
        # The state first: an ended lane has all its text, so its end is never told before its last word.
        told = _state(lane)
        if told != cursor.told[index]:
            cursor.told[index] = told
            states.append({"lane": index, **_shown_state(lane, told)})
        end = len(lane.deltas)
        fresh = lane.deltas[cursor.sent[index] : end]
        cursor.sent[index] = max(end, cursor.sent[index])
        texts += [[index, kind, visible(text)] for kind, text in merged(fresh)]
    return {key: value for key, value in (("texts", texts), ("states", states)) if value}


def _ends(run: LiveRun, cursor: Cursor) -> dict[str, Any]:
    states = []
    for index, lane in enumerate(run.lanes):
        told = (lane.ended,)
        if lane.ended and told != cursor.told[index]:
            cursor.told[index] = told
            states.append({"lane": index, "ended": True})
    return {"states": states} if states else {}


def merged(deltas: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Neighbours of the same kind as one."""
    for kind, group in groupby(deltas, key=lambda delta: delta[0]):
        if text := "".join(text for _, text in group):
            yield kind, text


def _state(lane: Lane) -> tuple[Any, ...]:
    return (lane.state, lane.started_at, lane.finished_at, lane.time_to_first_text)


def _shown_state(lane: Lane, told: tuple[Any, ...]) -> dict[str, Any]:
    """A lane's state with the seconds on its clock, which the browser then runs on by itself."""
    state, started, finished, first_text = told
    ended = state in STATES
    now = finished if ended and finished is not None else time.monotonic()
    failure = lane.response.failure if ended and lane.response is not None else None
    return {
        "state": state,
        "ended": ended,
        "clock": None if started is None else round(max(0.0, now - started), 3),
        "first_text": None if first_text is None else round(first_text, 3),
        "message": " ".join(filter(None, (failure.meaning, failure.next_step))) if failure else "",
    }


async def events(run: LiveRun, cursor: Cursor) -> AsyncIterator[str]:
    """The run as server-sent events until it is done; only reads, so the engine never waits for a slow browser."""
    yield f"retry: {RETRY}\n\n"
    silent_since, begun = time.monotonic(), False
    while not _closing.is_set():
        done = run.done  # before the text: what is done does not grow
        message = news(run, cursor)
        if (
            message or not begun
        ):  # by the first one the browser knows that streams get through, also where names are hidden
            begun = True
            yield f"id: {cursor}\ndata: {json.dumps(message, ensure_ascii=False, separators=(',', ':'))}\n\n"
            silent_since = time.monotonic()
        if done:
            yield "event: done\ndata: {}\n\n"
            return
        if time.monotonic() - silent_since > HEARTBEAT:
            yield ":\n\n"
            silent_since = time.monotonic()
        await asyncio.sleep(TICK)


def routes() -> list[Route]:
    """`GET /live/{token}` streams, `POST /live/{token}/stop[/{lane}]` stops."""
    return [
        Route("/live/{token}", _stream, methods=["GET"]),
        Route("/live/{token}/stop", _stop, methods=["POST"]),
        Route("/live/{token}/stop/{lane:int}", _stop, methods=["POST"]),
    ]


def close() -> None:
    """End every stream: the server is going down."""
    _closing.set()


def reopen() -> None:
    """Allow streams (again): the server has come up."""
    _closing.clear()


NO_STORE = {"Cache-Control": "no-store"}


def _granted(request: Request) -> Grant | None:
    return resolve(
        request.path_params["token"], owner_cookie(request.headers.get("cookie", "")) or ""
    )


async def _stream(request: Request) -> Response:
    granted = _granted(request)
    if granted is None or not _same_origin(request):
        return Response(status_code=404, headers=NO_STORE)
    cursor = Cursor.at(granted.run, request.headers.get("last-event-id", ""))
    return StreamingResponse(
        events(granted.run, cursor),
        media_type="text/event-stream",
        headers={**NO_STORE, "X-Accel-Buffering": "no"},
    )


async def _stop(request: Request) -> Response:
    granted = _granted(request)
    lane = request.path_params.get("lane")
    if (
        granted is None
        or not _same_origin(request)
        or (lane is not None and lane >= len(granted.run.lanes))
    ):
        return Response(status_code=404, headers=NO_STORE)
    granted.run.stop(lane)
    return Response(status_code=204, headers=NO_STORE)


def _same_origin(request: Request) -> bool:
    """False for what a browser sends on behalf of another site."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return False
    return site in ("same-origin", "none")

"""The live text of a run, beside Streamlit: a server-sent-events route and the component that shows it.

Streamlit would resend the whole text at every change and keep the script running. Here the browser gets only what is
new, 20 times a second, from a route of the app; the script ends at once and runs again when lanes have ended.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from playground.ui import names

if TYPE_CHECKING:
    from playground.engine.live import Lane, LiveRun

TICK = 0.05
"""Seconds between two looks at a run."""
SCRIPT_TICK = 0.1
"""The same where the script itself has to look."""
BOX_HEIGHT = 300
"""Pixels: the height of a lane's text."""
NARROWEST = 260
"""Pixels: a lane's least width, the same as in live.css."""
HEARTBEAT = 10.0
"""Seconds of silence after which a comment is sent, so that no proxy takes the stream for dead."""
RETRY = 500
"""Milliseconds after which the browser connects again when the stream breaks off."""
ENDED = frozenset({"done", "failed", "stopped"})
OWNER_COOKIE = "playground_owner"

_closing = threading.Event()


# Who may look at what ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Grant:
    """One session's right to look at one run; it ends when that session's state is dropped."""

    token: str
    owner: str
    """The owner's cookie; empty where the browser sends none."""
    run: LiveRun = field(repr=False)


_grants: weakref.WeakValueDictionary[str, Grant] = weakref.WeakValueDictionary()


def grant(run: LiveRun, owner: str = "") -> Grant:
    """A new right to look at the run, for as long as the caller keeps it."""
    made = Grant(secrets.token_urlsafe(32), owner, run)
    _grants[made.token] = made
    return made


def resolve(token: str, owner: str = "") -> Grant | None:
    """The right behind a token, when the request comes from the browser that it was given to."""
    found = _grants.get(token)
    if found is None or (found.owner and not secrets.compare_digest(found.owner, owner)):
        return None
    return found


def owner_cookie(header: str) -> str | None:
    """The owner's id in a Cookie header, None where there is none."""
    try:
        morsel = SimpleCookie(header).get(OWNER_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value else None


def owner() -> str:
    """Who sits at this browser: the same after a reload, unguessable; empty where cookies are off."""
    cookie = st.context.cookies.get(OWNER_COOKIE)
    return cookie if isinstance(cookie, str) else ""  # AppTest hands out a mock


# What is sent ------------------------------------------------------------------------------------


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
        known = len(numbers) == lanes and all(n.isdecimal() and n.isascii() for n in numbers)
        return cls([int(n) for n in numbers] if known else [0] * lanes, [()] * lanes)

    def __str__(self) -> str:
        return ".".join(map(str, self.sent))


def news(run: LiveRun, cursor: Cursor) -> dict[str, Any]:
    """What the browser does not have yet, and move the cursor; empty when there is nothing."""
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
        texts += [[index, kind, text] for kind, text in merged(fresh)]
    return {key: value for key, value in (("texts", texts), ("states", states)) if value}


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
    ended = state in ENDED
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
    silent_since = time.monotonic()
    while not _closing.is_set():
        done = run.done  # before the text: what is done does not grow
        if message := news(run, cursor):
            yield f"id: {cursor}\ndata: {json.dumps(message, ensure_ascii=False, separators=(',', ':'))}\n\n"
            silent_since = time.monotonic()
        if done:
            yield "event: done\ndata: {}\n\n"
            return
        if time.monotonic() - silent_since > HEARTBEAT:
            yield ":\n\n"
            silent_since = time.monotonic()
        await asyncio.sleep(TICK)


# Routes ------------------------------------------------------------------------------------------


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


# The component -----------------------------------------------------------------------------------

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "playground_live",
    html=(HERE / "live.html").read_text("utf-8"),
    css=(HERE / "live.css").read_text("utf-8"),
    js=(HERE / "live.js").read_text("utf-8"),
)


def live_run(
    run: LiveRun,
    *,
    key: str,
    titles: Sequence[str] = (),
    notes: Sequence[str] = (),
    columns: int = 4,
    lanes: Sequence[int] | None = None,
) -> None:
    """Show lanes' text as it comes; the page or fragment around it runs again when lanes have ended.

    `titles` and `notes` (say, the model and "simulated") head all the run's lanes, in order; `columns` is the most
    cards side by side. With `lanes` only those are shown, without Stop all: several calls for one run share one
    connection.
    """
    shown = range(len(run.lanes)) if lanes is None else lanes
    with st.container():  # one place on the page for either way
        if st.session_state.get(names.LIVE_BLOCKED):
            _show_by_script(run, key, titles, shown, columns)
            return
        _component(
            key=names.live(key),
            data={
                "path": f"live/{_held(run).token}",
                "lanes": [_head(run, index, titles, notes) for index in shown],
                "columns": columns,
                "bar": lanes is None,
                "known": [index for index, lane in enumerate(run.lanes) if lane.state in ENDED],
            },
            on_ended_change=lambda: None,
            on_blocked_change=_use_the_script_instead,
            on_stop_change=lambda: _stop_from_script(run, key),
        )


def _held(run: LiveRun) -> Grant:
    """This session's right to look at the run, made once and kept in its state."""
    grants: dict[str, Grant] = st.session_state.setdefault(names.LIVE_GRANTS, {})
    if run.id not in grants:
        grants[run.id] = grant(run, owner())
    return grants[run.id]


def _head(run: LiveRun, index: int, titles: Sequence[str], notes: Sequence[str]) -> dict[str, Any]:
    title = titles[index] if index < len(titles) else str(run.lanes[index].request.model)
    return {"index": index, "title": title, "note": notes[index] if index < len(notes) else ""}


def _stop_from_script(run: LiveRun, key: str) -> None:
    """The component could not reach the stop route: stop from here."""
    lane = st.session_state[names.live(key)].stop
    run.stop(None if lane == "all" else int(lane))


def _use_the_script_instead() -> None:
    st.session_state[names.LIVE_BLOCKED] = True


# Where event streams are blocked ------------------------------------------------------------------


def _show_by_script(
    run: LiveRun, key: str, titles: Sequence[str], shown: Iterable[int], columns: int
) -> None:
    """Plain boxes in place of the component; `followed` fills them."""
    with st.grid(columns=columns, min_column_width=NARROWEST, gap="small"):
        for index in shown:
            lane = run.lanes[index]
            over = lane.state in ENDED
            with st.container(border=True):
                st.text(_head(run, index, titles, ())["title"])
                st.button(
                    "Stop",
                    key=f"{key}_stop_{index}",
                    on_click=run.stop,
                    args=(index,),
                    disabled=over,
                )
                with st.container(height=BOX_HEIGHT, border=False, autoscroll=True):
                    slot = st.empty()
                    slot.text(_plain(lane))
            if not over:
                st.session_state.setdefault(names.LIVE_SLOTS, []).append((lane, slot))


@contextmanager
def followed() -> Iterator[None]:
    """Around a page: where event streams are blocked, the script stays to redraw running lanes at 10 Hz."""
    st.session_state.pop(names.LIVE_SLOTS, None)
    yield
    slots = st.session_state.pop(names.LIVE_SLOTS, [])
    while slots and not any(lane.state in ENDED for lane, _ in slots):
        for lane, slot in slots:
            slot.text(_plain(lane))
        time.sleep(SCRIPT_TICK)
    if slots:
        st.rerun()


def _plain(lane: Lane) -> str:
    return f"{lane.state}\n\n{lane.text()}"

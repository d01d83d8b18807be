"""The component that shows the live text of a run, and plain boxes where event streams are blocked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground.figures import named, visible
from playground.ui import names
from playground.ui.live.grants import Grant, grant, owner

if TYPE_CHECKING:
    from playground.engine.live import Lane, LiveRun

SCRIPT_TICK = 0.1
"""Seconds between two looks where the script itself has to look."""
BOX_HEIGHT = 300
"""Pixels: the height of a lane's text."""
NARROWEST = 260
"""Pixels: a lane's least width, the same as in live.css."""
HERE = Path(__file__).parent
HEAD = HERE / "head.css"
"""How chips and figures look, here and in the page."""
FIGURES = ("cost", "time_to_first_text", "duration")
"""The figures above an answer; behind them stand its tokens."""
TOKENS = "Tokens"

_component = st.components.v2.component(
    "playground_live",
    html=(HERE / "live.html").read_text("utf-8"),
    css=HEAD.read_text("utf-8") + (HERE / "live.css").read_text("utf-8"),
    js=(HERE / "live.js").read_text("utf-8"),
)


def live_run(
    run: LiveRun,
    *,
    key: str,
    titles: Sequence[str] = (),
    notes: Sequence[tuple[str, str] | None] = (),
    columns: int = 4,
    lanes: Sequence[int] | None = None,
    framed: bool = True,
    on_ended: Callable[[], None] = lambda: None,
) -> None:
    """Show lanes' text as it comes; the page or fragment around it runs again when lanes have ended.

    `titles` and `notes` (say, the model, and a chip's kind and words) head all the run's lanes, in order; `columns` is the most
    cards side by side. With `lanes` only those are shown, without Stop all: several calls for one run share one
    connection; with none of them nothing is shown, and only the ends are told. Without a frame the head is that of an ended lane: the page draws the card. `on_ended` is called before
    the page or fragment runs again.
    """
    shown = range(len(run.lanes)) if lanes is None else lanes
    with st.container():  # one place on the page for either way
        if st.session_state.get(names.LIVE_BLOCKED):
            _show_by_script(run, key, titles, shown, columns)
            if not shown:
                _wait_by_script(run)
            return
        _component(
            key=names.live(key),
            data={
                "path": f"live/{_held(run).token}",
                "lanes": [_head(run, index, titles, notes) for index in shown],
                "columns": columns,
                "bar": lanes is None,
                "framed": framed,
                "labels": [*(figure.label for figure in named(*FIGURES)), TOKENS],
                "known": [index for index, lane in enumerate(run.lanes) if lane.ended],
            },
            on_ended_change=on_ended,
            on_blocked_change=_use_the_script_instead,
            on_stop_change=lambda: _stop_from_script(run, key),
        )


def _held(run: LiveRun) -> Grant:
    """This session's right to look at the run, made once and kept in its state."""
    grants: dict[str, Grant] = st.session_state.setdefault(names.LIVE_GRANTS, {})
    if run.id not in grants:
        grants[run.id] = grant(run, owner())
    return grants[run.id]


def _head(
    run: LiveRun,
    index: int,
    titles: Sequence[str],
    notes: Sequence[tuple[str, str] | None],
) -> dict[str, Any]:
    title = titles[index] if index < len(titles) else str(run.lanes[index].request.model)
    kind, note = (notes[index] if index < len(notes) else None) or ("", "")
    return {"index": index, "title": title, "note": note, "kind": kind}


def _stop_from_script(run: LiveRun, key: str) -> None:
    """The component could not reach the stop route: stop from here."""
    lane = st.session_state[names.live(key)].stop
    run.stop(None if lane == "all" else int(lane))


def _use_the_script_instead() -> None:
    st.session_state[names.LIVE_BLOCKED] = True


def _show_by_script(
    run: LiveRun, key: str, titles: Sequence[str], shown: Iterable[int], columns: int
) -> None:
    """Plain boxes in place of the component; `followed` fills them."""
    with st.grid(columns=columns, min_column_width=NARROWEST, gap="small"):
        for index in shown:
            lane = run.lanes[index]
            over = lane.ended
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


def _wait_by_script(run: LiveRun) -> None:
    """Let `followed` wait for the lanes without showing them."""
    waiting = [(lane, None) for lane in run.lanes if not lane.ended]
    st.session_state.setdefault(names.LIVE_SLOTS, []).extend(waiting)


@contextmanager
def followed() -> Iterator[None]:
    """Around a page: where event streams are blocked, the script stays to redraw running lanes at 10 Hz."""
    st.session_state.pop(names.LIVE_SLOTS, None)
    yield
    slots = st.session_state.pop(names.LIVE_SLOTS, [])
    while slots and not any(lane.ended for lane, _ in slots):
        for lane, slot in slots:
            if slot is not None:
                slot.text(_plain(lane))
        time.sleep(SCRIPT_TICK)
    if slots:
        st.rerun()


def _plain(lane: Lane) -> str:
    return f"{lane.state}\n\n{visible(lane.text())}"

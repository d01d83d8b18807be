"""One press, one run: a press right after a start is the same press, and beside a run that streams a start is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from playground import settings
from playground.engine import LiveRun
from playground.ui import names

WINDOW = 1.0
"""Seconds after a start within which another press for the same is none."""

PATIENCE = 10.0
"""Seconds within which a press is seen by the page, or is forgotten: it was left meanwhile."""


@dataclass(slots=True)
class Presses:
    """What a tab's button of one place has started."""

    pressed: float = 0.0
    """When the button was pressed last: seconds of a monotonic clock, taken before the page is drawn."""
    taken: float = 0.0
    """Which of these presses the page has seen."""
    started: float = float("-inf")
    what: Any = None
    """What was started then, as something that can be compared."""
    beside: str = ""
    """The run that streamed when the button was pressed again; the page asks what is to become of it."""


def button(place: str, running: LiveRun | None, label: str, again: str = "", **look: Any) -> bool:
    """A button that starts a run here; while one streams, it is called `again`. True when it was pressed."""
    streams = bool(again and running and not running.done)
    return st.button(again if streams else label, on_click=note, args=(place,), **look)


def waiting(place: str) -> bool:
    """Whether the place's button was pressed and the page has not seen it: a part of it was drawn alone meanwhile."""
    presses = _presses(place)
    return presses.taken < presses.pressed and time.monotonic() - presses.pressed < PATIENCE


def seen(place: str) -> None:
    """Note that the page has seen every press so far."""
    _presses(place).taken = _presses(place).pressed


def note(place: str) -> None:
    """Note when a place's button is pressed: for a callback, which comes before the page is drawn."""
    _presses(place).pressed = time.monotonic()


def _presses(place: str) -> Presses:
    kept: dict[str, Presses] = st.session_state.setdefault(names.PRESSES, {})
    return kept.setdefault(place, Presses())


_going = threading.local()
"""What the page on this thread is about to start: the place's presses, and what."""


def goes(place: str, running: LiveRun | None, pressed: bool, what: Any) -> bool:
    """Whether `what` is to be started here now; while a run streams, only after the person has been told what becomes of it."""
    presses = _presses(place)
    going = _goes(place, presses, running, pressed, what)
    _going.it = (presses, what) if going else (None, None)
    return going


def first(place: str, what: Any) -> bool:
    """For a callback that makes `what` itself: whether this press of the place's button is no double one; `started` ends it."""
    note(place)
    return goes(place, None, pressed=True, what=what)


def _goes(place: str, presses: Presses, running: LiveRun | None, pressed: bool, what: Any) -> bool:
    double = what == presses.what and presses.pressed - presses.started < WINDOW
    if running is None or running.done:
        presses.beside = ""
        return pressed and not double
    if pressed and not double:
        presses.beside = running.id
    return presses.beside == running.id and _asked(place, running, presses)


def started() -> None:
    """Note that what goes has just been started; where the page waited for it, that it has just ended.

    It asks Streamlit for nothing, not for the session's state either: there a press that has come meanwhile ends this run of
    the page, and what is noted after that is not noted.
    """
    presses, what = getattr(_going, "it", (None, None))
    if presses is not None:
        presses.started, presses.what, presses.beside = time.monotonic(), what, ""


def _asked(place: str, running: LiveRun, presses: Presses) -> bool:
    """Say what becomes of the run that streams, and whether the person wants another one all the same."""
    kept = settings.keeps_history() and st.session_state.get(names.KEEP_RUNS, True)
    st.warning(
        "The run before is still under way. Sent again, it goes on beside the new one"
        + ("" if running.simulated else ", is billed,")
        + (
            " and is in the History." if kept else " and is not kept: you would not see its answer."
        ),
        icon=":material/content_copy:",
    )
    choices: dict[str, tuple[str, Callable[[], None] | None]] = {
        "beside": ("Send again beside it", None),
        "instead": ("Stop it and send again", running.stop),
        "neither": ("Don't send", lambda: setattr(presses, "beside", "")),
    }
    with st.container(horizontal=True):
        chosen = [
            name
            for name, (label, act) in choices.items()
            if st.button(label, key=f"once_{place}_{name}", on_click=act)
        ]
    return bool(chosen) and chosen != ["neither"]

"""The parts of Compare that are drawn again alone, and who asks for it.

A click draws what it changes and nothing else: each part reads the fields itself, so that it is right whichever part was
drawn last. Whoever asks stands in a part: a keyed rerun that a widget of the page itself asks for makes Streamlit 1.67
forget the page's downloads and pictures (script_runner.py clears them before it calls back).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from playground.ui import names

ASK = "ask"
SWITCH = "switch"
REMARKS = "remarks"
ANSWERS = "answers"
VERDICT = "verdict"
TABS = "tabs"


def answer(number: int) -> str:
    """The part that is what a lane has answered, as it is looked at."""
    return f"answer_of_{number}"


def settings(number: int) -> str:
    """The part that is what stands behind a lane's settings."""
    return f"settings_of_{number}"


@dataclass(slots=True)
class Answered:
    """Which lanes show an answer that has ended, and whether they stand one under the other."""

    wide: bool
    lanes: set[int] = field(default_factory=set)
    whole: bool = False
    """True when what stands under the answers has been drawn as well."""


def drawn(key: str, draw: Callable[..., Any], *args: Any) -> None:
    """Draw a part; where the script itself shows live text, the whole page is one part."""
    if st.session_state.get(names.LIVE_BLOCKED):
        draw(*args)
    else:
        st.fragment(draw, key=key)(*args)


def redraw(*keys: str) -> None:
    """At the end of a callback: draw these parts again, and nothing else; all of the page where no browser holds it."""
    if st.session_state.get(names.LIVE_BLOCKED) or st.context.url is None:
        return
    st.rerun(list(keys))


def redraw_lane(number: int) -> None:
    """At the end of a callback: a lane has changed, and with it what is said before sending."""
    redraw(names.lane(number), REMARKS, TABS)


def redraw_ended(*numbers: int) -> None:
    """At the end of a callback: these lanes have ended, and with them what is counted and compared so far."""
    redraw(*map(names.lane, numbers), VERDICT, TABS)

"""Which function draws which kind of experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground.domain import Endpoint
from playground.lessons.lesson import Lesson, Room
from playground.ui import names
from playground.ui.learn import ask, repeat
from playground.ui.learn.rooms import ROOMS
from playground.ui.parts.markdown import plain


def _room(lesson: Lesson, room: Room, where: Mapping[str, Endpoint]) -> None:
    ROOMS[room.room].draw(where)


DRAW: Mapping[str, Callable[[Lesson, Any, Mapping[str, Endpoint]], None]] = {
    "ask": ask.view,
    "room": _room,
    "repeat": repeat.view,
}


def experiment(lesson: Lesson, where: Mapping[str, Endpoint]) -> None:
    """The lesson's experiment, with a prompt of the link that has no field above it."""
    prepared = st.session_state.get(names.learn(lesson.name, "prepared"))
    if prepared:
        st.info(f"Prepared for you: {plain(prepared)}", icon=":material/edit_note:")
    DRAW[lesson.experiment.kind](lesson, lesson.experiment, where)

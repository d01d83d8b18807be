"""Parts of other pages that are a lesson's experiment as they are: the one place where a page's folder knows others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import streamlit as st

from playground.domain import Endpoint
from playground.ui import names
from playground.ui.api_lab.panels import DRAW
from playground.ui.chat_vs_api import asked
from playground.ui.chat_vs_api.conversation import section as conversation
from playground.ui.chat_vs_api.pay import section as pay
from playground.ui.session.rooms import asked_in
from playground.ui.tokens import editor
from playground.ui.tokens.languages import languages

Fill = Callable[[str], None]


class Room(NamedTuple):
    """A part of a page that can stand in a lesson."""

    draw: Callable[[Mapping[str, Endpoint]], None]
    fill: Fill | None = None
    """Puts a prepared prompt into its field; None where it has no such field."""


def _hold(key: str) -> Fill:
    def fill(text: str) -> None:
        st.session_state[key] = text

    return fill


def _tokens(where: Mapping[str, Endpoint]) -> None:
    """The box with its tokens; it needs its text again whenever it is a new one."""
    editor.opened()
    _box()


@st.fragment
def _box() -> None:
    editor.editor()


def _panel(name: str, field: str = "") -> Room:
    def draw(where: Mapping[str, Endpoint]) -> None:
        DRAW[name](asked_in(f"api_lab/{name}"))  # a class may pay lessons and not this

    return Room(draw, _hold(names.lab(name, field)) if field else None)


ROOMS: Mapping[str, Room] = {
    "tokens": Room(_tokens, editor.take),
    "languages": Room(lambda where: languages()),
    "conversation": Room(conversation.view),
    "pay": Room(pay.view),
    "limits": _panel("limits"),
    "errors": _panel("errors"),
    "tools": _panel("tools", "prompt"),
    "structured": _panel("structured", "prompt"),
    "caching": _panel("caching", "prefix"),
    "batch": _panel("batch"),
    "wire": _panel("wire", "prompt"),
}
"""What a lesson's file may name; a new room is a new row."""

own_figures = asked.figures
"""What figures are made of: the tab's own conversation, or an example."""
questions = partial(asked.view, elsewhere=True)
"""What people ask, and what each product's name means."""

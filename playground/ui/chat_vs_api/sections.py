"""What the sections of "Chat vs API" share: which section is open, the models asked, a word on the simulation."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import streamlit as st

from playground.engine import LiveRun, get_engine
from playground.ui.session.state import owner

START, LADDER, CONVERSATION, PASTE, PAY, POINTS, CHOOSE = (
    "Start here",
    "Ladder",
    "Conversation",
    "Paste an answer",
    "Three ways to pay",
    "Point by point",
    "Which should I use?",
)
VIEWS = (START, LADDER, CONVERSATION, PASTE, PAY, POINTS, CHOOSE)
VIEW = "chat_view"
KEPT = 200
MOST_CHARACTERS = 400_000
"""Of a prompt here: it is sent once for every step, turn and model."""
COUNT_SECONDS = 30.0
"""How long a figure waits for a provider's count."""

T = TypeVar("T")


def view() -> str:
    """Draw the switch between the sections and return the open one."""
    return (
        st.segmented_control(
            "Section",
            VIEWS,
            default=None if VIEW in st.session_state else START,
            key=VIEW,
            required=True,
            label_visibility="collapsed",
            wrap=True,
            bind="query-params",
        )
        or START
    )


def go(to: str, **values: Any) -> None:
    """Open a section, for buttons: `values` are put into the session's state first."""
    st.session_state[VIEW] = to
    for name, value in values.items():
        st.session_state[name] = value


def today() -> date:
    """The day on which prices are looked up."""
    return datetime.now(UTC).date()


def dollars(text: str) -> str:
    """Text whose dollar signs are no formulas."""
    return text.replace("$", r"\$")


class Kept(Generic[T]):
    """What belongs to a run, by the run's id, for all sessions of the process: a reload finds it again."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, T] = OrderedDict()

    def put(self, key: str, item: T) -> None:
        """Keep it; the oldest goes when there are too many."""
        self._items[key] = item
        while len(self._items) > KEPT:
            self._items.popitem(last=False)

    def get(self, key: str | None) -> T | None:
        """What was kept under this key."""
        return self._items.get(key) if key else None


def remembered(name: str) -> LiveRun | None:
    """The run that this tab looks at under this name: its own, or after a reload the one that the address names."""
    run_id = st.session_state.get(f"{name}_run") or st.query_params.get(name)
    run = get_engine().find(run_id, owner()) if run_id else None
    st.session_state[f"{name}_run"] = run.id if run else None
    return run


def remember(name: str, run: LiveRun) -> None:
    """Make this the tab's run under this name, and put its id into the address."""
    st.session_state[f"{name}_run"] = run.id
    st.query_params[name] = run.id

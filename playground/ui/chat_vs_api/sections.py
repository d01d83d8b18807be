"""What the sections of "Chat vs API" share: which of them is open, how one gets to another, the day of the prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground import pricing
from playground.budgets.forecast import forecast
from playground.domain import Endpoint, Request
from playground.domain.endpoint import bills
from playground.lab import breakeven
from playground.ui import names
from playground.ui.parts.markdown import dollars
from playground.ui.parts.sections import section

START, LADDER, CONVERSATION, MEMORY, PASTE, PAY, WALLETS, ASKED, POINTS, CHOOSE = (
    "Start here",
    "Ladder",
    "Conversation",
    "Memory",
    "Paste an answer",
    "Three ways to pay",
    "Three wallets",
    "Names and questions",
    "Point by point",
    "Which should I use?",
)
VIEWS = (START, LADDER, CONVERSATION, MEMORY, PASTE, PAY, WALLETS, ASKED, POINTS, CHOOSE)
MOST_CHARACTERS = 400_000
"""Of a prompt here: it is sent once for every step, turn and model."""


def view() -> str:
    """Draw the switch between the sections, and return the open one."""
    return section(VIEWS, names.CHAT_VIEW)


def go(to: str, held: Mapping[str, Any] | None = None) -> None:
    """Open a section, for buttons: what is `held` is put into the session's state first."""
    st.session_state[names.CHAT_VIEW] = to
    for name, value in (held or {}).items():
        st.session_state[name] = value


def labelled(answer: str) -> str:
    """A choice on its button; a habit says how many conversations a month it stands for."""
    habit = breakeven.HABITS.get(answer)
    return f"{answer} (≈ {habit.conversations} a month)" if habit else answer


def foretold(requests: Sequence[Request], where: Mapping[str, Endpoint]) -> str:
    """What sending these may cost, for Markdown; empty where nothing is billed."""
    billed = [request for request in requests if bills(request.model, where)]
    return dollars(_forecast(repr(billed), id(pricing.load()), billed)) if billed else ""


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _forecast(asked: str, book: int, _requests: Sequence[Request]) -> str:
    """Counting takes time: once for what is asked at the prices of this book."""
    return str(forecast(_requests))

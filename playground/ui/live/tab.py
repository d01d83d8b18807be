"""The part of the page that the browser holds: a draft that outlives a reload, and fields that give up what is typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from playground.ui import names

_component = st.components.v2.component(
    "playground_tab", html="<span></span>", js=Path(__file__).with_name("tab.js").read_text("utf-8")
)


def tab(
    draft: str, on_draft: Callable[[str], None], *, whose: str = "", seen: bool = False
) -> None:
    """Keep the draft in this browser tab; a new session is first given the one that is there, if any, and is `whose` too.

    Where something asked for it, the keyboard goes to a widget; `seen` lets the browser remember that the tour is over.
    """
    ask = not st.session_state.get(names.DRAFT_ASKED, False)
    _component(
        key=names.TAB,
        data={
            "ask": ask,
            "draft": draft,
            "whose": whose,
            "focus": st.session_state.get(names.FOCUS),
            "seen": seen,
        },
        on_draft_change=lambda: _given(on_draft),
        height=0,
    )


def _given(on_draft: Callable[[str], None]) -> None:
    st.session_state[names.DRAFT_ASKED] = True
    on_draft(st.session_state[names.TAB].draft or "")

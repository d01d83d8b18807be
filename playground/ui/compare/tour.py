"""The tour in the empty lanes: it covers nothing, needs no click, and is over with the first run."""

from __future__ import annotations

import streamlit as st

from playground.ui import names
from playground.ui.compare import parts
from playground.ui.shell.tour import AGAIN, STEPS, wanted


def step(place: int) -> None:
    """One step in the lane at this place, where there is one and the tour is not over."""
    if is_seen() or not wanted() or place >= len(STEPS):
        return
    title, text = STEPS[place]
    with st.container(key=f"tour_{place}", gap="xsmall"):
        st.markdown(f"**{place + 1} of {len(STEPS)} · {title}**")
        st.markdown(text)
        st.button(
            "Skip the tour" if place == 0 else f"Skip the tour, step {place + 1}",
            key=f"skip_{place}",
            type="tertiary",
            on_click=_skip,
        )


def is_seen() -> bool:
    """Whether this tab is done with it, so that the browser is to remember it."""
    return bool(st.session_state.get(names.TOUR_SEEN))


def seen() -> None:
    """A run was started: the tour is over."""
    st.session_state[names.TOUR_SEEN] = True


def _skip() -> None:
    seen()
    st.query_params.pop(AGAIN, None)
    parts.redraw(parts.ANSWERS, parts.REMARKS)

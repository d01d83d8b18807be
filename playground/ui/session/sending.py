"""The button that starts a run of a tab, wherever one is: pressed twice it starts one, and what forbids it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground.domain import Endpoint, Request
from playground.engine import LiveRun
from playground.ui.session import once
from playground.ui.session.keeping import start
from playground.ui.session.looking import Place, look_at


def send(
    place: Place,
    running: LiveRun | None,
    requests: Sequence[Request],
    where: Mapping[str, Endpoint],
    *,
    kind: str,
    label: str = "Send",
    key: str,
    retries: int = 0,
) -> None:
    """The button that sends these requests as one run, at which the tab then looks; `kind` is what the history calls it."""
    pressed = once.button(
        place.key,
        running,
        label,
        f"{label} again",
        type="primary",
        icon=":material/send:",
        key=key,
        disabled=not requests,
    )
    if once.goes(place.key, running, pressed, tuple(requests)):
        started = start(requests, where, kind=kind, retries=retries)
        if started:
            look_at(place, started)
            st.rerun()

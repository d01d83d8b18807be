"""What one browser session holds in memory: keys, endpoints, listed models, and which run it looks at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import streamlit as st

from playground.domain import Endpoint, Secret
from playground.engine import LiveRun, get_engine
from playground.ui.live import stream


@dataclass(slots=True)
class Session:
    """One browser tab's state; it dies with the tab and is written nowhere."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    keys: dict[str, Secret] = field(default_factory=dict)
    """Keys typed by the user, by provider."""
    custom: dict[str, Endpoint] = field(default_factory=dict)
    """Endpoints typed by the user, by name."""
    listed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Model ids from the providers' own models endpoints."""
    tests: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Outcome of the last Test by provider: worked, sentence."""
    simulate_all: bool = False
    """Use the simulation even where there is a key."""
    run_id: str | None = None
    """The run that Compare shows."""
    opened: LiveRun | None = None
    """The run that was last opened from the history."""


def session() -> Session:
    """This tab's session, made at first use."""
    if "session" not in st.session_state:
        st.session_state.session = Session()
    kept: Session = st.session_state.session
    return kept


def owner() -> str:
    """Who sits at this browser: its cookie, the same after a reload; where cookies are off, this tab alone."""
    return stream.owner() or session().id


def current_run() -> LiveRun | None:
    """The run this tab looks at: its own, or after a reload the one that the address names."""
    current = session()
    run_id = current.run_id or st.query_params.get("run")
    run = get_engine().find(run_id, owner()) if run_id else None
    if run is None and run_id:
        run = _opened(run_id)
    current.run_id = run.id if run else None
    return run


def _opened(run_id: str) -> LiveRun | None:
    """A run of the history, read once: whoever has its link may look at it."""
    from playground.ui.session.keeping import TO_FILL, stored_run

    current = session()
    if current.opened is None or current.opened.id != run_id:
        current.opened = stored_run(run_id)
        if current.opened:
            st.session_state[TO_FILL] = tuple(lane.request for lane in current.opened.lanes)
            st.rerun()
    return current.opened


def show_run(run: LiveRun) -> None:
    """Make this the tab's run, and put its id in the address so that a reload finds it."""
    session().run_id = run.id
    st.query_params["run"] = run.id

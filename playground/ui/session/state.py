"""What one browser session holds in memory: keys, endpoints, listed models, and which runs it looks at."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import streamlit as st

from playground.domain import Endpoint, Secret
from playground.engine import LiveRun
from playground.providers.plan_sign_in import Account
from playground.ui import names
from playground.ui.live import grants

MOST_LANES = 8
"""Lanes on Compare."""


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
    plan: Account | None = None
    """Who signed in to have a ChatGPT plan pay; its tokens go with the tab."""
    tests: dict[str, tuple[bool, str]] = field(default_factory=dict)
    """Outcome of the last Test by provider: worked, sentence."""
    simulate_all: bool = False
    """Use the simulation even where there is a key."""
    here: bool = False
    """Use the model on this computer."""
    looking: dict[str, str] = field(default_factory=dict)
    """Ids of the runs that the tab looks at, by place."""
    gone: set[str] = field(default_factory=set)
    """Places whose address named a run that is not here."""
    opened: dict[str, LiveRun] = field(default_factory=dict)
    """Those of them that came out of the history, by place."""


def session() -> Session:
    """This tab's session, made at first use."""
    if names.SESSION not in st.session_state:
        st.session_state[names.SESSION] = Session()
    kept: Session = st.session_state[names.SESSION]
    return kept


def owner() -> str:
    """Who sits at this browser: its cookie, the same after a reload; where cookies are off, this tab alone."""
    return grants.owner() or session().id

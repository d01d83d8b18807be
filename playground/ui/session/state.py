"""What one browser session holds in memory: keys, endpoints, listed models, and which runs it looks at."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground import settings, visitors
from playground.domain import Endpoint, Secret
from playground.engine import LiveRun
from playground.providers.plan_sign_in import Account
from playground.ui import names
from playground.ui.live import grants
from playground.ui.shell import sign_in

if TYPE_CHECKING:
    from playground.classes.nouns import Seat

MOST_LANES = 8
"""Lanes on Compare."""


@dataclass(slots=True, eq=False)
class Session:
    """One browser tab's state; it dies with the tab and is written nowhere."""

    owner: str = ""
    """Who has signed in, or its browser's cookie; empty where neither is known."""
    browser: str = ""
    """The browser's cookie, whoever has signed in; empty where it sends none."""
    away: float | None = None
    """Since when its tab is gone, on a monotonic clock; None while it is there."""
    began: float = field(default_factory=time.monotonic)
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
    class_id: str | None = None
    """The class that pays this tab's runs; empty = none, None = nobody has looked yet."""
    seat: Seat | None = None
    """The place in it as it was when `seat_read` was the time; no key is in it."""
    seat_read: float = float("-inf")
    gone: set[str] = field(default_factory=set)
    """Places whose address named a run that is not here."""
    opened: dict[str, tuple[str, LiveRun]] = field(default_factory=dict)
    """Those of them that came out of the history, by place, each with what the address says of it."""
    filled: dict[str, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    """By place, what a shared link has put into the page's fields: what stood there before, and what was put."""

    def add(self, endpoint: Endpoint) -> None:
        """Reach a provider at this address from now on. A key that was typed for another address does not go to this one."""
        name = endpoint.provider
        before = self.custom.get(name) or settings.endpoints().get(name)
        if endpoint.key:
            self.keys[name] = endpoint.key
        elif before and before.base_url != endpoint.base_url:
            self.keys.pop(name, None)
        self.custom[name] = replace(endpoint, key=None)
        for known in (self.tests, self.listed):  # of who answered before
            known.pop(name, None)


open_sessions: dict[str, Session] = {}
"""Every session that has not ended, by Streamlit's id of it."""


def session() -> Session:
    """This tab's session, made at first use."""
    if names.SESSION not in st.session_state:
        made = st.session_state[names.SESSION] = Session(owner=_who(), browser=grants.owner())
        visitors.came(made.id, _address())
        if (context := get_script_run_ctx()) is not None:
            open_sessions[context.session_id] = made
    kept: Session = st.session_state[names.SESSION]
    return kept


def _address() -> str:
    """The network address that the browser comes from; empty for this computer's own."""
    found = st.context.ip_address if runtime.exists() else None
    return found or ""


def owner() -> str:
    """Who this is: whoever has signed in, else the browser's cookie, the same after a reload; without cookies, this tab alone."""
    return _who() or session().id


def _who() -> str:
    return sign_in.user() or grants.owner()

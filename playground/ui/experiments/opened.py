"""Which experiment is open: the address names it, so that a reload or a link finds it again."""

from __future__ import annotations

import streamlit as st

from playground import settings
from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.store.store import Store
from playground.ui.session import address
from playground.ui.session.state import owner

OPEN = address.Spot("experiment", "experiment")


def whose() -> str:
    """Who an experiment of this page belongs to: everyone on one's own computer, the terminal too."""
    return owner() if settings.hosted() else ""


def only() -> str | None:
    """Whose experiments may be seen here; None = everyone's."""
    return owner() if settings.hosted() else None


def chosen(store: Store) -> Experiment | None:
    """The experiment that the address names; said where it is not here."""
    address.asked(OPEN)
    if not (id := st.query_params.get(OPEN.name, "")):
        address.say(OPEN)
        return None
    found = find(store, id)
    if found is None:
        address.gone(OPEN)
    return found


def find(store: Store, id: str) -> Experiment | None:
    """This one as it is now; its spec, which never changes, is read once."""
    try:
        return kept.refreshed(store, _whole(id, only(), store))
    except LookupError:
        return None


@st.cache_resource(max_entries=8, show_spinner=False)
def _whole(id: str, owner: str | None, _store: Store) -> Experiment:
    found = kept.find(_store, id, owner=owner)
    if found is None:
        raise LookupError(id)
    return found


def show(id: str) -> None:
    """Open this one; empty = none."""
    address.write(OPEN, id)

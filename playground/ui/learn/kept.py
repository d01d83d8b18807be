"""Which lessons are done: in this tab, and on one's own computer in its database too."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from playground import history, settings
from playground.lessons import progress
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names


def done() -> frozenset[str]:
    """The names of the lessons whose question was answered rightly; the database is read once a tab."""
    if names.LEARN_DONE not in st.session_state:
        store, known = _store(), frozenset[str]()
        if store is not None:
            with suppress(HistoryError):
                known = progress.done(store)
        st.session_state[names.LEARN_DONE] = known
    kept: frozenset[str] = st.session_state[names.LEARN_DONE]
    return kept


def keep(name: str) -> None:
    """This lesson is done."""
    st.session_state[names.LEARN_DONE] = done() | {name}
    if store := _store():
        with suppress(HistoryError):
            progress.keep(store, [name])


def forget() -> None:
    """Begin anew."""
    st.session_state[names.LEARN_DONE] = frozenset()
    if store := _store():
        with suppress(HistoryError):
            progress.forget(store)


def _store() -> Store | None:
    """The database; None where strangers come or nothing is kept: then the tab alone knows."""
    if settings.hosted() or not settings.keeps_history():
        return None
    try:
        return history.get_store()
    except HistoryError:
        return None

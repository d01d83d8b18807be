"""Which run a tab looks at, place by place: the one that the address names, or its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from playground.engine import LiveRun, get_engine
from playground.ui import names
from playground.ui.session import once
from playground.ui.session.state import owner, session
from playground.ui.session.stored import newest_with, shared_no_more, stored_run


class Place(NamedTuple):
    """A part of a page that shows one run."""

    name: str
    """The parameter of the address that names the run, so that a reload or a link finds it."""
    fill: Callable[[LiveRun], None]
    """Puts a run that this tab has not started itself into the page's fields; called before they are drawn."""
    group: str = ""
    """Where the address names what several runs belong to: under which name of their context. The newest one is meant."""
    page: str = ""
    """What sets it apart where another page's place has the same parameter."""

    @property
    def key(self) -> str:
        """Under what the tab remembers it."""
        return f"{self.page} {self.name}" if self.page else self.name

    def value(self, run: LiveRun) -> str:
        """What the address says of this run."""
        return str(run.context[self.group]) if self.group else run.id


def looked_at(place: Place) -> LiveRun | None:
    """The run that this tab looks at here; None when there is none, or when it is gone.

    The address comes first: after a reload, by a link or by the browser's Back, it names another run than the tab's own.
    """
    looking = session().looking
    value = st.query_params.get(place.name) or looking.get(place.key)
    run = _found(place, value) if value else None
    if run is None or value is None:
        looking.pop(place.key, None)
        _say_gone(place)
        _take_back(place)
        return None
    session().gone.discard(place.key)
    if looking.get(place.key) != value:
        looking[place.key] = value
        _fill(place, run)
    return run


def _fill(place: Place, run: LiveRun) -> None:
    """Put the run into the page's fields; of another's it is noted what, as its link may be withdrawn."""
    before = names.held() if run.owner != owner() else None
    place.fill(run)
    session().filled.pop(place.key, None)
    if before is not None:
        session().filled[place.key] = {
            key: (before.get(key), put)
            for key, put in names.held().items()
            if key not in before or before[key] != put
        }


def _take_back(place: Place) -> None:
    """Put what stood in the fields before into the place of what a withdrawn link had put there; what was typed since stays.

    The page is drawn anew then: a press of Run was meant for what was there.
    """
    put = session().filled.pop(place.key, {})
    for key, (before, now) in put.items():
        if key in st.session_state and st.session_state[key] == now:
            if before is None:
                del st.session_state[key]
            else:
                st.session_state[key] = before
    if put:
        for name in {place.name, place.key}:
            once.seen(name)
        st.rerun()


def _say_gone(place: Place) -> None:
    """Where the address named a run that is not here: say so until another is started, and take it out of the address."""
    gone = session().gone
    if place.name in st.query_params:
        del st.query_params[place.name]
        gone.add(place.key)
    if place.key in gone:
        st.warning(
            "The run of this link is not here: it was deleted, was never kept, or the link is not whole.",
            icon=":material/link_off:",
        )


def _found(place: Place, value: str) -> LiveRun | None:
    """A run in memory if it is this visitor's, or one out of the history, read once: theirs, or by a link that was shared."""
    engine = get_engine()
    if place.group:
        mine = engine.having(place.group, value, owner())
        run = mine[-1] if mine else None
    else:
        run = engine.find(value, owner())
    if run is not None:
        return run
    opened = session().opened
    if opened.get(place.key, ("",))[0] != value or shared_no_more(value):
        opened.pop(place.key, None)
        stored = newest_with(place.group, value) if place.group else stored_run(value)
        if stored is None:
            return None
        opened[place.key] = value, stored
    return opened[place.key][1]


def streaming(place: Place) -> LiveRun | None:
    """The run that this tab looks at here, whatever the address says, if it is still under way."""
    value = session().looking.get(place.key)
    run = get_engine().find(value, owner()) if value else None
    return run if run and not run.done else None


def look_at(place: Place, run: LiveRun) -> None:
    """Make this the run that the tab looks at here, and put its name in the address."""
    value = place.value(run)
    session().looking[place.key] = value
    session().gone.discard(place.key)
    session().filled.pop(place.key, None)
    if st.query_params.get(place.name) != value:
        st.query_params[place.name] = value


def look_away(place: Place) -> None:
    """Look at no run here until another is started or named."""
    session().looking.pop(place.key, None)
    if place.name in st.query_params:
        del st.query_params[place.name]

"""What the address names on a page beside the runs of `looking`: it is followed when it changes, and written when a person chooses.

Nothing is written for what a page shows by itself: the browser's Back would lead to it for ever.
"""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from playground.ui import names


class Spot(NamedTuple):
    """One thing that can be open on a page."""

    name: str
    """The parameter of the address."""
    what: str
    """What it names, in a word."""
    why: str = "it was deleted, was never kept, or the link is not whole"
    """Why what a link names may not be here."""


def asked(spot: Spot) -> str | None:
    """What the address names since it changed by a link or by Back, `""` for nothing; None where it did not."""
    value = st.query_params.get(spot.name, "")
    if value == st.session_state.get(names.followed(spot.name), ""):
        return None
    st.session_state[names.followed(spot.name)] = value
    st.session_state.pop(names.gone(spot.name), None)
    return value


def write(spot: Spot, value: str) -> None:
    """Name this in the address, or nothing."""
    if value == st.session_state.get(names.followed(spot.name), ""):
        return
    st.session_state[names.followed(spot.name)] = value
    st.session_state.pop(names.gone(spot.name), None)
    if value:
        st.query_params[spot.name] = value
    else:
        st.query_params.pop(spot.name, None)


def gone(spot: Spot) -> None:
    """What the address names is not here: take it out of the address, and say so until something else is chosen."""
    write(spot, "")
    st.session_state[names.gone(spot.name)] = True
    say(spot)


def say(spot: Spot) -> None:
    """Say it again where it was gone."""
    if st.session_state.get(names.gone(spot.name)):
        st.warning(
            f"The {spot.what} of this link is not here: {spot.why}.",
            icon=":material/link_off:",
        )

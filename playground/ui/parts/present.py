"""The switch for a class: larger letters, and no frame around the page."""

from __future__ import annotations

import streamlit as st

from playground.ui import names


def present() -> None:
    """Draw the switch at the right of the page's title; what it does is in `shell/look.css`."""
    st.space("stretch")
    if st.toggle(
        "Present",
        key=names.PRESENT,
        bind="query-params",
        help="For a class: larger letters, and no menu above.",
    ):
        st.html('<span class="presenting"></span>')

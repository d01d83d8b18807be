"""The switch between the sections of a page, which its address names."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def section(views: Sequence[str], key: str) -> str:
    """Draw it, and return the open one: the first until another is chosen or the address names it."""
    opened = st.segmented_control(
        "Section",
        views,
        default=None if key in st.session_state else views[0],
        key=key,
        required=True,
        label_visibility="collapsed",
        wrap=False,
        bind="query-params",
    )
    return opened or views[0]

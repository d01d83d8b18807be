"""The text that this tab counts: written on the Tokens page, taken up by other pages that begin with one."""

from __future__ import annotations

from typing import Any

import streamlit as st

FIRST = (
    "Every token is a piece of text that the model has an id for. Common words are one token; "
    "uncommonlyconcatenatedwords are several."
)


def current_text() -> str:
    """What stands in the box."""
    return str(box()["text"])


def box() -> dict[str, Any]:
    """Text, number of its version as typed, version as set by the server, and the version that the browser was told."""
    fresh = {"text": FIRST, "n": 0, "version": 0, "told": -1}
    state: dict[str, Any] = st.session_state.setdefault("tokens_text", fresh)
    return state

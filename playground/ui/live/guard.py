"""What the browser does on every page, whichever was opened first: what is typed is taken before a key closes its menu."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "playground_guard",
    html="<span></span>",
    js=Path(__file__).with_name("guard.js").read_text("utf-8"),
)


def guard(key: str = "guard") -> None:
    """Draw it before any field; drawn twice it guards once."""
    _component(key=key, height=0)

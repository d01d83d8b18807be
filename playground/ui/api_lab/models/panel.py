"""Models: what each models endpoint says against the catalog, the days left to each model, and the migration pack."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint
from playground.ui import names
from playground.ui.api_lab.models import lists, pack
from playground.ui.api_lab.models.place import PANEL

LISTS, COUNTDOWN, PACK = "Lists against the catalog", "Days left", "Migration pack"
VIEWS = {LISTS: lists.view, COUNTDOWN: lists.countdown, PACK: pack.view}


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel; a link to a run of the pack opens the pack."""
    key = names.lab(PANEL, "view")
    if pack.linked():
        st.session_state[key] = PACK
    chosen = st.segmented_control(
        "View",
        list(VIEWS),
        default=LISTS if key not in st.session_state else None,
        key=key,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    VIEWS[str(chosen)](where)

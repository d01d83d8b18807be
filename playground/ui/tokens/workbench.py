"""The Tokens page's workbench: the text box, and what can be asked about the text in it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.ui.session.rooms import asked_in
from playground.ui.tokens import editor
from playground.ui.tokens.counts import three_counts
from playground.ui.tokens.keys import key_slots
from playground.ui.tokens.languages import languages
from playground.ui.tokens.meter import context_meter

TABS: dict[str, Callable[[str], None]] = {
    "Three counts": lambda text: three_counts(text, asked_in("tokens")),
    "Context meter": context_meter,
    "Languages": lambda text: languages(),
    "Token, key, login": lambda text: key_slots(),
}
"""Name → what it shows for the text in the box."""


@st.fragment
def workbench() -> None:
    """Runs by itself while someone types; only the open tab is drawn."""
    text = editor.editor()
    tabs = st.tabs(list(TABS), key="tokens_tab", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(text)

"""One element of each kind goes ahead of a tab's first page, hidden, so that the browser has their scripts when the page comes.

What Streamlit has no script for yet it draws twice: as a grey bar, then, when the script has come, again, in slices between
frames. For the first page that was a quarter of the browser's work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground.ui import names
from playground.ui.live.guard import guard
from playground.ui.shell.document import AHEAD

SECONDS = 0.1
"""So much later the page follows, when Streamlit has drawn them: with 0.04 it often came too soon to gain anything."""
KINDS: Mapping[str, Callable[[str], Any]] = {
    "BidiComponent": guard,
    "Html": lambda key: st.html("<i></i>"),
    "TextArea": lambda key: st.text_area(key, key=key),
    "MenuButton": lambda key: st.menu_button(key, [key], key=key),
    "Checkbox": lambda key: st.toggle(key, key=key),
    "Button": lambda key: st.button(key, key=key),
    "ButtonGroup": lambda key: st.segmented_control(key, [key], key=key),
    "Selectbox": lambda key: st.selectbox(key, [key], key=key),
}
"""What the first page is drawn with: the name of Streamlit's script → an element that needs it."""


def draw() -> None:
    """Draw them and take them away, once in a tab; their place stays, or all that follows would be another's."""
    place = st.empty()
    if st.context.url is None or st.session_state.get(
        names.WENT_AHEAD
    ):  # no browser, or it has them
        return
    st.session_state[names.WENT_AHEAD] = True
    with place.container(key=AHEAD):
        for name, element in KINDS.items():
            element(f"{AHEAD}_{name}")
    time.sleep(SECONDS)
    place.empty()

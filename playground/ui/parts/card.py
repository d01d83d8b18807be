"""One ended lane as a card of its own, with a tab for every way to look at it."""

from __future__ import annotations

import streamlit as st

from playground.domain import Endpoint, Request, Response
from playground.ui.parts import markdown
from playground.ui.parts.head import head
from playground.ui.parts.receipt import measured, receipt_button, remarks
from playground.ui.parts.views import VIEWS

ANSWER_HEIGHT = 340
"""Pixels."""


def result_card(
    name: str, request: Request, response: Response, endpoint: Endpoint | None, *, key: str
) -> None:
    """Draw one ended lane; only the open tab is computed."""
    with st.container(border=True):
        st.header(markdown.plain(name), anchor=False)
        st.html(head(response))
        tabs = st.tabs(list(VIEWS), key=f"{key}_tab", on_change="rerun")
        for tab, view in zip(tabs, VIEWS.values(), strict=True):
            if tab.open:
                with tab, st.container(height=ANSWER_HEIGHT, border=False):
                    view.draw(request, response, endpoint, key)
        receipt_button(response, key, width="stretch")
        remarks(response)
        measured([name], [response])

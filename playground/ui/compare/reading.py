"""What helps to read an ended answer: copy it as it was written, open it large, scroll all at once, and a start for keyboard and screen reader."""

from __future__ import annotations

import html

import streamlit as st

from playground.domain import ModelRef, Request, Response
from playground.figures import visible
from playground.ui import names
from playground.ui.parts import views
from playground.ui.parts.head import head
from playground.ui.parts.markdown import plain


def together() -> None:
    """Whether all answers are scrolled with the one that is; live/guard.js does it."""
    st.toggle(
        "Scroll together",
        key=names.TOGETHER,
        help="Scroll one answer, and the others are at the same share of theirs.",
        persist_state="session",
    )


def start(model: ModelRef, response: Response) -> str:
    """Where keyboard and screen reader come into an answer, which scrolls by itself; it holds the text that is copied."""
    text = html.escape(visible(response.text), quote=True)
    return (
        f'<h2 class="answer-start" tabindex="0" data-text="{text}">'
        f"Answer of {html.escape(str(model))}</h2>"
    )


def buttons(request: Request, response: Response, key: str) -> None:
    """Copy and open large; there is nothing to copy where no text came."""
    name = plain(str(request.model))
    if response.text:  # the click ends in the browser: live/guard.js
        st.button(
            f"Copy the answer of {name}",
            key=f"copy_{key}",
            type="tertiary",
            icon=":material/content_copy:",
            help="Copy",
        )
    if st.button(
        f"Open the answer of {name} large",
        key=f"large_{key}",
        type="tertiary",
        icon=":material/open_in_full:",
        help="Open large",
    ):
        st.dialog(name, width="large")(_large)(response)


def _large(response: Response) -> None:
    st.html(head(response))
    views.answer(response)

"""Word diff of two answers."""

from __future__ import annotations

import html

import streamlit as st

from playground.figures import visible
from playground.figures.differing import changes, similarity
from playground.ui.parts.markdown import plain

MARKUP = {
    "same": "{}",
    "removed": "<del>{}</del>",
    "added": "<ins>{}</ins>",
}


def diff_html(left: str, right: str) -> str:
    """The diff as escaped HTML: struck out = only in the left text, underlined = only in the right one."""
    body = "".join(
        MARKUP[kind].format(html.escape(visible(text))) for kind, text in changes(left, right)
    )
    return f'<div class="word-diff" tabindex="0">{body}</div>'


def word_diff(left: str, right: str, *, left_name: str, right_name: str) -> None:
    """Show what differs between two texts."""
    st.caption(
        f"{similarity(left, right):.0%} of the words in common. "
        f"~~Struck out~~: only in {plain(left_name)}. Underlined: only in {plain(right_name)}."
    )
    st.html(diff_html(left, right))

"""Model output as Markdown that loads nothing from elsewhere and runs nothing."""

from __future__ import annotations

import re

import streamlit as st

CODE = re.compile(r"(```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`)", re.DOTALL)
IMAGE = re.compile(r"!\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])?")
DIRECTIVE = re.compile(r":(?=(?:material|streamlit|[a-z]+(?:-(?:background|badge))?)[/\[])")
LONGEST = 200_000
"""Characters rendered; the raw tab always has everything."""


def safe(text: str) -> str:
    """Markdown without images (a model could leak what it saw through an image's address) and Streamlit directives.

    Code blocks and inline code are left as they are. Raw HTML is not an issue: Streamlit escapes it.
    """
    pieces = CODE.split(text[:LONGEST])
    return "".join(
        piece if i % 2 else DIRECTIVE.sub(r"\\:", IMAGE.sub(_described, piece))
        for i, piece in enumerate(pieces)
    )


def answer(text: str) -> None:
    """Render a model's answer."""
    st.markdown(safe(text))
    if len(text) > LONGEST:
        st.caption(f"Shown: the first {LONGEST:,} of {len(text):,} characters. Raw has all of it.")


def _described(match: re.Match[str]) -> str:
    return f"*(image not loaded: {match[1] or 'no description'})*"


def plain(text: str) -> str:
    """Text inside Markdown that is shown as it is: every sign with a meaning is escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~$<>:])", r"\\\1", text)

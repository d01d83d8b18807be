"""The short tour for who comes for the first time: three steps, in the empty lanes of Compare and under About."""

from __future__ import annotations

import streamlit as st

COOKIE = "playground_tour"
"""Set by the browser once the tour was skipped or a run was started, so that it is not shown again."""
AGAIN = "tour"
"""A parameter of the address that shows it again."""

STEPS = (
    (
        "Press Run",
        "Each of these models gets the prompt above, all at once. Beside the button stands who answers, and about what it"
        " costs.",
    ),
    (
        "Read the figures",
        "What it cost, when the first text came, how long it took, and its tokens: the best is marked. **Receipt** has every"
        " line of the cost.",
    ),
    (
        "Look behind it",
        "**Request**, **Headers** and **Events** show what went over the wire. With a key of your own, under **Keys**, the"
        " real model answers.",
    ),
)
"""Heading and text of each."""


def about() -> str:
    """The steps as Markdown, with a link that shows them in their place."""
    steps = "\n".join(
        f"{number}. **{title}.** {text}" for number, (title, text) in enumerate(STEPS, 1)
    )
    return f"One prompt, several models, every figure.\n\n{steps}\n\n[Show the tour again](./?{AGAIN}=again)"


def wanted() -> bool:
    """Whether this browser has not seen it yet, or asks for it again."""
    return AGAIN in st.query_params or st.context.cookies.get(COOKIE) != "seen"

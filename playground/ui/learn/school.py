"""Learn as a whole: its title and switch, and what of it is open."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint
from playground.ui import names
from playground.ui.learn import lesson as one
from playground.ui.learn.check import said
from playground.ui.learn.glossary import glossary
from playground.ui.learn.overview import overview
from playground.ui.learn.place import GLOSSARY, QUESTIONS, VIEWS, opened
from playground.ui.learn.rooms import own_figures, questions
from playground.ui.parts.present import present
from playground.ui.parts.sections import section


def school(where: Mapping[str, Endpoint]) -> None:
    """The open lesson or all of them, the glossary, or what people ask."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Learn", anchor=False, width="content")
        view = section(VIEWS, names.LEARN_VIEW)
        present()
    own = own_figures()
    if view == GLOSSARY:
        glossary(own)
    elif view == QUESTIONS:
        questions(where)
    elif lesson := opened():
        one.view(lesson, own, where)
    else:
        overview(lambda text, lesson: said(text, own, lesson))

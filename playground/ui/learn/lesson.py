"""One lesson on the page: text, experiment, question, where it goes on, and what only the teacher needs."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from playground.domain import Endpoint
from playground.lab.questions import Own
from playground.lessons.lesson import Lesson, lessons
from playground.ui import names
from playground.ui.learn.check import check, said
from playground.ui.learn.experiments import experiment
from playground.ui.learn.glossary import link, words
from playground.ui.learn.place import LESSON, MOST_PREPARED, PROMPT, open_lesson

SHEET = '<p class="on-paper">Name ________________________ &nbsp; Date ______________</p>'


def view(lesson: Lesson, own: Own, where: Mapping[str, Endpoint]) -> None:
    """The whole lesson."""
    _head(lesson)
    with st.container(key="learn_text"):
        st.html(SHEET)
        st.markdown(f"*{said(lesson.aim, own, lesson)}*")
        st.markdown(said(lesson.text, own, lesson))
    words(lesson.words, own, "learn_words")
    st.subheader("Try it", anchor=False)
    st.markdown("\n".join(f"1. {said(step, own, lesson)}" for step in lesson.do))
    with st.container(key="learn_experiment"):
        experiment(lesson, where)
    st.info(said(lesson.look, own, lesson), title="Look for", icon=":material/visibility:")
    st.subheader("Check yourself", anchor=False)
    check(lesson, own)
    _on(lesson)
    with (
        st.container(key="learn_teacher"),
        st.expander("For the teacher", icon=":material/school:"),
    ):
        st.caption(f"About {lesson.minutes} minutes.")
        st.markdown("\n".join(f"- {said(note, own, lesson)}" for note in lesson.teacher))


def _head(lesson: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="learn_head"):
        st.header(lesson.heading, anchor=False, width="stretch")
        st.button(
            "All lessons",
            icon=":material/apps:",
            type="tertiary",
            key="learn_all",
            on_click=open_lesson,
            args=("",),
        )
        with st.popover("Link", icon=":material/link:", type="tertiary", key="learn_link"):
            _link(lesson)
        st.button("Print", icon=":material/print:", type="tertiary", key="print")


def _link(lesson: Lesson) -> None:
    """An address that opens this lesson, with a prompt if one is typed: nothing is sent until somebody presses the button."""
    prompt = st.text_area(
        "A prompt to begin with, if you like",
        key=names.learn(lesson.name, "link"),
        max_chars=MOST_PREPARED,
        height=84,
    )
    asked = {LESSON.name: lesson.name, **({PROMPT.name: prompt} if prompt else {})}
    st.code(f"{(st.context.url or '').split('?')[0]}?{urlencode(asked)}", language=None)
    st.caption("It opens this lesson. Nothing is sent before somebody presses the button.")


def _on(lesson: Lesson) -> None:
    """Rooms that go deeper, and the lessons beside this one."""
    ordered = list(lessons().values())
    with st.container(key="learn_on"):
        st.subheader("Go on", anchor=False)
        with st.container(horizontal=True, gap="small"):
            for to in lesson.further:
                link(to)
        with st.container(horizontal=True):
            for other, icon in (
                (lesson.number - 1, ":material/arrow_back:"),
                (lesson.number + 1, ":material/arrow_forward:"),
            ):
                if 1 <= other <= len(ordered):
                    st.button(
                        ordered[other - 1].heading,
                        icon=icon,
                        type="tertiary",
                        key=f"learn_to_{other}",
                        on_click=open_lesson,
                        args=(ordered[other - 1].name,),
                    )

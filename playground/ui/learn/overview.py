"""All lessons at a glance, with what is done of them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from playground.lessons.lesson import Lesson, lessons
from playground.ui.learn import kept
from playground.ui.learn.place import open_lesson


def overview(said: Callable[[str, Lesson], str]) -> None:
    """A card a lesson; `said` writes a text with its figures."""
    done = kept.done() & set(lessons())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{len(done)} of {len(lessons())} done.** Every lesson works without a key, on a simulation that says so; with a"
            " key under Keys the same experiment asks the real model."
        )
        if done:
            st.button(
                "Begin anew",
                icon=":material/restart_alt:",
                type="tertiary",
                key="learn_forget",
                on_click=kept.forget,
            )
    with st.grid(columns=3, min_column_width=280, gap="small") as grid:
        for lesson in lessons().values():
            with grid.container(border=True, height="stretch"):
                _card(lesson, said(lesson.aim, lesson), done=lesson.name in done)


def _card(lesson: Lesson, aim: str, *, done: bool) -> None:
    mark = " :green[:material/check_circle:]" if done else ""
    st.header(f"{lesson.heading}{mark}", anchor=False)
    st.markdown(aim)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Open lesson {lesson.number}",
            key=f"learn_open_{lesson.name}",
            on_click=open_lesson,
            args=(lesson.name,),
        )
        st.caption(f"{lesson.minutes} minutes" + (" · done" if done else ""))

"""A lesson's question: typed or chosen, judged at once with an explanation."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import streamlit as st

from playground.domain.typed import Unreadable
from playground.lab.questions import Own
from playground.lessons.checking import Verdict, expected, judge_choice, judge_number
from playground.lessons.figures import told
from playground.lessons.lesson import ChoiceCheck, Lesson, NumberCheck
from playground.ui import names
from playground.ui.learn import kept
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.number import read_number, read_whole

LONGEST = 40
THOUSAND = 1_000


def check(lesson: Lesson, own: Own) -> None:
    """The question, its field, and what becomes of the answer."""
    with st.form(names.learn(lesson.name, "check"), border=False):
        st.markdown(said(lesson.check.ask, own, lesson))
        asked = lesson.check
        if isinstance(asked, NumberCheck):
            st.text_input(
                "Your number",
                key=names.learn(lesson.name, "answer"),
                placeholder="alone, such as 12 or 0.5",
                max_chars=LONGEST,
                width=220,
            )
        else:
            st.radio(
                "Your choice",
                range(len(asked.choices)),
                index=None,
                format_func=[choice.says for choice in asked.choices].__getitem__,
                key=names.learn(lesson.name, "answer"),
                label_visibility="collapsed",
            )
        st.html('<p class="on-paper">Your answer: ______________________________________</p>')
        pressed = st.form_submit_button("Check", icon=":material/check:")
    if pressed:
        _judge(lesson, own)
    _show(lesson)


def said(text: str, own: Own, lesson: Lesson) -> str:
    """A lesson's text with its figures, whose dollar signs are no formulas."""
    return dollars(told(text, own, lesson.title))


def _judge(lesson: Lesson, own: Own) -> None:
    given, asked = st.session_state.get(names.learn(lesson.name, "answer")), lesson.check
    key = names.learn(lesson.name, "verdict")
    if given in (None, ""):
        st.session_state[key] = "Answer first."
        return
    if isinstance(asked, ChoiceCheck):
        verdict = judge_choice(asked, int(given), lesson, own)
    else:
        try:
            verdict = judge_number(asked, _number(str(given), asked, lesson, own), lesson, own)
        except Unreadable as error:
            st.session_state[key] = f"Your answer {error}"
            return
    st.session_state[key] = verdict
    if verdict.right:
        kept.keep(lesson.name)


def _number(text: str, asked: NumberCheck, lesson: Lesson, own: Own) -> Decimal:
    """What was typed: `1,250` could be one and a quarter, but not where a thousand or more is asked for."""
    right = expected(asked, lesson, own)
    if right is not None and right >= THOUSAND:
        with suppress(Unreadable):
            return Decimal(read_whole(text))
    return read_number(text)


def _show(lesson: Lesson) -> None:
    """What was said of the last answer; for a wrong number the explanation waits until it is asked for."""
    found = st.session_state.get(names.learn(lesson.name, "verdict"))
    if found is None:
        return
    with st.container(key=names.learn(lesson.name, "judged")):
        if not isinstance(found, Verdict):
            st.warning(plain(str(found)))
            return
        why = dollars(found.why)
        if found.right:
            st.success(why, title="Right", icon=":material/check_circle:")
        elif isinstance(lesson.check, ChoiceCheck):
            st.error(why, title="Not this one", icon=":material/cancel:")
        else:
            st.error("Look again, or read the explanation.", title="Not right yet")
            with st.expander("Explanation", icon=":material/lightbulb:"):
                st.markdown(why)

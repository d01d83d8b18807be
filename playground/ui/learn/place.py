"""What of Learn is open, as the address has it: a lesson with a prepared prompt, or the list of all."""

from __future__ import annotations

import streamlit as st

from playground.domain import Request
from playground.lessons.lesson import Ask, Lesson, find, lessons
from playground.store.packing import storable
from playground.ui import names
from playground.ui.learn.rooms import ROOMS
from playground.ui.session import address

LESSON = address.Spot("lesson", "lesson", "no lesson has this name or number, open one below")
PROMPT = address.Spot("prompt", "prompt")
LESSONS, GLOSSARY, QUESTIONS = "Lessons", "Glossary", "Questions"
VIEWS = (LESSONS, GLOSSARY, QUESTIONS)
STAY = (names.PRESENT, names.LEARN_VIEW, LESSON.name, PROMPT.name)
"""What the address keeps from lesson to lesson, or what is written anew."""
MOST_PREPARED = 4_000
"""Characters of a prepared prompt: it stands in an address."""


def opened() -> Lesson | None:
    """The open lesson: the one that the address names, or the one chosen last; a prepared prompt is put in its place."""
    address.say(LESSON)
    named = address.asked(LESSON)
    lesson = find(named) if named else None
    if named and lesson is None:
        address.gone(LESSON)
    elif named is not None:
        st.session_state[names.LEARN_LESSON] = lesson.name if lesson else ""
    found = lessons().get(st.session_state.get(names.LEARN_LESSON, ""))
    prepared = address.asked(PROMPT)
    if found and prepared:
        _prepare(found, storable(prepared[:MOST_PREPARED]))
    return found


def _prepare(lesson: Lesson, prompt: str) -> None:
    """Put the link's prompt into the experiment's field, or note it where there is none."""
    experiment = lesson.experiment
    fill = ROOMS[experiment.room].fill if experiment.kind == "room" else None
    if fill:
        fill(prompt)
    elif isinstance(experiment, Ask):
        st.session_state[names.learn(lesson.name, "prompt")] = prompt
    else:
        st.session_state[names.learn(lesson.name, "prepared")] = prompt


def open_lesson(name: str) -> None:
    """Open another lesson, or the list with no name; what the address named of the one before goes."""
    for key in [key for key in st.query_params if key not in STAY]:
        del st.query_params[key]
    address.write(PROMPT, "")
    st.session_state[names.LEARN_VIEW] = LESSONS
    st.session_state[names.LEARN_LESSON] = name
    address.write(LESSON, name)


def prompt_of(request: Request) -> str:
    """What a run's request asked."""
    return storable("".join(message.text for message in request.messages))

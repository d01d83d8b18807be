"""The section "Which should I use?": six questions and a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from playground import catalog, pricing
from playground import figures as fmt
from playground.domain import Endpoint, clock
from playground.lab import breakeven
from playground.pricing.plans import paid
from playground.ui import names
from playground.ui.chat_vs_api.pay.section import MINE, mine
from playground.ui.chat_vs_api.sections import ASKED, LADDER, PASTE, PAY, go, labelled
from playground.ui.parts.markdown import dollars, plain


@dataclass(frozen=True, slots=True)
class Question:
    """One of the six questions: its answers with how much they speak for the API (positive) or the plan."""

    key: str
    text: str
    answers: Mapping[str, int]


QUESTIONS = (
    Question("who", "Who asks?", {"I do, by typing": -2, "A program or script": 3, "Both": 1}),
    Question("often", "How much do you talk to it?", {"light": 1, "medium": 0, "heavy": -1}),
    Question(
        "extras",
        "Do you need the app's extras (voice, images, files, connectors)?",
        {"Yes, daily": -3, "Sometimes": -1, "No": 1},
    ),
    Question(
        "control",
        "Must answers follow a format, or go into another system?",
        {"Yes": 3, "No": 0},
    ),
    Question(
        "build",
        "Who builds and looks after it?",
        {"Nobody": -3, "I, a little": 0, "A developer": 1},
    ),
    Question(
        "budget",
        "What matters more about the bill?",
        {"The same every month": -1, "Pay for what I use": 1},
    ),
)
"""Six questions; the second also chooses the example whose figures are shown."""


def view(where: Mapping[str, Endpoint]) -> None:
    """Six questions, one after the other, then a recommendation with the user's own figures."""
    st.markdown("**Six questions, one recommendation, with your own figures.**")
    given: dict[str, str] = {}
    for number, question in enumerate(QUESTIONS, 1):
        answer = st.segmented_control(
            f"{number}. {question.text}",
            list(question.answers),
            key=names.choose(question.key),
            format_func=labelled,
            persist_state="session",
            wrap=True,
        )
        if answer is None:  # the next one comes by itself
            break
        given[question.key] = answer
    score = sum(question.answers[given[question.key]] for question in QUESTIONS[: len(given)])
    left = len(QUESTIONS) - len(given)
    if not left:
        _recommend(score, given)
        return
    so_far = f" So far it leans to: **{leaning(score)}**." if len(given) >= LEANS else ""
    st.info(f"{left} to go.{so_far}", icon=":material/quiz:")


LEANS = 3
"""Answers from which on it is said which way they lean."""


def leaning(score: int) -> str:
    """What the answers so far speak for."""
    return "the API" if score >= API else "a chat plan" if score <= PLAN else "both"


API, PLAN = 3, -2
"""Sums from which on the answers speak for the one or the other; between them for both."""


def recommendation(score: int, given: Mapping[str, str]) -> tuple[str, str]:
    """What to use, and why, for the answers to all six questions."""
    if given["build"] == "Nobody" and given["who"] != "A program or script":
        return (
            "A chat plan",
            "Somebody has to build and look after what calls an API, and nobody would.",
        )
    if given["who"] == "A program or script" and given["build"] == "Nobody":
        return (
            "The API, with somebody to look after it",
            "A program can't use a plan; without anybody to build it, start with a ready-made tool that takes an API key.",
        )
    if score >= API:
        return (
            "The API",
            "A program asks, or the answers must fit another system: that is what an API is for.",
        )
    if score <= PLAN:
        return (
            "A chat plan",
            "You type yourself and use the app's extras: a plan buys exactly that.",
        )
    return (
        "Both",
        "Keep the app for what you type, and use an API key for the part that a program does.",
    )


def _recommend(score: int, given: Mapping[str, str]) -> None:
    name, why = recommendation(score, given)
    habit = breakeven.HABITS[given["often"]]
    own = mine()
    conversation = own or habit.conversation()
    ref = catalog.defaults()[0]
    price = breakeven.price(conversation, ref, pricing.load(), clock.today())
    with st.container(border=True):
        st.markdown(f"## {name}")
        st.markdown(why)
        st.markdown(dollars(_figures(price.cost, habit, ref.model)))
        st.caption(
            f"One conversation: {plain(conversation.source)}. {habit.conversations} a month."
            " Open the comparison for every receipt and plan row."
        )
        with st.container(horizontal=True):
            st.button(
                "Open these figures",
                type="primary",
                icon=":material/payments:",
                key="choose_open",
                on_click=_open_figures,
            )
            to, label = (
                (LADDER, "Try what the API answers")
                if name != "A chat plan"
                else (PASTE, "Test it with your chat's answer")
            )
            st.button(
                label,
                icon=":material/arrow_forward:",
                key=f"choose_try_{to}",
                on_click=go,
                args=(to,),
            )
            st.button(
                "Which name is that?",
                icon=":material/help:",
                key="choose_names",
                on_click=go,
                args=(ASKED,),
            )
    _reckoned(score, given)


def _reckoned(score: int, given: Mapping[str, str]) -> None:
    with st.expander("How the answer comes about"):
        lines = [
            f"- {question.text} {given[question.key]}: {question.answers[given[question.key]]:+d}"
            for question in QUESTIONS
        ]
        st.markdown("\n".join([*lines, f"- sum: {score:+d}"]))
        st.caption(
            f"{API} or more: the API; −{-PLAN} or less: a plan; between: both. A rule of thumb of ours, which you may disagree with."
        )


def _open_figures() -> None:
    """Open the comparison with the answers as they are at the click."""
    often = st.session_state.get(names.choose("often"))
    source = MINE if mine() else often
    go(PAY, {names.PAY_SOURCE: source} if source else None)


def _figures(cost: Decimal | None, habit: breakeven.Habit, model: str) -> str:
    if cost is None:
        return f"No price is known for {plain(model)}, so there is no bill to compare."
    bill = cost * habit.conversations
    plan = next((p for p in paid(pricing.load().plans) if p.name == "ChatGPT Plus"), None)
    told = f"By API, {habit.conversations} conversations a month would cost **{fmt.money(bill)}** with {plain(model)}."
    if plan is None:
        return told
    meets = breakeven.told(breakeven.break_even(plan.monthly, cost))
    return f"{told} {plan.name} costs {fmt.money(plan.monthly)}; both cost the same at {meets} conversations."

""" "Chat vs API" in one minute, point by point, and as six questions with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import pricing
from playground.domain import Cost, Endpoint, ModelRef
from playground.export import format as fmt
from playground.lab import breakeven
from playground.lab import conversation_growth as growth
from playground.pricing.plans import paid
from playground.providers import catalog
from playground.ui import chat_charts
from playground.ui.breakeven import mine
from playground.ui.card import receipt
from playground.ui.chat import (
    CONVERSATION,
    LADDER,
    PASTE,
    PAY,
    dollars,
    go,
    today,
)
from playground.ui.chat_charts import HIDDEN, NEW, RESENT
from playground.ui.conversation import answered, bar_rows, current_talk
from playground.ui.ladder import current_climb
from playground.ui.markdown import plain

QUESTION, ANSWER, TURNS = 150, 400, 10
"""Tokens and turns of the example: a question of a few lines, an answer of about 300 words."""

# Start here --------------------------------------------------------------------------------------


def start(where: Mapping[str, Endpoint]) -> None:
    """Why turn 10 costs more than turn 1, at a glance; then where to go on."""
    talk = current_talk()
    path = answered(talk)
    own = growth.measured([turn.response(0) for turn in path]) if talk else ()
    shown = EXAMPLE
    if len(own) > 1:
        shown = st.segmented_control(
            "Shown", (YOURS, EXAMPLE), default=YOURS, key="start_shown", required=True
        )
    if talk and len(own) > 1 and shown == YOURS:
        _picture(own, bar_rows(talk, path[: len(own)], 0), talk.conversation.rules.models[0])
    else:
        _example()
    _ways()


EXAMPLE, YOURS = "an example", "your conversation"


def _example() -> None:
    system = breakeven.HIDDEN if st.session_state.get("start_hidden") else 0
    turns = growth.scripted(QUESTION, ANSWER, TURNS, system)
    _picture(turns, _example_rows(turns, system), catalog.defaults()[0])
    _example_controls()


def _example_rows(turns: tuple[growth.Turn, ...], system: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for turn in turns:
        resent = turn.input_tokens - system - QUESTION
        for part, tokens in ((HIDDEN, system), (RESENT, resent), (NEW, QUESTION)):
            if tokens:
                rows.append({"turn": turn.number, "part": part, "tokens": tokens})
    return rows


def _picture(turns: tuple[growth.Turn, ...], rows: list[dict[str, Any]], ref: ModelRef) -> None:
    """The bars of all turns, with the bill of the first and of the last beside them."""
    receipts = growth.costs(turns, ref, pricing.load(), today())
    last = turns[-1]
    st.markdown(f"### {_headline(turns, receipts)}")
    st.markdown(
        f"The new question (green) is no longer than the first one. But **the model remembers nothing**: with turn"
        f" {last.number}, everything said in turns 1 to {last.number - 1} is sent again (orange), and **every token sent is"
        " billed**, each time. A chat app does the same behind the screen; you only don't see the bill."
    )
    left, right = st.columns([3, 1])
    with left:
        st.altair_chart(
            chat_charts.turn_bars(rows, height=300),
            alt="Input tokens of every turn: the new question stays small, what was said before grows",
        )
        _caching(turns, receipts, ref)
    with right:
        _bill(turns, receipts, ref.model)


def _caching(
    turns: tuple[growth.Turn, ...], receipts: tuple[Cost, ...] | None, ref: ModelRef
) -> None:
    """Where a cache took part: how much it took off the last turn."""
    last = turns[-1]
    without = growth.costs(growth.uncached(turns), ref, pricing.load(), today())
    if not (last.cache_read and receipts and without):
        return
    st.caption(
        dollars(
            f"Of turn {last.number}, {last.cache_read:,} tokens came from the provider's cache at a fraction of the price:"
            f" {fmt.cost(receipts[-1])} instead of {fmt.cost(without[-1])}. They are sent and counted all the same."
        )
    )


def _headline(turns: tuple[growth.Turn, ...], receipts: tuple[Cost, ...] | None) -> str:
    """How much more the last turn costs and sends than the first."""
    first, last = turns[0], turns[-1]
    sends = f"{last.input_tokens / first.input_tokens:,.0f} × as much text"
    if receipts is None or receipts[-1].total < receipts[0].total * Decimal("1.2"):
        return f"Turn {last.number} sends {sends} as turn 1"
    times = receipts[-1].total / receipts[0].total
    return f"Why does turn {last.number} cost {times:,.1f} × turn 1? Because it sends {sends}."


def _bill(turns: tuple[growth.Turn, ...], receipts: tuple[Cost, ...] | None, model: str) -> None:
    first, last = turns[0], turns[-1]
    for turn, cost in ((first, receipts and receipts[0]), (last, receipts and receipts[-1])):
        st.metric(
            f"Turn {turn.number}",
            dollars(fmt.money(cost.total)) if cost else fmt.NO_PRICE,
            f"{turn.input_tokens:,} tokens sent",
            delta_color="off",
            delta_arrow="off",
        )
    if receipts:
        st.metric(
            f"All {len(turns)} turns",
            dollars(fmt.money(growth.total(receipts))),
            f"{sum(t.input_tokens for t in turns):,} tokens sent",
            delta_color="off",
            delta_arrow="off",
        )
        with st.popover("Where this comes from", icon=":material/receipt_long:"):
            st.caption(f"The last turn with {plain(model)}, everything at the full rate:")
            st.markdown(receipt(receipts[-1]))


def _example_controls() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "See it happen: play ten turns",
            type="primary",
            icon=":material/play_arrow:",
            key="start_play",
            on_click=go,
            args=(CONVERSATION,),
            kwargs={"conversation_play": True},
        )
        st.toggle(
            "Add the hidden prompt of a chat product",
            key="start_hidden",
            help=(
                f"{breakeven.HIDDEN:,} tokens in front of every turn: the size of the prompt that Anthropic published for"
                " Claude.ai with Opus 5 (2026-07-24), counted with o200k_base."
            ),
            persist_state="session",
        )
    st.caption(
        f"An example by arithmetic: questions of {QUESTION} tokens, answers of {ANSWER}, no caching."
        " Have a conversation of your own and this picture shows yours."
    )


def _ways() -> None:
    st.subheader("Three things that people say", anchor=False)
    with st.grid(columns=3, min_column_width=260, gap="small") as grid:
        for quote, reply, label, to in SAYINGS:
            with grid.cell(), st.container(border=True, height="stretch"):
                st.markdown(f"**“{quote}”**")
                st.markdown(reply)
                st.button(
                    label,
                    key=f"start_{to}",
                    icon=":material/arrow_forward:",
                    on_click=go,
                    args=(to,),
                )


SAYINGS = (
    (
        "The API is dumber than ChatGPT.",
        "It gets less: no instructions, no date, no memory, no tools, unless you send them. Add them one by one and watch the"
        " answer change.",
        "Climb the ladder",
        LADDER,
    ),
    (
        "I already pay for Plus.",
        "A plan pays for the app. The API is billed apart, by the token. Which is cheaper depends on how much you talk.",
        "Compare the ways to pay",
        PAY,
    ),
    (
        "My bill exploded.",
        "Long conversations resend themselves. See what each turn costs, what caching saves, and what a shorter history"
        " does.",
        "Have a conversation",
        CONVERSATION,
    ),
)
"""Sentence, what is behind it, button, section."""


# Point by point ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Point:
    """One difference between a chat product and the API."""

    name: str
    chat: str
    api: str
    live: Callable[[], str | None]
    """A figure from this tab's own runs; None before there is one."""
    label: str
    to: str
    """The section whose button shows it."""
    source: str


def points(where: Mapping[str, Endpoint]) -> None:
    """The table of differences, each row with a live figure or a button that shows it."""
    st.markdown("**What a chat product adds, hides and decides for you, point by point.**")
    for point in POINTS:
        with st.container(border=True):
            head, chat, api, live = st.columns([2, 4, 4, 3])
            head.markdown(f"**{point.name}**")
            chat.markdown(f":gray[Chat]  \n{dollars(point.chat)}")
            api.markdown(f":gray[API]  \n{dollars(point.api)}")
            with live:
                figure = point.live()
                if figure:
                    st.markdown(f":gray[You measured]  \n**{dollars(figure)}**")
                st.button(
                    point.label,
                    key=f"point_{point.name}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                    on_click=go,
                    args=(point.to,),
                )
            st.caption(point.source)


def _last_turn() -> Any:
    talk = current_talk()
    path = answered(talk)
    return (talk, path[-1], len(path)) if talk and path else None


def _live_cost() -> str | None:
    found = _last_turn()
    cost = found[1].response(0).cost if found else None
    return f"turn {found[2]} cost {fmt.money(cost.total)}" if found and cost else None


def _live_state() -> str | None:
    found = _last_turn()
    if not found:
        return None
    tokens = found[1].response(0).usage.input_tokens
    return f"turn {found[2]} sent {tokens:,} tokens" if tokens is not None else None


def _live_system() -> str | None:
    return _ladder_part("system", "the system prompt of our profile")


def _live_tools() -> str | None:
    return _ladder_part("tools", "the tools on offer")


def _ladder_part(kind: str, what: str) -> str | None:
    climb = current_climb()
    if climb is None or not climb.live.done:
        return None
    index = next((i for i, rung in enumerate(climb.ladders[0]) if rung.kind == kind), None)
    if index is None:
        return None
    part = climb.parts(0, index)[-1]
    return f"{what}: {'≈ ' if part.estimate else ''}{part.tokens:,} tokens"


def _live_effort() -> str | None:
    climb = current_climb()
    if climb is None or not climb.live.done:
        return None
    tokens = climb.responses(0)[-1].usage.reasoning_output_tokens
    return f"{tokens:,} reasoning tokens at the last step" if tokens is not None else None


def _live_limits() -> str | None:
    found = _last_turn()
    exchange = found[1].response(0).exchange if found else None
    headers = exchange.response_headers if exchange else {}
    left = next((v for k, v in headers.items() if "remaining-tokens" in k.lower()), None)
    return f"{left} tokens left in this window" if left else None


def _live_rendering() -> str | None:
    found = _last_turn()
    if not found:
        return None
    text = found[1].response(0).text
    marks = sum(text.count(mark) for mark in ("**", "`", "#", "|"))
    return f"{marks} Markdown marks in the last answer" if text else None


def _live_storage() -> str | None:
    found = _last_turn()
    exchange = found[1].response(0).exchange if found else None
    body = exchange.request_body if exchange else None
    if not isinstance(body, Mapping) or "store" not in body:
        return None
    return f"your last request said store: {str(body['store']).lower()}"


def _nothing() -> None:
    return None


OFFICIAL = "Official pages read in November 2026"
POINTS = (
    Point(
        "Billing",
        "A price a month, whatever you ask, up to caps that are only partly published.",
        "Every token in and out, each time. No cap but your budget and the rate limits.",
        _live_cost,
        "What would mine cost?",
        PAY,
        "Plans and prices: the dated rows of pricing.yaml, opened in Three ways to pay.",
    ),
    Point(
        "State",
        "The product keeps the conversation and sends it along.",
        "Nothing is remembered. You resend it, or let the provider keep it; it is billed as input either way.",
        _live_state,
        "Watch it grow",
        CONVERSATION,
        "OpenAI's conversation state guide: all previous input tokens are billed as input tokens (undated).",
    ),
    Point(
        "System prompt",
        "Long, and mostly unseen. Anthropic publishes the core of Claude.ai's; OpenAI and Google publish none.",
        "None, unless you write one.",
        _live_system,
        "Add one",
        LADDER,
        "Anthropic's release notes on system prompts: they do not apply to the API.",
    ),
    Point(
        "Tools",
        "Search, code, files, images, connectors are there, and used when the product thinks fit.",
        "Off until listed. Their descriptions are input; each search is billed extra ($10 to $14 per 1,000).",
        _live_tools,
        "Offer some",
        LADDER,
        "Fees: the dated rows of pricing.yaml.",
    ),
    Point(
        "Model and control",
        "A router may pick the model and how long it thinks; over a cap a smaller one answers. Temperature and the like: unknown.",
        "You name the model and the effort, and the response names what answered. Most current models take no temperature.",
        _live_effort,
        "Set the effort",
        LADDER,
        "OpenAI help 11909943 (GPT-5.5 era); chat-latest is only the nearest alias. Not reproduced here: the router.",
    ),
    Point(
        "Memory",
        "Notes about you from other chats go into every new one.",
        "None across calls. You may send notes of your own.",
        _nothing,
        "Send notes",
        LADDER,
        "Ours is a list that you can read; how products select theirs is not public.",
    ),
    Point(
        "Limits",
        "Messages in a window of hours and a week; many numbers are not published.",
        "Requests and tokens a minute, told in the response headers (not by Gemini).",
        _live_limits,
        "See the caps",
        PAY,
        "Caps with source and date stand in each plan's row; those known are of the GPT-5.5 era.",
    ),
    Point(
        "Retention",
        "Kept with your account. ChatGPT: used for training unless you opt out. Claude: 30 days, up to 5 years where you allow"
        " training.",
        "OpenAI: not trained on unless you opt in, abuse logs up to 30 days; Responses stores by default, here it is switched off."
        " Gemini paid: not used to improve, abuse logs 55 days; free: used to improve. Claude: sources disagree (7 or 30 days).",
        _live_storage,
        "Switch storage on",
        CONVERSATION,
        f"{OFFICIAL} (OpenAI: your data; Google: abuse monitoring), undated; Claude: third parties, May 2026, in conflict on the API.",
    ),
    Point(
        "Rendering",
        "Formatted text, buttons, previews, citations.",
        "Plain text with Markdown marks in it. Showing it is your job.",
        _live_rendering,
        "Compare the formats",
        PASTE,
        "Every answer here has a raw view beside the rendered one.",
    ),
    Point(
        "Safety layers",
        "Classifiers, age rules, fallback to other models around the model.",
        "Typed refusals, and what you build yourself.",
        _nothing,
        "What can't be imitated",
        LADDER,
        "Not reproduced here.",
    ),
)


# Which should I use? -----------------------------------------------------------------------------


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
"""Six questions; the second also chooses the preset whose figures are shown."""


def choose(where: Mapping[str, Endpoint]) -> None:
    """Six questions, then a recommendation with the user's own figures."""
    st.markdown("**Six questions, one recommendation, with your own figures.**")
    score, given = 0, {}
    for number, question in enumerate(QUESTIONS, 1):
        answer = st.segmented_control(
            f"{number}. {question.text}",
            list(question.answers),
            key=f"choose_{question.key}",
            persist_state="session",
            wrap=True,
        )
        if answer is not None:
            given[question.key] = answer
            score += question.answers[answer]
    left = len(QUESTIONS) - len(given)
    if left:
        st.info(f"{left} to go.", icon=":material/quiz:")
        return
    _recommend(score, given)


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
    if score >= 3:
        return (
            "The API",
            "A program asks, or the answers must fit another system: that is what an API is for.",
        )
    if score <= -2:
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
    price = breakeven.price(conversation, ref, pricing.load(), today())
    with st.container(border=True):
        st.markdown(f"### {name}")
        st.markdown(why)
        st.markdown(dollars(_figures(price.cost, habit, ref.model)))
        st.caption(
            f"One conversation: {plain(conversation.source)}. {habit.conversations} a month: the {habit.name} preset."
            " Open the comparison for every receipt and plan row."
        )
        with st.container(horizontal=True):
            st.button(
                "Open these figures",
                type="primary",
                icon=":material/payments:",
                key="choose_open",
                on_click=go,
                args=(PAY,),
                kwargs={"pay_source": "my conversation" if own else habit.name},
            )
            to, label = (
                (LADDER, "Try what the API answers")
                if name != "A chat plan"
                else (PASTE, "Test it with your chat's answer")
            )
            st.button(
                label, icon=":material/arrow_forward:", key="choose_try", on_click=go, args=(to,)
            )
    with st.expander("How the answer comes about"):
        lines = [
            f"- {question.text} {given[question.key]}: {question.answers[given[question.key]]:+d}"
            for question in QUESTIONS
        ]
        st.markdown("\n".join([*lines, f"- sum: {score:+d}"]))
        st.caption(
            "3 or more: the API; −2 or less: a plan; between: both. A rule of thumb of ours, which you may disagree with."
        )


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

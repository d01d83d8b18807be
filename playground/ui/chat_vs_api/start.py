"""The section "Start here": why turn 10 costs more than turn 1, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import catalog, pricing
from playground import figures as fmt
from playground.domain import Cost, Endpoint, ModelRef, clock
from playground.lab import breakeven
from playground.lab import conversation_growth as growth
from playground.lab.products import products
from playground.ui import names
from playground.ui.chat_vs_api import charts
from playground.ui.chat_vs_api.charts import HIDDEN, NEW, RESENT
from playground.ui.chat_vs_api.conversation.figures import bar_rows
from playground.ui.chat_vs_api.conversation.talk import answered, current_talk
from playground.ui.chat_vs_api.sections import ASKED, CONVERSATION, LADDER, PAY, go
from playground.ui.parts.charts import draw
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.product import product_popover
from playground.ui.parts.receipt import receipt

QUESTION, ANSWER, TURNS = 150, 400, 10
"""Tokens and turns of the example: a question of a few lines, an answer of about 300 words."""


def view(where: Mapping[str, Endpoint]) -> None:
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
        _picture(own, bar_rows(path[: len(own)], 0), talk.rules.models[0])
    else:
        _example()
    _ways()
    _names()


EXAMPLE, YOURS = "an example", "your conversation"


def _example() -> None:
    system = breakeven.HIDDEN if st.session_state.get(names.START_HIDDEN) else 0
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
    receipts = growth.costs(turns, ref, pricing.load(), clock.today())
    last = turns[-1]
    st.markdown(f"## {_headline(turns, receipts)}")
    st.markdown(
        f"The new question (green) is no longer than the first one. But **the model remembers nothing**: with turn"
        f" {last.number}, everything said in turns 1 to {last.number - 1} is sent again (orange), and **every token sent is"
        " billed**, each time. A chat app does the same behind the screen; you only don't see the bill."
    )
    left, right = st.columns([3, 1])
    with left:
        draw(charts.turn_bars(rows, height=300))
        _caching(turns, receipts, ref)
    with right:
        _bill(turns, receipts, ref.model)


def _caching(
    turns: tuple[growth.Turn, ...], receipts: tuple[Cost, ...] | None, ref: ModelRef
) -> None:
    """Where a cache took part: how much it took off the last turn."""
    last = turns[-1]
    without = growth.costs(growth.uncached(turns), ref, pricing.load(), clock.today())
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
            args=(CONVERSATION, {names.CONVERSATION_PLAY: True}),
        )
        st.toggle(
            "Add the hidden prompt of a chat product",
            key=names.START_HIDDEN,
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
    st.header("Three things that people say", anchor=False)
    with st.grid(columns=3, min_column_width=260, gap="small") as grid:
        for quote, reply, label, to in SAYINGS:
            with grid.container(border=True, height="stretch"):
                st.markdown(f"**“{quote}”**")
                st.markdown(reply)
                st.button(
                    label,
                    key=f"start_{to}",
                    icon=":material/arrow_forward:",
                    on_click=go,
                    args=(to,),
                )


def _names() -> None:
    """Every name of the three companies with what it is, and the way to what people ask."""
    st.header("The same company, several names", anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for name in products():
            product_popover(name, f"start_name_{name}")
        st.button(
            "Find your question",
            key="start_asked",
            icon=":material/search:",
            on_click=go,
            args=(ASKED,),
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

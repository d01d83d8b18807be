"""Three ways to pay on the page: a chat plan, the API, and the API with caching, for the user's own conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from playground import catalog, pricing
from playground import figures as fmt
from playground.domain import Endpoint, clock
from playground.lab import breakeven as lab
from playground.lab import conversation_growth as growth
from playground.lab.breakeven import Conversation, Price
from playground.pricing import Plan
from playground.pricing.plans import paid
from playground.ui import names
from playground.ui.chat_vs_api.conversation.talk import answered, current_talk
from playground.ui.chat_vs_api.pay.curve import curve
from playground.ui.chat_vs_api.pay.rows import plan_rows, receipts, table
from playground.ui.chat_vs_api.sections import labelled
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.number_field import number_field
from playground.ui.session.models import pick_models

MINE = "my conversation"
CHATS = "my imported chats"
SOURCES = (MINE, CHATS, *lab.HABITS)
MOST_MODELS = 6
MOST_PLANS = 6
MOST_MONTHLY = 100_000
FIRST_PLANS = ("ChatGPT Plus", "Claude Pro", "Gemini AI Pro")


def mine() -> Conversation | None:
    """The conversation of the section "Conversation" as it was measured; None before there is one."""
    talk = current_talk()
    path = answered(talk)
    if talk is None or not path:
        return None
    turns = growth.measured([turn.response(0) for turn in path])
    if not turns:
        return None
    ref = talk.rules.models[0]
    simulated = " on the simulation" if path[0].response(0).simulated else ""
    return Conversation(
        name=MINE,
        turns=turns,
        source=f"measured{simulated}: {len(turns)} turn{'s' if len(turns) > 1 else ''} of {ref} in the section Conversation",
        ref=ref,
    )


def imported() -> tuple[Conversation, int] | None:
    """The average of the chats that were imported in this tab, and how many there are a month; None before there are any."""
    kept = st.session_state.get(names.CHATS_READ)
    average = kept[1].average() if kept else None
    if average is None:
        return None
    question, answer = (n // average.calls for n in (average.new_tokens, average.output_tokens))
    turns = growth.scripted(max(1, question), max(1, answer), average.calls)
    source = (
        f"average of your {average.conversations:,} imported conversations: {average.calls} calls,"
        f" {average.input_tokens:,} input and {average.output_tokens:,} output tokens"
    )
    grown = growth.with_input(turns, average.input_tokens)
    return Conversation(name=CHATS, turns=grown, source=source), average.monthly


def view(where: Mapping[str, Endpoint]) -> None:
    """The answer and its picture first, beneath them what they are made of and the settings."""
    st.markdown(
        f"**A plan, the API, or the API with caching: when do they cost the same?** {lab.NOT_QUOTA} The exceptions known are"
        " named below, with their date."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        conversation = _conversation()
        monthly = _monthly(conversation)
    picture = st.container()
    with st.expander("Settings: models and plans", icon=":material/tune:"):
        refs = pick_models("pay_models", where, most=MOST_MODELS, default=catalog.defaults())
        book = pricing.load()
        plans = _plans(paid(book.plans))
    if not refs:
        st.info("Choose at least one model under Settings.")
        return
    prices = [lab.price(conversation, ref, book, clock.today()) for ref in refs]
    if monthly is not None:
        with picture:
            _sentence(prices, plans, monthly)
            curve(prices, plans, monthly, len(conversation.turns))
    table(prices, plans, len(conversation.turns))
    _about(conversation)
    receipts(conversation, prices)
    plan_rows(plans, prices)


def _conversation() -> Conversation:
    """What is priced: measured, or an example."""
    own, chats = mine(), imported()
    there = {MINE: own, CHATS: chats}
    options = [name for name in SOURCES if there.get(name, True)]
    if st.session_state.get(names.PAY_SOURCE) not in options:
        st.session_state[names.PAY_SOURCE] = next((n for n in there if there[n]), "medium")
    chosen = st.segmented_control(
        "What is priced",
        options,
        key=names.PAY_SOURCE,
        required=True,
        format_func=labelled,
        persist_state="session",
        wrap=True,
    )
    hidden = st.toggle(
        f"Hidden prompt of {lab.HIDDEN:,} tokens in every turn",
        key="pay_hidden",
        help=(
            "What a chat product puts in front of every turn. This is the size of the one that Anthropic published for"
            " Claude.ai with Opus 5 (2026-07-24), counted with o200k_base."
        ),
        persist_state="session",
    )
    system = lab.HIDDEN if hidden else 0
    if chosen == MINE and own:
        turns = growth.with_hidden(own.turns, system)
        return Conversation(name=MINE, turns=turns, source=own.source, ref=own.ref)
    if chosen == CHATS and chats:
        average = chats[0]
        return replace(average, turns=growth.with_hidden(average.turns, system))
    return lab.HABITS[chosen or "medium"].conversation(system)


def _about(conversation: Conversation) -> None:
    """What one conversation is."""
    habit = lab.HABITS.get(conversation.name)
    st.caption(
        f"One conversation: {len(conversation.turns)} turns, {conversation.input_tokens:,} input and"
        f" {conversation.output_tokens:,} output tokens in total ({plain(conversation.source)})."
        + (
            f" {habit.about} Have one in the section **Conversation** to price your own."
            if habit
            else ""
        )
    )


def _plans(plans: Sequence[Plan]) -> list[Plan]:
    names = {plan.name: plan for plan in plans}
    chosen = st.multiselect(
        "Plans",
        list(names),
        default=[name for name in FIRST_PLANS if name in names],
        max_selections=MOST_PLANS,
        key="pay_plans",
        persist_state="session",
        format_func=lambda name: f"{name} · {fmt.money(names[name].monthly)}",
    )
    return [names[name] for name in chosen if name in names]


def _monthly(conversation: Conversation) -> int | None:
    """Conversations a month; None while the field can't be read."""
    habit = lab.HABITS.get(conversation.name, lab.HABITS["medium"])
    chats = imported() if conversation.name == CHATS else None
    many = number_field(
        "Your conversations a month",
        f"pay_monthly_{conversation.name}",
        first=chats[1] if chats else habit.conversations,
        least=1,
        most=MOST_MONTHLY,
        width=220,
    )
    return None if many.value is None else int(many.value)


def _sentence(prices: Sequence[Price], plans: Sequence[Plan], monthly: int) -> None:
    """The answer in one sentence for the first model and the first plan that belong together."""
    priced = next((price for price in prices if price.cost is not None), None)
    if priced is None or priced.cost is None or not plans:
        return
    plan = plans[0]
    bill = priced.cost * monthly
    meets = lab.break_even(plan.monthly, priced.cost)
    cheaper = "The API is cheaper" if bill < plan.monthly else "The plan is cheaper"
    st.markdown(
        dollars(
            f"## {cheaper} for {monthly:,} such conversations a month: {fmt.money(bill)} with {priced.model.model},"
            f" {fmt.money(plan.monthly)} for {plan.name}."
        )
    )
    st.caption(
        dollars(
            f"Both cost the same at **{lab.told(meets)}** conversations a month: {fmt.money(plan.monthly)} ÷"
            f" {fmt.money(priced.cost)}. With caching at its best: {lab.told(lab.break_even(plan.monthly, priced.cost_cached))}."
        )
    )

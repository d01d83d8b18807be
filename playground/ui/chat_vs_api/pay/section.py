"""Three ways to pay on the page: a chat plan, the API, and the API with caching, for the user's own conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from playground.ui.chat_vs_api.sections import dollars, labelled
from playground.ui.parts.markdown import plain
from playground.ui.parts.number_field import number_field
from playground.ui.session.models import pick_models

MINE = "my conversation"
SOURCES = (MINE, *lab.HABITS)
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
            _sentence(conversation, prices, plans, monthly)
            curve(prices, plans, monthly, len(conversation.turns))
    table(prices, plans, len(conversation.turns))
    _about(conversation)
    receipts(conversation, prices)
    plan_rows(plans, prices)


def _conversation() -> Conversation:
    """What is priced: measured, or a preset."""
    own = mine()
    options = SOURCES if own else SOURCES[1:]
    if st.session_state.get(names.PAY_SOURCE) not in options:
        st.session_state[names.PAY_SOURCE] = MINE if own else "medium"
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
    many = number_field(
        "Your conversations a month",
        f"pay_monthly_{conversation.name}",
        first=habit.conversations,
        least=1,
        most=MOST_MONTHLY,
        width=220,
    )
    return None if many.value is None else int(many.value)


def _sentence(
    conversation: Conversation, prices: Sequence[Price], plans: Sequence[Plan], monthly: int
) -> None:
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

"""Three ways to pay on the page: a chat plan, the API, and the API with caching, for the user's own conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import pricing
from playground.domain import Endpoint
from playground.domain.provider import provider_of
from playground.lab import breakeven as lab
from playground.lab import conversation_growth as growth
from playground.lab.breakeven import Conversation, Price
from playground.pricing import Plan
from playground.pricing.plans import paid
from playground.providers import catalog
from playground.ui import names
from playground.ui.chat_vs_api import charts
from playground.ui.chat_vs_api.conversation.talk import answered, current_talk
from playground.ui.chat_vs_api.sections import dollars, today
from playground.ui.parts.card import receipt
from playground.ui.parts.markdown import plain
from playground.ui.session.models import pick_models

MINE = "my conversation"
SOURCES = (MINE, *lab.HABITS)
MOST_MODELS = 6
MOST_PLANS = 6
MOST_MONTHLY = 100_000
STEPS = 40
"""Points of the curve."""
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
    """The whole section."""
    st.markdown(
        "**A plan, the API, or the API with caching: when do they cost the same?** Take your own conversation, or a"
        " preset, and count the conversations of a month."
    )
    st.warning(
        f"{lab.NOT_QUOTA} The exceptions known are named below, with their date.",
        icon=":material/key_off:",
    )
    conversation = _conversation()
    refs = pick_models("pay_models", where, most=MOST_MODELS, default=catalog.defaults())
    if not refs:
        st.info("Choose at least one model.")
        return
    book = pricing.load()
    plans = _plans(paid(book.plans))
    prices = [lab.price(conversation, ref, book, today()) for ref in refs]
    monthly = _monthly(conversation)
    _sentence(conversation, prices, plans, monthly)
    _curve(prices, plans, monthly, len(conversation.turns))
    _table(prices, plans, len(conversation.turns))
    _receipts(conversation, prices)
    _plan_rows(plans, prices)


def _conversation() -> Conversation:
    """What is priced: measured, or a preset."""
    own = mine()
    options = SOURCES if own else SOURCES[1:]
    if st.session_state.get(names.PAY_SOURCE) not in options:
        st.session_state[names.PAY_SOURCE] = MINE if own else "medium"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            "What is priced", options, key=names.PAY_SOURCE, required=True, persist_state="session"
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
        conversation = Conversation(name=MINE, turns=turns, source=own.source, ref=own.ref)
    else:
        habit = lab.HABITS[chosen or "medium"]
        conversation = habit.conversation(system)
        st.caption(habit.about)
    if own is None:
        st.caption("Have a conversation in the section **Conversation** to price your own.")
    st.caption(
        f"One conversation: {len(conversation.turns)} turns, {conversation.input_tokens:,} input and"
        f" {conversation.output_tokens:,} output tokens in total ({plain(conversation.source)})."
    )
    return conversation


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


def _monthly(conversation: Conversation) -> int:
    habit = lab.HABITS.get(conversation.name, lab.HABITS["medium"])
    key = f"pay_monthly_{conversation.name}"
    return int(
        st.number_input(
            "Your conversations a month",
            1,
            MOST_MONTHLY,
            value=habit.conversations,
            step=10,
            key=key,
            width=220,
            persist_state="session",
        )
    )


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
            f"### {cheaper} for {monthly:,} such conversations a month: {fmt.money(bill)} with {priced.model.model},"
            f" {fmt.money(plan.monthly)} for {plan.name}."
        )
    )
    st.caption(
        dollars(
            f"Both cost the same at **{lab.told(meets)}** conversations a month: {fmt.money(plan.monthly)} ÷"
            f" {fmt.money(priced.cost)}. With caching at its best: {lab.told(lab.break_even(plan.monthly, priced.cost_cached))}."
        )
    )


def _curve(prices: Sequence[Price], plans: Sequence[Plan], monthly: int, turns: int) -> None:
    known = [price for price in prices if price.cost is not None]
    if not known:
        st.info(
            "None of these models has a price, so there is no curve. Add a row to pricing.yaml."
        )
        return
    ways = [
        (f"{price.model.model}, {how}", cost)
        for price in known
        for how, cost in (("no caching", price.cost), ("with caching", price.cost_cached))
        if cost is not None
    ]
    until = _until(plans, [cost for _, cost in ways], monthly)
    rows = [
        {"way": name, "conversations": n, "usd": float(cost * n)}
        for name, cost in ways
        for n in (round(until * i / STEPS) for i in range(STEPS + 1))
    ]
    levels = _named_together([_level(plan, until, turns) for plan in plans])
    marks = [
        {
            "conversations": float(meets),
            "usd": float(plan.monthly),
            "label": f"{plan.name} = {name} at {lab.told(meets)} conversations",
        }
        for plan in plans
        for name, cost in ways
        if (meets := lab.break_even(plan.monthly, cost)) and meets <= until
    ]
    st.altair_chart(
        charts.month_curve(rows, levels, marks, [name for name, _ in ways]),
        alt="USD a month against conversations: plans as levels, the API as lines, dots where they cost the same",
    )
    st.caption(
        "Grey levels are the plans; a bar at their right end is a known cap. Dots: both cost the same. Caps are third parties'"
        " numbers of the GPT-5.5 era and used day and night; where none is drawn, none is known, not that there is none."
    )


def _until(plans: Sequence[Plan], costs: Sequence[Decimal], monthly: int) -> int:
    """How far the curve goes: to the last meeting with the cheapest way, but not out of sight."""
    dearest = max((plan.monthly for plan in plans), default=Decimal(20))
    meets = [dearest / cost for cost in costs if cost]
    return max(
        10,
        min(int(sorted(meets)[len(meets) // 2] * Decimal("1.3")) if meets else 10, 50_000),
        monthly,
    )


def _level(plan: Plan, until: int, turns: int) -> dict[str, Any]:
    cap = lab.cap_conversations(plan, turns)
    capped = cap is not None and cap < until
    told = f"{fmt.money(plan.monthly)} a month; " + (
        f"cap: about {lab.told(cap)} conversations" if cap else "no number of its cap is known"
    )
    end = float(cap) if cap is not None and capped else float(until)
    return {
        "plan": plan.name,
        "usd": float(plan.monthly),
        "from": 0,
        "until": end,
        "capped": capped,
        "told": told,
    }


def _named_together(levels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plans at almost the same price share one name on the chart, where they would hide each other."""
    shown: dict[int, dict[str, Any]] = {}
    for level in levels:
        first = shown.setdefault(round(level["usd"]), level | {"label": ""})
        first["label"] += f"{', ' if first['label'] else ''}{level['plan']}"
    firsts = {level["plan"] for level in shown.values()}
    return [*shown.values(), *(lv | {"label": ""} for lv in levels if lv["plan"] not in firsts)]


def _table(prices: Sequence[Price], plans: Sequence[Plan], turns: int) -> None:
    rows = [lab.Row(plan=plan, price=price) for plan in plans for price in prices]
    if not rows:
        return
    st.dataframe(
        {
            "plan": [row.plan.name for row in rows],
            "monthly": [float(row.plan.monthly) for row in rows],
            "model": [str(row.price.model) for row in rows],
            "cost": [_float(row.price.cost) for row in rows],
            "meets": [_float(row.conversations) for row in rows],
            "cached": [_float(row.conversations_cached) for row in rows],
            "cap": [_float(lab.cap_conversations(row.plan, turns)) for row in rows],
            "checked": [f"{row.plan.as_of}" for row in rows],
        },
        column_config={
            "plan": st.column_config.TextColumn("Plan", pinned=True),
            "monthly": st.column_config.NumberColumn("A month", format="$%.2f"),
            "model": st.column_config.TextColumn("Model"),
            "cost": st.column_config.NumberColumn("One conversation", format="$%.5f"),
            "meets": st.column_config.NumberColumn(
                "Same cost at", format="%.0f", help="Conversations a month, no caching"
            ),
            "cached": st.column_config.NumberColumn(
                "with caching", format="%.0f", help="The same with a cache at its best"
            ),
            "cap": st.column_config.NumberColumn(
                "Cap", format="%.0f", help="Conversations a month that the known cap allows"
            ),
            "checked": st.column_config.TextColumn("Plan checked"),
        },
        hide_index=True,
        placeholder="unknown",
        alt="For every plan and model the conversations a month at which both cost the same",
    )


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _receipts(conversation: Conversation, prices: Sequence[Price]) -> None:
    """Where the cost of one conversation comes from, model by model."""
    with st.container(horizontal=True):
        for price in prices:
            label = f"{price.model.model}: {fmt.money(price.cost)}"
            with st.popover(
                dollars(label), icon=":material/receipt_long:", key=f"pay_{price.model}"
            ):
                _receipt(conversation, price)


def _receipt(conversation: Conversation, price: Price) -> None:
    if not price.receipts or not price.cached_receipts:
        st.markdown(
            f"`{plain(str(price.model))}` has no price here: it works, but what it costs is not known."
            " Add a row to pricing.yaml."
        )
        return
    st.caption(f"{len(price.receipts)} turns: {plain(conversation.source)}.")
    if conversation.ref and conversation.ref != price.model:
        st.caption(
            f"The tokens are those of {plain(str(conversation.ref))}: this model cuts the same text into more or fewer."
        )
    lines = ["| turn | input | no caching | with caching |", "|--:|--:|--:|--:|"]
    for turn, cost, cheap in zip(
        conversation.turns, price.receipts, price.cached_receipts, strict=True
    ):
        lines.append(
            f"| {turn.number} | {turn.input_tokens:,} | {fmt.cost(cost)} | {fmt.cost(cheap)} |"
        )
    lines.append(
        f"| **sum** | **{conversation.input_tokens:,}** | **{fmt.money(price.cost)}** | **{fmt.money(price.cost_cached)}** |"
    )
    st.markdown(dollars("\n".join(lines)))
    st.caption("The last turn in full:")
    st.markdown(receipt(price.receipts[-1]))


def _plan_rows(plans: Sequence[Plan], prices: Sequence[Price]) -> None:
    """Every plan with its source, date, caps, exception and conflict."""
    for plan in plans:
        conflict = " · sources disagree" if plan.conflict else ""
        label = f"{plan.name}: {fmt.money(plan.monthly)} a month{conflict}"
        with st.expander(dollars(label), icon=":material/loyalty:"):
            facts = [*plan_facts(plan), *_credit(plan, prices)]
            st.markdown(dollars("\n".join(f"- {said}" for said in facts)))


def _credit(plan: Plan, prices: Sequence[Price]) -> list[str]:
    """How far a plan's API credit goes with the models of its maker that are chosen."""
    return [
        f"The credit covers about {lab.told(covers)} such conversations a month with {plain(price.model.model)}."
        for price in prices
        if plan.api_credit
        and provider_of(price.model.provider).product == plan.product
        and (covers := lab.break_even(plan.api_credit, price.cost))
    ]


def plan_facts(plan: Plan) -> list[str]:
    """What is known of a plan, in sentences with sources and dates."""
    seat = f" per {plan.per}" if plan.per else ""
    facts = [f"{fmt.money(plan.monthly)}{seat} a month, list price in the USA"]
    if plan.annual is not None:
        facts[0] += f"; {fmt.money(plan.annual)} when paid for a year"
    facts[0] += f". Source: {plain(plan.source)}, checked {plan.as_of}."
    if plan.conflict:
        facts.append(f"**Sources disagree:** {plain(plan.conflict)}.")
    for cap in plan.caps:
        note = f"; {plain(cap.note)}" if cap.note else ""
        facts.append(
            f"Cap ({plain(cap.what)}): {cap.messages:,} messages in {cap.hours} hours{note}. Source: {plain(cap.source)}, {cap.as_of}."
        )
    if not plan.caps:
        facts.append("Caps: no number is known.")
    if plan.limits:
        facts.append(f"Limits: {plain(plan.limits)}.")
    if plan.exception:
        facts.append(f"**Exception:** {plain(plan.exception)}.")
    if plan.note:
        facts.append(f"{plain(plan.note)}.")
    return facts

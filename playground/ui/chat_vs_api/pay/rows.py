"""Plan by plan and model by model: where both cost the same, the receipts, and what is known of each plan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from playground import figures as fmt
from playground.domain.provider import provider_of
from playground.lab import breakeven as lab
from playground.lab.breakeven import Conversation, Price
from playground.pricing import Plan
from playground.ui.parts.markdown import code, dollars, plain
from playground.ui.parts.product import product_popover
from playground.ui.parts.receipt import receipt
from playground.ui.parts.tables import money, written


def table(prices: Sequence[Price], plans: Sequence[Plan], turns: int) -> None:
    """A row a model: the conversations a month at which it costs the same as the cheapest plan that there is for it."""
    rows = [lab.Row(plan=cheapest(plans, price), price=price) for price in prices] if plans else []
    if not rows:
        return
    st.dataframe(
        written(
            {
                "model": [str(row.price.model) for row in rows],
                "cost": [_float(row.price.cost) for row in rows],
                "plan": [row.plan.name for row in rows],
                "monthly": [float(row.plan.monthly) for row in rows],
                "meets": [_float(row.conversations) for row in rows],
                "cached": [_float(row.conversations_cached) for row in rows],
                "cap": [_float(lab.cap_conversations(row.plan, turns)) for row in rows],
                "checked": [f"{row.plan.as_of}" for row in rows],
            },
            {"cost": money, "monthly": money}
            | dict.fromkeys(("meets", "cached", "cap"), lambda many: f"{many:,.0f}"),
        ),
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "cost": st.column_config.NumberColumn("One conversation"),
            "plan": st.column_config.TextColumn(
                "Cheapest plan", help="Of its maker's where one is chosen, else of all that are"
            ),
            "monthly": st.column_config.NumberColumn("A month"),
            "meets": st.column_config.NumberColumn(
                "Same cost at", help="Conversations a month, no caching"
            ),
            "cached": st.column_config.NumberColumn(
                "with caching", help="The same with a cache at its best"
            ),
            "cap": st.column_config.NumberColumn(
                "Cap", help="Conversations a month that the known cap allows"
            ),
            "checked": st.column_config.TextColumn("Plan checked"),
        },
        hide_index=True,
        placeholder="unknown",
        alt="For every model the conversations a month at which it costs the same as a plan",
    )


def cheapest(plans: Sequence[Plan], price: Price) -> Plan:
    """The cheapest plan of the model's maker, or of all where none of theirs is chosen."""
    product = provider_of(price.model.provider).product
    theirs = [plan for plan in plans if plan.product == product]
    return min(theirs or plans, key=lambda plan: plan.monthly)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def receipts(conversation: Conversation, prices: Sequence[Price]) -> None:
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
            f"{code(str(price.model))} has no price here: it works, but what it costs is not known."
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


def plan_rows(plans: Sequence[Plan], prices: Sequence[Price]) -> None:
    """Every plan with its source, date, caps, exception and conflict."""
    for plan in plans:
        conflict = " · sources disagree" if plan.conflict else ""
        label = f"{plan.name}: {fmt.money(plan.monthly)} a month{conflict}"
        with st.expander(dollars(label), icon=":material/loyalty:"):
            facts = [*plan_facts(plan), *_credit(plan, prices)]
            st.markdown(dollars("\n".join(f"- {said}" for said in facts)))
            product_popover(plan.product, f"plan_name_{plan.name}")


def _credit(plan: Plan, prices: Sequence[Price]) -> list[str]:
    """How far a plan's API credit goes with the models of its maker that are chosen."""
    return [
        f"The credit covers about {lab.told(covers)} such conversations a month with {plain(price.model.model)}"
        f"{_pooled(plan, price)}."
        for price in prices
        if plan.api_credit
        and provider_of(price.model.provider).product == plan.product
        and (covers := lab.break_even(plan.api_credit, price.cost))
    ]


def _pooled(plan: Plan, price: Price) -> str:
    most = lab.break_even(plan.api_credit_most, price.cost) if plan.api_credit_most else None
    return f" for each seat, {lab.told(most)} at most for the whole team" if most else ""


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

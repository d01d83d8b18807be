"""What was found and what it costs: the sums, the months, the dearest conversations, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.chats.costing import NO_PRICE, USED, Pricing, Sum
from playground.chats.summary import Summary
from playground.domain import Endpoint
from playground.figures.palette import BLUE
from playground.pricing import Plan
from playground.ui.chats.exactly import exactly
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.tables import worded

NOTES = (
    "The history is sent again at every turn, as an API has it: what the product really sent is not known, it may cut or"
    " summarise. Reasoning is in no export, so sums are ranges: none at the one end, at the other what such answers usually"
    " take. With a cache, what was sent within its time is read at the lower rate, and writing it may cost more."
)
AT_MOST = "Cost, upper end"
"""The name of a sum where there is no room for its range."""


def shown(summary: Summary, where: Mapping[str, Endpoint]) -> None:
    """The whole result."""
    if not summary.conversations:
        st.error("No conversation was found in these files. What they hold instead is listed here.")
        _left_out(summary, open_=True)
        return
    used = summary.pricing.sums[USED]
    _figures(summary, used)
    if summary.pricing.months:
        st.caption(f"{AT_MOST}, by month, at the models used")
        if picture := _months(summary.pricing):
            charts.draw(picture)
        _by_month_and_model(summary.pricing)
    _sums(list(summary.pricing.sums.values()))
    _not_in_the_sums(summary)
    st.caption(NOTES)
    _nearest(summary.pricing)
    _plan(summary)
    _dearest(summary.pricing)
    exactly(summary, where)
    _left_out(summary)


def _figures(summary: Summary, used: Sum) -> None:
    with st.container(horizontal=True):
        st.metric("Conversations", fmt.count(summary.conversations), width="content")
        st.metric("Turns", fmt.count(summary.turns), width="content")
        calls = fmt.count(used.calls) if used.calls else fmt.NOT_AVAILABLE
        st.metric("API calls", calls, width="content")
        st.metric("As API calls", dollars(used.cost), width="content")
        again = used.input_tokens and f"{used.history_tokens / used.input_tokens:.0%}"
        st.metric("Of the input, sent again", again or fmt.NOT_AVAILABLE, width="content")
    if summary.first and summary.last:
        product = ", ".join(map(plain, summary.products))
        first, last = (moment.date() for moment in (summary.first, summary.last))
        st.caption(f"{product}, {first} to {last} (UTC)")


def _months(pricing: Pricing) -> Picture | None:
    """A bar a month: all models with a price together, the upper end; None where none has one."""
    sums: dict[str, Decimal] = {}
    for (month, _), usd in sorted(pricing.months.items()):
        if usd is not None:
            sums[month] = sums.get(month, Decimal(0)) + usd
    if not sums:
        return None
    rows = [
        {"month": month, "usd": float(usd), "written": fmt.money(usd)}
        for month, usd in sums.items()
    ]
    made = charts.bars(
        rows,
        list(sums),
        charts.marked([fmt.money(usd) for usd in sums.values()]),
        lane="month",
        x=charts.field("usd:Q", title=None, axis=charts.dollars()),
        color={"value": BLUE},
        tooltip=[
            charts.field("month:N", title="Month (UTC)"),
            charts.field("written:N", title=AT_MOST),
        ],
    )
    most = max(sums, key=lambda month: sums[month])
    words = f"Cost by month at the models used, upper end: {len(sums)} bars, the longest {most} with {fmt.money(sums[most])}"
    return Picture(made, {}, words)


def _by_month_and_model(pricing: Pricing) -> None:
    """The same sums, each month's models apart; nothing where one model has written everything."""
    rows = sorted(pricing.months.items(), key=lambda row: (row[0][0], -(row[1] or 0)))
    if len({model for (_, model), _ in rows}) < 2:
        return
    table: dict[str, Sequence[Any]] = {
        "Month (UTC)": [month for (month, _), _ in rows],
        "Model": [model for (_, model), _ in rows],
        AT_MOST: [_number(usd) for _, usd in rows],
    }
    with st.expander("By month and model", icon=":material/table:"):
        st.dataframe(
            worded(table, {AT_MOST: [fmt.money(usd) for _, usd in rows]}),
            hide_index=True,
            placeholder=NO_PRICE,
            alt="Cost of each month by the model that was used, upper end",
        )


def _sums(sums: Sequence[Sum]) -> None:
    table: dict[str, Sequence[Any]] = {
        "Model": [one.model for one in sums],
        "Calls": [one.calls for one in sums],
        "Input tokens": [one.input_tokens for one in sums],
        "Output tokens (seen)": [one.output_tokens for one in sums],
        "Without a cache": [_number(one.high if one.priced else None) for one in sums],
        "With a cache": [_number(one.cached_high if one.priced else None) for one in sums],
    }
    texts = {
        "Without a cache": [one.cost for one in sums],
        "With a cache": [one.cached_cost for one in sums],
    }
    st.dataframe(
        worded(table, texts),
        hide_index=True,
        placeholder=NO_PRICE,
        alt="What all conversations cost at each model, with and without a cache",
        column_config={
            name: st.column_config.NumberColumn(name, format="localized")
            for name in ("Calls", "Input tokens", "Output tokens (seen)")
        },
    )


def _number(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


def _not_in_the_sums(summary: Summary) -> None:
    """Of how many conversations the sums leave calls out, since they have no price."""
    found = [
        f"{plain(one.model)}: {fmt.count(one.unpriced)} of {fmt.count(summary.conversations)}"
        for one in summary.pricing.sums.values()
        if one.unpriced
    ]
    if found:
        st.caption(
            ":material/info: Conversations of which calls are left out of these sums, since no price is known for them: "
            + "; ".join(found)
        )


def _nearest(pricing: Pricing) -> None:
    named = [
        f"{plain(slug)} as {plain(model)}" for (slug, model, nearest) in pricing.used if nearest
    ]
    if named:
        st.caption(
            f":material/info: “{USED}” prices what has no twin at the API as the nearest model: {'; '.join(named)}."
        )


def _plan(summary: Summary) -> None:
    """What the plan that one pays would have bought."""
    plans = {
        f"{plan.name}, {fmt.money(plan.monthly)} a month": plan
        for plan in summary.pricing.book.plans
        if plan.monthly
    }
    months = len({month for month, _ in summary.pricing.months})
    if not plans or not months:
        return
    chosen = st.selectbox(
        "The plan you pay", list(plans), index=None, key="chats_plan", placeholder="none chosen"
    )
    if not chosen:
        return
    plan: Plan = plans[chosen]
    used = summary.pricing.sums[USED]
    paid = plan.monthly * months
    cost = f"they cost {used.cost}" if used.priced else used.cost
    st.markdown(
        dollars(
            f"In {months} {'month' if months == 1 else 'months'} with a conversation the plan costs {fmt.money(paid)}; as API"
            f" calls {cost}: **{_cheaper(used, paid)}**. A plan pays for the product, an API key for calls:"
            " neither opens the other."
        )
    )


def _cheaper(used: Sum, paid: Decimal) -> str:
    if used.low > paid:
        return "the plan was cheaper"
    if used.unpriced:
        return "which is cheaper can't be told, since not all of the calls have a price"
    if used.high < paid:
        return "the API would have been cheaper"
    return "which is cheaper depends on the reasoning, which no export tells"


def _dearest(pricing: Pricing) -> None:
    top = pricing.top()
    st.header("The dearest conversations", anchor=False)
    table: dict[str, Sequence[Any]] = {
        "Title": [one.title or "without a title" for one in top],
        "API calls": [one.calls for one in top],
        "Sent again": [round(one.resent * 100) for one in top],
        AT_MOST: [_number(one.cost) for one in top],
    }
    st.dataframe(
        worded(table, {AT_MOST: [one.said for one in top]}),
        hide_index=True,
        placeholder=NO_PRICE,
        alt="The conversations that cost most, with the share of their input that was sent before",
        column_config={
            "Sent again": st.column_config.ProgressColumn(
                "Of the input, sent again", min_value=0, max_value=100, format="%d %%"
            )
        },
    )


def _left_out(summary: Summary, *, open_: bool = False) -> None:
    found = list(summary.said.found)
    if not found:
        return
    with st.expander(
        f"Left out or not counted: {fmt.count(len(found))}", icon=":material/rule:", expanded=open_
    ):
        for one in found:
            st.markdown(f"- **{plain(one.where)}**: {plain(one.what)}")

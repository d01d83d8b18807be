"""What was found and what it costs: the sums, the months, the dearest conversations, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.chats.costing import USED, Pricing, Sum
from playground.chats.summary import Summary
from playground.domain import Endpoint
from playground.figures.palette import BLUE
from playground.pricing import Plan
from playground.ui.chats.exactly import exactly, span
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
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
        charts.draw(_months(summary.pricing))
        _by_month_and_model(summary.pricing)
    _sums(list(summary.pricing.sums.values()))
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
        st.metric("API calls", fmt.count(used.calls), width="content")
        st.metric("As API calls", dollars(span(used.low, used.high)), width="content")
        share = used.history_tokens / max(used.input_tokens, 1)
        st.metric("Of the input, sent again", f"{share:.0%}", width="content")
    if summary.first and summary.last:
        product = ", ".join(map(plain, summary.products))
        first, last = (moment.date() for moment in (summary.first, summary.last))
        st.caption(f"{product}, {first} to {last} (UTC)")


def _months(pricing: Pricing) -> Picture:
    """A bar a month: all models together, the upper end."""
    sums: dict[str, Decimal] = {}
    for (month, _), usd in sorted(pricing.months.items()):
        sums[month] = sums.get(month, Decimal(0)) + usd
    rows = [
        {"month": month, "usd": float(usd), "written": fmt.money(usd)}
        for month, usd in sums.items()
    ]
    made = charts.bars(
        rows,
        list(sums),
        charts.marked([fmt.money(usd) for usd in sums.values()]),
        lane="month",
        x=alt.X("usd:Q", title=None, axis=charts.dollars()),
        color=alt.value(BLUE),
        tooltip=[
            alt.Tooltip("month:N", title="Month (UTC)"),
            alt.Tooltip("written:N", title=AT_MOST),
        ],
    )
    most = max(sums, key=lambda month: sums[month])
    words = f"Cost by month at the models used, upper end: {len(sums)} bars, the longest {most} with {fmt.money(sums[most])}"
    return Picture(made, {}, words)


def _by_month_and_model(pricing: Pricing) -> None:
    """The same sums, each month's models apart; nothing where one model has written everything."""
    rows = sorted(pricing.months.items(), key=lambda row: (row[0][0], -row[1]))
    if len({model for (_, model), _ in rows}) < 2:
        return
    table: dict[str, Sequence[Any]] = {
        "Month (UTC)": [month for (month, _), _ in rows],
        "Model": [model for (_, model), _ in rows],
        AT_MOST: [float(usd) for _, usd in rows],
    }
    with st.expander("By month and model", icon=":material/table:"):
        st.dataframe(
            worded(table, {AT_MOST: [fmt.money(usd) for _, usd in rows]}),
            hide_index=True,
            alt="Cost of each month by the model that was used, upper end",
        )


def _sums(sums: Sequence[Sum]) -> None:
    table: dict[str, Sequence[Any]] = {
        "Model": [one.model for one in sums],
        "Calls": [one.calls for one in sums],
        "Input tokens": [one.input_tokens for one in sums],
        "Output tokens (seen)": [one.output_tokens for one in sums],
        "Without a cache": [float(one.high) for one in sums],
        "With a cache": [float(one.cached_high) for one in sums],
    }
    texts = {
        "Without a cache": [_cell(one, one.low, one.high) for one in sums],
        "With a cache": [_cell(one, one.cached_low, one.cached_high) for one in sums],
    }
    st.dataframe(
        worded(table, texts),
        hide_index=True,
        alt="What all conversations cost at each model, with and without a cache",
        column_config={
            name: st.column_config.NumberColumn(name, format="localized")
            for name in ("Calls", "Input tokens", "Output tokens (seen)")
        },
    )


def _cell(one: Sum, low: Decimal, high: Decimal) -> str:
    return span(low, high) if one.calls else "no price is known"


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
    cheaper = (
        "the API would have been cheaper"
        if used.high < paid
        else (
            "the plan was cheaper"
            if used.low > paid
            else "which is cheaper depends on the reasoning, which no export tells"
        )
    )
    st.markdown(
        dollars(
            f"In {months} {'month' if months == 1 else 'months'} with a conversation the plan costs {fmt.money(paid)}; as API"
            f" calls they cost {span(used.low, used.high)}: **{cheaper}**. A plan pays for the product, an API key for calls:"
            " neither opens the other."
        )
    )


def _dearest(pricing: Pricing) -> None:
    top = pricing.top()
    st.header("The dearest conversations", anchor=False)
    table: dict[str, Sequence[Any]] = {
        "Title": [one.title or "without a title" for one in top],
        "API calls": [one.calls for one in top],
        "Sent again": [round(one.resent * 100) for one in top],
        AT_MOST: [float(one.cost) for one in top],
    }
    st.dataframe(
        worded(table, {AT_MOST: [fmt.money(one.cost) for one in top]}),
        hide_index=True,
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

"""What a bill check found: the sums, what differs and why, and day by day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.bills.checking import whole_difference
from playground.bills.nouns import REASONS, Check, Difference, Line
from playground.figures.palette import BLUE, ORANGE
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.tables import worded

BILLED, OURS = "billed", "our receipts"
SIDES = {BILLED: ORANGE, OURS: BLUE}
NOT_TOLD = "not told"
MOST = 8
"""Models in the chart, the dearest."""


def shown(found: Check) -> None:
    """The whole result."""
    if any(bill.simulated for bill in found.bills):
        st.badge("the simulation's bill, no real money", icon=":material/science:", color="violet")
    if not found.lines:
        st.warning("These files say nothing of any day and model.", icon=":material/search_off:")
    else:
        _figures(found)
        _verdict(found)
        _differences(found.differences)
        if picture := chart(found.lines):
            st.subheader("By model", anchor=False)
            charts.draw(picture)
        _lines(found.lines)
    _said(found)


def _figures(found: Check) -> None:
    days = {line.day for line in found.lines}
    theirs = [line.their_usd for line in found.lines]
    ours = [line.our_usd for line in found.lines]
    with st.container(horizontal=True):
        st.metric("Billed", dollars(_sum(theirs)), width="content")
        st.metric("Our receipts", dollars(_sum(ours)), width="content")
        if any(usd is not None for usd in theirs):
            st.metric("Difference", dollars(_signed(whole_difference(found))), width="content")
        st.metric("Days", fmt.count(len(days)), width="content")
        st.metric(
            "Answers of ours", fmt.count(sum(line.calls for line in found.lines)), width="content"
        )


def _sum(amounts: Sequence[Decimal | None]) -> str:
    """What is known of them together; that it is the least where one is not told."""
    known = [usd for usd in amounts if usd is not None]
    if not known:
        return NOT_TOLD
    return fmt.total(sum(known, Decimal(0)), whole=len(known) == len(amounts))


def _signed(amount: Decimal) -> str:
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{fmt.money(abs(amount))}"


def _verdict(found: Check) -> None:
    agree = sum(line.agrees for line in found.lines)
    of = f"{fmt.count(agree)} of {fmt.count(len(found.lines))} days and models agree"
    if found.differences and agree == len(found.lines):
        st.markdown(f"**{of}**, once what is not of our calls is taken off:")
    elif found.differences:
        st.markdown(f"**{of}.** Each difference has its reason:")
    else:
        st.success("Bill and receipts agree on every day and model.", icon=":material/check:")


def _differences(found: Sequence[Difference]) -> None:
    if not found:
        return
    table: dict[str, Sequence[Any]] = {
        "Why": [REASONS[one.reason] for one in found],
        "Day": [one.day or "all" for one in found],
        "Model": [one.model or "–" for one in found],
        "Tokens": [one.tokens for one in found],
        "Money": [None if one.usd is None else float(one.usd) for one in found],
        "What was found": [one.said for one in found],
    }
    texts = {"Money": ["" if one.usd is None else _signed(one.usd) for one in found]}
    st.dataframe(
        worded(table, texts),
        hide_index=True,
        alt="Differences between bill and receipts with their reasons",
        column_config={
            "Why": st.column_config.TextColumn("Why", pinned=True),
            "Tokens": st.column_config.NumberColumn(
                "Tokens", format="localized", help="The bill's minus ours"
            ),
            "Money": st.column_config.NumberColumn("Money", help="The bill's minus ours"),
            "What was found": st.column_config.TextColumn("What was found", width="large"),
        },
    )


def chart(lines: Sequence[Line]) -> Picture | None:
    """Two bars a model: what is billed and what our receipts say; None where the bill says no money."""
    told: dict[str, tuple[list[Decimal | None], list[Decimal | None]]] = {}
    for line in lines:
        if line.their_usd is None or not line.model:
            continue
        theirs, ours = told.setdefault(line.model, ([], []))
        theirs.append(line.their_usd)
        ours.append(line.our_usd)
    drawn = {
        model: [sum((usd for usd in side if usd is not None), Decimal(0)) for side in both]
        for model, both in told.items()
    }
    dearest = sorted(drawn, key=lambda model: -max(drawn[model]))[:MOST]
    rows = [
        {"lane": f"{model}, {side}", "side": side, "usd": float(usd)}
        for model in dearest
        for side, usd in zip(SIDES, drawn[model], strict=True)
    ]
    if not rows:
        return None
    totals = [_sum(side) for model in dearest for side in told[model]]
    names = [str(row["lane"]) for row in rows]
    made = charts.bars(
        rows,
        names,
        charts.marked(totals),
        x=charts.field("usd:Q", title=None, axis=charts.dollars()),
        color=charts.colored("side", SIDES, rows),
        tooltip=[charts.field("lane:N"), charts.field("usd:Q", format="$.6~f", title="USD")],
    )
    words = " ".join(f"{name}: {total}." for name, total in zip(names, totals, strict=True))
    return Picture(made, charts.shown(SIDES, rows, "side"), words)


def _lines(lines: Sequence[Line]) -> None:
    st.subheader("By day and model", anchor=False)
    table: dict[str, Sequence[Any]] = {
        "Day": [line.day for line in lines],
        "Model": [line.model or "all models" for line in lines],
        "Agrees": [line.agrees for line in lines],
        "Billed": [_number(line.their_usd) for line in lines],
        "Our receipts": [_number(line.our_usd) for line in lines],
        "Billed tokens": [line.their_tokens for line in lines],
        "Our tokens": [line.our_tokens for line in lines],
        "Answers": [line.calls for line in lines],
    }
    texts = {
        name: [NOT_TOLD if usd is None else fmt.money(usd) for usd in column]
        for name, column in (
            ("Billed", [line.their_usd for line in lines]),
            ("Our receipts", [line.our_usd for line in lines]),
        )
    }
    st.dataframe(
        worded(table, texts),
        hide_index=True,
        placeholder=NOT_TOLD,
        alt="Bill and receipts by day and model",
        column_config={
            "Agrees": st.column_config.CheckboxColumn("Agrees"),
            **{
                name: st.column_config.NumberColumn(name, format="localized")
                for name in ("Billed tokens", "Our tokens", "Answers")
            },
        },
    )


def _number(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


def _said(found: Check) -> None:
    if found.notes:
        with st.expander("What was laid beside each other", icon=":material/info:"):
            st.markdown("\n".join(f"- {plain(note)}" for note in found.notes))
    if found.troubles:
        with st.expander(
            f"Could not be read: {fmt.count(len(found.troubles))}",
            icon=":material/rule:",
            expanded=not found.lines,
        ):
            for one in found.troubles:
                st.markdown(f"- **{plain(one.where)}**: {plain(one.what)}")

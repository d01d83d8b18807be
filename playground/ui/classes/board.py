"""The board: everyone's runs, tokens and dollars, drawn anew while it is open. Figures only, no prompts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground.classes import spending
from playground.classes.nouns import Seat
from playground.classes.spending import Spent
from playground.figures import money
from playground.figures.palette import BLUE, GREY
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui.parts import charts, tables
from playground.ui.parts.markdown import plain
from playground.ui.session.here import when

LOOK = 2.0
"""Seconds between two looks at what was spent."""
PARTS = {"spent": BLUE, "held for calls under way": GREY}


def board(store: Store, seat: Seat) -> None:
    """Everything that is counted, once a class is over as it stood then."""
    st.fragment(_board, run_every=None if seat.over else LOOK)(store, seat)


def _board(store: Store, seat: Seat) -> None:
    try:
        found = spending.board(store, seat.of.id)
    except HistoryError as error:
        st.error(str(error))
        return
    rows = [spent for spent in found if spent.member.role == "member" or spent.calls]
    _totals(rows, seat)
    if not rows:
        st.info("Nobody has joined yet: give them the code.", icon=":material/group_add:")
        return
    if any(spent.used for spent in rows):
        charts.draw(_picture(rows))
    _table(rows, seat)
    st.caption(plain(" ".join(["Figures only: nobody sees what another asked.", *_unknown(rows)])))


def _unknown(rows: Sequence[Spent]) -> Iterator[str]:
    """What is not known for sure of what was spent, in sentences."""
    bounds, lost = (sum(getattr(spent, name) for spent in rows) for name in ("bounds", "lost"))
    if bounds:
        yield f"{bounds:,} calls ended without a receipt and count at their most."
    if lost:
        most = sum((spent.lost_most for spent in rows), Decimal(0))
        yield (
            f"{lost:,} calls were cut off when the server ended: what they cost is not known, {money(most)} at the most, and"
            " no budget counts them."
        )


def _totals(rows: Sequence[Spent], seat: Seat) -> None:
    used = sum((spent.used for spent in rows), Decimal(0))
    tokens = sum(spent.input_tokens + spent.output_tokens for spent in rows)
    with st.container(horizontal=True, gap="large"):
        for name, value in (
            ("Members", f"{sum(spent.member.removed_at is None for spent in rows):,}"),
            ("Runs", f"{sum(spent.runs for spent in rows):,}"),
            ("Tokens", f"{tokens:,}"),
            ("Spent", money(sum((spent.cost for spent in rows), Decimal(0)))),
            ("Under way", f"{sum(spent.under_way for spent in rows):,}"),
        ):
            st.metric(name, plain(value), width="content")
    share = min(1.0, float(used / seat.of.total))
    ends = "ended" if seat.over else "ends"
    st.progress(share, text=plain(f"{money(used)} of {money(seat.of.total)} for all"))
    st.caption(
        plain(f"{money(seat.of.budget)} for each, ")
        + f"answers of up to {seat.of.longest:,} tokens, {ends} {when(seat.of.closed_at or seat.of.ends_at)}: "
        + ", ".join(f"`{model}`" for model in seat.of.models)
    )


def _picture(rows: Sequence[Spent]) -> charts.Picture:
    names = [spent.member.name for spent in rows]
    amounts = [
        (spent.member.name, part, amount)
        for spent in rows
        for part, amount in zip(PARTS, (spent.cost, spent.held), strict=True)
    ]
    drawn = [
        {"lane": name, "part": part, "usd": float(amount), "rank": list(PARTS).index(part)}
        for name, part, amount in amounts
    ]
    totals = [money(spent.used) for spent in rows]
    chart = charts.bars(
        drawn,
        names,
        charts.marked(totals),
        x=charts.field("sum(usd):Q", title=None, axis=charts.dollars()),
        color=charts.colored("part", PARTS, drawn),
        order=charts.field("rank:Q"),
        tooltip=[
            charts.field("lane:N", title="member"),
            charts.field("part:N"),
            charts.field("sum(usd):Q", format="$.8~f", title="USD"),
        ],
    )
    parts = [(name, part, money(amount)) for name, part, amount in amounts]
    return charts.Picture(chart, PARTS, charts.in_words(names, totals, parts))


def _table(rows: Sequence[Spent], seat: Seat) -> None:
    budgets = [
        seat.of.budget if spent.member.budget is None else spent.member.budget for spent in rows
    ]
    table: dict[str, Sequence[Any]] = {
        "Member": [spent.member.name for spent in rows],
        "Role": ["taken out" if spent.member.removed_at else spent.member.role for spent in rows],
        "Runs": [spent.runs for spent in rows],
        "Calls": [spent.calls for spent in rows],
        "Failed": [spent.failed for spent in rows],
        "Input tokens": [spent.input_tokens for spent in rows],
        "Output tokens": [spent.output_tokens for spent in rows],
        "Spent": [float(spent.cost) for spent in rows],
        "Held": [float(spent.held) for spent in rows],
        "Budget": list(map(float, budgets)),
        "Used, %": [
            100 * float(spent.used / budget) for spent, budget in zip(rows, budgets, strict=True)
        ],
        "Last call": [when(spent.last) if spent.last else "none" for spent in rows],
    }
    st.dataframe(
        tables.written(table, dict.fromkeys(("Spent", "Held", "Budget"), tables.money)),
        height=tables.ROW * (len(rows) + 1) + 2,
        column_config={
            "Member": st.column_config.TextColumn(pinned=True),
            "Held": st.column_config.NumberColumn(
                help="The most that calls under way may cost; their receipts take its place"
            ),
            "Used, %": st.column_config.ProgressColumn(
                min_value=0, max_value=100, format="%.1f %%"
            ),
        },
        hide_index=True,
        alt="The board as a table: " + ", ".join(table),
    )

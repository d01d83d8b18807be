"""The Costs page's workbench: prices, calculator, one text, your runs, the bill, your own prices, all as of one day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from playground.domain import clock
from playground.pricing import PriceBook, load
from playground.ui.costs.bill import bill_check
from playground.ui.costs.calculator import calculator
from playground.ui.costs.freshness import freshness
from playground.ui.costs.own import own_prices
from playground.ui.costs.prices import price_table
from playground.ui.costs.runs import from_runs
from playground.ui.costs.same_text import same_text
from playground.ui.session.rooms import asked_in


def _prices(book: PriceBook, on: date) -> None:
    price_table(book, on)
    freshness()


TABS: dict[str, Callable[[PriceBook, date], None]] = {
    "Prices": _prices,
    "Calculator": calculator,
    "Same text": lambda book, on: same_text(book, on, asked_in("costs")),
    "From your runs": from_runs,
    "Bill check": lambda book, on: bill_check(book),
    "Your own prices": lambda book, on: own_prices(book),
}
"""Name → what it shows with the prices of a day."""
EARLIEST, LATEST = date(2022, 1, 1), date(2030, 12, 31)


def workbench() -> None:
    """What is wrong with the price files, the day, and the open tab."""
    book = load()
    problems(book)
    today = clock.today()
    on = st.date_input(
        "Prices as of",
        value=today,
        min_value=EARLIEST,
        max_value=LATEST,
        key="costs_on",
        width=180,
        persist_state="session",
        help="Old prices for old runs; announced ones for plans",
    )
    tabs = st.tabs(list(TABS), key="costs_tab", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(book, on or today)


def problems(book: PriceBook) -> None:
    """Each mistake in a price file with its line, and what is used instead."""
    if book.problems:
        listed = "\n".join(f"- {problem}" for problem in book.problems)
        st.warning(
            f"{listed}\n\nThe app keeps running on the last good prices of these models; mend the file and this goes away.",
            title="The price file has a mistake",
            icon=":material/error:",
        )

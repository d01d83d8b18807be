"""Spending limits: how much of each is used, new ones, and what happens when one is passed."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from playground import history, settings
from playground.budgets.guard import WARN_AT, get_guard
from playground.budgets.limits import (
    NAMES,
    PERIODS,
    Limit,
    add_limit,
    all_limits,
    dollars,
    remove_limit,
)
from playground.domain.provider import built_in
from playground.figures import money
from playground.history.queries import Options, options
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui.session.state import session


def without_history() -> None:
    """The tab alone, where no history is kept; nothing where one is kept that can't be opened."""
    if settings.keeps_history():
        return
    (tab,) = st.tabs(["Budgets"])
    with tab:
        try:
            budgets(history.find_store())
        except HistoryError as error:
            st.error(str(error), icon=":material/error:")


def budgets(store: Store | None) -> None:
    """The whole tab; without a store there is no limit yet, and the first one makes it."""
    st.caption(
        "A run that would pass a limit is not sent; one that passes it while it streams is stopped and keeps its text."
        f" From {WARN_AT:.0%} on you are warned. Answers of runs that are not kept, or are deleted, count too; simulated ones"
        " cost nothing and never do. Reasoning that a provider hides is counted when its receipt comes."
    )
    if settings.hosted():
        st.info("Limits are set by whoever hosts this app.", icon=":material/savings:")
        return
    try:
        known = all_limits(store) if store else []
        used = dict(get_guard().used(session().id)) if known else {}
        choices = options(store) if store else Options()
    except HistoryError as error:
        st.error(str(error), icon=":material/error:")
        return
    if not known:
        st.info(
            "There is no limit yet: add one below, for example $5 a day.", icon=":material/savings:"
        )
    for limit in known:
        _limit(limit, used.get(limit))
    _add(choices)


def _limit(limit: Limit, used: Decimal | None) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        share = float(min(Decimal(1), (used or Decimal(0)) / limit.amount))
        name = f"**{limit.name}**".replace("$", r"\$")
        if used is None:
            st.markdown(f"{name}  \nchecked for each run by itself", width="stretch")
        else:
            words = f"{money(used)} used, {used / limit.amount:.0%}".replace("$", r"\$")
            warn = " :orange[:material/warning:]" if share >= float(WARN_AT) else ""
            st.progress(share, text=f"{name}: {words}{warn}", width="stretch")
        if st.button("Remove", key=f"limit_{limit.id}", type="tertiary", icon=":material/delete:"):
            remove_limit(history.get_store(), limit.id)
            st.rerun()


def _add(known: Options) -> None:
    with st.form("limit_add", border=True):
        left, middle, right, fourth, last = st.columns(5)
        amount = left.text_input(  # a number's field takes 2,5 for 25
            "USD", "5.00", key="limit_amount"
        )
        period = middle.selectbox(
            "For", PERIODS, index=2, format_func=NAMES.__getitem__, key="limit_period"
        )
        provider = right.selectbox(
            "Provider",
            sorted({*(row.name for row in built_in()), *known.providers}),
            index=None,
            placeholder="all",
            key="limit_provider",
        )
        tag = fourth.selectbox(
            "Tag",
            known.tags,
            index=None,
            placeholder="all",
            accept_new_options=True,
            key="limit_tag",
        )
        department = last.selectbox(
            "Department or project",
            known.departments,
            index=None,
            placeholder="all",
            accept_new_options=True,
            key="limit_department",
        )
        if st.form_submit_button("Add a limit", icon=":material/add:"):
            try:
                made = Limit(
                    period=period,
                    amount=dollars(amount),
                    provider=provider or "",
                    tag=tag or "",
                    department=(department or "").strip(),
                )
                add_limit(history.get_store(), made)
            except (ValueError, HistoryError) as error:
                st.error(str(error).replace("$", r"\$"))
            else:
                st.rerun()

"""The history's list: search, filters, one screen of runs, and what is done with those that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.history.labels import Row
from playground.history.queries import (
    MOST_COUNTED,
    PAGE,
    Filter,
    Found,
    Options,
    find,
    options,
)
from playground.history.search import not_read, unsearchable
from playground.store.store import Store
from playground.ui import names
from playground.ui.history.run import bulk, details
from playground.ui.history.two import compare_two
from playground.ui.session.keeping import visitor
from playground.ui.shell.pages import COMPARE

ANY_FAILURE, NO_FAILURE = "any", "none"


def filters(store: Store) -> Filter:
    """The search field and the filters; what they hold."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search",
            key="history_search",
            placeholder='words in prompts and answers, "a phrase", -without',
            icon=":material/search:",
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.popover("Filters", icon=":material/filter_list:"):
            wanted = _filters(options(store, owner=visitor()))
        set_ = [
            name.replace("_", " ")
            for name in FILTERS
            if getattr(wanted, name) not in ("", None, False)
        ]
        if set_:
            st.badge(" · ".join(set_), icon=":material/filter_alt:", color="blue")
            st.button("Clear", key="history_clear", type="tertiary", on_click=_clear)
    return replace(wanted, search=search or "", owner=visitor())


FILTERS = (
    "provider",
    "model",
    "tag",
    "department",
    "since",
    "until",
    "failure",
    "kind",
    "least_cost",
    "most_cost",
    "starred",
    "simulated",
)


def _filters(known: Options) -> Filter:
    left, right = st.columns(2)
    with left:
        provider = _choice("Provider", "provider", known.providers)
        tag = _choice("Tag", "tag", known.tags)
        since = _day("From", "since")
        failure = _choice("Failure", "failure", [NO_FAILURE, ANY_FAILURE, *known.failures])
        least = _dollars("Cost from, USD", "least_cost")
        starred = st.toggle(
            "Starred only", key=names.history_filter("starred"), persist_state="session"
        )
    with right:
        model = _choice("Model", "model", known.models)
        department = _choice("Department or project", "department", known.departments)
        until = _day("To", "until")
        kind = _choice("Made by", "kind", known.kinds)
        most = _dollars("Cost to, USD", "most_cost")
        real = _choice("Answers", "simulated", ["real", "simulated"])
    return Filter(
        provider=provider,
        model=model,
        tag=tag,
        department=department,
        since=since,
        until=until,
        failure=failure,
        kind=kind,
        least_cost=least,
        most_cost=most,
        starred=starred,
        simulated={"real": False, "simulated": True}.get(real),
    )


def _choice(label: str, name: str, values: Sequence[str]) -> str:
    chosen: str | None = st.selectbox(
        label,
        values,
        index=None,
        key=names.history_filter(name),
        placeholder="all",
        format_func=lambda value: value.replace("_", " ") if name == "failure" else value,
        persist_state="session",
    )
    return chosen or ""


def _day(label: str, name: str) -> str:
    chosen: Any = st.date_input(
        label, value=None, key=names.history_filter(name), persist_state="session"
    )
    return chosen.isoformat() if isinstance(chosen, date) else ""


def _dollars(label: str, name: str) -> Decimal | None:
    chosen = st.number_input(
        label,
        0.0,
        value=None,
        step=0.01,
        format="%.4f",
        key=names.history_filter(name),
        placeholder="any",
        persist_state="session",
    )
    return None if chosen is None else Decimal(str(chosen))


def _clear() -> None:
    for name in FILTERS:
        st.session_state[names.history_filter(name)] = False if name == "starred" else None


def listed(store: Store, wanted: Filter) -> None:
    """One screen of runs, and what can be done with the selected ones."""
    page = st.session_state.get(names.HISTORY_PAGE, 1)
    found = find(store, wanted, start=(page - 1) * PAGE)
    if page > 1 and not found.rows:
        st.session_state[names.HISTORY_PAGE] = page = 1
        found = find(store, wanted)
    if found.since:
        _further(found.since)
    if not found.rows:
        _nothing(wanted)
        return
    selected = [found.rows[i] for i in _table(found) if i < len(found.rows)]
    _pages(found)
    if len(selected) == 1:
        details(store, selected[0])
    elif len(selected) == 2:
        bulk(store, selected)
        compare_two(store, [row.id for row in selected])
    elif selected:
        bulk(store, selected)
    else:
        st.caption(
            "Select a run to open it, two to compare them, several to tag, export or delete them."
        )


def _further(since: str) -> None:
    """Time was over before all texts were read: how far they were, and a button that reads on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/hourglass: {not_read(since)}")
        st.button(
            "Look further back",
            key="history_further",
            type="tertiary",
            on_click=_until,
            args=(since,),
        )


def _until(day: str) -> None:
    st.session_state[names.history_filter("until")] = date.fromisoformat(day)
    st.session_state[names.HISTORY_PAGE] = 1


def _nothing(wanted: Filter) -> None:
    if wanted == Filter(owner=wanted.owner):
        st.info(
            "Nothing here yet. Every run of Compare, the other pages and the command line is kept here: with its request,"
            " answers, figures and receipt. Keys never are.",
            icon=":material/history:",
        )
        st.page_link(COMPARE, label="Run a prompt in Compare", icon=":material/compare_arrows:")
    else:
        st.info(
            unsearchable(wanted.search) or "No run matches: use fewer words or filters.",
            icon=":material/search_off:",
        )


COLUMNS: dict[str, tuple[Callable[[Row], Any], Any]] = {
    "starred": (
        lambda r: "★" if r.starred else "",
        st.column_config.TextColumn("", width=24, help="Starred"),
    ),
    "created_at": (
        lambda r: r.created_at,
        st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=140),
    ),
    "name": (lambda r: r.name, st.column_config.TextColumn("Prompt or title", width=300)),
    "models": (lambda r: r.models, st.column_config.TextColumn("Models", width=170)),
    "cost": (
        lambda r: float(r.cost) if r.cost is not None else None,
        st.column_config.NumberColumn(
            "Cost", format="$%.6f", help="Sum of the lanes that have a price"
        ),
    ),
    "state": (
        lambda r: r.ending,
        st.column_config.TextColumn("State"),
    ),
    "simulated": (
        lambda r: r.stand_in or "real",
        st.column_config.TextColumn(
            "Answers", help="Simulated and recorded answers were never billed"
        ),
    ),
    "tags": (lambda r: list(r.tags), st.column_config.ListColumn("Tags")),
    "department": (lambda r: r.department, st.column_config.TextColumn("Department")),
    "kind": (lambda r: r.kind, st.column_config.TextColumn("Made by")),
}
"""Field → (value of a Row, how the column is shown)."""


def _table(found: Found) -> list[int]:
    """Draw the list; the selected rows' numbers."""
    table = {name: [value(row) for row in found.rows] for name, (value, _) in COLUMNS.items()}
    empty = [name for name in ("tags", "department", "starred") if not any(table[name])]
    state: Any = st.dataframe(
        {name: values for name, values in table.items() if name not in empty},
        column_config={name: config for name, (_, config) in COLUMNS.items()},
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="unknown",
        key=f"history_table_{found.rows[0].id}_{len(found.rows)}",
        alt="Runs, the newest first",
    )
    return list(state.selection.rows)


def _pages(found: Found) -> None:
    many = found.more or found.total > MOST_COUNTED
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        counted = min(found.total - (found.more and not found.since), MOST_COUNTED)
        st.caption(f"{'More than ' if many else ''}{count_shown(counted)}")
        if found.total > PAGE:
            st.pagination(-(-found.total // PAGE), key=names.HISTORY_PAGE)


def count_shown(total: int) -> str:
    """A number of runs in words."""
    return fmt.count(total) + (" run" if total == 1 else " runs")

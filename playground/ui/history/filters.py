"""What the history's list and its sums are narrowed to: a search and filters, as the fields hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args

import streamlit as st

from playground.domain.model import Source
from playground.domain.typed import Unreadable
from playground.figures import moments
from playground.history.queries import Filter, Options, options
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.number import read_number
from playground.ui.session import here
from playground.ui.session.keeping import visitor

ANY_FAILURE, NO_FAILURE = "any", "none"
FILTERS: dict[str, Any] = {
    "provider": None,
    "model": None,
    "tag": None,
    "department": None,
    "since": None,
    "until": None,
    "failure": None,
    "kind": None,
    "least_cost": "",
    "most_cost": "",
    "starred": False,
    "source": None,
}
"""Field of Filter → what its widget holds when it filters nothing."""


def filters(store: Store) -> Filter | None:
    """The search field and the filters; None, said, where one holds what can't be read."""
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
            wanted, problems = _filters(options(store, owner=visitor()))
        set_ = [
            name.replace("_", " ")
            for name in FILTERS
            if getattr(wanted, name) not in ("", None, False)
        ]
        if set_ or problems:
            st.badge(" · ".join(set_) or "none", icon=":material/filter_alt:", color="blue")
            st.button("Clear", key="history_clear", type="tertiary", on_click=_clear)
    for problem in problems:
        st.error(problem)
    return None if problems else replace(wanted, search=search or "", owner=visitor())


def _filters(known: Options) -> tuple[Filter, list[str]]:
    """What the fields hold, and what is wrong with them."""
    zone, problems = here.zone_name(), list[str]()
    left, right = st.columns(2)
    with left:
        provider = _choice("Provider", "provider", known.providers)
        tag = _choice("Tag", "tag", known.tags)
        since = _day(f"From ({zone})", "since", moments.begin)
        failure = _choice("Failure", "failure", [NO_FAILURE, ANY_FAILURE, *known.failures])
        least = _dollars("Cost from, USD", "least_cost", problems)
        starred = st.toggle(
            "Starred only", key=names.history_filter("starred"), persist_state="session"
        )
    with right:
        model = _choice("Model", "model", known.models)
        department = _choice("Department or project", "department", known.departments)
        until = _day(f"To ({zone})", "until", moments.end)
        kind = _choice("Made by", "kind", known.kinds)
        most = _dollars("Cost to, USD", "most_cost", problems)
        source = _choice("Answers", "source", get_args(Source))
    wanted = Filter(
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
        source=cast("Source", source) if source else None,
    )
    return wanted, problems


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


def _day(label: str, name: str, moment: Callable[..., str]) -> str:
    """A day of the reader's, as the moment at which it begins or is over."""
    chosen: Any = st.date_input(
        label, value=None, key=names.history_filter(name), persist_state="session"
    )
    if not isinstance(chosen, date):
        return ""
    zone = here.zone()
    return chosen.isoformat() if here.zone_name() == "UTC" else moment(chosen, zone)


def _dollars(label: str, name: str, problems: list[str]) -> Decimal | None:
    """An amount as people type it: a number's field takes 2,5 for 25."""
    text = st.text_input(
        label, key=names.history_filter(name), placeholder="any", persist_state="session"
    )
    try:
        return read_number(text) if text and text.strip() else None
    except Unreadable as error:
        problems.append(f"{label.partition(',')[0]} {error}")
        return None


def _clear() -> None:
    for name, nothing in FILTERS.items():
        st.session_state[names.history_filter(name)] = nothing


def until(day: str) -> None:
    """Look at what is no younger than this day, for buttons."""
    st.session_state[names.history_filter("until")] = date.fromisoformat(day)
    st.session_state[names.HISTORY_PAGE] = 1

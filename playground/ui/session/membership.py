"""The class or team that this tab belongs to: whose key its runs may spend, which never comes here."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from playground import history
from playground.domain import Endpoint, ModelRef
from playground.domain.provider import provider_of
from playground.history.labels import owner_digest
from playground.ui import names
from playground.ui.session.here import when
from playground.ui.session.state import owner, session
from playground.ui.shell import first_page
from playground.ui.shell.pages import CLASS

if TYPE_CHECKING:
    from playground.classes.nouns import Seat

FRESH = 2.0
"""Seconds for which a place is not read again: a run's start reads it in any case."""
LINK = "class"
"""The parameter of the address that holds a code."""


def me() -> str:
    """Who sits here, as classes know people."""
    return owner_digest(owner())


def seat() -> Seat | None:
    """The place in a class that this tab uses; None where there is none, or it can't be read.

    The process's first page does not look: it would wait for the database.
    """
    current = session()
    if current.class_id == "" or not (current.class_id or first_page.shown.is_set()):
        return None
    if time.monotonic() - current.seat_read > FRESH:
        current.seat = _read()
        current.seat_read = time.monotonic()
    return current.seat


def _read() -> Seat | None:
    from playground.classes import kept
    from playground.store.database import HistoryError

    current = session()
    with suppress(HistoryError):
        store = history.find_store()
        if store is None:
            return None
        if current.class_id is None:
            mine = (one for one in kept.seats(store, owner=me()) if not one.over)
            current.class_id = next((one.of.id for one in mine if one.member.role == "member"), "")
        return kept.seat(store, current.class_id, owner=me()) if current.class_id else None
    return None


def use(class_id: str) -> None:
    """Let this tab's runs be paid by this class, or by none (empty)."""
    current = session()
    current.class_id, current.seat, current.seat_read = class_id, None, float("-inf")


def lent(found: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """The endpoints that a class pays, in place of those that this tab has no key of its own for. No key is in them.

    They stay when the class is over, so that a run is refused with the reason, and not answered by someone else.
    """
    mine, current = seat(), session()
    if mine is None or not mine.may_run or current.simulate_all:
        return {}
    if mine.of.simulated:
        return {
            name: replace(endpoint, lent=mine.of.id)
            for name, endpoint in found.items()
            if name in mine.of.providers and endpoint.simulated
        }
    return {
        name: Endpoint(provider=name, base_url=provider_of(name).base_url, lent=mine.of.id)
        for name, endpoint in found.items()
        if name in mine.of.providers and endpoint.simulated
    }


def listed(ref: ModelRef, where: Mapping[str, Endpoint]) -> ModelRef:
    """This model; where a class pays that does not have it on its list, the first one of its provider that it has."""
    mine, endpoint = seat(), where.get(ref.provider)
    if mine is None or endpoint is None or not endpoint.lent:
        return ref
    known = [one for one in map(ModelRef.parse, mine.models) if one.provider == ref.provider]
    there = any(one.model == ref.model for one in known)
    return ref if there or not known else known[0]


def name() -> str:
    """The class's name, for Markdown; empty where there is none."""
    mine = seat()
    return plain(mine.of.name) if mine else ""


def follow_link() -> None:
    """A link with a class's code leads to where it is joined; the code leaves the address."""
    if take_code():
        st.switch_page(CLASS)


def take_code() -> bool:
    """Put the address's code into its field; whether there was one."""
    code = st.query_params.pop(LINK, "")
    if code:
        st.session_state[names.CLASS_CODE] = code
    return bool(code)


def label() -> str:
    """What the button of the keys says of the class; empty where none pays."""
    mine = seat()
    return (
        f"Class · {plain(mine.of.name)}"
        if mine and mine.may_run and not session().simulate_all
        else ""
    )


def panel() -> None:
    """The class that pays, under Keys, or the way to one."""
    mine = seat()
    if mine is None or not mine.may_run:
        st.page_link(CLASS, label="Class or team: join, make, watch", icon=":material/groups:")
        return
    with st.container(border=True, gap="small"):
        st.markdown(f":material/groups: **{plain(mine.of.name)}** pays your runs")
        if mine.over:
            st.warning(plain(mine.over))
        else:
            standing(mine)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.page_link(CLASS, label="Open", icon=":material/arrow_forward:")
            st.button(
                "Leave",
                key="class_leave",
                type="tertiary",
                on_click=use,
                args=("",),
                help="Runs of this tab are no longer paid by it. Join again on the page Class.",
            )


def standing(mine: Seat) -> None:
    """What a member has used, and what holds for them."""
    from playground.classes import spending
    from playground.figures import money
    from playground.store.database import HistoryError

    try:
        used = spending.used(history.get_store(), mine)
    except HistoryError as error:
        st.error(str(error))
        return
    share = min(1.0, float(used / mine.budget)) if mine.budget else 1.0
    st.progress(share, text=plain(f"{money(used)} of your {money(mine.budget)} used"))
    simulated = " · simulated: nothing is billed" if mine.of.simulated else ""
    st.caption(
        f"{', '.join(f'`{model}`' for model in mine.models)}  \nAnswers of up to {mine.of.longest:,} tokens · until"
        f" {when(mine.ends_at)}{simulated}"
    )


def plain(text: str) -> str:
    """A text in which nothing is Markdown or a formula."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~<>$:])", r"\\\1", text)

"""A new class: its models, budgets, longest answer and end, and whose key it lends; or a sample one to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import streamlit as st

from playground import catalog, settings
from playground.budgets.limits import dollars
from playground.classes import kept, lending, vault
from playground.classes.nouns import ClassError, Terms
from playground.demo.process import get_demo
from playground.domain import ModelRef, Secret, clock
from playground.domain.typed import Unreadable
from playground.engine import get_engine
from playground.lab import sample_class
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.parts.number import read_whole
from playground.ui.session import once
from playground.ui.session.endpoints import real_endpoints
from playground.ui.session.membership import me

ENDS = {"1 hour": 1, "2 hours": 2, "4 hours": 4, "1 day": 24, "1 week": 168, "4 weeks": 672}
"""How long a class goes on → hours."""


def own_keys() -> dict[str, Secret]:
    """The keys that this session may lend, by provider."""
    found = real_endpoints().items()
    return {name: endpoint.key for name, endpoint in found if endpoint.key is not None}


def form(store: Store) -> None:
    """The fields of a new class, and the sample."""
    keys = own_keys()
    with st.container(border=True):
        st.header("Make a class", anchor=False)
        if problem := st.session_state.pop(names.CLASS_WRONG, None):
            st.error(plain(problem))
        if not keys:
            st.caption(
                ":violet[:material/science: Simulated]: no key is typed under Keys, so the class gets made-up answers and"
                " nothing is billed. With a key it gets real ones."
            )
        known = [str(ref) for ref in catalog.current()]
        offered = [model for model in known if not keys or ModelRef.parse(model).provider in keys]
        st.text_input("Name", key=names.CLASS_TITLE, placeholder="Physics 10b")
        st.multiselect(
            "Models",
            offered,
            default=[str(ref) for ref in catalog.defaults() if str(ref) in offered][:3],
            key=names.CLASS_MODELS,
        )
        left, middle, right, last = st.columns(4)
        left.text_input("USD for each", "0.50", key=names.CLASS_BUDGET)
        middle.text_input("USD for all", "10.00", key=names.CLASS_TOTAL)
        right.text_input(
            "Longest answer",
            "2,000",
            key=names.CLASS_LONGEST,
            help="Output tokens, reasoning included. The most that a call may cost is held before it leaves, so no budget"
            " is ever passed.",
        )
        last.selectbox("Ends in", list(ENDS), index=1, key=names.CLASS_ENDS)
        with st.container(horizontal=True):
            st.button("Make it", key="class_make", type="primary", on_click=_make, args=(store,))
            st.button(
                "Look at a sample class",
                key="class_sample",
                on_click=_sample,
                args=(store,),
                help="Simulated, with five students who ask while you watch.",
            )


def _make(store: Store) -> None:
    fields = (names.CLASS_TITLE, names.CLASS_MODELS, names.CLASS_BUDGET, names.CLASS_TOTAL)
    if not once.first("class_make", [st.session_state[field] for field in fields]):
        return
    keys = own_keys()
    try:
        hours = ENDS[st.session_state[names.CLASS_ENDS]]
        terms = Terms(
            name=st.session_state[names.CLASS_TITLE],
            models=tuple(st.session_state[names.CLASS_MODELS]),
            budget=dollars(st.session_state[names.CLASS_BUDGET]),
            total=dollars(st.session_state[names.CLASS_TOTAL]),
            longest=_tokens(st.session_state[names.CLASS_LONGEST]),
            ends_at=clock.moment(datetime.now(UTC) + timedelta(hours=hours)),
            simulated=not keys,
        )
        terms = replace(terms, from_environment=_of_the_server(terms, keys))
        made = kept.make(store, terms, owner=me())
        if keys and not made.from_environment:
            lending.lend(store, made.id, keys, owner=me())
        codes = {"member": kept.new_code(store, made.id, "member", owner=me())}
    except (ClassError, HistoryError, ValueError) as error:
        st.session_state[names.CLASS_WRONG] = str(error)
        return
    once.started()
    st.session_state[names.CLASS_NEW_CODES] = {made.id: codes}
    st.session_state[names.CLASS_SHOWN] = made.id


def _of_the_server(terms: Terms, keys: Mapping[str, Secret]) -> bool:
    """Whether all its keys are those of the server's environment, and whoever sits here runs the server."""
    if settings.hosted() or not keys:
        return False
    held = vault.server_endpoints()
    return all(held[name].key == keys.get(name) for name in terms.providers if name in held)


def _tokens(text: str) -> int:
    try:
        return read_whole(text)
    except Unreadable as error:
        raise ClassError(f"The longest answer {error}") from None


def _sample(store: Store) -> None:
    if not once.first("class_sample", "a sample class"):
        return
    try:
        where = get_demo().endpoints()
        made = sample_class.begin(store, get_engine(), where, owner=me())
    except (ClassError, HistoryError) as error:
        st.session_state[names.CLASS_WRONG] = str(error)
        return
    once.started()
    st.session_state[names.CLASS_SHOWN] = made.id

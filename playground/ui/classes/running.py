"""What an owner does with a class that goes on: give out codes, lend keys again, change a member, close it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from playground.budgets.limits import dollars
from playground.classes import kept, lending, vault
from playground.classes.nouns import MAY, ROLES, ClassError, Member, Role, Seat
from playground.domain import clock
from playground.figures import money
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.classes.making import own_keys
from playground.ui.parts.markdown import plain
from playground.ui.session.membership import LINK, me


def controls(store: Store, seat: Seat) -> None:
    """Everything that only an owner has."""
    if problem := st.session_state.pop(names.CLASS_SAID, None):
        st.error(plain(problem))
    _keys(store, seat)
    _new_codes(seat)
    with st.container(horizontal=True):
        _codes(store, seat)
        with st.popover("A member", icon=":material/person_edit:"):
            _member(store, seat)
        with st.popover("Close the class", icon=":material/lock:"):
            st.markdown(
                "Its calls are stopped, its key is forgotten, and nothing more is sent by it. The board stays."
            )
            st.button("Close it for good", key="class_close", on_click=_close, args=(store, seat))


def _keys(store: Store, seat: Seat) -> None:
    """Where the key is, and what to do when it is gone."""
    missing = vault.missing(seat.of)
    if missing:
        st.warning(
            f"No key for {', '.join(missing)} is here: keys live in this server process's memory only, so a restart forgets"
            " them, and another process never had them. Type it under Keys, then lend it again.",
            icon=":material/key_off:",
        )
        held = own_keys()
        st.button(
            "Lend my keys again",
            key="class_lend",
            icon=":material/key:",
            disabled=not set(missing) & set(held),
            on_click=_lend,
            args=(store, seat),
        )
    elif seat.of.from_environment:
        st.caption(":material/key: The key is this server's own, of its environment.")
    elif not seat.of.simulated:
        st.caption(
            ":material/key: The key is in this server's memory and in no file: after a restart you must type it again. It is in"
            " this one process: another process of the same server does not have it, and says so to whoever asks there."
        )


def _new_codes(seat: Seat) -> None:
    shown: dict[str, str] = st.session_state.get(names.CLASS_NEW_CODES, {}).get(seat.of.id, {})
    for role, code in shown.items():
        with st.container(border=True):
            st.markdown(f"**Code for {role}s**: whoever has it {HOLDERS[role]}. Shown only now.")
            st.code(code, language=None)
            st.code(f"{_origin()}/?{LINK}={code}", language=None)


def _codes(store: Store, seat: Seat) -> None:
    with st.popover("Codes", icon=":material/qr_code_2:"):
        st.markdown("A new code takes the place of the one before: whoever has joined stays.")
        for role in ROLES[::-1]:
            st.button(
                f"New code for {role}s",
                key=f"class_code_{role}",
                help=MAY[role],
                on_click=_code,
                args=(store, seat, role),
            )


HOLDERS = {
    "owner": "may do all that you may here",
    "member": "joins and runs within the budget",
    "viewer": "sees the board and runs nothing",
}


def _origin() -> str:
    """Where this app is, as the browser has it."""
    parts = urlsplit(st.context.url or "")
    base = parts.path.removesuffix("/").removesuffix("/classes")
    return f"{parts.scheme}://{parts.netloc}{base}"


def _member(store: Store, seat: Seat) -> None:
    try:
        others = [
            one
            for one in kept.members(store, seat.of.id)
            if one.id != seat.member.id and one.removed_at is None
        ]
    except HistoryError as error:
        st.error(str(error))
        return
    if not others:
        st.caption("Nobody else is here yet.")
        return
    by_id = {one.id: one for one in others}
    chosen = by_id[
        st.selectbox("Member", list(by_id), format_func=lambda id: by_id[id].name, key="class_who")
    ]
    _fields(seat, chosen)
    with st.container(horizontal=True):
        st.button(
            "Change",
            key="class_change",
            type="primary",
            on_click=_change,
            args=(store, seat, chosen),
        )
        st.button(
            "Take out",
            key="class_remove",
            type="tertiary",
            on_click=_remove,
            args=(store, seat, chosen),
        )


def _fields(seat: Seat, chosen: Member) -> None:
    """What holds for one member, as it is now."""
    own = chosen.budget if chosen.budget is not None else seat.of.budget
    st.text_input(
        "USD",
        f"{own.normalize():f}",
        key=names.class_member("budget", chosen.id),
        help="What this one may spend in all",
    )
    st.multiselect(
        "Models",
        seat.of.models,
        default=[model for model in chosen.models or seat.of.models if model in seat.of.models],
        key=names.class_member("models", chosen.id),
    )
    st.selectbox(
        "Role",
        ROLES,
        index=ROLES.index(chosen.role),
        key=names.class_member("role", chosen.id),
    )


def _remove(store: Store, seat: Seat, who: Member) -> None:
    _told(kept.change, store, seat.of.id, who.id, removed_at=clock.now())


def _change(store: Store, seat: Seat, who: Member) -> None:
    """Take what is in the fields now."""
    budget, models, role = (
        st.session_state[names.class_member(what, who.id)] for what in ("budget", "models", "role")
    )

    def change() -> None:
        amount = dollars(budget)
        if not Decimal(0) <= amount <= kept.MOST_BUDGET:
            raise ClassError(f"A budget is at most {money(kept.MOST_BUDGET)}.")
        if not models:
            raise ClassError("A member needs a model at least: choose which may be asked.")
        kept.change(
            store,
            seat.of.id,
            who.id,
            owner=me(),
            budget=None if amount == seat.of.budget else amount,
            models=None if set(models) == set(seat.of.models) else models,
            role=role,
        )

    _told(change, own=True)


def _close(store: Store, seat: Seat) -> None:
    _told(lending.close, store, seat.of.id)


def _lend(store: Store, seat: Seat) -> None:
    _told(lending.lend, store, seat.of.id, own_keys())


def _code(store: Store, seat: Seat, role: Role) -> None:
    def make() -> None:
        code = kept.new_code(store, seat.of.id, role, owner=me())
        st.session_state[names.CLASS_NEW_CODES] = {seat.of.id: {role: code}}

    _told(make, own=True)


def _told(act: Any, *args: Any, own: bool = False, **more: Any) -> None:
    """Do it as whoever sits here; what forbids it is said on the page."""
    try:
        act(*args, **more, **({} if own else {"owner": me()}))
    except (ClassError, HistoryError, ValueError) as error:
        st.session_state[names.CLASS_SAID] = str(error)

"""The page in one piece: the classes that one is in, a code to join by, a new class."""

from __future__ import annotations

import streamlit as st

from playground import history
from playground.classes import kept
from playground.classes.nouns import ClassError, Seat
from playground.domain import ModelRef
from playground.domain.setting import SETTINGS
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.classes import board, making, running
from playground.ui.parts.markdown import plain
from playground.ui.session import compose, lanes, rooms
from playground.ui.session.membership import me, standing, use
from playground.ui.session.state import MOST_LANES, owner, session
from playground.ui.shell.pages import COMPARE


def classes() -> None:
    """Everything below the title."""
    try:
        store = history.get_store()
        mine = kept.seats(store, owner=me())
    except HistoryError as error:
        st.error(str(error), icon=":material/error:")
        return
    coded = bool(st.session_state.get(names.CLASS_CODE))
    chosen = _chosen(mine)
    if chosen is not None and not coded:
        _shown(store, chosen)
    left, right = st.columns([2, 3], gap="large") if chosen is None or coded else (None, None)
    if left is None or right is None:
        with st.expander("Join or make another class", icon=":material/add:"):
            _join(store)
            making.form(store)
        return
    with left:
        _join(store)
    with right:
        making.form(store)


def _chosen(mine: list[Seat]) -> Seat | None:
    """The class that is looked at: the newest, until another one is chosen."""
    if not mine:
        return None
    by_id = {seat.of.id: seat for seat in mine}
    if st.session_state.get(names.CLASS_SHOWN) not in by_id:
        st.session_state[names.CLASS_SHOWN] = mine[0].of.id
    if len(mine) > 1:
        st.selectbox(
            "Class",
            list(by_id),
            format_func=lambda id: _title(by_id[id]),
            key=names.CLASS_SHOWN,
            persist_state="session",
        )
    return by_id[st.session_state[names.CLASS_SHOWN]]


def _title(seat: Seat) -> str:
    state = "over" if seat.over else seat.member.role
    return f"{seat.of.name} · {seat.of.created_at[:10]} · {state}"


def _shown(store: Store, seat: Seat) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(plain(seat.of.name), anchor=False, width="content")
        if seat.of.simulated:
            st.badge("simulated", icon=":material/science:", color="violet")
        st.badge(seat.member.role, icon=":material/person:", color="blue")
        if seat.over:
            st.badge("over", icon=":material/lock:", color="grey")
    if seat.over:
        st.info(plain(seat.over), icon=":material/lock:")
    if seat.member.role == "member":
        _own(seat)
        return
    board.board(store, seat)
    if seat.member.role == "owner" and not seat.over:
        running.controls(store, seat)


def _own(seat: Seat) -> None:
    """What a member sees: the own share, and the way to spend it."""
    standing(seat)
    if seat.over:
        return
    if session().class_id != seat.of.id:
        st.button(
            "Let it pay my runs", key="class_use", on_click=_use, args=(seat,), type="primary"
        )
    else:
        st.page_link(COMPARE, label="Ask in Compare", icon=":material/compare_arrows:")
    st.caption("Whoever holds the class sees your name and your figures, never your prompts.")
    _rooms()


def _rooms() -> None:
    """Where the class pays, and where it does not."""
    with st.expander("Where it pays", icon=":material/meeting_room:"):
        paid = ", ".join(rooms.title(room) for room, why in rooms.ROOMS.items() if not why)
        st.markdown(f"**Pays:** {paid}.")
        told = [f"- {rooms.title(room)}: {why}" for room, why in rooms.ROOMS.items() if why]
        st.markdown("\n".join(["**Does not pay**, and says so there:", *told]))


def _use(seat: Seat) -> None:
    """Let this tab's runs be paid by the class, and begin with its models on Compare."""
    use(seat.of.id)
    models = seat.models[:MOST_LANES]
    for lane, model in zip(lanes.anew(models), models, strict=True):
        key = compose.setting_key(LONGEST, lane, ModelRef.parse(model).model)
        st.session_state[key] = str(
            seat.of.longest
        )  # else what it may cost is said as far too much


LONGEST = next(row for row in SETTINGS if row.name == "max_output_tokens")


def _join(store: Store) -> None:
    with st.container(border=True):
        st.header("Join", anchor=False)
        if problem := st.session_state.pop(names.CLASS_PROBLEM, None):
            st.error(plain(problem))
        st.text_input(
            "Code", key=names.CLASS_CODE, placeholder="7KQM-2XVA-9TRB", autocomplete="off"
        )
        st.text_input("Your name", key=names.CLASS_NAME, placeholder="as the board shows it")
        st.button("Join", key="class_join", on_click=_joined, args=(store,), type="primary")


def _joined(store: Store) -> None:
    code, name = st.session_state[names.CLASS_CODE], st.session_state[names.CLASS_NAME]
    address = st.context.ip_address
    source = address if isinstance(address, str) and address else owner()
    try:
        seat = kept.join(store, code, name, owner=me(), source=source)
    except (ClassError, HistoryError) as error:
        st.session_state[names.CLASS_PROBLEM] = str(error)
        return
    st.session_state[names.CLASS_CODE] = ""
    st.session_state[names.CLASS_SHOWN] = seat.of.id
    if seat.member.role == "member":
        _use(seat)

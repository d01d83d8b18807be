"""What was made at providers and is still there, each with a button that deletes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from playground import created
from playground.created import Created
from playground.domain import Endpoint
from playground.domain.provider import provider_of
from playground.lab import created as lab
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui.parts.markdown import plain
from playground.ui.session import here
from playground.ui.session.keeping import opened, visitor
from playground.ui.session.waiting import Late, waited

SECONDS = 60.0


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    store = opened()
    if store is None:
        return
    try:
        found = created.all_created(store, owner=visitor())
    except HistoryError as error:
        st.error(str(error), icon=":material/error:")
        return
    if not found:
        st.info(
            "Nothing of yours lies at a provider. Submit a batch, or make a cache, and it stands here until it is deleted.",
            icon=":material/check:",
        )
        return
    if st.button("Delete all", icon=":material/delete_sweep:", key="lab_created_all"):
        _delete(store, found, where)
    for one in found:
        _row(store, one, where)


def _row(store: Store, one: Created, where: Mapping[str, Endpoint]) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"lab_created_{one.id}"
    ):
        made = f"made {here.when(one.created_at)}"
        ends = f" · ends by itself {here.when(one.expires_at)}" if one.expires_at else ""
        mark = " · :violet[:material/science: simulated]" if one.simulated else ""
        st.markdown(
            f"**{one.kind}** at {one.provider} · {plain(one.name or 'without a name')}{mark}  \n"
            f"`{one.remote_id or 'no id'}` · {made}{ends}"
        )
        if not one.remote_id:
            st.caption(lab.NO_ID)
        if st.button("Delete", icon=":material/delete:", key=f"lab_created_delete_{one.id}"):
            _delete(store, [one], where)


def _delete(store: Store, found: list[Created], where: Mapping[str, Endpoint]) -> None:
    said = []
    for one in found:
        work = partial(lab.delete, store, one, where)
        try:
            why = waited(work, SECONDS, provider_of(one.provider).label)
        except Late as late:
            why = str(late)
        if why:
            said.append(f"{one.kind} `{one.remote_id}`: {plain(why)}")
    if said:
        st.error("  \n".join(said), icon=":material/error:")
    else:
        st.rerun()

"""Sharing a run of a hosted app: a link that is made on purpose, shown, and withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from playground.figures import moments
from playground.history import sharing
from playground.history.sharing import SharedLink
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui.session import here
from playground.ui.session.keeping import visitor


def link(value: str, parameter: str = "run") -> str:
    """The address under which Compare shows this on this server."""
    return f"{(st.context.url or '').rsplit('/', 1)[0]}/?{parameter}={value}"


def share(store: Store, run_id: str) -> None:
    """A button that makes a link to one's own run, or the link with a button that withdraws it."""
    owner = visitor()
    if owner is None:  # everyone who gets in may see all runs
        st.caption(f"Link on this server: `{link(run_id)}`")
        return
    made = sharing.all_links(store, owner=owner, run_id=run_id)
    if not made:
        st.button(
            "Share",
            icon=":material/share:",
            key=f"share_{run_id}",
            help="Make a link: whoever has it may look at this run, its prompt, files and answers, until you withdraw it.",
            on_click=_do,
            args=(lambda: sharing.share(store, run_id, owner=owner),),
        )
        return
    for one in made:
        st.caption("Whoever has this link may look at the run:")
        st.code(link(one.token), language=None)
        _withdraw(store, one, owner, f"withdraw_{run_id}")


def shared(store: Store) -> None:
    """All links of this visitor, each with a button that withdraws it; nothing where no visitors come."""
    owner = visitor()
    if owner is None:
        return
    st.subheader("Shared links", anchor=False)
    links = sharing.all_links(store, owner=owner)
    if not links:
        st.caption("None. **Share** in the details of a run makes one; nobody else sees your runs.")
    _listed(store, links, owner)


def _listed(store: Store, links: Sequence[SharedLink], owner: str) -> None:
    for number, one in enumerate(links):
        with st.container(border=True, key=f"shared_{number}"):
            st.text(one.title)
            st.caption(f"Shared {moments.when(one.created_at, here.zone())}")
            st.code(link(one.token), language=None)
            _withdraw(store, one, owner, f"withdraw_{one.token}")


def _withdraw(store: Store, one: SharedLink, owner: str, key: str) -> None:
    st.button(
        "Withdraw",
        icon=":material/link_off:",
        key=key,
        help="From then on the link leads nowhere.",
        on_click=_do,
        args=(lambda: sharing.withdraw(store, one.token, owner=owner),),
    )


def _do(change: Callable[[], Any]) -> None:
    """Change the history; a sentence when it can't be changed."""
    try:
        change()
    except HistoryError as error:
        st.toast(str(error), icon=":material/error:")

"""The rooms from which a provider may be called, and whether a class pays there: each room asks here who answers."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint
from playground.lab.panels import PANELS
from playground.ui.session import membership
from playground.ui.session.endpoints import endpoints
from playground.ui.shell.pages import PAGES

PAYS = ""
LEFT = "what is left at a provider outlives the class"
ROOMS: Mapping[str, str] = {
    "compare": PAYS,
    "chat_vs_api": PAYS,
    "api_lab/wire": PAYS,
    "api_lab/doors": PAYS,
    "api_lab/errors": "every failure here is the simulation's",
    "api_lab/gateway": "what is called is a gateway of your own",
    "api_lab/limits": PAYS,
    "api_lab/models": "a provider lists the models of one account",
    "api_lab/structured": PAYS,
    "api_lab/tools": PAYS,
    "api_lab/caching": LEFT,
    "api_lab/jobs": PAYS,
    "api_lab/batch": "a batch can't be stopped with the class and may be billed after its end",
    "api_lab/created": LEFT,
    "api_lab/realtime": "nobody knows before what a session will cost that the provider keeps",
    "api_lab/file_search": LEFT,
    "api_lab/files": LEFT,
    "tokens": PAYS,
    "costs": PAYS,
    "experiments": PAYS,
    "history": PAYS,
    "chats": PAYS,
    "learn": PAYS,
}
"""A page, or a part of one → why a class does not pay there, empty where it does; a new room is a new row."""


def title(room: str) -> str:
    """What people read of a room: its page, and its part where it is one."""
    page, _, part = room.partition("/")
    named = next(row.title for row in PAGES if row.file == f"{page}.py")
    return f"{named}: {PANELS[part].title}" if part else named


def asked_in(room: str) -> Mapping[str, Endpoint]:
    """Where each provider is asked in this room: by the class where it pays there; where it does not, the page says so now.

    Without a class, or beside it: the real API where this tab has a key, the simulation otherwise.
    """
    why, own = ROOMS[room], endpoints()
    lent = membership.lent(own)
    if not why or not lent:
        return {**own, **lent}
    st.info(
        f"**{membership.name()} does not pay here**: {why}. A key of your own does, where one is typed under Keys; every other"
        " provider is simulated.",
        icon=":material/groups:",
    )
    return own

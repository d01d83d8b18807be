"""Who may look at which live run: a right that a session gives, held by its browser."""

from __future__ import annotations

import secrets
import weakref
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from playground.engine.live import LiveRun

OWNER_COOKIE = "playground_owner"


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Grant:
    """One session's right to look at one run; it ends when that session's state is dropped."""

    token: str
    owner: str
    """The owner's cookie; empty where the browser sends none."""
    run: LiveRun = field(repr=False)


_grants: weakref.WeakValueDictionary[str, Grant] = weakref.WeakValueDictionary()


def grant(run: LiveRun, owner: str = "") -> Grant:
    """A new right to look at the run, for as long as the caller keeps it."""
    made = Grant(secrets.token_urlsafe(32), owner, run)
    _grants[made.token] = made
    return made


def resolve(token: str, owner: str = "") -> Grant | None:
    """The right behind a token, when the request comes from the browser that it was given to."""
    found = _grants.get(token)
    if found is None or (found.owner and not secrets.compare_digest(found.owner, owner)):
        return None
    return found


def owner_cookie(header: str) -> str | None:
    """The owner's id in a Cookie header, None where there is none."""
    try:
        morsel = SimpleCookie(header).get(OWNER_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value else None


def owner() -> str:
    """Who sits at this browser: the same after a reload, unguessable; empty where cookies are off."""
    cookie = st.context.cookies.get(OWNER_COOKIE)
    return cookie if isinstance(cookie, str) else ""  # AppTest hands out a mock

"""Signing in through Streamlit's OpenID Connect, where `secrets.toml` has an [auth] section and strangers use the app.

Streamlit is handed that section and nothing else of the file: what it reads itself it copies into os.environ.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import tomllib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import streamlit as st

from playground import files, settings
from playground.ui import names

LOG = logging.getLogger("playground")

VARIABLE = "PLAYGROUND_SIGN_IN"
"""`required`: nobody sees a page without it. Else visitors may, and have a history of their own as long as their cookie."""
SECTION = "auth"
_SINGLE = ("client_id", "client_secret", "server_metadata_url")
MISSING = "secrets.toml has an [auth] section, but signing in needs Authlib, which is not installed: pip install 'ai-api-playground[sign-in]'."


def secrets_toml() -> dict[str, Any]:
    """All of `secrets.toml`, the home folder's under the project's; empty where there is none or it can't be read.

    `st.secrets` is not used: Streamlit copies what it reads into os.environ, where every child process sees it.
    """
    found: dict[str, Any] = {}
    for folder in (Path.home(), files.project()):
        try:
            found |= tomllib.loads(files.read_text(folder / ".streamlit" / "secrets.toml"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            LOG.warning("secrets.toml in %s can't be read: %s", folder, type(error).__name__)
    return found


@functools.cache
def section() -> Mapping[str, Any]:
    """What Streamlit needs to sign people in; empty where that is not configured, or can't be done."""
    found = secrets_toml().get(SECTION)
    if not settings.hosted() or not isinstance(found, dict):
        return {}
    if find_spec("authlib") is None:
        LOG.error(MISSING)
        return {}
    return found


def for_streamlit() -> dict[str, Any]:
    """The argument of `st.App` that hands it over, where there is something."""
    return {"secrets": {SECTION: dict(section())}} if section() else {}


def providers() -> list[str | None]:
    """The names of those who can sign people in; None is the one without a name."""
    named = [name for name, value in section().items() if isinstance(value, dict)]
    alone = [None] if all(name in section() for name in _SINGLE) else []
    return [*alone, *named]


def required() -> bool:
    """Whether nobody sees a page without having signed in; also where it can't be done, which then is said."""
    return settings.hosted() and os.environ.get(VARIABLE, "").strip().lower() == "required"


def user() -> str:
    """A digest of who has signed in, the same on every computer; empty for nobody."""
    if not section() or not st.user.get("is_logged_in"):
        return ""
    who = [str(st.user.get(name) or "") for name in ("iss", "sub")]
    return hashlib.sha256("\n".join(["signed in", *who]).encode()).hexdigest() if who[1] else ""


def gate() -> None:
    """The page ends here for a tab that has just signed out, and where it is required for who has not signed in."""
    if st.session_state.get(names.SIGNED_OUT):
        st.stop()
    if not required() or user():
        return
    st.title("Sign in", anchor=False)
    if section():
        buttons()
    else:
        st.error(
            "Signing in is required here and is not set up: whoever hosts this app finds why in its log, and how in docs/operating.md.",
            icon=":material/lock:",
        )
    st.stop()


def buttons() -> None:
    """A button for each provider."""
    for name in providers():
        label = f"Sign in with {name.capitalize()}" if name else "Sign in"
        st.button(
            label,
            icon=":material/login:",
            key=f"sign_in_{name or 'default'}",
            on_click=st.login,
            args=(name,) if name else (),
        )


def account() -> None:
    """Who has signed in, or how to; nothing where it is not configured."""
    if not section():
        return
    if not user():
        st.caption("Signed in, you find your history again on every computer.")
        buttons()
        return
    shown = st.user.get("email") or st.user.get("name") or "someone without a name"
    st.caption(f"Signed in as {_plain(str(shown))}.")
    st.button("Sign out", icon=":material/logout:", key="sign_out", on_click=_sign_out)


def _sign_out() -> None:
    """Nothing more is drawn in this tab: its fields are still theirs, and it is nobody's until the browser has left it."""
    st.session_state[names.SIGNED_OUT] = True
    st.logout()
    st.stop()


def _plain(text: str) -> str:
    """A name as text: Markdown in it is none."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~$:" else c for c in text)

"""Signing in: Streamlit is handed the [auth] section alone, a visitor who has signed in owns a history, and it may be required."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest

from playground.ui.live import grants
from playground.ui.session import state
from playground.ui.shell import sign_in
from playground.ui.shell.serving import parts

ROUTER = Path(__file__).parents[3] / "playground" / "ui" / "shell" / "router.py"
SECRETS = """
OPENAI_API_KEY = "sk-canary-81aa"
[auth]
redirect_uri = "https://play.example.org/oauth2callback"
cookie_secret = "canary-cookie-secret"
client_id = "one"
client_secret = "canary-client-secret"
server_metadata_url = "https://id.example.org/.well-known/openid-configuration"
[auth.google]
client_id = "two"
client_secret = "canary-other-secret"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"""


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / ".streamlit"
    folder.mkdir()
    (folder / "secrets.toml").write_text(SECRETS)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setattr(sign_in, "find_spec", lambda name: ModuleSpec(name, None))
    monkeypatch.setattr(grants, "owner", lambda: "cookie")
    sign_in.section.cache_clear()
    yield
    sign_in.section.cache_clear()


def signed_in(monkeypatch: pytest.MonkeyPatch, **user: Any) -> None:
    monkeypatch.setattr(st, "user", {"is_logged_in": bool(user), **user})


def test_streamlit_is_handed_the_section_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    given = parts()["secrets"]
    assert given.keys() == {"auth"}
    before = dict(os.environ)
    monkeypatch.setattr(secrets_singleton, "_secrets", None)
    monkeypatch.setattr(secrets_singleton, "_programmatic_secrets", None)
    secrets_singleton.merge_programmatic_secrets(given)
    from streamlit.auth_util import get_secrets_auth_section

    assert get_secrets_auth_section()["client_id"] == "one"
    assert dict(os.environ) == before
    assert "canary" not in str(dict(os.environ))


def test_nothing_is_handed_over_at_home_or_where_it_can_not_be_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sign_in, "find_spec", lambda name: None)
    assert sign_in.for_streamlit() == {}
    assert "pip install" in caplog.text
    assert "canary" not in caplog.text
    sign_in.section.cache_clear()
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    assert sign_in.for_streamlit() == {}


def test_who_has_signed_in_owns_what_they_run_on_every_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for user in ({"iss": "a", "sub": "1"}, {"iss": "a", "sub": "2"}, {"iss": "b", "sub": "1"}):
        signed_in(monkeypatch, **user, email="ann@example.org")
        found.append(state._who())
    assert len(set(found)) == 3
    assert not any("ann" in who or who == "cookie" for who in found)
    signed_in(monkeypatch, iss="a", sub="1")
    assert state._who() == found[0]
    signed_in(monkeypatch, email="ann@example.org")
    assert state._who() == "cookie", "an address that nobody vouches for is nobody's name"
    signed_in(monkeypatch)
    assert state._who() == "cookie"


def shown() -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    assert not app.exception
    return app


def test_a_visitor_is_offered_to_sign_in_and_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(monkeypatch)
    app = shown()
    assert app.button(key="run")
    assert [b.label for b in app.button if b.key and b.key.startswith("sign_in")] == [
        "Sign in",
        "Sign in with Google",
    ]
    signed_in(monkeypatch, iss="a", sub="1", email="a_n*n@example.org")
    app = shown()
    assert app.button(key="sign_out")
    assert any(r"a\_n\*n@example\.org" in caption.value for caption in app.caption)


def test_where_it_is_required_nobody_sees_a_page_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(sign_in.VARIABLE, "required")
    signed_in(monkeypatch)
    app = shown()
    assert [b.key for b in app.button] == ["sign_in_default", "sign_in_google"]
    signed_in(monkeypatch, iss="a", sub="1")
    assert shown().button(key="run")
    sign_in.section.cache_clear()
    monkeypatch.setattr(sign_in, "find_spec", lambda name: None)
    app = shown()
    assert [b.key for b in app.button] == [], "what is required and can't be done lets nobody in"
    assert "is not set up" in app.error[0].value

"""Every answer's headers, and the owner's cookie."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from playground.ui.live import grants
from playground.ui.shell.pages import PAGES


def policy(client: TestClient, path: str = "/", host: str = "localhost:8501") -> dict[str, str]:
    header = client.get(path, headers={"host": host}).headers["content-security-policy"]
    return dict(rule.split(" ", 1) for rule in header.split("; "))


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/live/unknown", "/static/nothing.js"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_nothing_foreign_may_be_loaded_or_called(client: TestClient) -> None:
    rules = policy(client)
    assert rules["img-src"] == "'self' data: blob:"
    assert rules["connect-src"] == "'self' ws://localhost:8501 wss://localhost:8501"
    assert rules["object-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"


def test_only_scripts_of_this_server_run(client: TestClient) -> None:
    allowed = policy(client)["script-src"].split()
    assert allowed[:2] == ["'self'", "blob:"]
    assert all(source.startswith("'sha256-") for source in allowed[2:])


def test_every_page_says_where_its_server_is_by_a_script_that_may_run(client: TestClient) -> None:
    whole = client.get("/").text
    (script,) = re.findall(r"<script>(window.__streamlit.*?)</script>", whole, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(client)["script-src"]
    assert {client.get(f"/{Path(row.file).stem}").text for row in PAGES} == {whole}
    assert client.get("/nosuch").text != whole


def test_away_from_this_computer_only_the_own_site_may_frame_the_app(client: TestClient) -> None:
    assert policy(client, host="my.streamlit.app")["frame-ancestors"] == "'self'"
    headers = client.get("/", headers={"host": "my.streamlit.app"}).headers
    assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("host", ["a; script-src *", "a b", "a,b", ""])
def test_a_host_header_cannot_widen_the_policy(client: TestClient, host: str) -> None:
    assert policy(client, host=host)["connect-src"] == "'self'"


def test_a_page_that_the_browser_still_has_names_its_owner_too(client: TestClient) -> None:
    client.cookies.clear()
    tag = client.get("/").headers["etag"]
    client.cookies.clear()
    known = {"if-none-match": tag, "accept": "text/html,*/*;q=0.8"}
    answer = client.get("/", headers=known)
    assert answer.status_code == 304
    assert grants.owner_cookie(answer.headers["set-cookie"])
    assert "set-cookie" not in client.get("/", headers=known).headers
    client.cookies.clear()
    script = client.get("/", headers={**known, "accept": "*/*"})
    assert (script.status_code, "set-cookie" in script.headers) == (304, False)


def test_a_page_names_its_owner_once_out_of_reach_of_scripts(client: TestClient) -> None:
    client.cookies.clear()
    given = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert len(grants.owner_cookie(given) or "") * 6 >= 192  # bits
    assert "set-cookie" not in client.get("/").headers
    client.cookies.clear()
    assert grants.OWNER_COOKIE not in client.get("/_stcore/health").headers.get("set-cookie", "")

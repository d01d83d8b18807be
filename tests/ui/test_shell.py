"""The app around the pages: routes, headers, configuration, start and stop."""

import logging
import os
import socket
import sys
import threading
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from streamlit.web.server.app_discovery import discover_asgi_app

from playground.ui import shell, stream

APP = shell.REPO / "playground" / "app.py"
LOCAL = "http://localhost:8501"


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The real app, all of Streamlit's routes included; not started, for the runtime is one to a process."""
    return TestClient(st.App(**shell.parts()), base_url=LOCAL)


def policy(client: TestClient, path: str = "/", host: str = "localhost:8501") -> dict[str, str]:
    header = client.get(path, headers={"host": host}).headers["content-security-policy"]
    return dict(rule.split(" ", 1) for rule in header.split("; "))


# Headers


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


def test_away_from_this_computer_only_the_own_site_may_frame_the_app(client: TestClient) -> None:
    assert policy(client, host="my.streamlit.app")["frame-ancestors"] == "'self'"
    headers = client.get("/", headers={"host": "my.streamlit.app"}).headers
    assert headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("host", ["a; script-src *", "a b", "a,b", ""])
def test_a_host_header_cannot_widen_the_policy(client: TestClient, host: str) -> None:
    assert policy(client, host=host)["connect-src"] == "'self'"


def test_a_page_names_its_owner_once_out_of_reach_of_scripts(client: TestClient) -> None:
    client.cookies.clear()
    given = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert len(stream.owner_cookie(given) or "") * 6 >= 192  # bits
    assert "set-cookie" not in client.get("/").headers
    client.cookies.clear()
    assert stream.OWNER_COOKIE not in client.get("/_stcore/health").headers.get("set-cookie", "")


def test_the_first_page_also_opens_under_its_own_name(client: TestClient) -> None:
    answer = client.get("/compare?run=abc", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "./?run=abc")


# Pages


def test_streamlit_run_finds_the_app() -> None:
    found = discover_asgi_app(APP)
    assert found.import_string == "app:app"


def test_no_pages_folder_lies_beside_the_scripts_that_streamlit_starts() -> None:
    assert not (APP.parent / "pages").exists()
    assert not (shell.ROUTER.parent / "pages").exists()


def test_every_page_of_the_table_is_a_file() -> None:
    assert [
        row.file for row in shell.PAGES if not (shell.REPO / "pages" / row.file).is_file()
    ] == []


@pytest.fixture
def two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small pages in place of the app's own."""
    (tmp_path / "pages").mkdir()
    for name in ("one", "two"):
        (tmp_path / "pages" / f"{name}.py").write_text(
            f"import streamlit as st\nst.title('{name}')\n"
        )
    monkeypatch.setattr(shell, "REPO", tmp_path)
    rows = [shell.PageRow(f"{name}.py", name, ":material/home:", name) for name in ("one", "two")]
    monkeypatch.setattr(shell, "PAGES", tuple(rows))
    return tmp_path / "pages"


def test_the_router_opens_the_first_page_and_switches(two_pages: Path) -> None:
    at = AppTest.from_file(shell.ROUTER).run()
    assert at.title[0].value == "one"
    at.switch_page(os.path.relpath(two_pages / "two.py", shell.ROUTER.parent)).run()
    assert at.title[0].value == "two"


def test_a_page_that_breaks_shows_one_sentence_and_logs_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def page() -> None:
        from playground.ui import shell

        assert shell.on_script_error(ValueError("detail for the log"))

    with caplog.at_level(logging.ERROR, "playground"):
        at = AppTest.from_function(page).run()
    (shown,) = at.error
    assert "ValueError" in shown.value
    assert "detail" not in shown.value
    assert "detail for the log" in caplog.text


# Configuration


def options() -> dict[str, object]:
    return dict(shell._flat(tomllib.loads(shell.CONFIG.read_text("utf-8"))))


def test_the_app_is_safe_as_configured() -> None:
    found = options()
    assert found["server.address"] == "localhost"
    assert found["server.enableXsrfProtection"] is True
    assert found["server.maxUploadSize"] == 20
    assert found["browser.gatherUsageStats"] is False
    assert found["client.showErrorDetails"] == "none"
    assert found["secrets.files"] == []


def test_light_and_dark_set_the_same_colours() -> None:
    found = options()
    light, dark = (
        {name.removeprefix(f"theme.{kind}.") for name in found if name.startswith(f"theme.{kind}.")}
        for kind in ("light", "dark")
    )
    assert light == dark


def test_started_from_another_folder_the_same_configuration_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell.configured() == options()
    monkeypatch.chdir(shell.REPO)
    assert shell.configured() == {}  # Streamlit reads the file itself


def test_secrets_are_read_without_reaching_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, repo = tmp_path / "home", tmp_path / "repo"
    for folder, text in ((home, 'A = "home"\nB = "home"'), (repo, 'A = "project"')):
        (folder / ".streamlit").mkdir(parents=True)
        (folder / ".streamlit" / "secrets.toml").write_text(text)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(shell, "REPO", repo)
    assert shell.secrets_toml() == {"A": "project", "B": "home"}
    assert "A" not in os.environ


def test_a_broken_secrets_file_is_named_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("KEY = sk-canary")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody")
    monkeypatch.setattr(shell, "REPO", tmp_path)
    assert shell.secrets_toml() == {}
    assert "secrets.toml" in caplog.text
    assert "canary" not in caplog.text


# Start and stop


def test_a_taken_port_is_named_with_the_fix(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as holder:
        holder.bind(("localhost", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            shell.serve(port)
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert f"Port {port} can't be used" in said
    assert "--port" in said
    assert said.count("\n") == 1


def test_a_port_that_is_no_port_is_named_too() -> None:
    assert "Port 70000 can't be used" in (shell.port_problem(70_000) or "")


def test_a_free_port_is_no_problem() -> None:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    assert shell.port_problem(port) is None


async def test_start_warms_up_in_the_background_and_outlives_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    warmed = threading.Event()
    module = ModuleType("warmed_by_test")
    module.good = warmed.set  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "warmed_by_test", module)
    monkeypatch.setattr(shell, "WARMED", (("warmed_by_test", "bad"), ("warmed_by_test", "good")))
    monkeypatch.setattr(shell, "FIRST_PAGE_SECONDS", 0.0)
    async with shell.lifespan(None):
        assert warmed.wait(10)
    assert "warmed_by_test.bad" in caplog.text


async def test_stop_ends_live_streams() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "WARMED", ())
        async with shell.lifespan(None):
            assert not stream._closing.is_set()
    assert stream._closing.is_set()
    stream.reopen()

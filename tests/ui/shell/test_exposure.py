"""In local mode the app is this computer's alone, however it is started, until whoever starts it says otherwise."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

from playground import files
from playground.ui.shell import exposure, serving
from playground.ui.shell.origin import OwnAddressOnly
from tests.offline.environment import FOLDER, bare

HERE = ("localhost", "127.0.0.1", "127.0.0.5", "::1", "[::1]", "::ffff:127.0.0.1", "unix:///x.sock")
OTHERS = (
    "",
    None,
    "0.0.0.0",
    "::",
    "192.168.1.9",
    "10.0.0.1",
    "8.8.8.8",
    "fe80::1%eth0",
    "::ffff:10.0.0.1",
)
TELLING = ({"PLAYGROUND_HOSTED": "1"}, {exposure.TOLD: "1"})


@pytest.mark.parametrize("address", HERE)
def test_an_address_of_this_computer_alone_is_served(address: str) -> None:
    assert exposure.start_problem(address, {}) is None


@pytest.mark.parametrize("address", OTHERS)
def test_any_other_address_is_refused_unless_told(address: str | None) -> None:
    said = exposure.start_problem(address, {}) or ""
    assert "PLAYGROUND_HOSTED=1" in said
    assert "PLAYGROUND_OPEN_TO_NETWORK=1" in said
    assert exposure.start_problem(address, {exposure.TOLD: "off"}) == said
    assert [exposure.start_problem(address, env) for env in TELLING] == [None, None]


STREAMLIT = ["-m", "streamlit", "run", str(files.PACKAGE / "app.py"), "--server.port", "0"]
STREAMLIT += [
    "--browser.serverAddress",
    "localhost",
]  # else it asks a third party which number it has
STARTS: dict[str, tuple[list[str], dict[str, str]]] = {
    "streamlit run with an option": ([*STREAMLIT, "--server.address", "0.0.0.0"], {}),
    "streamlit run with an option left empty": ([*STREAMLIT, "--server.address="], {}),
    "streamlit run with a variable": (STREAMLIT, {"STREAMLIT_SERVER_ADDRESS": "::"}),
}


def test_no_start_listens_for_other_computers(tmp_path: Path) -> None:
    started = {
        how: subprocess.Popen(
            [sys.executable, *command],
            cwd=files.checkout(),
            env=bare(HOME=str(tmp_path), PYTHONPATH=FOLDER, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for how, (command, variables) in STARTS.items()
    }
    try:
        said = {how: process.communicate(timeout=60)[0] for how, process in started.items()}
    finally:
        for process in started.values():
            process.kill()
    for how, text in said.items():
        assert "Not started: other computers could reach this address" in text, (how, text)
        assert "PLAYGROUND_HOSTED=1" in text, how
        assert "Traceback" not in text, how
        assert started[how].returncode == 1, how


def test_make_run_and_the_playground_command_ask_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """They listen where the project's configuration says, which somebody may have changed."""
    before = config.get_option(exposure.OPTION)
    monkeypatch.chdir(files.checkout() or "")
    config.set_option(exposure.OPTION, "0.0.0.0")
    try:
        with pytest.raises(SystemExit) as stopped:
            serving.serve(8501, open_browser=False)
    finally:
        config.set_option(exposure.OPTION, before)
    assert stopped.value.code == 1
    assert "PLAYGROUND_HOSTED=1" in capsys.readouterr().err


def asked(server: str, kind: str = "http") -> list[dict[str, Any]]:
    """What the app's first middleware answers to a connection that came to this address of the server."""
    scope = {
        "type": kind,
        "path": "/",
        "headers": [(b"host", f"{server}:8501".encode())],
        "server": (server, 8501),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "passed"})

    asyncio.run(OwnAddressOnly(app)(scope, receive, send))
    return sent


def test_under_any_other_server_another_computer_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = asked("192.168.1.9")
    assert refused[0]["status"] == 403
    assert b"PLAYGROUND_HOSTED=1" in refused[1]["body"]
    assert asked("192.168.1.9", "websocket") == [
        {"type": "websocket.close", "code": 1008, "reason": ""}
    ]
    assert asked("127.0.0.1") == [{"type": "passed"}]
    for name in ("PLAYGROUND_HOSTED", exposure.TOLD):
        monkeypatch.setenv(name, "1")
        assert asked("192.168.1.9") == [{"type": "passed"}]
        monkeypatch.delenv(name)

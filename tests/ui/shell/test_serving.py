"""Configuration, and the port."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import psutil
import pytest
from streamlit import config

from playground import files
from playground.ui.shell import serving
from tests.offline.environment import FOLDER, bare

APP = files.PACKAGE / "app.py"


def options() -> dict[str, object]:
    return dict(serving._flat(tomllib.loads(serving.CONFIG.read_text("utf-8"))))


def test_the_app_is_safe_as_configured() -> None:
    found = options()
    assert found["server.address"] == "localhost"
    assert found["server.enableXsrfProtection"] is True
    assert found["server.maxUploadSize"] == 20
    assert found["browser.gatherUsageStats"] is False
    assert found["client.showErrorDetails"] == "none"
    assert found["secrets.files"] == []


def test_streamlit_does_not_collect_all_garbage_after_every_run_of_a_script() -> None:
    assert options()["runner.postScriptGC"] is False
    assert config.get_option("runner.postScriptGC") is False


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
    assert serving.configured() == options()
    monkeypatch.chdir(files.checkout() or "")
    assert serving.configured() == {}  # Streamlit reads the file itself


def test_streamlit_finds_the_same_file_beside_the_script() -> None:
    beside = APP.parent / ".streamlit" / "config.toml"
    assert beside.read_bytes() == serving.CONFIG.read_bytes()


def test_streamlit_run_from_another_folder_listens_on_this_computer_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    env = bare(HOME=str(tmp_path), PYTHONPATH=FOLDER, PYTHONUNBUFFERED="1")
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", "0"]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        addresses = listening(process)
    finally:
        process.terminate()
        process.wait(20)
    assert addresses, log.read_text()
    assert addresses <= {"127.0.0.1", "::1"}
    assert "statistics" not in log.read_text().lower()


def listening(process: subprocess.Popen[bytes]) -> set[str]:
    """The addresses on which this process takes connections, as soon as it takes some."""
    for _ in range(600):
        if process.poll() is not None:
            break
        found = {
            connection.laddr.ip
            for connection in psutil.Process(process.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        }
        if found:
            return found
        time.sleep(0.1)
    return set()


def test_a_taken_port_is_named_with_the_fix(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as holder:
        holder.bind(("localhost", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SystemExit) as stopped:
            serving.serve(port)
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert f"Port {port} can't be used" in said
    assert "--port" in said
    assert said.count("\n") == 1


def test_a_port_that_is_no_port_is_named_too() -> None:
    assert "Port 70000 can't be used" in (serving.port_problem(70_000) or "")


def test_a_free_port_is_no_problem() -> None:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    assert serving.port_problem(port) is None

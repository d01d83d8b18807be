"""A start in the background: how far it is, how it is stopped, and what went wrong."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from playground.demo.child import Child
from playground.local import setup
from playground.local.server import LocalServer
from playground.local.starting import Starting

SLEEPS = ["-c", "import time; time.sleep(60)"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalServer:
    """One that never gets ready."""
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(tmp_path))
    made = LocalServer()
    monkeypatch.setattr(made, "_command", lambda: SLEEPS)
    return made


def until(ended: Starting) -> None:
    for _ in range(600):
        if not ended.running:
            return
        time.sleep(0.05)
    pytest.fail("it did not end")


def begun(child: Child, problems: list[Exception]) -> subprocess.Popen[str]:
    """Its process, as soon as there is one."""
    for _ in range(1500):
        process = child._starting
        if process is not None:
            return process
        time.sleep(0.01)
    pytest.fail(f"it did not begin: {problems}")


def test_a_server_that_is_still_starting_can_be_stopped() -> None:
    child = Child("The test's server", lambda: SLEEPS)
    problems: list[Exception] = []

    def start() -> None:
        try:
            child.told()
        except Exception as error:
            problems.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    pid = begun(child, problems).pid
    child.stop()
    thread.join(20)
    assert "did not start" in str(problems[0])
    assert not child.running
    assert not psutil.pid_exists(pid)


def test_it_says_what_it_does_and_stop_ends_it_without_a_problem(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "set_up", lambda say, loaded, stopped: loaded(1, 2))
    starting = Starting(server)
    starting.begin()
    begun(server, [])
    assert starting.running
    assert starting.doing == "Starting the model …"
    starting.begin()  # the same press twice
    starting.stop()
    until(starting)
    assert starting.problem == ""
    assert not server.running


def test_what_went_wrong_is_kept_until_the_next_start(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(say: object, loaded: object, stopped: object) -> None:
        raise setup.SetupError("no network")

    monkeypatch.setattr(setup, "set_up", no_network)
    starting = Starting(server)
    starting.begin()
    until(starting)
    assert starting.problem == "no network"


def test_stop_ends_a_download(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def loads(say: object, loaded: object, stopped: threading.Event) -> None:
        if stopped.wait(30):
            raise setup.SetupError("Stopped: nothing was changed.")

    monkeypatch.setattr(setup, "set_up", loads)
    starting = Starting(server)
    starting.begin()
    starting.stop()
    until(starting)
    assert (starting.problem, server.running) == ("", False)

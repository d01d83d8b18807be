"""The command line as a person uses it: in an environment that holds nothing of this machine."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground import cli
from playground.demo import process
from playground.demo.process import DemoServer
from playground.domain.provider import built_in


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Invoke = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home and working folder, and no key or address in the environment."""
    variables = [
        name
        for provider in built_in()
        for name in (provider.base_url_variable, *provider.key_variables)
    ]
    for name in (*variables, "PLAYGROUND_HOSTED", "PLAYGROUND_PRICES", "PLAYGROUND_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_ENDPOINTS", str(tmp_path / "endpoints.toml"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Lasting:
    """The simulation of all tests, in the place of the one that a command would start and stop."""

    def __init__(self, server: DemoServer) -> None:
        self.start, self.endpoints = server.start, server.endpoints

    def stop(self) -> None:
        pass


@pytest.fixture(autouse=True)
def demo_of_all(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--demo` starts no server, but where a test is marked with `own_demo`."""
    if "own_demo" not in request.fixturenames:
        stand_in = lambda: Lasting(request.getfixturevalue("simulation"))  # noqa: E731
        monkeypatch.setattr(process, "DemoServer", stand_in)


@pytest.fixture
def own_demo() -> None:
    """The command starts its own server, as it does for people."""


@pytest.fixture
def invoke(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run one command in this process."""

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        code = cli.main(_no_app, arguments)
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return run


def _no_app(port: int, open_browser: bool) -> None:
    raise AssertionError("this command must not open the app")


@pytest.fixture
def real(simulation: DemoServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Providers that look real to the command line: keys and base URLs in the environment."""
    urls = simulation.base_urls()
    for provider in built_in():
        monkeypatch.setenv(provider.base_url_variable, urls[provider.name])
        monkeypatch.setenv(provider.key_variables[0], "test-key")
    return urls

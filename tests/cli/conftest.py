"""The command line as a person uses it: in an environment that holds nothing of this machine."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable, Iterator
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
    monkeypatch.setattr(process, "DemoServer", functools.partial(DemoServer, pace=0))
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


@pytest.fixture(scope="session")
def simulation() -> Iterator[dict[str, str]]:
    """Base URLs of one demo server without delays, for all tests of this folder."""
    with DemoServer(pace=0) as server:
        yield server.base_urls()


@pytest.fixture
def real(simulation: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Providers that look real to the command line: keys and base URLs in the environment."""
    for provider in built_in():
        monkeypatch.setenv(provider.base_url_variable, simulation[provider.name])
        monkeypatch.setenv(provider.key_variables[0], "test-key")
    return simulation

"""What several test folders share: a pool, a loopback provider, and an environment without anyone's keys."""

from __future__ import annotations

import asyncio
import functools
import importlib
import itertools
import os
import signal
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from playground.demo.process import DemoServer
from playground.domain.clock import TODAY
from playground.store.database import sqlite_url
from playground.store.store import Store
from playground.ui import names
from playground.ui.shell.serving import own_components_only
from playground.wire import Pool, open_pool
from tests.loopback import Handler, Loopback, start
from tests.offline import sitecustomize
from tests.offline.environment import with_path
from tests.postgresql import binaries, cluster

_databases = itertools.count()
_PROVIDERS = ("OPENAI_", "ANTHROPIC_", "GEMINI_", "GOOGLE_")

_NOT_QUICK = (
    *("browser", "pages", "conformance", "history", "budgets"),
    *("experiments", "cli", "lab", "local"),
)
"""Folders that `--quick` leaves out; and it skips what uses a browser or starts a process, PostgreSQL for one."""

_LONGEST = "test_every_page"
"""Begins first: it takes minutes, for which one process would work alone at the end."""
_SLOW = "browser"
"""The folder whose tests two processes begin with, half its files each; what is left is short, and all end together."""

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # as a shell starts what it runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["PYTHONPATH"] = with_path(os.environ.get("PYTHONPATH"))
os.environ[sitecustomize.ATTEMPTS] = tempfile.mkstemp(prefix="playground-attempts-")[1]
os.environ[TODAY] = "2026-11-26"  # on this day the models that tests name answer, at known prices
os.environ["PLAYGROUND_DEMO_PACE"] = "0"  # a test that needs time to look at a stream says so
own_components_only()  # else 0.1 s for every page that a test draws, as at the app's start
httpx2.create_ssl_context = functools.cache(
    httpx2.create_ssl_context
)  # 17 ms for every pool, and all is http here


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="leave out what takes long")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.register_profile(
        "playground",
        deadline=None,  # a busy machine is slow, not wrong
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        max_examples=10 if config.getoption("quick") else 60,
    )
    hypothesis.settings.load_profile("playground")
    if config.getoption("quick"):
        sys.addaudithook(_no_process)


def _no_process(event: str, args: tuple[Any, ...]) -> None:
    if event != "subprocess.Popen" or "PYTEST_CURRENT_TEST" not in os.environ:
        return
    if "playground.demo" not in str(args[1]) and "uname" not in str(args[1]):
        pytest.skip("--quick starts no process but the simulation")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    here = collection_path.parent == Path(__file__).parent
    return (here and collection_path.name in _NOT_QUICK and config.getoption("quick")) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem != _LONGEST)
    if (workers := getattr(config, "workerinput", {}).get("workercount", 1)) > 1:
        items[:] = _slow_first(items, len(items) // workers)
    if config.getoption("quick"):
        for item in items:
            if {"browser", "profile"} & set(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.skip(reason="--quick opens no browser"))


def _slow_first(items: list[pytest.Item], share: int) -> list[pytest.Item]:
    """In the order of which each process gets its share."""
    slow = [item for item in items if item.path.parent.name == _SLOW]
    others = [item for item in items if item.path.parent.name != _SLOW]
    files = list(dict.fromkeys(item.path for item in slow))
    first = [item for item in slow if item.path in files[: len(files) // 2]]
    second = slow[len(first) :]
    rest = max(0, share - len(first))
    return [*first, *others[:rest], *second, *others[rest:]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, Any, Any]:
    return (yield from _stays_here())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    return (yield from _stays_here())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, Any, Any]:
    return (yield from _stays_here())


def _stays_here() -> Generator[None, Any, Any]:
    """Fails a test that tried to reach another computer, itself or in a process that it started."""
    file = Path(os.environ[sitecustomize.ATTEMPTS])
    before = file.stat().st_size
    result = yield
    if file.stat().st_size > before:
        tried = file.read_bytes()[before:].decode()
        pytest.fail(f"This test tried to reach another computer: {tried}", pytrace=False)
    return result


def pytest_unconfigure() -> None:
    Path(os.environ[sitecustomize.ATTEMPTS]).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def open_drawers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page in a test has the keys and the lanes' settings open, so that what is in them can be reached."""
    testing = sys.modules.get("streamlit.testing.v1")
    if testing is None:
        return
    from_file = testing.AppTest.from_file

    def opened(*args: Any, **options: Any) -> Any:
        app = from_file(*args, **options)
        for key in (names.KEYS_OPEN, *map(names.lane_settings, range(20))):
            app.session_state[key] = True
        return app

    monkeypatch.setattr(testing.AppTest, "from_file", opened)


@pytest.fixture(autouse=True)
def _nobodys_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see the keys and addresses of whoever runs them."""
    for name in list(os.environ):
        if name.startswith(_PROVIDERS) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def _histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder name for every test; only tests that keep runs make it."""
    base = tmp_path_factory.mktemp("histories")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _nobodys_history(_histories: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests never read or write the history of whoever runs them, nor that of another test."""
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(next(_histories)))
    for name in ("PLAYGROUND_DATABASE_URL", "PLAYGROUND_HISTORY", "PLAYGROUND_LOCAL_DIR"):
        monkeypatch.delenv(name, raising=False)
    yield
    for thread in threading.enumerate():
        if thread.name == "open history":  # a command that ended at once may have left it at work
            thread.join()
    if "playground.history.journal" in sys.modules:  # perhaps by a thread that still imports it
        importlib.import_module("playground.history.journal").close_writers()


@pytest.fixture(scope="session")
def simulation() -> Iterator[DemoServer]:
    """One demo server without delays for all tests of a worker; a test that stops its server starts one of its own."""
    with DemoServer(pace=0) as server:
        yield server


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    """Connections of one test."""
    opened = open_pool()
    yield opened
    await opened.aclose()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[Loopback]]]:
    """Start a loopback provider that answers with the handler given."""
    servers: list[asyncio.Server] = []

    async def begin(handler: Handler) -> Loopback:
        loopback, server = await start(handler)
        servers.append(server)
        return loopback

    yield begin
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A running server's address: every test that takes `store` runs on SQLite and on a real PostgreSQL."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with cluster() as address:
        yield address


def new_database(server: str) -> URL:
    """An empty database on the server."""
    name = f"history{next(_databases)}"
    admin = sa.create_engine(
        make_url(f"{server}/postgres").set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return make_url(f"{server}/{name}").set(drivername="postgresql+psycopg")


def empty_place(request: pytest.FixtureRequest, folder: Path) -> URL:
    """An empty place for a history, in the kind of database that the fixture's parameter names."""
    if request.param == "sqlite":
        return sqlite_url(folder / "data" / "history.sqlite3")
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty place for a history, in each kind of database."""
    return empty_place(request, tmp_path)


@pytest.fixture
def store(where: URL) -> Iterator[Store]:
    opened = Store(where)
    yield opened
    opened.close()

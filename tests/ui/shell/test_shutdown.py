"""SIGTERM in the midst of answers: they are kept with what had come, children end, and nobody can hold the server up."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from benchmarks.tabs import Tab
from playground.history.queries import Filter, ids
from playground.history.reading import read_run
from playground.store.database import sqlite_url
from playground.store.store import Store
from playground.ui.shell import lifespan
from tests.browser.conftest import free_port
from tests.offline.environment import bare

ROOT = Path(__file__).parents[3]
LANES = 3


@contextmanager
def app(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The app on its simulation, in a process of its own."""
    command = [sys.executable, "-m", "playground", "--no-browser", "--port", str(port)]
    # the lanes still stream when a busy machine has noticed that all have begun
    env = bare(HOME=str(folder), PLAYGROUND_DATA_DIR=str(folder), PLAYGROUND_DEMO_PACE="4")
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://localhost:{port}/_stcore/health").close()
                    break
                time.sleep(0.1)
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
async def test_what_streams_is_kept_and_everything_ends(tmp_path: Path) -> None:
    """And started again, the tab that was open connects by itself and shows its run."""
    port, seen = free_port(), set[int]()
    address = f"http://localhost:{port}"
    async with Tab(address, lambda lane, text: seen.add(lane)) as tab:
        with app(tmp_path, port) as process:
            await tab.open()
            await tab.click("run")
            await tab.until(lambda: len(seen) == LANES, 30)
            assert (tab.errors, tab.ended) == ([], set())
            children = psutil.Process(process.pid).children(recursive=True)
            assert children
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, 20)
            took = time.monotonic() - begun
        assert took < lifespan.GRACE_SECONDS
        assert psutil.wait_procs(children, 3)[1] == []
        run_id = _kept(tmp_path)
        tab.widgets.clear()
        with app(tmp_path, port):
            await tab.until(lambda: f"retry_{run_id}_{LANES - 1}" in tab.widgets, 30)
    assert tab.errors == []
    assert tab.reconnects == 1


def _kept(folder: Path) -> str:
    """The id of the one run that the history has, stopped as it was."""
    store = Store(sqlite_url(folder / "history.sqlite3"))
    (run_id,) = ids(store, Filter())
    stored = read_run(store, run_id)
    store.close()
    assert stored is not None
    said = (folder / "log").read_text()
    assert "Traceback" not in said
    assert "restart" not in said  # Streamlit took the port for a change of its file
    failures = [response.failure for response in stored.run.responses]
    assert [why.message for why in failures if why] == ["The app was stopped."] * LANES
    assert all(r.text or r.reasoning_text for r in stored.run.responses)
    return run_id


NEVER_DONE = """
import asyncio, sys
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from playground.ui.shell import lifespan

lifespan.WARMED = ()
lifespan.GRACE_SECONDS = 1.0

async def never(request):
    print("asked", flush=True)
    await asyncio.Event().wait()

app = Starlette(routes=[Route("/", never)], lifespan=lifespan.lifespan)
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
def test_a_request_that_never_ends_does_not_hold_the_server_up_for_ever() -> None:
    """Uvicorn waits for it without a limit; whoever stops the app kills it then, and what was not yet kept is lost."""
    port = free_port()
    command = [sys.executable, "-c", NEVER_DONE, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        for _ in range(100):
            with contextlib.suppress(OSError):
                asking = socket.create_connection(("127.0.0.1", port), 5)
                break
            time.sleep(0.1)
        with asking:
            asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert process.stdout is not None
            assert process.stdout.readline() == b"asked\n"
            process.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            process.wait(20)
            assert 0.5 < time.monotonic() - begun < 5

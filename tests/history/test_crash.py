"""kill -9 in the middle of 20 streaming runs: all are there, once, with what had come. `HISTORY_KILLS=20` for more goes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from playground.demo.process import DemoServer
from playground.history import queries
from playground.history.interrupted import find_interrupted
from playground.history.journal import FLUSH_SECONDS
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.store.database import sqlite_url
from playground.store.store import Store
from tests.history.streaming import ENOUGH

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("HISTORY_KILLS", "1"))
RUNS = 20


@pytest.mark.parametrize("how", [(), ("once",)], ids=["app", "ask"])
@pytest.mark.parametrize("go", range(KILLS))
def test_a_kill_in_the_middle_of_20_runs_loses_none(
    tmp_path: Path, go: int, how: tuple[str, ...]
) -> None:
    Store(sqlite_url(tmp_path / "history.sqlite3")).close()
    with DemoServer(pace=3) as demo:
        command = [
            sys.executable,
            "-m",
            "tests.history.streaming",
            demo.base_urls()["openai"],
            f"{RUNS}",
            *how,
        ]
        env = {**os.environ, "PLAYGROUND_DATA_DIR": str(tmp_path)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT
        ) as streaming:
            assert streaming.stdout is not None
            run_ids = json.loads(streaming.stdout.readline())
            time.sleep(2 * FLUSH_SECONDS + go % 7 / 20)
            streaming.kill()
    file = tmp_path / "history.sqlite3"
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = Store(sqlite_url(file))
    find_interrupted(store)
    assert sorted(queries.ids(store, Filter())) == sorted(run_ids)
    for run_id in run_ids:
        stored = read_run(store, run_id)
        assert stored is not None
        assert stored.state == "interrupted"
        assert len(stored.run.responses[0].text) >= ENOUGH
    assert queries.find(store, Filter(failure="interrupted")).total == RUNS
    store.close()

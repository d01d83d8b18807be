"""Many processes write at once, into a database that none of them has made yet: nothing is lost, nothing fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy.engine import URL

from playground.history import queries
from playground.history.queries import Filter
from playground.history.reading import each
from playground.store.store import Store

ROOT = Path(__file__).parents[2]
PROCESSES = {"sqlite": 20, "postgresql": 50}
RUNS = 3


def test_every_run_of_every_process_is_there(where: URL) -> None:
    processes = PROCESSES[where.get_backend_name()]
    url = where.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.history.crowd", url, f"{processes}", f"{RUNS}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    store = Store(where)
    expected = [f"{process}-{number}" for process in range(processes) for number in range(RUNS)]
    assert sorted(queries.ids(store, Filter())) == sorted(expected)
    assert queries.find(store, Filter(failure="none")).total == processes * RUNS
    for process in range(processes):
        assert queries.find(store, Filter(tag=f"process {process}")).total == RUNS
    assert {stored.state for stored in each(store, expected)} == {"done"}
    store.close()

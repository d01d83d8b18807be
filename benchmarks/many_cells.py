"""An experiment of very many cells on the simulation: its memory, and whether its last thousand are as quick as its first.

    python benchmarks/many_cells.py [--cases 10000] [--processes 1]

Cases × three models, no waiting in the simulation, as `playground experiment run` does it; memory is the most that the
command's process ever held. The first thousand cells that count come after the warm-up.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import environment
from benchmarks.rows import Rows
from playground.experiments import kept
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store

MODELS = ("gemini:gemini-3.8-flash", "gemini:gemini-3.5-flash-lite", "gemini:gemini-4-argon")
"""Of these the simulation counts no rate limits, which would hold an experiment of so many to their pace."""
MOST_MB = 600
SLOWER = 1.25
"""× the first thousand's time, for the last thousand."""
SOME, SIDE, PIECE = 1_000, 5, 100
"""Cells, at most so many times as many at both ends, and the pieces of them whose median counts: others use this machine too."""


def spec(cases: int) -> dict[str, Any]:
    """Short questions, each another one, with a check."""
    return {
        "name": "many cells",
        "prompts": ["What is {{ n }} in words? One line."],
        "models": list(MODELS),
        "cases": [{"vars": {"n": n}} for n in range(cases)],
        "defaults": {"checks": [{"type": "length", "value": {"min": 1}}]},
        "concurrency": 48,
        "warm_up": 2,
        "exchanges": "sampled",
    }


def run(folder: Path, cases: int, processes: int) -> tuple[dict[str, Any], float]:
    """The document that the command prints, and the most megabytes that its process held."""
    file = folder / "many.json"
    file.write_text(json.dumps(spec(cases)), "utf-8")
    command = [sys.executable, "-m", "playground", "experiment", "run", str(file), "--demo"]
    more = ["--json", "--processes", str(processes)]
    env = environment(PLAYGROUND_DATA_DIR=str(folder), PLAYGROUND_DEMO_PACE="0")
    with (folder / "out.json").open("wb") as out:
        process = subprocess.Popen([*command, *more], env=env, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    found: dict[str, Any] = json.loads((folder / "out.json").read_text("utf-8"))
    return found, used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def seconds(folder: Path, experiment: str) -> list[float]:
    """How long each hundred cells took, by when they left."""
    with closing(Store(sqlite_url(folder / FILE))) as store:
        found = kept.find(store, experiment)
        assert found is not None
        rows = kept.table(store, found.seq, "started_at", "warm_up")
    left = sorted(datetime.fromisoformat(r.started_at).timestamp() for r in rows if not r.warm_up)
    ends = left[::PIECE]
    return [end - begin for begin, end in pairwise(ends)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    rows = Rows()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found, megabytes = run(folder, given.cases, given.processes)
        if found["failures"] or found["requests"] != given.cases * len(MODELS):
            raise SystemExit(f"{found['requests']} calls, {found['failures']} failed")
        each = seconds(folder, found["experiment_id"])
    what = f"{given.cases:,} cases × 3 models"
    print(f"    {found['requests_per_second']:.0f} calls a second in {found['elapsed']:.0f} s")
    many = SOME // PIECE
    thousands = [sum(each[i : i + many]) for i in range(0, len(each), many)]
    print(f"    each {SOME:,} in {', '.join(f'{s:.1f}' for s in thousands)} s", flush=True)
    some = max(many, min(SIDE * many, len(each) // 2 // many * many))
    first, last = statistics.median(each[:some]), statistics.median(each[-some:])
    rows.show(f"{what}: memory of the command", megabytes, MOST_MB, "MB")
    rows.show(f"{what}: last thousand ÷ first thousand", last / first, SLOWER)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()

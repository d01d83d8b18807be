"""Whether "significant" means it: identical models called different, and a true tenth found with the promised repeats.

    python benchmarks/differences.py [--experiments 200] [--repeats 12] [--pace 0.01] [--drawn]

A model of the simulation is benchmarked against itself again and again: at most 5 of 100 such experiments may call any of
their figures different. Then one of the two is made a tenth slower in what was measured: six repeats never suffice to
say so, they promise how many more do, and with those it must be found in 80 of 100. The values of each such experiment are
drawn from all calls that were really made, so that they scatter as calls do; then from three other ways to scatter.
`--drawn` does these alone, without asking anything.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.rows import Rows
from playground.demo.process import DemoServer
from playground.domain import Endpoint
from playground.engine import Engine
from playground.experiments import benchmark, kept
from playground.experiments.comparing import Calls, Comparison, compare_all
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.results import results
from playground.experiments.statistics import array
from playground.experiments.work import prepare
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store

MODEL = "gemini:gemini-3.8-flash"
FALSE_ALARMS, FOUND = 5.0, 80.0
"""Most and least of 100."""
FIRST = 6
"""Repeats before the promise."""
SLOWER = 1.1
FIGURES = ("time_to_first_text", "duration", "output_tokens_per_second", "cost")
MANY = 20_000
"""Calls that are drawn of each way to scatter."""


@contextmanager
def demo(pace: float) -> Iterator[dict[str, Endpoint]]:
    server = DemoServer(pace)
    server.start()
    try:
        yield dict(server.endpoints())
    finally:
        server.stop()


def experiment(
    engine: Engine, store: Store, endpoints: dict[str, Endpoint], repeats: int
) -> Experiment:
    """One benchmark of the model against itself, to its end."""
    spec = benchmark.spec(
        [MODEL, MODEL],
        benchmark.PROMPT,
        repeats=repeats,
        concurrency=4,
        warm_up=1,
        output_tokens=200,
    )
    made = kept.create(store, spec, Jobs(spec).places(), simulated=True)
    kept.begin(store, made.seq)
    _, run = prepare(engine, store, made, endpoints, budget=None)
    ended = run()
    kept.finish(store, made.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
    return made


def measured(store: Store, made: list[Experiment]) -> dict[str, np.ndarray]:
    """Every figure of every call that was measured, in columns of the same order."""
    rows = [
        row
        for each in made
        for row in kept.table(store, each.seq, "warm_up", *FIGURES)
        if not row.warm_up and row.time_to_first_text is not None
    ]
    return {name: array([getattr(row, name) for row in rows]) for name in FIGURES}


def drawn(
    name: str, pool: dict[str, np.ndarray], repeats: int, slower: float, dice: np.random.Generator
) -> Calls:
    """So many calls out of all that were made, each so much slower."""
    some = dice.integers(0, len(pool["duration"]), repeats)
    figures = {metric: pool[metric][some] for metric in FIGURES}
    for metric in ("time_to_first_text", "duration"):
        figures[metric] = figures[metric] * slower
    figures["pass_rate"] = np.ones(repeats)
    return Calls(name, [(0, repeat) for repeat in range(repeats)], figures)


def compared(pool: dict[str, np.ndarray], repeats: int, seed: int) -> Comparison:
    """Duration of the slower one against the other's."""
    dice = np.random.default_rng([seed, repeats])
    made = compare_all(
        [drawn("a", pool, repeats, SLOWER, dice), drawn("b", pool, repeats, 1.0, dice)]
    )
    return next(c for c in made if c.metric == "duration")


def scattered(seed: int = 0) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Calls that nobody made: wide, alike but for a few that took long, and far more often far from the middle."""
    dice = np.random.default_rng(seed)
    slow = np.where(dice.random(MANY) < 0.03, dice.uniform(1.5, 4, MANY), 1)
    ways = {
        "a wide lognormal": dice.lognormal(0, 0.4, MANY),
        "3 % that take long": slow * dice.lognormal(0, 0.05, MANY),
        "heavy tails": np.exp(0.1 * dice.standard_t(3, MANY)),
    }
    for name, duration in ways.items():
        figures = {"duration": duration, "time_to_first_text": duration / 3}
        figures["output_tokens_per_second"] = 100 / duration
        yield name, figures | {"cost": np.ones(MANY)}


def promise(pool: dict[str, np.ndarray], experiments: int) -> tuple[float, float]:
    """Of 100 experiments those that found the tenth with the promised repeats; how many these were at the median."""
    found, repeats = [], []
    for seed in range(experiments):
        first = compared(pool, FIRST, seed)
        repeats.append(FIRST + (first.more_repeats or 0))
        last = compared(pool, repeats[-1], seed) if first.more_repeats else first
        found.append(bool(last.significant))
    return 100 * float(np.mean(found)), float(np.median(repeats))


def promises(rows: Rows, pools: dict[str, dict[str, np.ndarray]], experiments: int) -> None:
    """Each on a core of its own: nothing is timed here, and it is most of the work."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as crew:
        made = crew.map(promise, pools.values(), itertools.repeat(experiments))
        for name, (found, repeats) in zip(pools, made, strict=True):
            what = f"{name}: a true tenth, found with the promised repeats ({repeats:.0f})"
            rows.show(what, found, FOUND, "%", "≥")


def asked(given: argparse.Namespace, rows: Rows) -> dict[str, np.ndarray]:
    """How often identical models are called different; every call that was made for it."""
    with tempfile.TemporaryDirectory() as folder, demo(given.pace) as endpoints:
        os.environ["PLAYGROUND_DATA_DIR"] = folder
        store, engine = Store(sqlite_url(Path(folder) / FILE)), Engine()
        try:
            made = [
                experiment(engine, store, endpoints, given.repeats)
                for _ in range(given.experiments)
            ]
            wrong = [any(c.significant for c in results(store, each).comparisons) for each in made]
            pool = measured(store, made)
        finally:
            engine.close()
            store.close()
    spread = float(pool["duration"].std() / pool["duration"].mean())
    print(
        f"    {len(pool['duration']):,} calls; their duration scatters by {spread:.0%}", flush=True
    )
    what = f"{given.experiments} experiments of a model against itself: called different"
    rows.show(what, 100 * float(np.mean(wrong)), FALSE_ALARMS, "%")
    return pool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--experiments", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=12)
    parser.add_argument("--pace", type=float, default=0.01, help="1 is as slow as the models")
    parser.add_argument("--drawn", action="store_true", help="only of values that are drawn")
    given = parser.parse_args()
    rows = Rows()
    pools = {} if given.drawn else {"the simulation": asked(given, rows)}
    promises(rows, pools | dict(scattered()), given.experiments)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()

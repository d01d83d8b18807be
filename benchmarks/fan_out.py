"""Six lanes of different speed at once, against the slowest of them alone: what asking several models costs in time.

    python benchmarks/fan_out.py [--rounds 5]

Prints the whole run's time ÷ the slowest lane's time alone, for the first run of a fresh process (warmed as the app
warms itself at start) and for later ones. Needs the mock provider (`process.MOCK`), a provider with an exact clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import mock_provider
from benchmarks.rows import Rows

PORT = 18_087
MOST = 1.05
"""Times the slowest lane's own time."""
LANES = (
    ("openai", "mock-t300-i20-n200"),
    ("openai/chat", "mock-t200-i20-n150"),
    ("anthropic", "mock-t400-i15-n200"),
    ("gemini", "mock-t250-i10-n200"),
    ("openai", "mock-t100-i5-n100"),
    ("anthropic", "mock-t150-i8-n120"),
)
"""(door, schedule): the first is the slowest, 0.3 s + 199 × 0.02 s."""


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of all lanes, index 0 in this process's first run, and of the slowest alone, which hardly differ."""
    from playground.domain import Endpoint, ModelRef, Request, Secret
    from playground.engine import get_engine
    from playground.providers import warm

    engine = get_engine()
    warm()
    base = f"http://127.0.0.1:{PORT}"
    endpoints = {
        name: Endpoint(provider=name, base_url=f"{base}{path}", key=Secret("none"))
        for name, path in (("openai", "/v1"), ("anthropic", ""), ("gemini", ""))
    }
    requests = [Request.ask(ModelRef.parse(f"{d}:{m}"), "Hello") for d, m in LANES]

    def seconds(asked: list[Request]) -> float:
        begun = time.perf_counter()
        run = engine.start(asked, endpoints)
        run.wait()
        took = time.perf_counter() - begun
        failed = [r.failure for r in run.run().responses if r.failure]
        if failed:
            raise SystemExit(f"a lane failed: {failed[0].message}")
        return took

    all_lanes = [seconds(requests) for _ in range(rounds)]
    alone = seconds(requests[:1])
    engine.close()
    return {"all": all_lanes, "alone": [alone]}


def main() -> None:
    """Run each measurement in a process of its own, so that a first run is a first run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measure(options.child)))
        return
    with mock_provider(PORT):
        firsts, laters, alones = [], [], []
        for _ in range(3):
            child = subprocess.run(
                [sys.executable, __file__, "--child", str(max(2, options.rounds // 2))],
                capture_output=True,
                text=True,
                check=True,
            )
            times = json.loads(child.stdout)
            firsts.append(times["all"][0])
            laters += times["all"][1:]
            alones += times["alone"]
    rows, alone = Rows(), statistics.median(alones)
    for which, found in (("a process's first run", firsts), ("later runs", laters)):
        ratio = statistics.median(found) / alone
        rows.show(f"six lanes ÷ the slowest alone, {which}", ratio, MOST)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()

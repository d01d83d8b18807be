"""Many processes write into one history at the same moment: `python -m tests.history.crowd URL PROCESSES RUNS`.

Run as a process of its own: it forks, which a test process full of threads must not do.
"""

from __future__ import annotations

import os
import sys
import time

import alembic.command  # noqa: F401 - so that no child imports it anew
from sqlalchemy.engine import make_url

from playground.engine import LiveRun
from playground.history.journal import Keeper, Writer
from playground.history.labels import Labels
from tests.history.runs import small_run


def keep_all(url: str, process: int, count: int) -> None:
    """What one process does: runs begin and end through a writer of its own."""
    writer = Writer(lambda: make_url(url))
    for number in range(count):
        run = small_run(number)
        live = LiveRun(
            f"{process}-{number}",
            "",
            run.requests,
            simulations=(False,) * len(run.requests),
            cancel=lambda *_: None,
        )
        keeper = Keeper(writer, Labels(tags=(f"process {process}",)))
        keeper.began(live).result(30)
        live.lanes[0].end(run.responses[0])
        keeper.lane_ended(live, live.lanes[0])
    if not writer.close(60):
        print(f"process {process}: {writer.problem}", file=sys.stderr)
        os._exit(1)


def main(url: str, processes: int, count: int) -> int:
    start = time.time() + 0.2 + processes / 100
    children = []
    for process in range(processes):
        child = os.fork()
        if child == 0:
            time.sleep(max(0.0, start - time.time()))
            keep_all(url, process, count)
            os._exit(0)
        children.append(child)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

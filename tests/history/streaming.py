"""A process that streams runs into a history until it is killed: `python -m tests.history.streaming BASE_URL RUNS [once]`.

Prints the run ids as JSON once every lane has some text.
"""

from __future__ import annotations

import json
import sys
import time

from playground import history
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import Engine
from playground.history import Labels, once

ENOUGH = 40
"""Characters."""


def main(base_url: str, count: int, how: str = "") -> None:
    endpoint = Endpoint(provider="openai", base_url=base_url, key=Secret("demo"), simulated=True)
    engine = Engine()
    request = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "What is a token?")
    light = once.opened() if how else None
    assert (light is None) == (not how)
    runs = [
        engine.start(
            [request],
            {"openai": endpoint},
            journal=light.journal(Labels(), (), keep=True) if light else history.keep(),
        )
        for _ in range(count)
    ]
    while any(len(run.lanes[0].text()) < ENOUGH for run in runs):
        time.sleep(0.01)
    print(json.dumps([run.id for run in runs]), flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])

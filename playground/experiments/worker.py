"""A process of its own for a share of an experiment: `python -m playground.experiments.worker`, told what by a line of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from playground import garbage, history, settings
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.interrupts import interrupting
from playground.experiments.work import prepare
from playground.history.journal import close_writers
from playground.providers import preview
from playground.store.database import sqlite_url
from playground.store.store import Store

SAVING_SECONDS = 30.0


def order(
    experiment: str,
    part: int,
    of: int,
    endpoints: dict[str, Endpoint] | None,
    budget: Decimal | None,
    file: str | None,
) -> str:
    """What a worker is told, over a pipe. Of endpoints only those that we serve: it reads keys from its own environment."""
    served = [_told(e) for e in (endpoints or {}).values() if e.simulated or e.own]
    told = {
        "experiment": experiment,
        "part": part,
        "of": of,
        "served": served,
        "budget": None if budget is None else str(budget),
        "file": file,
    }
    return json.dumps(told)


def main(models: Sequence[str] = ()) -> int:
    """Do one's share; 0 when all of it was asked, 3 when it stands still. One line of JSON at the end says how it ended.

    Their SDKs are warm when the order comes, where it is known before which models are asked.
    """
    for model in models:
        with contextlib.suppress(ValueError):  # who calls us says what is wrong with it
            preview(Request.ask(ModelRef.parse(model), "warm"))
    line = sys.stdin.readline()
    if not line:  # nobody needs us
        return 2
    told: dict[str, Any] = json.loads(line)
    store = Store(sqlite_url(told["file"])) if told["file"] else history.get_store()
    experiment = kept.find(store, told["experiment"], owner=None)
    if experiment is None:
        return 2
    real = settings.load().endpoints
    served = {each["provider"]: endpoint(each) for each in told["served"]}
    engine = Engine()
    session, run = prepare(
        engine,
        store,
        experiment,
        {**real, **served},
        budget=None if told["budget"] is None else Decimal(told["budget"]),
        session="command",
        secrets=[each.key for each in (*real.values(), *served.values())],
        part=told["part"],
        of=told["of"],
        progress=None,
    )
    threading.Thread(target=_until_the_parent_ends, args=(session.stop,), daemon=True).start()
    with garbage.measuring(), interrupting(session.stop):
        ended = run()
    history.get_writer().flush(SAVING_SECONDS)
    close_writers()
    engine.close()  # last: what is still being written down tells the engine
    print(json.dumps(asdict(ended)), flush=True)
    return 0 if ended.state == kept.ENDED else 3


def _told(endpoint: Endpoint) -> dict[str, Any]:
    """A simulated one, or the model on this computer with the key of the server that its command has started."""
    key = endpoint.key.reveal() if endpoint.own and endpoint.key else "demo-key"
    return {
        "provider": endpoint.provider,
        "base_url": endpoint.base_url,
        "key": key,
        "simulated": endpoint.simulated,
        "own": endpoint.own,
    }


def endpoint(told: dict[str, Any]) -> Endpoint:
    """One that its command serves, as `order` has told it."""
    return Endpoint(**{**told, "key": Secret(told["key"])})


def _until_the_parent_ends(stop: Any) -> None:
    """A parent that is gone, killed too, wants no more answers."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A process of its own for a share of an experiment: `python -m playground.experiments.worker`, told what by a line of JSON."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

import playground
from playground import files, garbage, history, settings
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.domain.endpoint import REPLAYED
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.environment import named
from playground.experiments.flow import learned_in
from playground.experiments.interrupts import interrupting
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Session
from playground.experiments.sealing import Letterbox
from playground.experiments.work import prepare
from playground.history.journal import close_writers
from playground.pricing.loading import own_file
from playground.providers import preview
from playground.store.database import sqlite_url
from playground.store.store import Store

SAVING_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A share of an experiment, and what a worker must know to ask it."""

    experiment: Experiment
    part: int
    of: int
    endpoints: Mapping[str, Endpoint]
    budget: Decimal | None
    file: str | None
    """Where it is kept, if not where the history is."""

    def line(self, *, abroad: bool = False) -> str:
        """As JSON in one line. A worker that has our environment reads keys and addresses from there.

        One `abroad` has another, and is told all of it; then only its own pipe may hear the line.
        """
        told = {
            "experiment": self.experiment.id,
            "part": self.part,
            "of": self.of,
            "budget": None if self.budget is None else str(self.budget),
            "file": self.file,
            "environment": self._environment() if abroad else None,
            "endpoints": {name: _told(each) for name, each in self.told(abroad=abroad)},
        }
        return json.dumps(told)

    def told(self, *, abroad: bool) -> list[tuple[str, Endpoint]]:
        """Those that we serve; abroad all that are asked. By the name under which they are found."""
        if not abroad:
            return [(name, e) for name, e in self.endpoints.items() if e.simulated or e.own]
        asked = {ref.provider for ref in Jobs(self.experiment.spec).asked}
        return [(n, e) for n, e in self.endpoints.items() if n.removeprefix(REPLAYED) in asked]

    def _environment(self) -> dict[str, str]:
        ours = {n: value for n, value in os.environ.items() if n.startswith("PLAYGROUND_")}
        folder = {"PLAYGROUND_DATA_DIR": str(settings.data_dir())}
        return folder | ours | named(self.experiment.spec.model_dump_json())


def likeness() -> str:
    """The same where the same code prices calls by the same tables."""
    found = hashlib.sha256(playground.__version__.encode())
    for file in (files.shipped("pricing.yaml"), own_file()):
        found.update(file.read_bytes() if file.exists() else b"-")
    return found.hexdigest()[:16]


def introduction(letterbox: Letterbox) -> str:
    """What a worker says of itself before it is told anything by somebody who started it through others."""
    return json.dumps({"address": letterbox.address, "likeness": likeness()})


def warm(models: Iterable[str]) -> None:
    """Read in the SDKs that these are asked with: before calls are timed, and collections of garbage must look through them."""
    doors: dict[tuple[str, str], ModelRef] = {}
    for model in models:
        with contextlib.suppress(ValueError):  # who calls us says what is wrong with it
            ref = ModelRef.parse(model)
            doors.setdefault((ref.provider, ref.api), ref)
    for ref in doors.values():
        with contextlib.suppress(ValueError):
            preview(Request.ask(ref, "warm"))


def main(arguments: Sequence[str] = ()) -> int:
    """Do one's share; 0 when all of it was asked, 3 when it stands still. Lines of JSON say
    what it learns of rate limits, the last one how it ended.

    The arguments are models whose SDKs are warm when the order comes, where it is known before which are asked; with
    `--sealed` it introduces itself, and its order is for its eyes only.
    """
    letterbox = Letterbox() if "--sealed" in arguments else None
    if letterbox is not None:
        print(introduction(letterbox), flush=True)
    warm(arguments)
    line = sys.stdin.readline()
    if not line:  # nobody needs us
        return 2
    told: dict[str, Any] = json.loads(letterbox.opened(line) if letterbox else line)
    os.environ.update(told["environment"] or {})
    store = Store(sqlite_url(told["file"])) if told["file"] else history.get_store()
    experiment = kept.find(store, told["experiment"], owner=None)
    if experiment is None:
        return 2
    ended = _asked(told, store, experiment)
    _say(json.dumps(asdict(ended)))
    return 0 if ended.state == kept.ENDED else 3


def _asked(told: Mapping[str, Any], store: Store, experiment: Experiment) -> Ended:
    endpoints = {name: endpoint(each) for name, each in told["endpoints"].items()}
    if told["environment"] is None:
        endpoints = settings.load().endpoints | endpoints
    engine = Engine()
    session, run = prepare(
        engine,
        store,
        experiment,
        endpoints,
        budget=None if told["budget"] is None else Decimal(told["budget"]),
        session="command",
        secrets=[each.key for each in endpoints.values()],
        part=told["part"],
        of=told["of"],
        progress=None,
        tell=lambda learned: _say(learned.line()),
    )
    threading.Thread(target=_listen, args=(session,), daemon=True).start()
    with garbage.measuring(), interrupting(session.stop):
        ended = run()
    history.get_writer().flush(SAVING_SECONDS)
    close_writers()
    engine.close()  # last: what is still being written down tells the engine
    return ended


def _told(endpoint: Endpoint) -> dict[str, Any]:
    """With its key, in memory and a pipe only; a simulated one has none that is worth anything."""
    told = {each.name: getattr(endpoint, each.name) for each in fields(endpoint)}
    key = Secret("demo-key") if endpoint.simulated else endpoint.key
    return {**told, "key": key and key.reveal()}


def endpoint(told: Mapping[str, Any]) -> Endpoint:
    """One as `Order.line` has told it."""
    return Endpoint(**{**told, "key": told["key"] and Secret(told["key"])})


def _say(line: str) -> None:
    """In one piece: others of our threads speak too."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _listen(session: Session) -> None:
    """What others learn; a parent that is gone, killed too, wants no more answers."""
    for line in sys.stdin:
        session.learn(learned_in(line))
    session.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

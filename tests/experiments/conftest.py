"""A real engine against the simulation, and experiments small enough to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Response
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.kept import Experiment, Place
from playground.experiments.running import Ended, Job, Session
from playground.experiments.spec import Case, Model, Prompt, Spec
from playground.experiments.verdict import Verdict
from playground.store.database import sqlite_url
from playground.store.store import Store


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


@pytest.fixture
def endpoints(simulation: DemoServer) -> dict[str, Endpoint]:
    return dict(simulation.endpoints())


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(sqlite_url(tmp_path / "experiments.sqlite3"))
    yield opened
    opened.close()


def spec_of(models: Sequence[str], cases: Sequence[str], **more: Any) -> Spec:
    return Spec(
        prompts=(Prompt(text="{{prompt}}"),),
        models=tuple(Model(model=name) for name in models),
        cases=tuple(Case(vars={"prompt": text}) for text in cases),
        **{"exchanges": "none", "retries": 0, **more},
    )


def jobs_of(spec: Spec) -> list[Job]:
    """Every cell in order: warm-up first, then repeats, cases, models taking turns."""
    numbers = count()

    def job(case: int, repeat: int, model: Model, warm_up: bool) -> Job:
        one = spec.cases[case]
        assert isinstance(one, Case)
        place = Place(
            cell=next(numbers),
            model=model.name,
            prompt=0,
            case=case,
            repeat=repeat,
            warm_up=warm_up,
        )
        ref = ModelRef.parse(model.model)
        return Job(place=place, request=Request.ask(ref, one.vars["prompt"]))

    first = [job(0, r, m, True) for r in range(spec.warm_up) for m in spec.models]
    order = product(range(spec.repeats), range(len(spec.cases)), spec.models)
    return first + [job(c, r, m, False) for r, c, m in order]


def answered(cell: int, response: Response) -> Verdict:
    """The check of these tests: an answer passes."""
    return Verdict(passed=response.ok, score=float(response.ok))


RunIt = Callable[..., tuple[Experiment, Ended]]


@pytest.fixture
def run_it(engine: Engine, endpoints: dict[str, Endpoint], file_store: Store) -> RunIt:
    """Run an experiment to its end, or go on with one."""

    def run(
        spec: Spec, *, again: Experiment | None = None, **more: Any
    ) -> tuple[Experiment, Ended]:
        store = more.pop("store", file_store)
        jobs = jobs_of(spec)
        places = [job.place for job in jobs]
        experiment = again or kept.create(store, spec, places, simulated=True)
        waiting = {p.cell for p in kept.places(store, experiment.seq, kept.WAITING)}
        assert kept.begin(store, experiment.seq)
        session = Session(
            more.pop("engine", engine),
            store,
            experiment,
            more.pop("endpoints", endpoints),
            more.pop("judge", answered),
            budget=spec.budget,
            **more,
        )
        ended = session.run((j for j in jobs if j.place.cell in waiting), len(waiting))
        kept.finish(store, experiment.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
        found = kept.find(store, experiment.id)
        assert found
        return found, ended

    return run

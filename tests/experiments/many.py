"""A large experiment written straight into the store: as if it had been run."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from playground.experiments import kept
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.spec import Case, Check, Model, Prompt, Spec
from playground.store.database import writing
from playground.store.packing import units
from playground.store.schema import experiment_cells
from playground.store.store import Store

MODELS = ("openai:gpt-6.1-sol", "anthropic:claude-haiku-5-5", "gemini:gemini-3.8-flash")
AT_ONCE = 5_000


def many_spec(cases: int, name: str = "many") -> Spec:
    """So many cases of one prompt at three models."""
    return Spec(
        name=name,
        prompts=(Prompt(text="{{ q }}"),),
        models=tuple(Model(model=model) for model in MODELS),
        cases=tuple(
            Case(
                vars={"q": f"What is {number} times {number + 1}?"},
                checks=(Check(type="icontains", value=str(number * (number + 1))),),
            )
            for number in range(cases)
        ),
    )


def filled(
    store: Store, spec: Spec, *, owner: str = "", seed: int = 0, quality: float = 0.9
) -> Experiment:
    """The experiment of this spec with a made-up result in every cell."""
    jobs, dice = Jobs(spec), random.Random(seed)
    made = kept.create(store, spec, jobs.places(), owner=owner, simulated=True)
    rows = [_result(made.seq, place.cell, place.model, dice, quality) for place in jobs.places()]
    cells = experiment_cells.c
    change = experiment_cells.update().where(
        cells.experiment_seq == sa.bindparam("of"), cells.cell == sa.bindparam("at")
    )
    values: dict[str, Any] = {
        name: sa.bindparam(name) for name in rows[0] if name not in ("of", "at")
    }
    with writing(store.engine) as connection:
        for start in range(0, len(rows), AT_ONCE):
            connection.execute(change.values(values), rows[start : start + AT_ONCE])
    kept.finish(store, made.seq, kept.ENDED, elapsed=600.0, note="")
    found = kept.find(store, made.id, owner=owner)
    assert found
    return found


def _result(seq: int, cell: int, model: str, dice: random.Random, quality: float) -> dict[str, Any]:
    number = MODELS.index(model)
    failed = dice.random() < 0.01
    passed = not failed and dice.random() < quality - 0.05 * number
    words = dice.randrange(5, 200)
    first = dice.lognormvariate(-1.0 + 0.2 * number, 0.3)
    return {
        "of": seq,
        "at": cell,
        "state": kept.FAILED if failed else kept.DONE,
        "tries": 1,
        "failure": "overloaded" if failed else None,
        "status": 529 if failed else None,
        "message": "Overloaded. Wait a little." if failed else None,
        "time_to_first_text": None if failed else first,
        "duration": None if failed else first + words / 100,
        "output_tokens_per_second": None if failed else 90.0 + dice.random(),
        "input_tokens": 20,
        "output_tokens": words,
        "cost": None if failed else units(Decimal(words * (3 - number)) / 100_000),
        "text": None if failed else f"An answer of {words} words. " * 15,
        "passed": passed,
        "score": float(passed),
        "reason": None if passed else f"{cell} is not in it",
        "response_model": model.partition(":")[2],
    }

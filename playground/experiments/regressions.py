"""Cases of which fewer answers pass now than in an earlier experiment, model by model."""

from __future__ import annotations

import json
from dataclasses import dataclass

from playground.experiments import sheets
from playground.experiments.cells import prompt_names
from playground.experiments.kept import Experiment
from playground.experiments.spec import Case
from playground.store.store import Store

Key = tuple[str, str]
"""What makes a case of a prompt the same in two specs: the prompt's name, whatever its text is now, and the case's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """One case of one prompt at one model."""

    prompt: int
    case: int
    """Places in the spec of now."""
    model: str
    before: tuple[int, int]
    """Answers that passed, of so many judged."""
    now: tuple[int, int]

    @property
    def drop(self) -> float:
        """Share of the answers that passed before and do not now."""
        return self.before[0] / self.before[1] - self.now[0] / self.now[1]


def regressions(store: Store, now: Experiment, before: Experiment) -> list[Regression]:
    """The largest drop first. One case alone may be chance: the tests of whole models say what is not."""
    old, keys = _keys(before), _keys(now)
    then = {
        (*old[prompt, case], model): share
        for (prompt, case, model), share in sheets.shares(store, before.seq).items()
    }
    found = []
    for (prompt, case, model), share in sheets.shares(store, now.seq).items():
        earlier = then.get((*keys[prompt, case], model))
        if earlier is not None and earlier[0] * share[1] > share[0] * earlier[1]:
            made = Regression(prompt=prompt, case=case, model=model, before=earlier, now=share)
            found.append(made)
    return sorted(found, key=lambda one: (-one.drop, one.case, one.prompt))


def _keys(experiment: Experiment) -> dict[tuple[int, int], Key]:
    names = prompt_names(experiment.spec.prompts)
    cases = [
        json.dumps([case.description, case.vars], sort_keys=True, default=str)
        for case in experiment.spec.cases
        if isinstance(case, Case)
    ]
    return {(p, c): (name, case) for p, name in enumerate(names) for c, case in enumerate(cases)}

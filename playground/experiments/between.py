"""Two experiments side by side, model by model: what a provider says has changed, and which figures differ beyond chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from playground.experiments.cells import Cells
from playground.experiments.comparing import (
    MORE_IS_BETTER,
    Calls,
    Comparison,
    compare_all,
    corrected,
)
from playground.experiments.documents import comparison_document, document
from playground.experiments.kept import Experiment
from playground.experiments.results import Results, calls, results
from playground.experiments.spec import Case
from playground.experiments.watching import Said, by_model, said
from playground.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How b differs from a."""

    a: Results
    b: Results
    said: tuple[Said, ...]
    """What a provider said in a (before), and in b (now)."""
    made: tuple[tuple[str, Comparison], ...]
    """Model → a minus b by one figure, corrected for all of them together."""
    same_checks: bool
    """Whether both judge by the same checks; else pass rates differ by that too."""

    @property
    def same_spec(self) -> bool:
        return self.a.experiment.digest == self.b.experiment.digest

    @property
    def worse(self) -> tuple[tuple[str, Comparison], ...]:
        """Figures in which a is worse than b beyond chance."""
        return tuple(
            (model, c)
            for model, c in self.made
            if c.significant and c.difference and (c.difference < 0) == (c.metric in MORE_IS_BETTER)
        )

    def only_in(self, mine: Results) -> list[str]:
        """Models that only this one has asked."""
        both = {model for model, _ in self.made}
        return [model.model for model in mine.models if model.model not in both]


def between(store: Store, a: Experiment, b: Experiment) -> Between:
    """Compare two experiments: pair by pair where both asked the same, whatever place it has in their specs."""
    mine, theirs = (_calls(store, each) for each in (a, b))
    rows = [by_model(store, each) for each in (a, b)]
    both = [model for model in mine if model in theirs]
    found = [
        (model, each)
        for model in both
        for each in compare_all(
            [_named(a.id, mine[model]), _named(b.id, theirs[model])], seed=a.spec.seed
        )
    ]
    sure = corrected([each for _, each in found])
    return Between(
        a=results(store, a, compare=False),
        b=results(store, b, compare=False),
        said=tuple(s for model in both for s in said(model, rows[0][model], rows[1][model])),
        made=tuple((model, each) for (model, _), each in zip(found, sure, strict=True)),
        same_checks=_checks(a) == _checks(b),
    )


def _named(name: str, given: Calls) -> Calls:
    return replace(given, name=name)


def _calls(store: Store, experiment: Experiment) -> dict[str, Calls]:
    """Model → its calls, their cases numbered by what is asked in them."""
    asked = _asked(experiment)
    return {
        model: replace(
            calls(model, rows), keys=[(asked[row.prompt, row.case], row.repeat) for row in rows]
        )
        for model, rows in by_model(store, experiment).items()
    }


def _asked(experiment: Experiment) -> dict[tuple[int, int], int]:
    """(prompt, case) → a number that says what is asked, the same in every experiment."""
    cells = Cells(experiment.spec)
    prompts = [prompt.model_dump(mode="json", exclude={"label"}) for prompt in cells.spec.prompts]
    defaults = experiment.spec.defaults
    found: dict[tuple[int, int], int] = {}
    seen: dict[int, int] = {}
    for case, given in enumerate(cells.cases):
        what = [
            {**defaults.vars, **given.vars},
            given.prefix or defaults.prefix,
            given.suffix or defaults.suffix,
            given.settings,
        ]
        for number, prompt in enumerate(prompts):
            key = _number([prompt, what])
            again = seen[key] = seen.get(key, 0) + 1
            found[number, case] = _number([key, again]) if again > 1 else key
    return found


def _number(value: Any) -> int:
    text = json.dumps(value, sort_keys=True, default=str)
    return int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:7], "big")


def _checks(experiment: Experiment) -> Sequence[Any]:
    spec = experiment.spec
    cases = [case for case in spec.cases if isinstance(case, Case)]
    return [spec.defaults.checks, *((case.vars, case.checks, case.threshold) for case in cases)]


def between_document(found: Between) -> dict[str, Any]:
    """As JSON values: both experiments as `show` has them, and what differs."""
    return {
        "a": document(found.a),
        "b": document(found.b),
        "same_spec": found.same_spec,
        "same_checks": found.same_checks,
        "only_in_a": found.only_in(found.a),
        "only_in_b": found.only_in(found.b),
        "provider_changed": [
            {"model": s.model, "what": s.what, "a": list(s.before), "b": list(s.now)}
            for s in found.said
        ],
        "comparisons": [
            {"model": model, **comparison_document(each)} for model, each in found.made
        ],
    }

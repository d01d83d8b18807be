"""The same spec again: what a provider says is told apart from what has shifted, and chance raises no alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from playground.engine import Engine
from playground.experiments import kept, watching
from playground.experiments.comparing import Calls, corrected
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.planning import ALPHA
from playground.experiments.spec import Spec
from playground.experiments.watching import Change
from playground.experiments.work import prepare
from playground.store.store import Store
from tests.experiments.provider import Provider, Reply

MODEL = "openai/chat:gpt-6.1-sol"
SPEC = Spec.model_validate(
    {
        "prompts": ["question {{n}}"],
        "models": [MODEL],
        "cases": [{"vars": {"n": n}} for n in range(12)],
        "defaults": {"checks": [{"type": "contains", "value": "fine"}]},
        "repeats": 2,
        "exchanges": "none",
    }
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def look(
    engine: Engine, file_store: Store, provider: Provider
) -> Callable[[], tuple[Experiment, Change | None]]:
    """Run the spec once more, and what has changed since the first run."""

    def run() -> tuple[Experiment, Change | None]:
        made = kept.create(file_store, SPEC, Jobs(SPEC).places(), simulated=True)
        assert kept.begin(file_store, made.seq)
        _, ask = prepare(engine, file_store, made, {"openai": provider.endpoint()}, budget=None)
        ended = ask()
        kept.finish(file_store, made.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
        found = kept.find(file_store, made.id)
        assert found
        return found, watching.since_first(file_store, found)

    return run


Look = Callable[[], tuple[Experiment, Change | None]]


def test_the_first_look_has_nothing_to_be_compared_with(look: Look) -> None:
    assert look()[1] is None


def test_what_the_provider_says_is_an_alarm_without_any_shift(
    look: Look, provider: Provider
) -> None:
    first, _ = look()
    provider.behave = lambda text, n: Reply(model="m-2026-12-24", fingerprint="fp_2")
    _, change = look()
    assert change
    assert (change.first, change.look, change.alarm) == (first.id, 1, True)
    assert not {c.metric for c in change.shifted} & {"pass_rate", "cost"}
    assert {(s.what, s.before, s.now) for s in change.said} == {
        ("response_model", ("m-2026-11-01",), ("m-2026-12-24",)),
        ("fingerprint", ("fp_1",), ("fp_2",)),
    }
    assert change.sentences()[:2] == [  # what this computer's load does to times may come after it
        f"{MODEL}: the provider's response model was m-2026-11-01 and is m-2026-12-24.",
        f"{MODEL}: the provider's fingerprint was fp_1 and is fp_2.",
    ]


def test_a_shift_of_which_the_provider_says_nothing_is_told_with_its_test(
    look: Look, provider: Provider
) -> None:
    look()
    provider.behave = lambda text, n: Reply(text="poor" if n > 1 else "fine", delay=0.3)
    _, change = look()
    assert change
    assert (change.said, change.alarm) == ((), True)
    assert {c.metric for c in change.shifted} >= {"pass_rate", "duration"}
    for sentence in change.sentences():
        assert "the provider says nothing of a change" in sentence
        assert "p = " in sentence
    document = change.document()
    assert document["provider_changed"] == []
    assert all(c["test"] != "none" for c in document["shifted"])


def test_each_later_look_asks_for_more_so_that_all_together_stay_at_five_percent(
    look: Look,
) -> None:
    looks = [look()[1] for _ in range(4)]
    alphas = [change.alpha for change in looks[1:] if change]
    assert alphas == pytest.approx([ALPHA / 2, ALPHA / 6, ALPHA / 12])
    assert sum(ALPHA / (k * (k + 1)) for k in range(1, 10_000)) < ALPHA
    assert [change.look for change in looks[1:] if change] == [1, 2, 3]


def calls(rng: np.random.Generator, *, slower: float = 1.0, rate: float = 0.8) -> Calls:
    """A model's calls as real ones are: cases of their own difficulty and length, and chance."""
    cases, repeats = 20, 3
    hard = np.random.default_rng(7).normal(0, 0.1, cases)
    keys = [(case, repeat) for case in range(cases) for repeat in range(repeats)]
    passed, duration = [], []
    for case, _ in keys:
        passed.append(float(rng.random() < min(1.0, max(0.0, rate + hard[case]))))
        duration.append(slower * (1 + hard[case]) * rng.lognormal(0, 0.3))
    figures = {
        "pass_rate": np.array(passed),
        "time_to_first_text": np.array(duration) * 0.3 * rng.lognormal(0, 0.2, len(keys)),
        "duration": np.array(duration),
        "output_tokens_per_second": 50 * rng.lognormal(0, 0.1, len(keys)),
        "cost": np.array([0.001 * (1 + hard[case]) for case, _ in keys])
        * rng.lognormal(0, 0.05, len(keys)),
    }
    return Calls("m", keys, figures)


def alarms(watches: int, looks: int, *, slower: float = 1.0) -> list[bool]:
    """Whether each watch, looked at so often, has raised any alarm."""
    found = []
    for watch in range(watches):
        rng = np.random.default_rng(10_000 + watch)
        first, raised = calls(rng), False
        for k in range(1, looks + 1):
            made = corrected(watching.shifts_of(first, calls(rng, slower=slower), seed=k))
            change = Change(first="", look=k, said=(), shifts=made, alpha=watching.alpha_of(k))
            raised = raised or change.alarm
        found.append(raised)
    return found


def test_false_alarms_come_in_at_most_five_percent_of_watches_however_often_one_looks() -> None:
    found = alarms(watches=150, looks=4)
    assert sum(found) / len(found) <= 0.05 + 1.64 * (0.05 * 0.95 / len(found)) ** 0.5


def test_a_real_shift_is_found() -> None:
    found = alarms(watches=20, looks=1, slower=1.4)
    assert sum(found) >= 18

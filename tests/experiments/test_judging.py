"""Answers judged while others are asked: by models too, compared with each other, and after a session that ended before."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.listing import listed
from playground.experiments.results import judging, results
from playground.experiments.running import Ended
from playground.experiments.spec import Spec
from playground.experiments.work import prepare
from playground.store.packing import usd
from playground.store.store import Store
from tests.experiments.provider import Provider, Reply

MODEL, JUDGE = "openai/chat:gpt-6.1-sol", "openai/chat:gpt-6-luna"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


Go = Callable[..., tuple[Experiment, Ended]]


@pytest.fixture
def go(engine: Engine, store: Store, provider: Provider) -> Go:
    """Run a spec, or go on with its experiment, with all that belongs to it."""

    def run(
        document: dict[str, Any] | None, again: Experiment | None = None, **more: Any
    ) -> tuple[Experiment, Ended]:
        if again is None:
            assert document is not None
            spec = Spec.model_validate({"exchanges": "none", "retries": 0, **document})
            again = kept.create(store, spec, Jobs(spec).places(), simulated=True)
        assert kept.begin(store, again.seq)
        before = more.pop("before", None)
        session, ask = prepare(
            engine,
            store,
            again,
            {"openai": provider.endpoint()},
            budget=more.pop("budget", again.spec.budget),
            **more,
        )
        if before is not None:
            threading.Thread(target=before, args=(session,), daemon=True).start()
        ended = ask()
        kept.finish(store, again.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
        found = kept.find(store, again.id)
        assert found
        return found, ended

    return run


COLUMNS = ("prompt", "state", "passed", "score", "reason", "error", "judge_cost", "text", "pending")


def rows(store: Store, experiment: Experiment) -> list[Any]:
    return kept.table(store, experiment.seq, "cell", *COLUMNS)


def test_the_best_score_of_a_case_wins_over_all_prompts(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(text="one two three" if "good" in text else "one")
    words = [{"type": "contains", "value": w} for w in ("one", "two", "three")]
    checks = [*({**c, "weight": 0} for c in words), {"type": "max-score"}]
    experiment, ended = go(
        {
            "prompts": ["good {{q}}", "poor {{q}}"],
            "models": [MODEL],
            "cases": [{"vars": {"q": "a"}, "checks": checks}, {"vars": {"q": "b"}}],
            "repeats": 2,
        }
    )
    assert ended.state == kept.ENDED
    found = rows(store, experiment)
    said = [(r.prompt, r.passed, r.reason) for r in found if "scores" in (r.reason or "")]
    assert len(said) == 2  # the losers of the case that compares, once a repeat
    assert all(prompt == 1 and passed is False for prompt, passed, _ in said)
    assert sum(bool(r.passed) for r in found) == 6
    assert {r.pending for r in found} == {None}


def choosing(text: str, n: int) -> Reply:
    """The judge likes what says better; the models say so for one prompt."""
    if not text.startswith("Criterion:"):
        return Reply(text="better" if "first" in text else "worse")
    best = re.search(r"<answer number=(\d+)>\nbetter", text)
    assert best
    return Reply(text=json.dumps({"reason": "it is better", "best": int(best[1])}))


COMPARED = {
    "prompts": ["first {{q}}", "second {{q}}"],
    "models": [MODEL],
    "cases": [{"vars": {"q": "a"}}, {"vars": {"q": "b"}}],
    "defaults": {"checks": [{"type": "select-best", "value": "which is better?", "judge": JUDGE}]},
}


def test_a_judge_chooses_the_best_answer_of_each_case_and_is_paid_once(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = choosing
    experiment, ended = go(COMPARED)
    assert ended.state == kept.ENDED
    found = rows(store, experiment)
    assert [(r.prompt, r.passed) for r in found] == [(0, True), (1, False)] * 2
    assert all("better" in r.reason for r in found if not r.passed)
    assert sum(n for text, n in provider.asked.items() if text.startswith("Criterion:")) == 2
    assert sum(r.judge_cost is not None for r in found) == 2


def test_an_answer_whose_rivals_failed_is_compared_with_nobody(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(status=400) if "second" in text else Reply()
    experiment, ended = go(COMPARED)
    assert ended.state == kept.ENDED
    assert [(r.prompt, r.state, r.passed) for r in rows(store, experiment)] == [
        (0, kept.DONE, True),
        (1, kept.FAILED, False),
    ] * 2
    assert not any(text.startswith("Criterion:") for text in provider.asked)


def test_steps_are_taken_before_it_is_judged_the_models_the_cases_and_the_checks(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(text=' {"Answer": "YES; NO"} ')
    experiment, _ = go(
        {
            "prompts": ["{{q}}"],
            "models": [{"model": MODEL, "transform": ["trim", "json"]}],
            "cases": [
                {
                    "vars": {"q": "a"},
                    "transform": [{"key": "Answer"}],
                    "checks": [
                        {"type": "equals", "value": "YES; NO"},
                        {
                            "type": "equals",
                            "value": "no",
                            "transform": [{"split": "; ", "part": 1}, "lower"],
                        },
                    ],
                },
                {"vars": {"q": "b"}, "transform": [{"key": "Missing"}]},
            ],
        }
    )
    first, second = rows(store, experiment)
    assert (first.passed, first.error) == (True, None)
    assert (second.passed, second.error) == (False, "The answer has no 'Missing'.")


def test_a_prompt_is_sent_as_promptfoo_sends_it(go: Go, provider: Provider) -> None:
    """In a JSON prompt each text is a template of its own; a variable that is a template is filled in; a last newline goes."""
    go(
        {
            "prompts": ['{"ask": "{{q}}", "n": 1}', "{{greeting}}!"],
            "models": [MODEL],
            "cases": [{"vars": {"q": 'say "hi"\n', "greeting": "Hello {{ name }}", "name": "Ann"}}],
        }
    )
    assert set(provider.asked) == {'{\n  "ask": "say \\"hi\\"",\n  "n": 1\n}', "Hello Ann!"}


RUBRIC = {
    "prompts": ["{{q}}"],
    "models": [MODEL],
    "cases": [{"vars": {"q": f"case {n}"}} for n in range(12)],
    "defaults": {"checks": [{"type": "llm-rubric", "value": "is it fine?", "judge": JUDGE}]},
    "concurrency": 2,
}


def judged(text: str, n: int) -> Reply:
    verdict = json.dumps({"reason": "fine", "score": 1, "pass": True})
    return Reply(text=verdict if text.startswith("Criterion:") else "an answer " * 200)


def spent(store: Store, experiment: Experiment) -> tuple[Decimal, Decimal]:
    """USD for calls, USD for judges."""
    found = kept.table(store, experiment.seq, "cost", "judge_cost")
    both = [[usd(amount) or Decimal(0) for amount in row] for row in found]
    return sum((c for c, _ in both), Decimal(0)), sum((j for _, j in both), Decimal(0))


def test_a_budget_counts_judges_in_the_first_session_too(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = judged
    whole, _ = go(RUBRIC)
    calls, judges = spent(store, whole)
    assert judges > 0
    budget = (calls + judges) / 2
    half, ended = go({**RUBRIC, "budget": budget})
    assert (ended.state, ended.by_hand) == (kept.STOPPED, False)
    assert 0 < sum(spent(store, half)) <= budget
    assert sum(spent(store, half)) > budget * Decimal("0.6")
    asked = provider.asked["case 0"]
    done, ended = go(None, again=half, budget=Decimal(1))
    assert ended.state == kept.ENDED
    assert provider.asked["case 0"] == asked
    assert spent(store, done) == (calls, judges)


def test_a_judge_without_a_known_price_is_counted_and_said_to_have_none(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = judged
    checks = [
        {"type": "llm-rubric", "value": "is it fine?", "judge": judge}
        for judge in ("openai/chat:nobodys-price", JUDGE)
    ]
    for several, cost, said in (
        (checks[:1], None, "Judging models: no price is known (calls: 1)."),
        (checks, ..., "; calls of theirs without a known price: 1."),
        (checks[1:], ..., " beside it."),
    ):
        experiment, _ = go(
            {**RUBRIC, "cases": [{"vars": {"q": "a"}}], "defaults": {"checks": several}}
        )
        found = results(store, experiment).models[0].cost
        assert found.judges_unpriced == (checks[0] in several)
        assert (found.judges is None) == (cost is None)
        told = judging(found.judges, found.judges_unpriced)
        assert told.endswith(said)
        assert ("≥" in told) == (several == checks)
        (line,) = [one for one in listed(store) if one.experiment.id == experiment.id]
        assert line.whole == (checks[0] not in several)


def test_what_a_judge_said_in_vain_is_paid_and_counted(
    go: Go, store: Store, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(text="no JSON at all")
    experiment, _ = go({**RUBRIC, "cases": [{"vars": {"q": "a"}}]})
    (row,) = rows(store, experiment)
    assert "no verdict" in row.error
    assert row.judge_cost > 0


@pytest.mark.parametrize("document", [RUBRIC, COMPARED], ids=["rubric", "compared"])
def test_answers_without_their_verdict_are_judged_when_it_goes_on_and_not_asked_again(
    go: Go, store: Store, provider: Provider, document: dict[str, Any]
) -> None:
    """The judge says nothing; then all is cut off."""
    behave = choosing if document is COMPARED else judged
    hangs = True

    def hanging(text: str, n: int) -> Reply:
        reply = behave(text, n)
        return Reply(delay=60) if hangs and text.startswith("Criterion:") else reply

    provider.behave = hanging
    cells = len(document["cases"]) * len(document["prompts"])

    def stop(session: Any) -> None:
        until = time.monotonic() + 20
        while kept.waiting_for_verdicts(store, session.experiment.seq) < cells:
            assert time.monotonic() < until
            time.sleep(0.05)
        session.stop()
        session.stop()

    experiment, ended = go(document, before=stop)
    assert (ended.state, ended.by_hand) == (kept.STOPPED, True)
    assert {(r.state, r.passed) for r in rows(store, experiment)} == {(kept.DONE, None)}
    assert results(store, experiment).unjudged == cells
    assert results(store, experiment).pass_rate is None
    hangs = False
    experiment, ended = go(None, again=experiment)
    assert ended.state == kept.ENDED
    found = rows(store, experiment)
    assert sum(bool(r.passed) for r in found) == (2 if document is COMPARED else cells)
    assert all(r.passed is not None and r.pending is None for r in found)
    assert all(n == 1 for text, n in provider.asked.items() if not text.startswith("Criterion:"))


def test_several_answers_are_judged_at_once(go: Go, provider: Provider) -> None:
    def slowly(text: str, n: int) -> Reply:
        reply = judged(text, n)
        return Reply(text=reply.text, delay=0.3 if text.startswith("Criterion:") else 0)

    provider.behave = slowly
    begun = time.monotonic()
    go({**RUBRIC, "concurrency": 12})
    assert provider.most_open >= 6
    assert time.monotonic() - begun < 12 * 0.3 + 2


def test_judges_keep_to_the_calls_at_once_and_wait_as_long_as_a_provider_asks(
    go: Go, provider: Provider
) -> None:
    def refusing(text: str, n: int) -> Reply:
        if text.startswith("Criterion:") and n == 1:
            return Reply(status=429, headers={"retry-after": "0.2"}, delay=0.05)
        return replace(judged(text, n), delay=0.05)

    provider.behave = refusing
    _, ended = go({**RUBRIC, "concurrency": 3, "retries": 0})
    assert ended.state == kept.ENDED
    assert provider.most_open == 3
    asked, answered = (
        sum(n for text, n in counted.items() if text.startswith("Criterion:"))
        for counted in (provider.asked, provider.answered)
    )
    assert (asked, answered) == (13, 12)


def test_a_case_of_which_an_answer_is_in_doubt_waits_until_that_is_settled(
    go: Go, store: Store, provider: Provider
) -> None:
    """Skipped, it is compared without it; until then the experiment says why it stands still."""
    hangs = True

    def behave(text: str, n: int) -> Reply:
        return Reply(delay=60) if hangs and text == "second a" else choosing(text, n)

    provider.behave = behave

    def stop(session: Any) -> None:
        provider.wait_for(5)  # four answers, and the judge of the other case
        time.sleep(0.5)
        session.stop()
        session.stop()

    experiment, _ = go(COMPARED, before=stop)
    experiment, ended = go(None, again=experiment)
    assert ended.state == kept.STOPPED
    assert "have no verdict yet" in ended.note
    assert kept.settle_uncertain(store, experiment.seq, kept.SKIPPED) == 1
    hangs = False
    experiment, ended = go(None, again=experiment)
    assert (ended.state, ended.note) == (kept.ENDED, "")
    found = {(r.prompt, r.cell): (r.state, r.passed) for r in rows(store, experiment)}
    assert sorted(found.values(), key=str) == sorted(
        [(kept.DONE, True), (kept.SKIPPED, None), (kept.DONE, True), (kept.DONE, False)], key=str
    )

"""One process's share of an experiment: its waiting cells asked, judged and written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from playground import runs
from playground.domain import Endpoint, Failure, Message, ModelRef, Request, Response, Secret, Text
from playground.engine import Engine, LiveRun, Pace
from playground.experiments import kept
from playground.experiments.checks.asked import EMBEDDER, as_text
from playground.experiments.environment import Environment
from playground.experiments.flow import Learned
from playground.experiments.jobs import Jobs, answered, judges_of
from playground.experiments.judging import Rounds
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Progress, Session, expected
from playground.experiments.spec import Check
from playground.experiments.verdict import Answer, Verdict
from playground.history import Labels
from playground.providers import Embedding, Vector
from playground.store.packing import usd
from playground.store.store import Store

JUDGE_SECONDS = 600.0
JUDGED_FOR_A_PRICE = 20
"""Cases by which it is told what judging an answer may cost."""
ANSWER = "word " * 200
"""What stands for an answer where that is told."""
NOBODY = ModelRef("none", "chat", "none")


def spent(store: Store, experiment: Experiment) -> Decimal:
    """USD that its cells and their judges have cost so far."""
    rows = kept.table(store, experiment.seq, "cost", "judge_cost")
    amounts = (usd(amount) for row in rows for amount in row if amount is not None)
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def prepare(
    engine: Engine,
    store: Store,
    experiment: Experiment,
    endpoints: Mapping[str, Endpoint],
    *,
    budget: Decimal | None,
    owner: str = "",
    session: str = "",
    secrets: Sequence[Secret | None] = (),
    part: int = 0,
    of: int = 1,
    progress: Callable[[Progress], None] | None = None,
    tell: Callable[[Learned], None] = lambda learned: None,
) -> tuple[Session, Callable[[], Ended]]:
    """A session that can be stopped, and what runs it; `part` of so many processes takes its share of the cells."""
    written = kept.places(store, experiment.seq)
    jobs = Jobs(experiment.spec, salt=experiment.id)
    jobs.follow(written)
    ours = jobs.in_part(part, of)
    mine = [p.cell for p in written if p.state == kept.WAITING and ours(p.cell)]
    left_out = frozenset(p.cell for p in written if p.state == kept.SKIPPED)
    judges = Judges(engine, endpoints, secrets, owner)
    first = [jobs.job(number) for number in mine[: 4 * len(jobs.names)]]
    made = Session(
        engine,
        store,
        experiment,
        endpoints,
        jobs.judge(judges.grade if jobs.checked else answered),
        owner=owner,
        session=session,
        secrets=secrets,
        slow_judge=jobs.judging_models,
        part=part,
        share=of,
        budget=budget,
        expected={} if budget is None else expected(first),
        judge_price=Decimal(0) if budget is None else judge_price(jobs),
        spent=Decimal(0) if budget is None else spent(store, experiment),
        rounds=jobs.rounds(judges.ask, without=left_out) or Rounds(),
        unjudged=[u for u in kept.unjudged(store, experiment.seq) if ours(u.cell)],
        cut_judges=judges.cut,
        progress=progress,
        tell=tell,
    )
    judges.paid, judges.pace = made.paid, made.aside
    return made, lambda: made.run(map(jobs.job, mine), len(mine))


def judge_price(jobs: Jobs) -> Decimal:
    """USD that judging one answer may cost: the dearest of the first few cases, with answers of the usual length."""
    from playground.budgets.forecast import forecast
    from playground.experiments.checks.judged import SYSTEM  # with what reads schemas

    found = [Decimal(0)]
    for case in range(min(JUDGED_FOR_A_PRICE, len(jobs.cells.cases))):
        asked = [
            Request.ask(ref, as_text(check.value) + ANSWER, system=SYSTEM)
            for check in jobs.model_checks(case)
            for ref in judges_of(check)
        ]
        found.append(forecast(asked, lambda ref: None).likely if asked else Decimal(0))
    return max(found)


class Judges:
    """The judging models of an experiment: asked in its pace, before its cells, and what they cost is added up."""

    def __init__(
        self,
        engine: Engine,
        endpoints: Mapping[str, Endpoint],
        secrets: Sequence[Secret | None],
        owner: str,
    ) -> None:
        self._engine, self._endpoints, self._secrets, self._owner = (
            engine,
            endpoints,
            secrets,
            owner,
        )
        self._lock = threading.Lock()
        self._live: list[LiveRun] = []
        self._closed = False
        self.paid: Callable[[Decimal], None] = lambda cost: None
        """Told of each call's cost in USD as soon as it is known."""
        self.pace: Callable[[], Pace | None] = lambda: None

    def grade(self, checks: tuple[Check, ...], given: Answer, threshold: float | None) -> Verdict:
        """A verdict with what all its judges cost, those too whose word could not be used."""
        costs: list[Decimal | None] = []

        def paid(response: Response) -> None:
            if response.cost is not None or _billed(response):
                costs.append(response.cost.total if response.cost else None)

        def ask(model: str | None, system: str, prompt: str) -> Response:
            response = self.ask(model, system, prompt)
            paid(response)
            return response

        def embed(model: str | None, texts: Sequence[str]) -> tuple[Response, Sequence[Vector]]:
            response, vectors = self.embed(model, texts)
            paid(response)
            return response, vectors

        from playground.experiments.grading import grade  # with all checks: most of a start

        verdict = grade(checks, given, threshold, ask, env=Environment(), embed=embed)
        known = [cost for cost in costs if cost is not None]
        return replace(
            verdict,
            cost=sum(known, Decimal(0)) if known else None,
            unpriced=len(costs) - len(known),
        )

    def ask(self, model: str | None, system: str, prompt: str) -> Response:
        """A judging model's answer; a failure where it can't be asked."""
        if model is None:
            return _unasked(NOBODY, "No model is named that judges.", "Give the check a `judge`.")
        return self._asked(model, lambda ref: Request.ask(ref, prompt, system=system))

    def embed(self, model: str | None, texts: Sequence[str]) -> tuple[Response, Sequence[Vector]]:
        """The embeddings of some texts; a failure where they can't be had."""
        found: list[Vector] = []
        messages = tuple(Message(role="user", parts=(Text(text=text),)) for text in texts)
        response = self._asked(
            model or EMBEDDER,
            lambda ref: Request(model=ref, messages=messages, stream=False),
            partial(Embedding, told=found.extend),
        )
        return response, found

    def _asked(
        self,
        model: str,
        request: Callable[[ModelRef], Request],
        caller: Callable[..., Embedding] | None = None,
    ) -> Response:
        try:
            ref = ModelRef.parse(model)
        except ValueError as error:
            return _unasked(NOBODY, str(error), "Correct the check's `judge`.")
        made = runs.start(
            self._engine,
            [request(ref)],
            self._endpoints,
            owner=self._owner,
            labels=Labels(kind="experiment", title="Judge"),
            keep=False,
            secrets=self._secrets,
            retries=2,
            caller=caller,
            pace=self.pace(),
        )
        if isinstance(made, runs.Refusal):
            return _unasked(ref, made.reason, "")
        response = self._answer(made.run)
        if response.cost is not None:
            self.paid(response.cost.total)
        return response

    def _answer(self, run: LiveRun) -> Response:
        with self._lock:
            self._live.append(run)
            closed = self._closed
        if closed:
            run.stop()
        run.wait(JUDGE_SECONDS)
        run.stop()
        response = run.run().responses[0]
        if run.wait(1):
            self._engine.forget(run)
        with self._lock:
            self._live.remove(run)
        return response

    def cut(self) -> None:
        """Cut off all that are being asked, and those that come later."""
        with self._lock:
            self._closed = True
            live = list(self._live)
        for run in live:
            run.stop()


def _billed(response: Response) -> bool:
    """Whether an answer without a cost may have been billed."""
    return response.failure is None or response.failure.type in kept.MAY_HAVE_COST


def _unasked(ref: ModelRef, why: str, next_step: str) -> Response:
    failure = Failure(type="invalid_request", message=why, meaning=why, next_step=next_step)
    return Response(model=ref, failure=failure)

"""One process's share of an experiment: its waiting cells asked, judged and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from playground import runs
from playground.domain import Endpoint, Failure, ModelRef, Request, Response, Secret
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.grading import grade
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Progress, Session, expected
from playground.experiments.spec import Check
from playground.experiments.verdict import Answer, Verdict
from playground.history import Labels
from playground.store.packing import usd
from playground.store.store import Store

JUDGE_SECONDS = 600.0


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
) -> tuple[Session, Callable[[], Ended]]:
    """A session that can be stopped, and what runs it; `part` of so many processes takes its share of the cells."""
    jobs = Jobs(experiment.spec, salt=experiment.id)
    groups: dict[tuple[int, int, int, bool], int] = {}
    mine = []
    for place in kept.places(store, experiment.seq, kept.WAITING):
        group = (place.prompt, place.case, place.repeat, place.warm_up)
        if groups.setdefault(group, len(groups)) % of == part:
            mine.append(place.cell)

    def judge(model: str | None, system: str, prompt: str) -> Response:
        return ask_judge(engine, endpoints, model, system, prompt, secrets=secrets, owner=owner)

    def graded(checks: tuple[Check, ...], given: Answer, threshold: float | None) -> Verdict:
        return grade(checks, given, threshold, judge)

    first = (jobs.job(number) for number in mine[: 4 * len(jobs.names)])
    made = Session(
        engine,
        store,
        experiment,
        endpoints,
        jobs.judge(graded),
        owner=owner,
        session=session,
        secrets=secrets,
        slow_judge=jobs.judging_models,
        share=of,
        budget=budget,
        expected={} if budget is None else expected(first),
        spent=Decimal(0) if budget is None else spent(store, experiment),
        progress=progress,
    )
    return made, lambda: made.run(map(jobs.job, mine), len(mine))


def ask_judge(
    engine: Engine,
    endpoints: Mapping[str, Endpoint],
    model: str | None,
    system: str,
    prompt: str,
    *,
    secrets: Sequence[Secret | None],
    owner: str,
) -> Response:
    """A judging model's answer; a failure where it can't be asked."""
    if model is None:
        ref = ModelRef("none", "chat", "none")
        return _unasked(ref, "No model is named that judges.", "Give the check a `judge`.")
    try:
        ref = ModelRef.parse(model)
    except ValueError as error:
        return _unasked(
            ModelRef("none", "chat", "none"), str(error), "Correct the check's `judge`."
        )
    request = Request.ask(ref, prompt, system=system)
    labels = Labels(kind="experiment", title="Judge")
    made = runs.start(
        engine,
        [request],
        endpoints,
        owner=owner,
        labels=labels,
        keep=False,
        secrets=secrets,
        retries=2,
    )
    if isinstance(made, runs.Refusal):
        return _unasked(ref, made.reason, "")
    made.run.wait(JUDGE_SECONDS)
    made.run.stop()
    response = made.run.run().responses[0]
    if made.run.wait(1):
        engine.forget(made.run)
    return response


def _unasked(ref: ModelRef, why: str, next_step: str) -> Response:
    failure = Failure(type="invalid_request", message=why, meaning=why, next_step=next_step)
    return Response(model=ref, failure=failure)

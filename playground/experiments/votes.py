"""What people think of an experiment's answers when they do not see which model wrote which, beside what its checks say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.experiments.statistics import Rate, share
from playground.history.labels import Choice
from playground.history.reading import read_run
from playground.store.database import reading, writing
from playground.store.schema import experiment_cells, experiment_votes
from playground.store.store import Store

C, V = experiment_cells.c, experiment_votes.c
LOT = 99_991
"""A prime: places multiplied with others and divided by it come in an order that nobody foresees."""
FEWEST = 2
"""Answers that there must be to choose between."""


class Spot(NamedTuple):
    """One case of one prompt in one repeat: the models' answers to it stand side by side."""

    prompt: int
    case: int
    repeat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One answer on a ballot."""

    model: str
    text: str
    whole: bool
    """Whether this is all of it: of a cell whose exchange was not kept only the beginning is there."""
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """Answers to choose between, in an order that says nothing."""

    spot: Spot
    candidates: tuple[Candidate, ...]


def next_ballot(store: Store, experiment: Experiment) -> Ballot | None:
    """One that was not voted on, drawn from all; None where there is none left."""
    lot = (C.case * 7_919 + C.prompt * 104_729 + C.repeat * 611_953) % LOT
    voted = sa.exists().where(
        V.experiment_seq == experiment.seq,
        V.prompt == C.prompt,
        V.case == C.case,
        V.repeat == C.repeat,
    )
    wanted = (
        sa.select(C.prompt, C.case, C.repeat)
        .where(_answered(experiment.seq), ~voted)
        .group_by(C.prompt, C.case, C.repeat)
        .having(sa.func.count() >= FEWEST)
        .order_by(lot, C.case, C.prompt, C.repeat)
        .limit(1)
    )
    with reading(store.engine) as connection:
        row = connection.execute(wanted).one_or_none()
    return ballot(store, experiment, Spot(*row)) if row else None


def ballot(store: Store, experiment: Experiment, spot: Spot) -> Ballot:
    """The answers to this case."""
    wanted = sa.select(C.model, C.text, C.run_id, C.lane, C.passed).where(
        _answered(experiment.seq),
        C.prompt == spot.prompt,
        C.case == spot.case,
        C.repeat == spot.repeat,
    )
    with reading(store.engine) as connection:
        rows = list(connection.execute(wanted.order_by(C.cell)).all())
    random.Random(f"{experiment.id}/{spot}").shuffle(rows)  # noqa: S311 - not a secret
    return Ballot(spot=spot, candidates=tuple(_candidate(store, row) for row in rows))


def _answered(seq: int) -> Any:
    return sa.and_(
        C.experiment_seq == seq,
        C.warm_up.is_(False),
        C.state == kept.DONE,
        C.text.is_not(None),
        C.text != "",
    )


def _candidate(store: Store, row: Any) -> Candidate:
    text, whole = row.text, len(row.text) < kept.TEXT_KEPT
    if not whole and row.run_id and (stored := read_run(store, row.run_id)):
        text, whole = stored.run.responses[row.lane].text, True
    return Candidate(model=row.model, text=text, whole=whole, passed=row.passed)


def vote(
    store: Store, experiment: Experiment, spot: Spot, choice: Choice, model: str | None = None
) -> None:
    """Keep what was chosen; the same case again replaces it."""
    place = {"experiment_seq": experiment.seq, **spot._asdict()}
    with writing(store.engine) as connection:
        _delete(connection, experiment.seq, spot)
        connection.execute(
            experiment_votes.insert().values(
                **place,
                choice=choice,
                model=model,
                voted_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            )
        )


def take_back(store: Store, experiment: Experiment, spot: Spot) -> None:
    """As if there had been no vote."""
    with writing(store.engine) as connection:
        _delete(connection, experiment.seq, spot)


def _delete(connection: sa.Connection, seq: int, spot: Spot) -> None:
    connection.execute(
        experiment_votes.delete().where(
            V.experiment_seq == seq,
            V.prompt == spot.prompt,
            V.case == spot.case,
            V.repeat == spot.repeat,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One model on the ballots that were voted on."""

    model: str
    won: Rate
    """Votes for its answer, of those on ballots that had one."""
    tied: int
    none: int
    """Votes that none was good."""
    passed: Rate
    """The same answers by the checks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """All votes."""

    votes: int
    models: tuple[Opinion, ...]
    best_passed: Rate
    """Answers voted best that had passed their checks."""
    none_passed: Rate
    """Votes that none was good where an answer had passed its checks."""


def opinions(store: Store, experiment: Experiment) -> Opinions:
    """What the votes come to, the model with the largest share of them first."""
    wanted = (
        sa.select(C.prompt, C.case, C.repeat, C.model, C.passed, V.choice, V.model.label("best"))
        .select_from(
            experiment_votes.join(
                experiment_cells,
                sa.and_(
                    V.experiment_seq == C.experiment_seq,
                    V.prompt == C.prompt,
                    V.case == C.case,
                    V.repeat == C.repeat,
                ),
            )
        )
        .where(_answered(experiment.seq))
        .order_by(C.cell)
    )
    with reading(store.engine) as connection:
        rows = connection.execute(wanted).all()
    names = dict.fromkeys(row.model for row in rows)
    mine = [_opinion(name, [row for row in rows if row.model == name]) for name in names]
    best = [row.passed for row in rows if row.choice == "best" and row.model == row.best]
    none: dict[Spot, bool] = {}
    for row in rows:
        if row.choice == "none":
            spot = Spot(row.prompt, row.case, row.repeat)
            none[spot] = none.get(spot, False) or row.passed is True
    return Opinions(
        votes=len({(row.prompt, row.case, row.repeat) for row in rows}),
        models=tuple(sorted(mine, key=lambda one: -(one.won.value or 0.0))),
        best_passed=_rate([passed for passed in best if passed is not None]),
        none_passed=_rate(list(none.values())),
    )


def _opinion(name: str, rows: Sequence[Any]) -> Opinion:
    return Opinion(
        model=name,
        won=_rate([row.choice == "best" and row.best == name for row in rows]),
        tied=sum(row.choice == "tie" for row in rows),
        none=sum(row.choice == "none" for row in rows),
        passed=_rate([row.passed for row in rows if row.passed is not None]),
    )


def _rate(each: Sequence[bool]) -> Rate:
    return share(sum(each), len(each))

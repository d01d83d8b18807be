"""How often a model was best to people who did not see its name."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from playground.store.database import reading
from playground.store.schema import lanes, runs, votes
from playground.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One model's votes; simulated answers are counted apart from real ones."""

    model: str
    """`provider:model`."""
    simulated: bool
    won: int
    tied: int
    """Votes that said that none was better."""
    none: int
    """Votes that said that none was good."""
    votes: int
    """Runs with an answer of this model that were voted on: it may have several lanes in one."""


def tally(store: Store, *, owner: str | None) -> list[Tally]:
    """Every model that was voted on, the one with the most wins first; `owner` as in a filter."""
    best = sa.case((votes.c.lane == lanes.c.lane, 1), else_=0)

    def runs_with(choice: str) -> sa.Label[int]:
        return sa.func.count(
            sa.distinct(sa.case((votes.c.choice == choice, votes.c.run_seq)))
        ).label(choice)

    query = (
        sa.select(
            lanes.c.provider,
            lanes.c.model,
            lanes.c.simulated,
            sa.func.sum(best).label("won"),
            runs_with("tie"),
            runs_with("none"),
            sa.func.count(sa.distinct(votes.c.run_seq)).label("votes"),
        )
        .select_from(votes)
        .join(runs, runs.c.seq == votes.c.run_seq)
        .join(lanes, lanes.c.run_seq == votes.c.run_seq)
        .where(*([] if owner is None else [runs.c.owner == owner]))
        .group_by(lanes.c.provider, lanes.c.model, lanes.c.simulated)
        .order_by(sa.desc("won"), lanes.c.provider, lanes.c.model, lanes.c.simulated)
    )
    with reading(store.engine) as connection:
        return [
            Tally(
                model=f"{row.provider}:{row.model}",
                simulated=row.simulated,
                won=row.won,
                tied=row.tie,
                none=row.none,
                votes=row.votes,
            )
            for row in connection.execute(query)
        ]

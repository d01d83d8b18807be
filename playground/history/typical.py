"""How long a model's answers usually are, by one's own history."""

from __future__ import annotations

import sqlalchemy as sa

from playground.domain import ModelRef
from playground.history.usual import LATEST, middle
from playground.store.database import reading
from playground.store.schema import lanes
from playground.store.store import Store


def output_tokens(store: Store, model: ModelRef) -> int | None:
    """The median of the model's last real, whole answers in output tokens; None where there are too few."""
    query = (
        sa.select(lanes.c.output_tokens)
        .where(
            lanes.c.provider == model.provider,
            lanes.c.model == model.model,
            lanes.c.state == "done",
            lanes.c.simulated.is_(False),
            lanes.c.output_tokens.is_not(None),
        )
        .order_by(lanes.c.run_seq.desc())
        .limit(LATEST)
    )
    with reading(store.engine) as connection:
        found = [int(row[0]) for row in connection.execute(query)]
    return middle(found)

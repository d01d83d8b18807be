"""What is summed up over cells, as expressions of the store: each stands once for lists, screens and matrices."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from playground.experiments import kept
from playground.store.schema import experiment_cells

C = experiment_cells.c


def cells(*conditions: Any) -> Any:
    """How many cells are all of this."""
    return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))


MEASURED = C.warm_up.is_(False)
HAS_ENDED = C.state.in_((kept.DONE, kept.FAILED))
HAS_FAILED = C.state == kept.FAILED
HAS_PASSED = C.passed.is_(True)
WITHOUT_COST = sa.and_(
    HAS_ENDED, C.cost.is_(None), sa.or_(C.failure.is_(None), C.failure.in_(kept.MAY_HAVE_COST))
)
"""Nobody knows what it cost."""

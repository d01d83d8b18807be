"""What a batch may cost counts from the moment it is submitted: nobody can stop it then. What it did cost takes its place."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from playground import pricing, tokens
from playground.budgets.forecast import limit
from playground.domain import Request, Run, Usage, clock
from playground.domain.job import Job
from playground.history import charges
from playground.store.database import reading, writing
from playground.store.packing import units, usd
from playground.store.schema import ledger
from playground.store.store import Store


def most(request: Request) -> Decimal | None:
    """USD that a line may cost at the batch price, with all the output that is allowed; None without a price."""
    counted = tokens.count_input(request).tokens
    usage = Usage(input_tokens=counted, output_tokens=limit(request, counted) or 0)
    cost = pricing.load().price(
        request.model, None, usage, on=clock.today(), processing="batch", estimate=True
    )
    return None if cost is None else cost.total


def reserve(store: Store, job: Job) -> None:
    """Count the most that each line may cost; a simulated batch costs nothing."""
    if job.simulated:
        return
    amounts = [most(request) for request in job.requests]
    _note(store, job.id, job, amounts)


def settle(store: Store, job: Job, run: Run) -> None:
    """What the answers cost takes the place of what was reserved, where the history does not count them itself."""
    if job.simulated:
        return
    costs = [response.cost.total if response.cost else None for response in run.responses]
    _note(store, run.id, job, costs)


def release(store: Store, job: Job) -> None:
    """Nothing of it is billed: count nothing."""
    with writing(store.engine) as connection:
        charges.in_history_again(job.id, connection)


def held(store: Store, job: Job) -> Decimal | None:
    """USD that are reserved; None where nothing is."""
    if job.simulated or job.run_id is not None:
        return None
    wanted = sa.select(sa.func.sum(ledger.c.amount)).where(ledger.c.run_id == job.id)
    with reading(store.engine) as connection:
        return usd(connection.scalar(wanted))


def _note(store: Store, run_id: str, job: Job, amounts: list[Decimal | None]) -> None:
    rows = [
        {
            "run_id": run_id,
            "lane": lane,
            "day": job.created_at[:10],
            "provider": job.model.provider,
            "tags": "",
            "department": "",
            "amount": units(amount),
        }
        for lane, amount in enumerate(amounts)
        if amount is not None
    ]
    with writing(store.engine) as connection:
        charges.in_history_again(run_id, connection)
        charges.note(store, rows, connection)

"""A class's money: the most that a call may cost is held before it leaves, and its receipt takes the place of that."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from playground import tokens
from playground.budgets.forecast import estimate
from playground.classes import kept
from playground.classes.nouns import ClassError, Member, Seat
from playground.domain import Request, Response, clock
from playground.figures import money
from playground.history.interrupted import gone
from playground.history.rows import writer_name
from playground.store.database import reading, writing
from playground.store.packing import units, usd
from playground.store.schema import class_calls, classes
from playground.store.store import Store

UNSURE = Decimal("0.25")
"""Share of the input's cost that is held beside it: its tokens are counted here, and providers count otherwise."""
OPEN = class_calls.c.cost.is_(None) & class_calls.c.ended_at.is_(None)
"""Under way: no receipt has come, and its process is there."""
LOST = class_calls.c.cost.is_(None) & class_calls.c.ended_at.is_not(None)
"""Its process is gone, so that no receipt will come: what it cost nobody knows, and it counts in no budget."""
COUNTED = sa.case((OPEN, class_calls.c.reserved), else_=class_calls.c.cost)
"""What a call counts for in a budget."""


def most(request: Request) -> Decimal:
    """USD that a call can't pass, as its answer's length is limited; ClassError where that can't be said."""
    span = estimate(request)
    if span is None or span[1] is None:
        raise ClassError(f"Not sent: {request.model} has no price, so no budget can hold it.")
    if tokens.count_input(request).uncounted:
        raise ClassError(
            "Not sent: an attachment's tokens can't be counted here, so no budget can hold it."
        )
    return span[1] + UNSURE * span[0]


def reserve(store: Store, seat: Seat, requests: Mapping[int, Request]) -> str:
    """Hold the most that these lanes may cost, and return the name under which it is held.

    ClassError where the class is over or a budget does not have it. Two processes that hold at once wait for each other.
    """
    amounts = {lane: most(request) for lane, request in requests.items()}
    held, owner = secrets.token_hex(8), seat.member.owner
    rows = [
        {
            "class_id": seat.of.id,
            "member_id": seat.member.id,
            "reservation": held,
            "lane": lane,
            "model": str(requests[lane].model),
            "started_at": clock.now(),
            "reserved": units(amount),
            "bound": False,
            "failed": False,
            "writer": writer_name(),
            "heartbeat": time.time(),
        }
        for lane, amount in amounts.items()
    ]
    with writing(store.engine) as connection:
        connection.execute(
            sa.select(classes.c.id).where(classes.c.id == seat.of.id).with_for_update()
        )
        current = kept.seat_of(connection, seat.of.id, owner)
        if current is None or current.over or not current.may_run:
            raise ClassError((current.over or WATCHES) if current else kept.GONE)
        _free(connection, class_calls.c.class_id == seat.of.id)
        _afford(connection, current, sum(amounts.values(), Decimal(0)))
        connection.execute(class_calls.insert(), rows)
    return held


WATCHES = "Not sent: you may look at this class's board, and send nothing by its key."


def _afford(connection: Connection, seat: Seat, needed: Decimal) -> None:
    mine = _used(connection, class_calls.c.member_id == seat.member.id)
    if mine + needed > seat.budget:
        raise ClassError(
            f"Not sent: it may cost up to {money(needed)}, and {money(max(seat.budget - mine, Decimal(0)))} of your"
            f" {money(seat.budget)} in {seat.of.name} is left, what is under way counted at its most."
            " Shorten the prompt, lower Max output tokens, take fewer or cheaper models, or ask whoever holds the class."
        )
    if _used(connection, class_calls.c.class_id == seat.of.id) + needed > seat.of.total:
        raise ClassError(
            f"Not sent: it may cost up to {money(needed)}, which what is left for all of {seat.of.name} does not hold."
            " Wait until others' runs have ended, or ask whoever holds the class."
        )


def _used(connection: Connection, which: sa.ColumnElement[bool]) -> Decimal:
    return usd(connection.scalar(sa.select(sa.func.sum(COUNTED)).where(which)) or 0) or Decimal(0)


def alive(store: Store, reservations: Collection[str]) -> None:
    """Say that the process that holds these is there: what nobody speaks for is freed."""
    mine = class_calls.c.reservation.in_(list(reservations)) & OPEN
    with writing(store.engine) as connection:
        connection.execute(class_calls.update().where(mine), {"heartbeat": time.time()})


def free(store: Store, class_id: str) -> None:
    """Let go of what processes hold that are gone: known to have ended, or silent for too long."""
    of_class = class_calls.c.class_id == class_id
    with reading(store.engine) as connection:
        found = _gone(connection, of_class)
    if found:
        with writing(store.engine) as connection:
            _free(connection, of_class)


def _free(connection: Connection, which: sa.ColumnElement[bool]) -> None:
    if ids := _gone(connection, which):
        lost = class_calls.c.id.in_(ids) & OPEN
        connection.execute(
            class_calls.update().where(lost), {"ended_at": clock.now(), "failed": True}
        )


def _gone(connection: Connection, which: sa.ColumnElement[bool]) -> list[int]:
    c = class_calls.c
    rows = connection.execute(sa.select(c.id, c.writer, c.heartbeat).where(which & OPEN))
    return [row.id for row in rows if gone(row.writer, row.heartbeat)]


def settle(store: Store, held: str, lane: int, response: Response) -> None:
    """What a call cost takes the place of what was held; where nobody said what it cost, all of that counts."""
    cost = _cost(response)
    mine = (class_calls.c.reservation == held) & (class_calls.c.lane == lane)
    row = {
        "ended_at": clock.now(),
        "cost": class_calls.c.reserved if cost is None else units(cost),
        "bound": cost is None,
        "failed": response.failure is not None,
        "input_tokens": response.usage.input_tokens,
        "output_tokens": response.usage.output_tokens,
    }
    with writing(store.engine) as connection:
        connection.execute(class_calls.update().where(mine).values(row))


def _cost(response: Response) -> Decimal | None:
    """USD of a call that has ended; nothing where it was refused or never left, None where nobody said."""
    if response.cost is not None:
        return response.cost.total
    status = response.exchange.status if response.exchange else None
    refused = status is not None and status >= 400
    return Decimal(0) if refused or response.timing.started_at is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one member has done so far."""

    member: Member
    runs: int = 0
    calls: int = 0
    failed: int = 0
    under_way: int = 0
    """Calls that have no receipt yet."""
    lost: int = 0
    """Calls whose process is gone: no receipt will come, and they count in no budget."""
    lost_most: Decimal = Decimal(0)
    """USD that those may have cost at the most."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    """USD of the calls that have ended."""
    held: Decimal = Decimal(0)
    """USD held for those under way."""
    bounds: int = 0
    """Calls whose cost nobody said: they count at their most."""
    last: str | None = None
    """When the newest call was sent."""

    @property
    def used(self) -> Decimal:
        """USD that count in the budget."""
        return self.cost + self.held


def board(store: Store, class_id: str) -> list[Spent]:
    """Everyone's runs, tokens and dollars, in the order in which they joined."""
    free(store, class_id)
    c = class_calls.c
    sums = (
        sa.select(
            c.member_id,
            sa.func.count(c.reservation.distinct()).label("runs"),
            sa.func.count().label("calls"),
            sa.func.sum(sa.case((c.failed, 1), else_=0)).label("failed"),
            sa.func.sum(sa.case((OPEN, 1), else_=0)).label("under_way"),
            sa.func.sum(sa.case((LOST, 1), else_=0)).label("lost"),
            sa.func.coalesce(sa.func.sum(sa.case((LOST, c.reserved))), 0).label("lost_most"),
            sa.func.sum(sa.case((c.bound, 1), else_=0)).label("bounds"),
            sa.func.coalesce(sa.func.sum(c.input_tokens), 0).label("input_tokens"),
            sa.func.coalesce(sa.func.sum(c.output_tokens), 0).label("output_tokens"),
            sa.func.coalesce(sa.func.sum(c.cost), 0).label("cost"),
            sa.func.coalesce(sa.func.sum(sa.case((OPEN, c.reserved))), 0).label("held"),
            sa.func.max(c.started_at).label("last"),
        )
        .where(c.class_id == class_id)
        .group_by(c.member_id)
    )
    with reading(store.engine) as connection:
        found = {row.member_id: row for row in connection.execute(sums)}
    return [_spent(member, found.get(member.id)) for member in kept.members(store, class_id)]


def _spent(member: Member, row: Any) -> Spent:
    if row is None:
        return Spent(member=member)
    found: dict[str, Any] = {name: int(getattr(row, name)) for name in NUMBERS}
    found |= {name: usd(getattr(row, name)) or Decimal(0) for name in AMOUNTS}
    return Spent(member=member, **found, last=row.last)


NUMBERS = (
    *("runs", "calls", "failed", "under_way", "lost", "bounds"),
    *("input_tokens", "output_tokens"),
)
AMOUNTS = ("cost", "held", "lost_most")


def used(store: Store, seat: Seat) -> Decimal:
    """USD of a member's budget that count as used."""
    free(store, seat.of.id)
    with reading(store.engine) as connection:
        return _used(connection, class_calls.c.member_id == seat.member.id)

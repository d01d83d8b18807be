"""Spending limits as they are kept: the most that may be spent in a period, on all or by provider, tag, department."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

import sqlalchemy as sa

from playground.figures import money
from playground.store.database import reading, writing
from playground.store.packing import MOST, UNIT, units, usd
from playground.store.schema import limits
from playground.store.store import Store

Period = Literal["run", "session", "day", "month"]
PERIODS: tuple[Period, ...] = get_args(Period)
NAMES: dict[Period, str] = {
    "run": "a run",
    "session": "a session",
    "day": "a day (UTC)",
    "month": "a month (UTC)",
}
"""Period → its name for people, which says whose day it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that may be spent in a period, on everything or on one provider, tag, department or project."""

    period: Period
    amount: Decimal
    """USD."""
    provider: str = ""
    tag: str = ""
    department: str = ""
    """Department or project."""
    id: int = 0

    @property
    def name(self) -> str:
        """`$5.00 a day (UTC) for openai`."""
        parts = (self.provider, self.tag and f"tag {self.tag}", self.department)
        what = " and ".join(part for part in parts if part)
        return f"{money(self.amount)} {NAMES[self.period]}" + (f" for {what}" if what else "")

    def concerns(self, provider: str, tags: Sequence[str], department: str = "") -> bool:
        """Whether a request of this provider counts, in a run with these tags that this department pays."""
        tagged = not self.tag or self.tag in tags
        return tagged and self.provider in ("", provider) and self.department in ("", department)


NUMBER = re.compile(r"\d*(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?")
"""Digits with a decimal point or comma, and with the other one between thousands."""
TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def dollars(text: str) -> Decimal:
    """An amount as people write it, with a point or a comma: `2.5`, `2,5`, `$1,000.50`, `1.000,50`.

    ValueError says what can't be read, or can be read in two ways: `1.000` may be one or a thousand.
    """
    typed = re.sub(r"[\s$]|USD", "", text)
    if TWO_WAYS.fullmatch(typed):
        whole, part = re.split(r"[.,]", typed)
        raise ValueError(
            f"{text.strip()} can be read in two ways: write {whole}{part}, or {whole}.{part}0."
        )
    if not typed or not NUMBER.fullmatch(typed):
        raise ValueError(f"{text.strip() or 'Nothing'} is no amount: write it like 2.50.")
    *thousands, last = re.split(r"[.,]", typed)
    point = len(set(re.findall(r"[.,]", typed))) == 2 or len(thousands) == 1
    return Decimal(f"{''.join(thousands)}.{last}" if point else "".join([*thousands, last]))


def all_limits(store: Store) -> list[Limit]:
    """Every limit, in the order of their making."""
    with reading(store.engine) as connection:
        rows = connection.execute(sa.select(limits).order_by(limits.c.id)).all()
    return [
        Limit(
            id=r.id,
            period=r.period,
            provider=r.provider,
            tag=r.tag,
            department=r.department,
            amount=usd(r.amount) or Decimal(0),
        )
        for r in rows
    ]


def add_limit(store: Store, limit: Limit) -> None:
    """Keep a limit, the same one once; ValueError when its amount is not above zero, or too small or too large to be kept."""
    if not limit.amount.is_finite() or limit.amount < UNIT:
        raise ValueError(f"A limit must be above $0: {money(UNIT)} is the least.")
    if limit.amount > MOST * UNIT:
        raise ValueError(f"A limit can't be above {money(MOST * UNIT)}.")
    row = {
        "period": limit.period,
        "provider": limit.provider,
        "tag": limit.tag,
        "department": limit.department,
        "amount": units(limit.amount),
    }
    same = sa.and_(*(limits.c[name] == value for name, value in row.items()))
    with writing(store.engine) as connection:
        if connection.scalar(sa.select(limits.c.id).where(same)) is None:
            connection.execute(limits.insert(), row)


def remove_limit(store: Store, limit_id: int) -> None:
    """Forget a limit."""
    with writing(store.engine) as connection:
        connection.execute(limits.delete().where(limits.c.id == limit_id))

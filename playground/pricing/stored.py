"""What keeping something at a provider costs: a fee × how much of it for how long → a line of a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from playground.domain import Cost, CostLine, PriceSource
from playground.pricing.receipt import plain
from playground.pricing.row import STORED, Fee


def line(fee: Fee, quantity: int, note: str = "") -> CostLine:
    """One line; `quantity` in the unit that STORED names for the fee."""
    unit, per = STORED[fee.unit]
    said = ", ".join(text for text in (note, fee.note) if text)
    return CostLine(
        name=fee.what,
        quantity=quantity,
        unit=unit,
        rate=fee.rate,
        per=per,
        amount=plain(quantity * fee.rate / per),
        note=said or None,
    )


def cost(fees: Sequence[Fee], lines: Sequence[CostLine], *, estimate: bool = False) -> Cost:
    """A receipt of these lines; its source is that of the dearest fee."""
    first = max(fees, key=lambda fee: fee.rate)
    return Cost(
        total=plain(sum((each.amount for each in lines), Decimal(0))),
        lines=tuple(lines),
        price=PriceSource(
            model="",
            source=first.source,
            as_of=first.as_of.isoformat(),
            valid_from=first.valid_from.isoformat() if first.valid_from else None,
            override=first.override,
        ),
        estimate=estimate,
    )

"""A check as a document that scripts read."""

from __future__ import annotations

from typing import Any

from playground.bills.nouns import REASONS, Check, Difference, Line
from playground.domain.nouns import digits


def document(check: Check) -> dict[str, Any]:
    """Bills, lines, differences, troubles and notes; money as texts, unknown as null."""
    return {
        "bills": [
            {
                "name": bill.name,
                "layout": bill.layout or None,
                "provider": bill.provider or None,
                "first": bill.days[0] if bill.days else None,
                "last": bill.days[-1] if bill.days else None,
                "zone": bill.zone,
                "simulated": bill.simulated,
            }
            for bill in check.bills
        ],
        "lines": [_line(line) for line in check.lines],
        "differences": [_difference(one) for one in check.differences],
        "troubles": [{"where": t.where, "what": t.what} for t in check.troubles],
        "notes": list(check.notes),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "provider": line.provider,
        "day": line.day,
        "model": line.model or None,
        "answers": line.calls,
        "billed_tokens": line.their_tokens,
        "our_tokens": line.our_tokens,
        "billed_usd": digits(line.their_usd),
        "our_usd": digits(line.our_usd),
        "agrees": line.agrees,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "reason": one.reason,
        "name": REASONS[one.reason],
        "provider": one.provider,
        "day": one.day or None,
        "model": one.model or None,
        "tokens": one.tokens,
        "usd": digits(one.usd),
        "said": one.said,
        "runs": list(one.runs),
    }

"""What is said of each difference, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from playground import figures as fmt
from playground.bills.nouns import Reason
from playground.bills.partition import NONE, Cause, net


def tokens(cause: Cause) -> int:
    """All tokens of a cause, the bill's minus ours; of what only changed its place, how many did."""
    sent, received = net(cause.moved)
    if sent or received:
        return int(sent + received)
    return int(sum((n for n in cause.moved.values() if n > 0), NONE))


def said(cause: Cause) -> str:
    """The sentence of one cause."""
    return SAYS[cause.reason](cause)


def _counted(number: Decimal) -> str:
    return fmt.count(abs(int(number)))


def _in_and_out(cause: Cause) -> str:
    sent, received = net(cause.moved)
    return f"{_counted(sent)} input and {_counted(received)} output tokens"


def _missing_here(cause: Cause) -> str:
    return (
        f"The bill has {_in_and_out(cause)} that no receipt has: a run that was not kept or was deleted, or another"
        " program with the same key."
    )


def _missing_there(cause: Cause) -> str:
    if cause.calls:
        runs = list(dict.fromkeys(call.run_id for call in cause.calls))
        which = ", ".join(run[:8] for run in runs[:5])
        word = "answers" if len(cause.calls) > 1 else "answer"
        return (
            f"The bill lacks {len(cause.calls)} {word} of ours ({which}): another organisation or project paid, a plan"
            " did, or the export is not complete yet."
        )
    return f"The bill lacks {_in_and_out(cause)} of our receipts: another key's account paid, or the export is not complete yet."


def _tier(cause: Cause) -> str:
    there, here = _tiers(cause, 1), _tiers(cause, -1)
    return f"The bill has {fmt.count(tokens(cause))} tokens as {there}, our receipts as {here}."


def _tiers(cause: Cause, sign: int) -> str:
    found = [tier for (tier, _), number in cause.moved.items() if number * sign > 0]
    return " and ".join(dict.fromkeys(tier or "no tier" for tier in found))


def _cache(cause: Cause) -> str:
    there, here = _meters(cause, 1), _meters(cause, -1)
    return f"The bill counts {fmt.count(tokens(cause))} tokens as {there}, our receipts as {here}."


METERS: Mapping[str, str] = {
    "input": "fresh input",
    "cache_read": "cache reads",
    "cache_write": "cache writes",
    "output": "output",
}


def meter(name: str) -> str:
    """`cache writes for 5m`."""
    base, _, ttl = name.partition("cache_write_")
    return f"cache writes for {ttl}" if ttl and not base else METERS.get(name, name)


def _meters(cause: Cause, sign: int) -> str:
    found = [name for (_, name), number in cause.moved.items() if number * sign > 0]
    return " and ".join(dict.fromkeys(map(meter, found)))


def _stopped(cause: Cause) -> str:
    return (
        "An answer broke off here and ran on at the provider: what it used there, beyond what arrived,"
        f" comes to {_in_and_out(cause)}."
    )


def _tokens(cause: Cause) -> str:
    parts = ", ".join(
        f"{'more' if number > 0 else 'fewer'} {meter(name)} by {_counted(number)}"
        for (_, name), number in cause.moved.items()
    )
    return f"The bill counts otherwise: {parts}. No run and no tier explains it."


SAYS: Mapping[Reason, Callable[[Cause], str]] = {
    "missing_here": _missing_here,
    "missing_there": _missing_there,
    "tier": _tier,
    "cache": _cache,
    "stopped": _stopped,
    "tokens": _tokens,
}

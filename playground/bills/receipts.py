"""Our answers out of the history, for the days and providers that bills speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from playground import figures as fmt
from playground.bills.nouns import Bill, Call
from playground.bills.ours import calls_of_run, zones
from playground.budgets.ledger import not_in_history
from playground.domain.provider import provider_of
from playground.history.queries import Filter, ids
from playground.history.reading import each
from playground.store.store import Store


def receipts(store: Store, bills: Sequence[Bill], *, owner: str | None = None) -> list[Call]:
    """Every answer of ours that these bills may have, read run by run."""
    found = []
    for provider in dict.fromkeys(bill.provider for bill in bills if bill.days):
        of_it = [bill for bill in bills if bill.provider == provider and bill.days]
        found += list(_of_provider(store, provider, of_it, owner))
    return found


def _of_provider(
    store: Store, provider: str, bills: Sequence[Bill], owner: str | None
) -> Iterator[Call]:
    made_up, where = bills[0].simulated, zones(bills)
    since = max(bill.since for bill in bills)
    first, last = _span(bills)
    # a day more on either side: a run has the day on which it began, in UTC
    wanted = Filter(
        provider=provider,
        owner=owner,
        since=(first - timedelta(days=1)).isoformat(),
        until=(last + timedelta(days=1)).isoformat(),
    )
    for stored in each(store, ids(store, wanted)):
        answers = stored.run.responses
        for call in calls_of_run(stored.run, where):
            simulated = answers[call.lane].simulated
            if call.provider == provider and simulated == made_up and call.at >= since:
                yield call


def _span(bills: Sequence[Bill]) -> tuple[date, date]:
    days = [day for bill in bills for day in bill.days]
    return date.fromisoformat(min(days)), date.fromisoformat(max(days))


def notes(store: Store, bills: Sequence[Bill]) -> list[str]:
    """What the ledger has of answers that the history does not hold, and since when a simulated bill counts."""
    found = []
    real = [bill for bill in bills if bill.days and not bill.simulated]
    for provider in dict.fromkeys(bill.provider for bill in real):
        first, last = _span([bill for bill in real if bill.provider == provider])
        wanted = Filter(provider=provider, since=first.isoformat(), until=last.isoformat())
        spent = not_in_history(store, wanted)
        if spent:
            label = provider_of(provider).label
            found.append(
                f"{label}: {fmt.money(spent)} of these days were spent on answers of ours that were not kept or are deleted;"
                " they are in the bill and in no receipt."
            )
    return found

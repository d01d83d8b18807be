"""The models panel: what a provider's models endpoint says against our catalog, and the days that are left to each model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from playground import catalog
from playground import figures as fmt
from playground.catalog import Model
from playground.domain import ModelRef, clock, session
from playground.domain.session import SessionModel
from playground.providers import ListedModel, Listing
from playground.providers.freshness import OTHER_KINDS


def _levels(row: Model) -> tuple[str, ...]:
    """The efforts that are words; a number of thinking tokens and `none` are other fields of the list."""
    return tuple(sorted(level for level in row.efforts if level.isalpha() and level != "none"))


ASKED = ("openai", "anthropic", "gemini")
"""Whose lists the demo has."""


class Fact(NamedTuple):
    """Something that a list and the catalog can both say of a model."""

    label: str
    there: Callable[[ListedModel], Any]
    here: Callable[[Model], Any]


def _told(name: str) -> Callable[[ListedModel], Any]:
    return lambda listed: listed.told.get(name)


FACTS: tuple[Fact, ...] = (
    Fact("window", lambda listed: listed.context, lambda row: row.context_window),
    Fact("most output", lambda listed: listed.max_output, lambda row: row.max_output),
    Fact("efforts", _told("efforts"), _levels),
    Fact("reasons", _told("reasons"), lambda row: True if row.efforts else None),
    Fact("thinking", _told("thinking"), lambda row: tuple(sorted(row.thinking)) or None),
    Fact("images", _told("images"), lambda row: row.images),
    Fact("PDF", _told("pdf"), lambda row: row.pdf),
    Fact("JSON schema", _told("response_schema"), lambda row: row.response_schema),
    Fact("tools of its own", _told("server_tools"), lambda row: tuple(sorted(row.server_tools))),
)
"""What is compared; a new fact is a row. None on either side is not known there, and no difference."""
DAYS = ("shutdown_date", "retires_at")
"""Fields in which a list tells a last day; where one is there and null, none is announced."""


def said(listed: ListedModel) -> dict[str, str]:
    """What a list says of one model, for people; what it does not say is not reported."""
    dated = any(name in listed.row for name in DAYS)
    return {
        "Model": listed.id,
        "Made on": str(listed.created or fmt.NOT_REPORTED),
        "Lifecycle": str(listed.row.get("lifecycle") or fmt.NOT_REPORTED),
        "Last day": str(listed.shutdown_date or ("none announced" if dated else fmt.NOT_REPORTED)),
        **{
            fact.label[:1].upper() + fact.label[1:]: fmt.NOT_REPORTED
            if (value := fact.there(listed)) is None
            else written(_present(value))
            for fact in FACTS
        },
        "Answers prompts": "yes" if listed.answers else "no",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the list and the catalog say otherwise of a model."""

    model: str
    """As the list spells it."""
    what: str
    there: Any
    """What the models endpoint says."""
    here: Any
    """What the catalog says, read at `source` on `as_of`."""
    source: str
    as_of: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A field of the list's rows that nothing here is read from."""

    field: str
    models: int
    example: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A list against the catalog."""

    same: int
    """Models that both have and say the same of."""
    differences: tuple[Difference, ...]
    only_there: tuple[str, ...]
    """Models that answer prompts and are not in the catalog."""
    other_kinds: tuple[str, ...]
    """Models of the list that answer with something else than text, or are not asked in a conversation."""
    only_here: tuple[str, ...]
    """Models that the catalog says still answer and the list does not have."""
    unread: tuple[Unread, ...]


def compare(listing: Listing, today: date | None = None) -> Compared:
    """What the list has otherwise than the catalog, in both directions."""
    known = {listed.id: _row(listing.provider, listed.id) for listed in listing.models}
    missing = [listed for listed in listing.models if known[listed.id] is None]
    found = [
        difference
        for listed in listing.models
        if (row := known[listed.id]) is not None
        for difference in _differences(listed, row)
    ]
    have = {row.id for row in known.values() if row is not None}
    return Compared(
        same=sum(row is not None for row in known.values()) - len({one.model for one in found}),
        differences=tuple(found),
        only_there=tuple(listed.id for listed in missing if not _other_kind(listed)),
        other_kinds=tuple(listed.id for listed in missing if _other_kind(listed)),
        only_here=tuple(
            row.id
            for row in catalog.catalog()
            if row.provider == listing.provider and not row.retired(today) and row.id not in have
        ),
        unread=_unread(listing.models),
    )


def _row(provider: str, name: str) -> Model | None:
    return catalog.find(ModelRef(provider, "", name))


def _other_kind(listed: ListedModel) -> bool:
    return not listed.answers or OTHER_KINDS.search(listed.id) is not None


def _differences(listed: ListedModel, row: Model) -> Iterator[Difference]:
    for what, there, here in _both(listed, row):
        if there != here:
            yield Difference(
                model=listed.id,
                what=what,
                there=there,
                here=here,
                source=row.source,
                as_of=row.as_of,
            )


def _both(listed: ListedModel, row: Model) -> Iterator[tuple[str, Any, Any]]:
    """What is known on both sides, by name."""
    for fact in FACTS:
        there, here = fact.there(listed), fact.here(row)
        if there is None or here is None:
            continue
        if isinstance(there, Mapping):  # of the parts that it does not name it says nothing
            here = tuple(part for part in here if part in there)
        yield fact.label, _present(there), here
    if any(name in listed.row for name in DAYS):
        yield "last day", listed.shutdown_date, row.retires


def _present(there: Any) -> Any:
    """The names of the parts that are there, in order; anything else as it is."""
    if isinstance(there, Mapping):
        return tuple(sorted(name for name, present in there.items() if present))
    return there


def _unread(models: Iterable[ListedModel]) -> tuple[Unread, ...]:
    times, examples = Counter[str](), dict[str, Any]()
    for listed in models:
        for path in listed.unread:
            times[path] += 1
            examples.setdefault(path, _at(listed.row, path))
    return tuple(
        Unread(field=path, models=number, example=examples[path])
        for path, number in times.most_common()
    )


def _at(row: Mapping[str, Any], path: str) -> Any:
    found: Any = row
    while path:
        if path in found:
            return found[path]
        name, _, path = path.partition(".")
        found = found[name]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A model and the days that are left to it."""

    provider: str
    model: str
    days: int
    """Negative: so many days ago, and still on the list."""
    here: date | None
    """Its last day by the catalog."""
    there: date | None
    """Its last day by the models endpoint; None where that was not asked or does not say."""
    source: str
    """Where the catalog has its day from."""
    as_of: date | None
    successor: catalog.Successor | None


def last_days(listings: Iterable[Listing]) -> dict[tuple[str, str], date]:
    """The last days that lists say, by provider and model."""
    return {
        (listing.provider, listed.id): listed.shutdown_date
        for listing in listings
        for listed in listing.models
        if listed.shutdown_date is not None
    }


def countdown(listings: Iterable[Listing] = (), today: date | None = None) -> tuple[Ending, ...]:
    """Every model whose last day is announced and not yet over, or that a list still has: the next to go first."""
    on = today or clock.today()
    told = last_days(listings)
    found = [
        _ending(row, *of, here, told.pop(of, None), on)
        for of, row in _rows().items()
        if (here := row.retires) is not None and here > on
    ]
    found += [_ending(_rows().get(of) or _row(*of), *of, day, day, on) for of, day in told.items()]
    return tuple(sorted(found, key=lambda one: (one.days, one.provider, one.model)))


def _rows() -> dict[tuple[str, str], Model | SessionModel]:
    """Every model that is known here, those of sessions too, by provider and id."""
    rows: dict[tuple[str, str], Model | SessionModel] = {
        (row.provider, row.id): row for row in catalog.catalog()
    }
    return rows | {(row.ref.provider, row.ref.model): row for row in session.MODELS}


def _ending(
    row: Model | SessionModel | None,
    provider: str,
    model: str,
    last: date,
    there: date | None,
    on: date,
) -> Ending:
    return Ending(
        provider=provider,
        model=model,
        days=((there or last) - on).days,
        here=row.retires if row else None,
        there=there,
        source=row.source if row else "",
        as_of=row.as_of if row else None,
        successor=row.successor if isinstance(row, Model) else None,
    )


def written(said: Any) -> str:
    """What one side says, for people."""
    if said is None:
        return "none announced"
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, int):
        return f"{said:,}"
    return (", ".join(said) or "none") if isinstance(said, tuple) else str(said)


def document(listing: Listing) -> dict[str, Any]:
    """One endpoint's list and the comparison as JSON values; the rows stand as they came."""
    from playground.domain.nouns import jsonable

    return {
        "provider": listing.provider,
        "simulated": listing.simulated,
        "failure": listing.failure.told if listing.failure else None,
        "pages": listing.pages,
        "cut": listing.cut,
        "models": [dict(listed.row) for listed in listing.models],
        "nameless": [dict(row) for row in listing.nameless],
        "compared": jsonable(compare(listing)) if listing.failure is None else None,
    }

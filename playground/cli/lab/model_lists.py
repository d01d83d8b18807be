"""What `playground lab models` does without the pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from typing import Any

import click

from playground import settings
from playground.cli.ask import simulated
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import safe
from playground.domain import Endpoint, ModelRef
from playground.domain.provider import unknown
from playground.engine import Engine
from playground.lab import models as lab
from playground.providers import Listing, read_list, read_model


def tell(model: str | None, providers: Sequence[str], *, demo: bool, as_json: bool) -> int:
    """Ask the endpoints, print, and return the exit code: 0 all answered, 1 any failed."""
    ref = model_ref(model) if model else None
    with _where([ref.provider] if ref else providers, demo=demo) as endpoints:
        found = _asked(endpoints, ref)
    listings = [found[name] for name in endpoints]
    if as_json:
        from playground.domain.nouns import jsonable
        from playground.export import dumps

        told: dict[str, Any] = {"endpoints": [lab.document(listing) for listing in listings]}
        if ref is None:
            told["countdown"] = jsonable(lab.countdown(listings))
        print(dumps(told), flush=True)
    else:
        for listing in listings:
            _print(listing, rows=ref is not None)
        if ref is None:
            _print_countdown(listings)
    return 1 if any(listing.failure for listing in listings) else 0


@contextmanager
def _where(providers: Sequence[str], *, demo: bool) -> Iterator[Mapping[str, Endpoint]]:
    """The endpoints that are asked: those that are named, or all that have a key."""
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    if demo:
        with simulated() as endpoints:
            yield _chosen(endpoints, providers or lab.ASKED)
        return
    with_key = [name for name, endpoint in loaded.endpoints.items() if endpoint.key]
    if not (providers or with_key):
        raise click.UsageError(
            "No provider has a key: `playground endpoints list` says which variables to set; or ask with --demo."
        )
    yield _chosen(loaded.endpoints, providers or with_key)


def _chosen(endpoints: Mapping[str, Endpoint], names: Sequence[str]) -> Mapping[str, Endpoint]:
    for name in names:
        if name not in endpoints:
            raise click.UsageError(
                unknown(name, endpoints, "`playground endpoints add` adds a server.")
            )
    return {name: endpoints[name] for name in dict.fromkeys(names)}


def _asked(endpoints: Mapping[str, Endpoint], ref: ModelRef | None) -> dict[str, Listing]:
    """What each endpoint lists, or says of the one model; who has answered is said meanwhile."""
    engine = Engine()
    try:
        waiting = {
            engine.submit(_question(endpoint, ref)): name for name, endpoint in endpoints.items()
        }
        found = {}
        for future in as_completed(waiting):
            name = waiting[future]
            found[name] = future.result()
            said = found[name].failure.told if found[name].failure else _size(found[name])
            say(safe(f"{name}: {said}"))
        return found
    finally:
        engine.close()


def _question(endpoint: Endpoint, ref: ModelRef | None) -> Callable[[Any], Any]:
    if ref is None:
        return lambda pool: read_list(endpoint, pool=pool)
    return lambda pool: read_model(endpoint, ref.model, pool=pool)


def _size(listing: Listing) -> str:
    pages = "1 page" if listing.pages == 1 else f"{listing.pages} pages"
    return f"{len(listing.models):,} models{f' in {pages}' if listing.pages else ''}"


def _print(listing: Listing, *, rows: bool) -> None:
    print(f"# {listing.provider}{' (simulated)' if listing.simulated else ''}: {_size(listing)}")
    if listing.failure:
        print(safe(listing.failure.told))
        return
    if listing.cut:
        print("The list named more pages than were read.")
    if rows:
        from playground.export import dumps

        for listed in listing.models:
            print(safe(dumps(dict(listed.row))))
    found = lab.compare(listing)
    print(f"{found.same} as in the catalog")
    for one in found.differences:
        print(
            safe(
                f"{one.model}: {one.what}: {lab.written(one.there)} there, {lab.written(one.here)} here"
                f" ({one.source}, {one.as_of})"
            )
        )
    here = () if rows else found.only_here
    for title, names in (
        ("Not in the catalog", found.only_there),
        ("Of another kind, not in the catalog", found.other_kinds),
        ("Not on the list", here),
        (
            "Fields that are shown and not compared",
            [f"{one.field} ({one.models})" for one in found.unread],
        ),
    ):
        if names:
            print(safe(f"{title}: {', '.join(names)}"))


def _print_countdown(listings: Sequence[Listing]) -> None:
    print("\n# Days left")
    for one in lab.countdown(listings):
        follows = one.successor
        after = f" → {follows.model} ({follows.source}, {follows.as_of})" if follows else ""
        print(safe(f"{one.days:4} {one.provider}:{one.model}: {one.there or one.here}{after}"))

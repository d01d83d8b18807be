"""What `playground lab file_search` does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from playground import figures as fmt
from playground import history, settings
from playground.cli import keeping
from playground.cli.lab import asking
from playground.cli.say import say
from playground.cli.show import safe
from playground.domain import Endpoint, ModelRef, Response
from playground.domain.hosted import Condition
from playground.engine import Engine
from playground.history import Labels
from playground.lab import file_search as lab
from playground.lab import filed_samples as samples
from playground.lab import filing
from playground.lab.file_search import Shelf
from playground.providers import ProviderError
from playground.providers.stores import searches
from playground.store.store import Store

PATIENCE = 180.0
Answer = tuple[Shelf, Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What goes into a store, how, and what is asked of it."""

    question: str
    files: Sequence[tuple[str, bytes]]
    filing: filing.Filing
    only: tuple[Condition, ...]

    @classmethod
    def read(
        cls,
        question: str | None,
        names: Sequence[str],
        metadata: Sequence[str],
        only: str,
        chunk: int | None,
        overlap: int | None,
    ) -> Wanted:
        """From a command line; UsageError says what can't be read."""
        files = [(Path(name).name, Path(name).read_bytes()) for name in names]
        try:
            said = filing.attributes("\n".join(metadata))
            return cls(
                question=question or samples.QUESTION,
                files=files or samples.SAMPLES,
                filing=filing.Filing(
                    chunking=filing.chunking(chunk, overlap),
                    attributes=said if files or said else samples.FILING.attributes,
                ),
                only=filing.conditions(only),
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None


def search(wanted: Wanted, options: asking.Options) -> int:
    """One store a model, deleted at the end; the exit code: 0 all answered, 1 any failed."""
    if not options.models:
        options = replace(options, models=("openai:gpt-6.1-sol", "gemini:gemini-3.8-flash"))
    engine, found = Engine(), list[Answer]()
    try:
        with asking.asked(options) as (refs, endpoints):
            for ref in refs:
                if not searches(ref):
                    raise click.UsageError(f"{ref} searches no store: use OpenAI or Gemini.")
            for ref in refs:
                found.append(_one(engine, ref, wanted, endpoints))
    except (ProviderError, keeping.Forbidden) as error:
        said = error.failure.told if isinstance(error, ProviderError) else str(error)
        say(said)
        return 1
    finally:
        engine.close()
        keeping.finish()
    _print(found, as_json=options.as_json)
    return 0 if all(response.ok for _, response in found) else 1


def _one(
    engine: Engine,
    ref: ModelRef,
    wanted: Wanted,
    endpoints: Mapping[str, Endpoint],
) -> Answer:
    kept: Store | None = history.get_store() if settings.keeps_history() else None
    endpoint = endpoints[ref.provider]
    work = engine.submit(
        lambda pool: lab.build(
            lab.Desk(endpoint=endpoint, pool=pool, kept=kept), wanted.files, wanted.filing
        )
    )
    shelf = asking.within(PATIENCE, work)
    try:
        requests = [lab.asked(ref, wanted.question, shelf, only=wanted.only)]
        there = lab.where(endpoints, ref.provider)
        keeping.foretold(requests, there)
        live = keeping.start(
            engine,
            requests,
            there,
            labels=Labels(kind="lab"),
            context={lab.STORE: shelf.store.id},
        )
        keeping.until_ended(live)
        return shelf, live.run().responses[0]
    finally:
        gone = engine.submit(
            lambda pool: lab.remove(lab.Desk(endpoint=endpoint, pool=pool, kept=kept), shelf)
        )
        asking.within(PATIENCE, gone)


def _print(found: Sequence[Answer], *, as_json: bool) -> None:
    if as_json:
        from playground.export import dumps

        print(dumps({"answers": [_json(shelf, response) for shelf, response in found]}))
        return
    for shelf, response in found:
        print(f"# {response.model}{' (simulated)' if response.simulated else ''}")
        print(safe(response.failure.told if response.failure else response.text))
        told = lab.found(response)
        for chunk in told.chunks:
            cited = "cited" if chunk.cited else "     "
            score = "     " if chunk.score is None else f"{chunk.score:5.2f}"
            text = " ".join((chunk.text or "").split())[:90]
            said = "".join(f" [{key} = {value}]" for key, value in chunk.attributes.items())
            print(safe(f"{cited} {score} {chunk.file or ''}{said}: {text}"))
        print(
            f"Input {fmt.count(response.usage.input_tokens)}, retrieved {fmt.count(told.retrieved)}"
            f" (our count: {fmt.count(told.estimated)}), cost {fmt.cost_of(response)}"
        )
        for fee in _fees(shelf):
            amount = "not known" if fee.amount is None else fmt.money(fee.amount)
            print(f"{fee.what}: {amount} ({fee.how})")
        print(f"Cost of the store until its end: {fmt.cost(lab.receipt(shelf))}")
        print(f"Deleted: {shelf.store.id}")


def _fees(shelf: Shelf) -> Sequence[lab.Fee]:
    return lab.fees(shelf.provider, shelf.store, [text for _, text in shelf.files])


def _json(shelf: Shelf, response: Response) -> dict[str, Any]:
    from playground.domain.nouns import jsonable

    told = lab.found(response)
    return {
        "model": str(response.model),
        "simulated": response.simulated,
        "store": jsonable(shelf.store),
        "chunks": jsonable(told.chunks),
        "retrieved_tokens": told.retrieved,
        "retrieved_tokens_estimated": told.estimated,
        "fees": jsonable(_fees(shelf)),
        "store_cost": jsonable(lab.receipt(shelf)),
        "response": jsonable(replace(response, exchange=None)),
        "exchanges": jsonable(tuple(shelf.exchanges)),
    }

"""What `playground lab caching` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from playground import figures as fmt
from playground import history, runs
from playground.cli import keeping
from playground.cli.lab import asking
from playground.cli.say import say
from playground.cli.show import safe
from playground.engine import Engine
from playground.export import dumps
from playground.lab import caching
from playground.lab.caching import Twice
from playground.store.database import HistoryError
from playground.wire import Pool


def twice(
    prefix: str,
    change: str,
    ttl: str | None,
    *,
    explicit: bool,
    how: Mapping[str, Any],
    options: asking.Options,
) -> int:
    """Send, print, and return the exit code: 0 all answered, else 1."""
    found: list[Twice] = []
    said = caching.How(**how)
    engine = Engine()
    try:
        with asking.asked(options) as (refs, endpoints):
            for ref in refs:
                asked = caching.requests(ref, prefix or caching.sample(), change, ttl, said)  # type: ignore[arg-type]
                refusal = runs.refused(asked, endpoints, secrets=keeping.secrets())
                if refusal:
                    say(refusal.reason)
                    return 1
                store = history.get_store()
                endpoint = endpoints[ref.provider]

                async def act(
                    pool: Pool, asked: Any = asked, endpoint: Any = endpoint, store: Any = store
                ) -> Twice:
                    if explicit and endpoint.provider == "gemini":
                        return await caching.explicit(asked, endpoint, pool, store=store)
                    return await caching.twice(
                        asked, endpoint, pool, store=store, ask_why=said.ask_why
                    )

                found.append(engine.submit(act).result())
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    finally:
        engine.close()
        keeping.finish()
    documents = [caching.document(one) for one in found]
    if options.as_json:
        print(dumps({"pairs": documents}), flush=True)
    for one in [] if options.as_json else found:
        _print(one)
    return 0 if all(r.ok for one in found for r in one.run.responses) else 1


def _print(found: Twice) -> None:
    mark = " (simulated)" if found.run.simulated else ""
    print(safe(f"# {found.run.requests[0].model}{mark}"))
    if found.problem:
        print(safe(found.problem))
    for number, response in enumerate(found.run.responses, 1):
        usage = response.usage
        print(
            f"call {number}: {fmt.count(usage.input_tokens)} in,"
            f" {fmt.count(usage.cache_write_input_tokens)} written,"
            f" {fmt.count(usage.cache_read_input_tokens)} read, {fmt.cost_of(response)}"
        )
    for reason in found.told.reasons:
        print(safe(f"{'' if reason.certain else 'perhaps: '}{reason.said}"))
    if found.told.provider_says:
        print(safe(f"the provider itself says: {found.told.provider_says}"))
    if found.told.again_cost is not None:
        print(
            f"billed again: {fmt.count(found.told.again_tokens)} tokens, {fmt.money(found.told.again_cost)}"
        )
    if found.storage is not None:
        print(f"storage: {fmt.cost(found.storage)} ({found.storage.lines[0].note})")

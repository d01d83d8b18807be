"""A long prefix sent twice: what is written, read and billed, and from how many readings on it pays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

from playground import catalog, pricing, settings, tokens
from playground.created import Notebook
from playground.domain import (
    Cost,
    CostLine,
    Endpoint,
    Message,
    ModelRef,
    Request,
    Response,
    Run,
    Settings,
    Text,
    clock,
)
from playground.domain.nouns import jsonable
from playground.domain.provider import provider_of
from playground.engine.receipt import priced
from playground.history import Labels
from playground.lab import cache_miss
from playground.lab.cache_miss import Said, Told, explain, ttl_of
from playground.pricing.book import source_of
from playground.pricing.receipt import plain
from playground.providers import Call, ProviderError, caches
from playground.providers.talking import Talk
from playground.store.store import Store
from playground.wire import Pool

KIND = "lab"
QUESTIONS = ("Which rule is about dates?", "Which rule is about names?")
SENTENCES = (
    "Rule {n}: write dates as 2026-11-26, never with words, and name the time zone wherever a time stands.",
    "Rule {n}: call people by the names that they use themselves, and leave titles out unless a law asks for them.",
    "Rule {n}: a number has its unit beside it, thousands are set apart, and what is an estimate says so.",
)
LONG = 6_000
"""Tokens of the sample prefix at least: above every model's minimum."""
MAX_OUTPUT = 200
CACHE_KEY = "playground-caching"
"""Without a key OpenAI's newer models seldom find a prefix again."""
Change = Literal["nothing", "byte", "system", "effort", "key"]
CHANGES: dict[Change, str] = {
    "nothing": "Nothing: the same prefix, another question",
    "byte": "One character at the beginning of the prefix",
    "system": "A system prompt that holds the time",
    "effort": "Another effort",
    "key": "Another prompt_cache_key (OpenAI)",
}
"""What the second call changes → what it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How caching is asked for, beside the time to live."""

    key: str = CACHE_KEY
    """OpenAI's `prompt_cache_key`; empty = none is sent."""
    retention: str | None = None
    """OpenAI's `prompt_cache_retention` (`24h`) for models before GPT-5.6, which take no time to live."""
    marked: bool = False
    """True: OpenAI caches at a breakpoint behind the prefix only (`prompt_cache_options.mode: explicit`)."""
    ask_why: bool = False
    """True: the second call names the first, and the provider says itself why its cache was not read."""


USUAL = How()
RETENTIONS = ("in_memory", "24h")
WHY = ("responses", "messages")
"""Doors that say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """Two calls with one prefix, and what was found out about the cache between them."""

    run: Run
    told: Told
    stored: caches.StoredPrefix | None = None
    """The explicit cache that both used, where there is one."""
    storage: Cost | None = None
    """What it costs to store it, from its making to its end."""
    problem: str = ""
    """Why there is no explicit cache, where one was asked for."""


def sample() -> str:
    """A house style of so many rules that every model caches it."""
    lines: list[str] = []
    while not lines or tokens.count("\n".join(lines)) < LONG:
        start = len(lines)
        lines += [SENTENCES[n % len(SENTENCES)].format(n=n + 1) for n in range(start, start + 60)]
    return "\n".join(lines)


def requests(
    model: ModelRef,
    prefix: str,
    change: Change = "nothing",
    ttl: str | None = None,
    how: How = USUAL,
) -> tuple[Request, Request]:
    """The two calls: the prefix as the system prompt and a question each, the second with what it changes."""
    if how.marked and model.api == "responses" and catalog.describe(model).cache_ttls:
        make = _marked
    else:
        make = _plain
    elsewhere = replace(how, key=f"{how.key}-2") if change == "key" else how
    first, second = (
        make(model, text, question, ttl, asked)
        for question, text, asked in zip(
            QUESTIONS, (prefix, _altered(prefix, change)), (how, elsewhere), strict=True
        )
    )
    if change == "effort":
        row = catalog.describe(model)
        other = next((e for e in row.efforts if e != row.default_effort), None)
        second = replace(second, settings=replace(second.settings, effort=other))
    return first, second


def _altered(prefix: str, change: Change) -> str:
    if change == "byte":
        first = prefix[:1]
        other = first.swapcase()
        return (other if other != first else "!" if first == "." else ".") + prefix[1:]
    if change == "system":
        return f"It is {datetime.now(UTC):%H:%M:%S.%f}.\n{prefix}"
    return prefix


def _plain(model: ModelRef, prefix: str, question: str, ttl: str | None, how: How) -> Request:
    return Request.ask(model, question, system=prefix, settings=_cached(model, prefix, ttl, how))


def _marked(model: ModelRef, prefix: str, question: str, ttl: str | None, how: How) -> Request:
    """OpenAI: prefix and question in one message, with a breakpoint in between, which a plain `input` has no room for."""
    settings = _cached(model, prefix, ttl, how)
    mark = {"prompt_cache_breakpoint": {"mode": "explicit"}}
    content = [
        {"type": "input_text", "text": prefix, **mark},
        {"type": "input_text", "text": question},
    ]
    options = {"mode": "explicit", "ttl": settings.cache_ttl}
    extra = {
        **settings.extra,
        "input": [{"role": "user", "content": content}],
        "prompt_cache_options": options,
    }
    message = Message(role="user", parts=(Text(text=prefix), Text(text=question)))
    return Request(model=model, messages=(message,), settings=replace(settings, extra=extra))


def comparing(request: Request, earlier: str) -> Request:
    """The request with the id of an earlier answer, so that the provider says why its cache was not read."""
    extra = dict(request.settings.extra)
    if request.model.api == "messages":
        extra["diagnostics"] = {"previous_message_id": earlier}
    elif request.model.api == "responses" and catalog.describe(request.model).cache_ttls:
        options = extra.get("prompt_cache_options") or {"ttl": request.settings.cache_ttl}
        extra["prompt_cache_options"] = {**options, "comparison_response_id": earlier}
    return replace(request, settings=replace(request.settings, extra=extra))


def _cached(model: ModelRef, prefix: str, ttl: str | None, how: How) -> Settings:
    """The settings that have the prefix cached, each provider's own way: a breakpoint, a key, or nothing at all."""
    ttls = catalog.describe(model).cache_ttls
    chosen = ttl if ttl in ttls else (ttls[0] if ttls else None)
    extra: dict[str, Any] = {}
    if provider_of(model.provider).cache_on_request and chosen:
        mark = {"type": "ephemeral", "ttl": chosen}
        extra = {"system": [{"type": "text", "text": prefix, "cache_control": mark}]}
        chosen = None  # the breakpoint stands after the prefix, not after the question
    elif model.provider == "openai":
        retention = None if ttls else how.retention
        named = {"prompt_cache_key": how.key, "prompt_cache_retention": retention}
        extra = {name: value for name, value in named.items() if value}
    return Settings(max_output_tokens=MAX_OUTPUT, cache_ttl=chosen, extra=extra)


async def twice(
    asked: Sequence[Request],
    endpoint: Endpoint,
    pool: Pool,
    *,
    store: Store | None,
    owner: str = "",
    ask_why: bool = False,
) -> Twice:
    """Send one after the other, since a cache can't be read before the first answer has begun."""
    book = pricing.load()
    answers: list[Response] = []
    asked = list(asked)
    for number, request in enumerate(asked):
        if ask_why and answers and answers[-1].response_id:
            request = asked[number] = comparing(request, answers[-1].response_id)
        call = Call(request, endpoint, pool=pool)
        await call.run()
        answers.append(priced(call.response(), request, book))
    run = Run(
        id=uuid4().hex,
        created_at=clock.now(),
        requests=tuple(asked),
        responses=tuple(answers),
        simulated=endpoint.simulated,
    )
    if store is not None and settings.keeps_history():
        from playground.history.writing import put

        await asyncio.to_thread(
            put, store, run, Labels(kind=KIND, title="Prompt caching"), owner=owner
        )
    pair = [Said(request=q, response=r) for q, r in zip(asked, answers, strict=True)]
    return Twice(run=run, told=explain(pair[-2], pair[-1]))


async def explicit(
    asked: Sequence[Request],
    endpoint: Endpoint,
    pool: Pool,
    *,
    store: Store,
    seconds: int = 300,
    owner: str = "",
) -> Twice:
    """The same with a prefix that Gemini stores under a name: made, read by both calls, billed by the hour until its end."""
    talk = Talk(endpoint, pool)
    notes = Notebook(store, endpoint.provider, owner=owner, simulated=endpoint.simulated)
    model = asked[0].model
    prefix = Request(model=model, messages=(), system=asked[0].system, stream=False)
    try:
        stored = await caches.make(
            talk, model, prefix, seconds=seconds, title="playground caching", notes=notes
        )
    except ProviderError as error:
        found = await twice(asked, endpoint, pool, store=store, owner=owner)
        return replace(found, problem=error.failure.message or error.failure.meaning)
    using = [
        replace(
            request,
            system=None,
            settings=replace(
                request.settings, extra={**request.settings.extra, "cachedContent": stored.name}
            ),
        )
        for request in asked
    ]
    found = await twice(using, endpoint, pool, store=store, owner=owner)
    return replace(found, stored=stored, storage=storage(model, stored))


def storage(
    model: ModelRef, stored: caches.StoredPrefix, *, until: int | None = None
) -> Cost | None:
    """What storing costs, tokens × seconds at the price of an hour; `until` seconds, or its whole life. None = not known."""
    lives = stored.seconds if until is None else until
    row = pricing.load().row(model.provider, model.model, clock.today())
    if row is None or row.cache_storage is None or stored.tokens is None or lives is None:
        return None
    quantity, per = stored.tokens * lives, 1_000_000 * 3600
    amount = plain(Decimal(quantity) * row.cache_storage / per)
    line = CostLine(
        name="cache_storage",
        quantity=quantity,
        unit="token-second",
        rate=row.cache_storage,
        per=per,
        amount=amount,
        note=f"{stored.tokens:,} tokens for {lives / 3600:.4g} h",
    )
    return Cost(total=amount, lines=(line,), price=source_of(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """From how many readings on a cached prefix is cheaper than one that is sent plain each time."""

    write: Decimal
    """Price of writing, as a multiple of input."""
    read: Decimal
    storage_an_hour: Decimal | None
    """USD for 1,000,000 tokens and hour; None = storing is free."""
    reads: int | None
    """Readings within the time to live; None = never."""


def break_even(
    model: ModelRef, ttl: str | None, *, hours: Decimal = Decimal(0)
) -> BreakEven | None:
    """w + n·r (+ storage) < 1 + n, solved for the least n; None where the price of a reading is not known."""
    row = pricing.load().row(model.provider, model.model, datetime.now(UTC).date())
    if row is None or "input" not in row.rates or "cache_read" not in row.rates:
        return None
    base = row.rates["input"]
    if not base:
        return None
    write = row.rates.get(f"cache_write_{ttl}", base) / base if ttl else Decimal(1)
    read = row.rates["cache_read"] / base
    stored = (row.cache_storage or Decimal(0)) * hours / base
    gain = 1 - read
    cost = write - 1 + stored
    reads = None if gain <= 0 else max(1, int(cost / gain) + (0 if cost < 0 else 1))
    return BreakEven(
        write=plain(write), read=plain(read), storage_an_hour=row.cache_storage, reads=reads
    )


def document(found: Twice) -> dict[str, Any]:
    """As JSON values."""
    calls = [
        {
            "usage": jsonable(replace(response.usage, raw=None)),
            "cost": jsonable(response.cost),
            "failure": jsonable(response.failure),
        }
        for response in found.run.responses
    ]
    first = found.run.requests[0]
    even = break_even(
        first.model, ttl_of(first) if catalog.describe(first.model).cache_ttls else None
    )
    return {
        "simulated": found.run.simulated,
        "model": str(first.model),
        "calls": calls,
        "cache": cache_miss.document(found.told),
        "stored": jsonable(found.stored),
        "storage": jsonable(found.storage),
        "break_even": jsonable(even),
        "problem": found.problem,
    }

"""A prefix sent twice at the simulated providers, and why a cache missed: the place, the wait, the settings, the dollars."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from playground import created, pricing
from playground.domain import (
    Endpoint,
    Exchange,
    Message,
    ModelRef,
    Request,
    Response,
    Settings,
    Text,
    Timing,
    Tool,
    Usage,
)
from playground.lab import cache_miss, caching, prefixes
from playground.lab.cache_miss import Said
from playground.pricing import editing
from playground.providers.caches import StoredPrefix
from playground.store.database import sqlite_url
from playground.store.store import Store
from playground.wire import Pool

SPELLINGS = ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"]
SOL = ModelRef.parse("openai:gpt-6.1-sol")
CLAUDE = ModelRef.parse("anthropic:claude-sonnet-5-5")


def own(prefix: str) -> str:
    """The prefix as no other test has sent it."""
    return f"{uuid4().hex}\n{prefix}"


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_the_same_prefix_is_read_the_second_time_and_costs_less(
    spelling: str, where: dict[str, Endpoint], pool: Pool
) -> None:
    ref = ModelRef.parse(spelling)
    asked = caching.requests(ref, own(caching.sample()))
    found = await caching.twice(asked, where[ref.provider], pool, store=None)
    first, second = found.run.responses
    assert first.failure is None
    assert not first.usage.cache_read_input_tokens
    assert second.usage.cache_read_input_tokens
    assert found.told.reasons == ()
    assert found.told.again_tokens is None
    costs = [r.cost.total for r in (first, second) if r.cost]
    assert costs[1] < costs[0]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("change", "kind"), [("byte", "system"), ("system", "system")])
async def test_a_changed_byte_misses_and_the_place_and_the_dollars_are_told(
    spelling: str, change: Any, kind: str, where: dict[str, Endpoint], pool: Pool
) -> None:
    ref = ModelRef.parse(spelling)
    asked = caching.requests(ref, f"a{own(caching.sample())}", change)
    found = await caching.twice(asked, where[ref.provider], pool, store=None)
    assert not found.run.responses[1].usage.cache_read_input_tokens
    assert kind in [reason.kind for reason in found.told.reasons]
    assert found.told.difference is not None
    assert found.told.difference.part == "system"
    assert found.told.difference.byte == 0


@pytest.mark.parametrize("prefix", ["abc", "Abc", "1bc", ".bc", "ßbc"])
def test_the_changed_byte_is_always_another_one(prefix: str) -> None:
    first, second = caching.requests(SOL, prefix, "byte")
    assert first.system == prefix
    assert second.system != prefix
    assert (second.system or "").endswith("bc")


async def test_another_key_misses_and_is_named(where: dict[str, Endpoint], pool: Pool) -> None:
    asked = caching.requests(SOL, own(caching.sample()), "key")
    found = await caching.twice(asked, where["openai"], pool, store=None)
    assert not found.run.responses[1].usage.cache_read_input_tokens
    (reason,) = found.told.reasons
    assert reason.kind == "settings"
    assert "'playground-caching' → 'playground-caching-2'" in reason.said


async def test_openai_caches_at_a_breakpoint_only_where_it_is_told_to(
    where: dict[str, Endpoint], pool: Pool
) -> None:
    how = caching.How(marked=True)
    asked = caching.requests(SOL, own(caching.sample()), how=how, ttl="12h")
    found = await caching.twice(asked, where["openai"], pool, store=None)
    first, second = found.run.responses
    assert first.failure is None
    sent = first.exchange.request_body if first.exchange else None
    assert isinstance(sent, dict)
    assert sent["prompt_cache_options"] == {"mode": "explicit", "ttl": "12h"}
    assert sent["input"][0]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit"}
    assert "instructions" not in sent
    written = {ttl: tokens for ttl, tokens in first.usage.cache_write_by_ttl.items() if tokens}
    assert set(written) == {"12h"}
    assert second.usage.cache_read_input_tokens == written["12h"]
    assert second.usage.cache_write_input_tokens == 0
    assert found.told.reasons == ()
    byte = caching.requests(SOL, f"a{own(caching.sample())}", "byte", how=how)
    missed = await caching.twice(byte, where["openai"], pool, store=None)
    assert [reason.kind for reason in missed.told.reasons] == ["messages"]


async def test_retention_is_said_to_models_that_take_no_time_to_live(
    where: dict[str, Endpoint], pool: Pool
) -> None:
    older = ModelRef.parse("openai:gpt-5.5")
    asked = caching.requests(older, own(caching.sample()), how=caching.How(retention="24h"))
    assert asked[0].settings.extra["prompt_cache_retention"] == "24h"
    assert cache_miss.ttl_of(asked[0]) == "24h"
    found = await caching.twice(asked, where["openai"], pool, store=None)
    assert [r.failure for r in found.run.responses] == [None, None]
    assert found.run.responses[1].usage.cache_read_input_tokens
    newer = caching.requests(SOL, "x", how=caching.How(retention="24h", key=""))
    assert newer[0].settings.extra == {}


@pytest.mark.parametrize(
    ("model", "change", "says"),
    [
        (SOL, "nothing", "cache_hit"),
        (SOL, "byte", "input_changed"),
        (SOL, "key", "prompt_cache_key_changed"),
        (SOL, "effort", "reasoning_effort_changed"),
        (CLAUDE, "nothing", None),
        (CLAUDE, "byte", "system_changed"),
    ],
)
async def test_the_provider_is_asked_why_and_its_own_reason_stands_beside_ours(
    model: ModelRef, change: Any, says: str | None, where: dict[str, Endpoint], pool: Pool
) -> None:
    asked = caching.requests(model, f"a{own(caching.sample())}", change)
    found = await caching.twice(asked, where[model.provider], pool, store=None, ask_why=True)
    assert [r.failure for r in found.run.responses] == [None, None]
    first, second = found.run.requests
    assert "comparison" not in str(first.settings.extra)
    assert str(found.run.responses[0].response_id) in str(second.settings.extra)
    hit = bool(found.run.responses[1].usage.cache_read_input_tokens)
    if not hit or says != "reasoning_effort_changed":  # the simulation's cache is not of an effort
        assert found.told.provider_says == says
    assert caching.document(found)["cache"]["provider_says"] == found.told.provider_says


async def test_an_explicit_cache_is_made_read_stored_by_the_hour_and_found_under_created(
    where: dict[str, Endpoint], pool: Pool, tmp_path: Path
) -> None:
    store = Store(sqlite_url(tmp_path / "c.sqlite3"))
    ref = ModelRef.parse("gemini:gemini-3.8-flash")
    asked = caching.requests(ref, own(caching.sample()))
    found = await caching.explicit(asked, where["gemini"], pool, store=store, seconds=1800)
    assert found.problem == ""
    assert found.stored is not None
    assert found.stored.tokens is not None
    assert found.stored.seconds == 1800
    for response in found.run.responses:
        assert response.failure is None
        assert response.usage.cache_read_input_tokens == found.stored.tokens
    row = pricing.load().row("gemini", ref.model, cache_miss._day(found.run.responses[0]))
    assert row is not None
    assert row.cache_storage is not None
    assert found.storage is not None
    half_an_hour = found.stored.tokens * row.cache_storage / 1_000_000 / 2
    assert found.storage.total == half_an_hour
    (line,) = found.storage.lines
    assert line.amount == line.quantity * line.rate / line.per
    (one,) = created.all_created(store, owner="")
    assert (one.kind, one.remote_id) == ("cache", found.stored.name)
    store.close()


async def test_a_prefix_that_is_too_short_says_both_numbers(
    where: dict[str, Endpoint], pool: Pool, tmp_path: Path
) -> None:
    store = Store(sqlite_url(tmp_path / "c.sqlite3"))
    asked = caching.requests(ModelRef.parse("gemini:gemini-3.8-flash"), "short")
    found = await caching.explicit(asked, where["gemini"], pool, store=store)
    assert "min_total_token_count=4096" in found.problem
    assert [reason.kind for reason in found.told.reasons] == ["minimum"]
    store.close()


def said(
    request: Request, *, read: int | None = 0, at: str = "12:00:00", size: int = 5_000
) -> Said:
    usage = Usage(input_tokens=size, cache_read_input_tokens=read, output_tokens=10)
    timing = Timing(started_at=f"2026-11-26T{at}.000+00:00")
    return Said(
        request=request,
        response=Response(model=request.model, usage=usage, timing=timing, text="ok"),
    )


def ask(ref: ModelRef = SOL, **more: Any) -> Request:
    return Request.ask(ref, "word " * 5_000, **more)


def kinds(before: Said, now: Said) -> list[str]:
    return [reason.kind for reason in cache_miss.explain(before, now).reasons]


TOOL = Tool(name="clock", description="the time", parameters={})


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (ask(), ask(CLAUDE), "model"),
        (ask(tools=(TOOL,)), ask(tools=(replace(TOOL, description="Time"),)), "tools"),
        (ask(system="a" * 9_000), ask(system="a" * 8_000 + "b"), "system"),
        (ask(), ask(settings=Settings(effort="high")), "settings"),
        (ask(CLAUDE), ask(CLAUDE), "not_asked"),
        (ask(), ask(), "unexplained"),
    ],
)
def test_each_cause_is_named(before: Request, now: Request, kind: str) -> None:
    assert kinds(said(before), said(now)) == [kind]


def test_a_wait_beyond_the_time_to_live_is_named() -> None:
    cached = ask(CLAUDE, settings=Settings(cache_ttl="5m"))
    assert kinds(said(cached), said(cached, at="12:05:01")) == ["idle"]
    assert kinds(said(cached), said(cached, at="12:04:59")) == ["unexplained"]
    hour = ask(CLAUDE, settings=Settings(cache_ttl="1h"))
    assert kinds(said(hour), said(hour, at="12:59:00")) == ["unexplained"]


def test_a_short_prefix_is_below_the_minimum_and_a_near_miss_is_not_certain() -> None:
    told = cache_miss.explain(said(ask(), size=500), said(ask(), size=500))
    assert [(r.kind, r.certain) for r in told.reasons] == [("minimum", True)]
    told = cache_miss.explain(said(ask(), size=1_000), said(ask(), size=1_000))
    assert [(r.kind, r.certain) for r in told.reasons] == [("minimum", False)]


def test_the_first_byte_that_differs_is_counted_in_bytes_and_shown() -> None:
    before = ask(system="Größe: ä und ö")
    now = ask(system="Größe: ä und ü")
    found = prefixes.first_difference(before, now)
    assert found is not None
    assert found.byte == len("Größe: ä und ".encode())
    assert found.before.endswith("ö")
    assert found.after.endswith("ü")


def test_a_conversation_that_goes_on_begins_with_all_of_what_was() -> None:
    first = ask()
    more = Message(role="user", parts=(Text(text="And then?"),))
    assert (
        prefixes.first_difference(first, replace(first, messages=(*first.messages, more))) is None
    )
    found = prefixes.first_difference(replace(first, messages=(*first.messages, more)), first)
    assert found is not None
    assert found.part == "user message 2 (now the end)"


def test_what_was_billed_again_is_the_difference_between_input_and_a_reading() -> None:
    told = cache_miss.explain(said(ask()), said(ask()))
    row = pricing.load().row("openai", SOL.model, cache_miss._day(said(ask()).response))
    assert row is not None
    assert told.again_tokens == 5_000
    assert told.again_cost == 5_000 * (row.rates["input"] - row.rates["cache_read"]) / 1_000_000


def test_a_count_that_was_not_reported_is_no_miss_that_can_be_counted() -> None:
    told = cache_miss.explain(said(ask(), read=None), said(ask(), read=None))
    assert (told.read, told.again_tokens, told.again_cost) == (None, None, None)


@pytest.mark.parametrize(
    ("spelling", "ttl", "reads"),
    [("anthropic:claude-sonnet-5", "5m", 1), ("anthropic:claude-sonnet-5", "1h", 2)],
)
def test_a_cache_pays_from_so_many_readings_on(spelling: str, ttl: str, reads: int) -> None:
    found = caching.break_even(ModelRef.parse(spelling), ttl)
    assert found is not None
    n, w, r = found.reads, found.write, found.read
    assert n == reads
    assert w + n * r < 1 + n
    assert n == 1 or w + (n - 1) * r >= 1 + (n - 1)


def test_storage_by_the_hour_is_in_the_break_even() -> None:
    ref = ModelRef.parse("gemini:gemini-3.8-flash")
    free, day = caching.break_even(ref, None), caching.break_even(ref, None, hours=Decimal(24))
    assert free is not None
    assert day is not None
    assert free.reads == 1
    assert day.reads is not None
    assert day.reads > 1


def answered(body: str) -> Response:
    exchange = Exchange(
        method="POST",
        url="https://x.test",
        request_headers={},
        request_body=None,
        response_body=body,
    )
    return Response(model=ModelRef.parse("openai:gpt-5"), exchange=exchange)


@pytest.mark.parametrize(
    "body",
    [
        '{"message": "no diagnostics"}',
        '[{"diagnostics": {}}]',
        '{"response": {"diagnostics": "none"}}',
        '{"diagnostics": {"cache_miss_reason": {"type": 7}}}',
        '{"diagnostics": ' + "[" * 100_000,
    ],
)
def test_what_a_provider_says_in_no_shape_of_a_reason_is_none(body: str) -> None:
    assert cache_miss.provider_says(answered(body)) is None


def test_the_reason_is_found_in_a_message_and_in_a_response() -> None:
    told = '{"diagnostics": {"cache_miss_reason": {"type": "system_changed"}}}'
    for body in (told, f'{{"message": {told}}}', f'{{"response": {told}}}'):
        assert cache_miss.provider_says(answered(body)) == "system_changed"


def test_storing_at_a_price_of_ones_own_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_PRICES", str(tmp_path / "own.yaml"))
    editing.save(
        pricing.Price(
            provider="gemini",
            model="gemini-3.8-flash",
            rates={"input": Decimal(1), "output": Decimal(2)},
            cache_storage=Decimal(7),
            valid_from=date(2026, 1, 1),
            source="mine",
            as_of=date(2026, 1, 1),
        )
    )
    stored = StoredPrefix(
        name="cachedContents/x",
        tokens=1_000_000,
        created_at="2026-11-27T12:00:00Z",
        expires_at="2026-11-27T13:00:00Z",
    )
    cost = caching.storage(ModelRef.parse("gemini:gemini-3.8-flash"), stored)
    assert cost is not None
    assert cost.total == 7
    assert cost.price.override
    assert cost.price.valid_from == "2026-01-01"

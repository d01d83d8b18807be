"""Every recorded explicit cache and every recorded pair of one prefix sent twice, through the real SDKs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Message, ModelRef, Request, Text
from playground.lab import cache_miss
from playground.lab.cache_miss import Said
from playground.providers import Call, ProviderError, caches
from playground.providers.talking import Talk
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, recorded, sequences


class NoNotes:
    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        return lambda id, expires: None


async def act(talk: Talk, op: str, step: dict[str, Any], name: str) -> Any:
    body = step["request"]["body"] or {}
    model = ModelRef.parse(f"gemini:{str(body.get('model') or 'm').removeprefix('models/')}")
    if op == "cache.create":
        ttl = body.get("ttl")
        seconds = int(float(ttl[:-1])) if ttl else None
        prefix = Request.ask(model, "the prefix", stream=False)
        title = body.get("displayName", "")
        return await caches.make(talk, model, prefix, seconds=seconds, title=title, notes=NoNotes())
    if op == "cache":
        return await caches.look(talk, name)
    if op == "cache.update":
        until, ttl = body.get("expireTime"), body.get("ttl")
        return await caches.keep(
            talk, name, seconds=int(float(ttl[:-1])) if ttl else None, until=until
        )
    if op == "cache.list":
        return await caches.listing(talk)
    return await caches.delete(talk, name)


@pytest.mark.parametrize("path", sequences("cached-contents"), ids=lambda path: path.stem)
async def test_a_recorded_explicit_cache(path: Path, serve: Serve, pool: Pool) -> None:
    found = load(path)
    replay = Replay(found["steps"])
    at = await endpoint(serve, "gemini", replay)
    talk, name = Talk(at, pool), "cachedContents/none"
    steps = zip(found["expected"]["ops"], found["steps"], found["expected"]["steps"], strict=True)
    for op, step, fact in steps:
        if op == "generate":
            asked = Request.ask(ModelRef.parse("gemini:m"), "Hi", stream=False)
            call = Call(asked, at, pool=pool)
            await call.run()
            usage = call.response().usage
            assert usage.cache_read_input_tokens == fact["normalized"]["cached_input"]
            continue
        if step["response"]["status"] >= 400 and op != "cache.delete":
            with pytest.raises(ProviderError) as raised:
                await act(talk, op, step, name)
            assert raised.value.failure.status == step["response"]["status"]
            assert raised.value.failure.message == fact["error"]["message"]
            continue
        made = await act(talk, op, step, name)
        if op in ("cache.create", "cache", "cache.update"):
            name = made.name
            told = (made.name, made.tokens, made.expires_at, made.created_at)
            assert told == (
                fact["name"],
                fact["total_tokens"],
                fact["expireTime"],
                fact["createTime"],
            )
            assert f"models/{made.model}" == fact["model"]
            assert made.seconds is not None
    assert not replay.left
    wanted = [recorded(step).split("/")[0:3:2] for step in found["steps"]]
    assert [asked.split("/")[0] for asked in replay.asked] == [w[0] for w in wanted]


DOORS = {"/chat/completions": "openai/chat", "/responses": "openai", "/messages": "anthropic"}


def model_of(step: dict[str, Any]) -> ModelRef:
    """The model that a recorded step asks, through its door."""
    url, body = step["request"]["url"], step["request"]["body"]
    if "/models/" in url:
        return ModelRef.parse(f"gemini:{url.split('/models/')[1].split(':')[0]}")
    door = next(name for path, name in DOORS.items() if path in url)
    return ModelRef.parse(f"{door}:{body['model']}")


def asked(step: dict[str, Any]) -> Request:
    """The step's request: all that it sent as one text a message, which is what the comparison reads."""
    body = step["request"]["body"]
    turns = body.get("messages") or body.get("input") or body.get("contents")
    said = [turns] if isinstance(turns, str) else turns
    parts = [Message(role="user", parts=(Text(text=str(turn)),)) for turn in said]
    return Request(model=model_of(step), messages=tuple(parts), stream=False)


@pytest.mark.parametrize(
    "path", [*sequences("cache-pair"), *sequences("cache-miss")], ids=lambda path: path.stem
)
async def test_a_recorded_prefix_sent_twice_is_read_or_its_miss_explained(
    path: Path, serve: Serve, pool: Pool
) -> None:
    found = load(path)
    replay = Replay(found["steps"])
    at = await endpoint(serve, found["provider"], replay)
    before: Said | None = None
    for step, hop in zip(found["steps"], found["expected"]["hops"], strict=True):
        request = asked(step)
        call = Call(request, at, pool=pool)
        await call.run()
        response = call.response()
        assert response.failure is None
        usage, scale = response.usage, hop["normalized"]
        assert usage.input_tokens == scale["input_total"]
        assert (usage.cache_read_input_tokens or 0) == scale["cached_input"]
        assert (usage.cache_write_input_tokens or 0) == scale["cache_write"]
        now = Said(request=request, response=response)
        if before is not None:
            told = cache_miss.explain(before, now)
            if scale["cached_input"]:
                assert not any(reason.kind == "unexplained" for reason in told.reasons)
            else:
                assert told.reasons
        before = now

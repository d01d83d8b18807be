"""Recorded objects that OpenAI keeps (conversations, stored answers): read, changed, listed and deleted through the SDK; failures are ours."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from playground.providers import ProviderError, openai_responses, openai_sdk
from playground.providers.asking import SILENCE
from playground.providers.talking import Talk, gone
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, recorded, sequences

PATHS = [
    path
    for kind in ("conversations", "stored-responses", "containers-uploads-skills")
    for path in sequences(kind)
    if load(path)["provider"] == "openai"
]


@pytest.mark.skipif(not PATHS, reason="needs the recorded sequences beside the repository")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_each_object_is_read_as_recorded_and_each_failure_told(
    path: Path, serve: Serve, pool: Pool
) -> None:
    sequence = load(path)
    expected = sequence["expected"]
    steps = [
        (step, facts)
        for step, op, facts in zip(
            sequence["steps"], expected["ops"], expected["steps"], strict=True
        )
        if op != "generate" and readable(step)
    ]
    replay = Replay([step for step, _ in steps])
    there = await endpoint(serve, "openai", replay)
    talk = Talk(there, pool)
    for step, facts in steps:
        error = facts.get("error")
        try:
            body = await talk.ask(partial(send, there, step))
        except ProviderError as raised:
            assert error is not None
            failure = raised.failure
            assert (failure.status, failure.message) == (error["http_status"], error["message"])
            assert gone(failure) == (error["http_status"] == 404)
            continue
        assert error is None
        check(body, facts)
    assert replay.asked == [recorded(step) for step, _ in steps]
    assert replay.left == []
    assert len(talk.exchanges) == len(steps)
    deleted = {facts["id"] for _, facts in steps if facts.get("deleted")}
    assert deleted == set(expected.get("deleted", []))


def readable(step: dict[str, Any]) -> bool:
    """True where the answer is JSON: bytes of a file are read otherwise."""
    try:
        json.loads(step["response"]["body"] or "")
    except ValueError:
        return False
    return True


async def send(there: Any, step: dict[str, Any]) -> Any:
    """What was recorded, through the SDK's own client."""
    url = urlsplit(step["request"]["url"])
    asked = f"{url.path.removeprefix('/v1')}{f'?{url.query}' if url.query else ''}"
    client = openai_sdk.client(there, SILENCE)
    ways = {"GET": client.get, "POST": client.post, "DELETE": client.delete}
    body = step["request"]["body"]
    sent = {"body": body} if isinstance(body, dict) and "_multipart" not in body else {}
    return await ways[step["request"]["method"]](asked, cast_to=httpx2.Response, **sent)


def check(body: Any, facts: dict[str, Any]) -> None:
    for name in ("id", "object", "metadata", "deleted", "has_more", "name", "filename", "status"):
        if name in facts and facts.get("streaming") is None:
            assert body[name] == facts[name]
    if "ids" in facts:
        assert [one["id"] for one in body["data"]] == facts["ids"]
    if "usage" in facts:  # a compaction: billed as an answer is
        assert openai_usage(body) == (
            facts["usage"]["input_tokens"],
            facts["usage"]["output_tokens"],
        )


def openai_usage(body: Any) -> tuple[int | None, int | None]:
    """The tokens, as our adapter maps them."""
    found = openai_responses.usage(body["usage"], body)
    return found.input_tokens, found.output_tokens

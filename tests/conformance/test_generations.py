"""Answers in recorded sequences that no other test replays: through the real SDK and its adapter each is read as recorded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from playground.domain import ModelRef, Request, Response, Settings
from playground.providers import Call
from playground.providers.doors import DOORS
from playground.providers.draft import Draft
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, recorded, sequences
from tests.conformance.test_exchanges import DOORS as SPELLED
from tests.conformance.test_hops import PATHS

KINDS = (
    "conversations",
    "stored-responses",
    "mcp-connector",
    "rate-limit-429",
    "rate-limit-headers",
    "count-tokens",
    "schema-accepted",
    "schema-refused",
)
FAILURES = {429: "rate_limited", "rate_limit_exceeded": "rate_limited", "tokens": "rate_limited"}
"""Status, code or type of a recorded error that has one name of ours; the others may be told apart further."""


def spelled(step: dict[str, Any]) -> ModelRef:
    """The door of a step that generates."""
    url = step["request"]["url"]
    return ModelRef.parse(SPELLED[next(api for part, api in PATHS if part in url)][0])


def generations() -> list[Any]:
    """Every answer and every refusal of one, each with its sequence."""
    return [
        pytest.param(path, number, id=f"{path.stem}-{number}")
        for kind in KINDS
        for path in sequences(kind)
        for number, op in enumerate(load(path)["expected"]["ops"])
        if op == "generate"
    ]


@pytest.mark.parametrize(("path", "number"), generations())
async def test_an_answer_as_recorded(path: Path, number: int, serve: Serve, pool: Pool) -> None:
    sequence = load(path)
    step, facts = sequence["steps"][number], sequence["expected"]["steps"][number]
    replay = Replay([step])
    ref, body = spelled(step), step["request"]["body"]
    extra = {"conversation": body["conversation"]} if body.get("conversation") else {}
    streamed = "event-stream" in (step["response"]["headers"].get("content-type") or "")
    request = Request.ask(ref, "as recorded", stream=streamed, settings=Settings(extra=extra))
    call = Call(request, await endpoint(serve, sequence["provider"], replay), pool=pool)
    await call.run()
    check(call.response(), facts)
    assert path_of(replay.asked[0]) == path_of(recorded(step))
    if extra:
        assert call.response().exchange is not None
        sent = json.loads(call.response().exchange.sent_text or "{}")  # type: ignore[union-attr]
        assert sent["conversation"] == extra["conversation"]


def path_of(asked: str) -> str:
    """Method and the end of the path: the version and the model's name are before it."""
    method, _, path = asked.partition(" ")
    end = re.split("[/:]", path)[-1].replace("streamGenerateContent", "generateContent")
    return f"{method} {end}"


def check(response: Response, facts: dict[str, Any]) -> None:
    if "error" in facts:
        error, found = facts["error"], response.failure
        assert found is not None
        assert found.status == error["http_status"]
        assert found.message == error["message"]
        for told in (error["http_status"], error["code"], error["type"]):
            if told in FAILURES:
                assert found.type == FAILURES[told]
        return
    assert response.failure is None
    assert response.text == facts["text"]
    assert response.finish_reason == facts["finish_reason"]
    assert response.response_id == facts["response_id"]
    assert response.response_model == facts["model"]
    calls = [(call.name, call.arguments) for call in response.tool_calls]
    assert calls == [(call["name"], call["arguments"]) for call in facts.get("tool_calls", [])]
    kinds = [kind for kind in facts.get("server_tools", []) if not kind.startswith("output:")]
    assert list(response.server_tools) == kinds
    usage, scale = response.usage, facts["normalized"]
    assert (usage.input_tokens, usage.output_tokens) == (
        scale["input_total"],
        scale["output_total"],
    )
    assert (usage.cache_read_input_tokens or 0) == scale["cached_input"]
    assert (usage.reasoning_output_tokens or 0) == scale["reasoning"]


KEPT = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in sequences("stored-responses")
    for number, op in enumerate(load(path)["expected"]["ops"])
    if op in ("response", "chat") and "error" not in load(path)["expected"]["steps"][number]
]


@pytest.mark.parametrize(("path", "number"), KEPT)
def test_an_answer_that_the_provider_kept_is_read_as_the_one_that_came(
    path: Path, number: int
) -> None:
    sequence = load(path)
    facts = sequence["expected"]["steps"][number]
    api = spelled(sequence["steps"][number]).api
    draft = Draft("openai")
    DOORS[api].adapter.read_body(draft, json.loads(sequence["steps"][number]["response"]["body"]))
    DOORS[api].adapter.finish(draft)
    assert "".join(draft.text_parts) == facts["text"]
    assert draft.usage is not None
    assert draft.usage.input_tokens == facts["input_tokens"]
    assert draft.usage.output_tokens == facts["output_tokens"]


def test_every_kind_is_there() -> None:
    if not sequences("models"):
        pytest.skip("needs the recorded sequences beside the repository")
    assert {kind for kind in KINDS if sequences(kind)} == set(KINDS)

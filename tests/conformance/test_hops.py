"""Recorded tool loops: through our adapters each hop is read as recorded, and what we send next brings the same results."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from playground.domain import (
    Endpoint,
    Message,
    ModelRef,
    Request,
    Response,
    Secret,
    Text,
    ToolCall,
    ToolResult,
)
from playground.domain.hops import following
from playground.providers import Call
from playground.wire import open_pool
from tests.conformance.conftest import SHARED, load
from tests.conformance.test_exchanges import DOORS
from tests.loopback import Handler, Loopback, Seen, head

LOOPS = sorted((SHARED / "lab_exchanges").glob("tool-loop-*.json"))
PATHS = (
    ("/responses", "openai.responses"),
    ("/chat/completions", "openai.chat"),
    ("/messages", "anthropic.messages"),
    ("GenerateContent", "gemini.generateContent"),
    ("generateContent", "gemini.generateContent"),
    ("/interactions", "gemini.interactions"),
)
"""What stands in the address of a step → its door."""
PROOFS = ("signature", "thoughtSignature", "encrypted_content")
"""Fields that a provider wants back as they came."""
URL_SAFE = str.maketrans("+/", "-_")
"""Google's SDK writes the same bytes in the other of base64's two alphabets."""
Serve = Callable[[Handler], Awaitable[Loopback]]


@dataclass
class Open:
    """A hop whose tools have not been answered yet."""

    request: Request
    response: Response
    number: int


def api_of(step: dict[str, Any]) -> str:
    return next(api for part, api in PATHS if part in step["request"]["url"])


def streamed(step: dict[str, Any]) -> bool:
    return "event-stream" in (step["response"]["headers"].get("content-type") or "")


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def results_in(body: Any) -> list[tuple[str, str]]:
    """Every tool result in a request's body, in order: which call, and what it gave, as text."""
    found: list[tuple[str, Any]] = []
    for node in nodes(body):
        kind = node.get("type")
        if kind in ("function_call_output", "function_result"):
            found.append((node["call_id"], node.get("output", node.get("result"))))
        elif kind == "tool_result":
            found.append((node["tool_use_id"], node.get("content")))
        elif node.get("role") == "tool":
            found.append((node["tool_call_id"], node.get("content")))
        elif reply := node.get("functionResponse") or node.get("function_response"):
            found.append((reply.get("id") or reply["name"], reply["response"]))
    return [(call, value if isinstance(value, str) else json.dumps(value)) for call, value in found]


def key(call: ToolCall) -> str:
    return call.id or call.name


def proofs(answer: str) -> set[str]:
    """Every signature in an answer, whole or streamed."""
    found: dict[int, str] = {}
    lines = [answer, *(line[5:] for line in answer.splitlines() if line.startswith("data:"))]
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        for node in nodes(value):
            if node.get("type") == "message" and "content" not in node:
                continue
            for name in PROOFS:
                if isinstance(text := node.get(name), str) and text:
                    found[len(found)] = text
    return set(found.values())


def replaying(steps: list[dict[str, Any]]) -> Handler:
    """Answers the n-th request with the n-th step."""
    waiting = iter(steps)

    async def handler(seen: Seen, writer: asyncio.StreamWriter) -> None:
        answer = next(waiting)["response"]
        body = answer["body"].encode()
        kind = answer["headers"].get("content-type") or "application/json"
        fields = {"content-type": kind, "content-length": str(len(body))}
        writer.write(head(answer["status"], fields) + body)

    return handler


def question(ref: ModelRef, step: dict[str, Any], before: Open | None) -> Request:
    """A step that answers no call: a question of its own, or the next one of a conversation that goes on."""
    if before is None or not results_in(step["request"]["body"]):
        return Request.ask(ref, "as recorded", stream=streamed(step))
    said = Message(role="assistant", parts=before.response.turn)
    asked = Message(role="user", parts=(Text(text="as recorded"),))
    messages = (*before.request.messages, said, asked)
    return replace(before.request, messages=messages, stream=streamed(step))


def answered(step: dict[str, Any], hop: Open) -> Request | None:
    """The next request where this step brings the results of the hop's calls; None where it does not."""
    given = results_in(step["request"]["body"])[-len(hop.response.tool_calls) :]
    calls = hop.response.tool_calls
    if [call for call, _ in given] != [key(call) for call in calls]:
        given = [pair for pair in given if pair[0] in {key(call) for call in calls}]
    if len(given) != len(calls):
        return None
    told = dict(given) if len({call for call, _ in given}) == len(given) else None
    results = [
        ToolResult(id=call.id, name=call.name, content=told[key(call)] if told else content)
        for call, (_, content) in zip(calls, given, strict=True)
    ]
    return replace(following(hop.request, hop.response, results), stream=streamed(step))


@pytest.mark.parametrize("path", LOOPS, ids=lambda path: path.stem)
async def test_a_loop_as_recorded(path: Path, serve: Serve) -> None:
    loop = load(path)
    expected, steps = loop["expected"], loop["steps"]
    server = await serve(replaying(steps))
    open_hops: dict[str, Open] = {}
    last: dict[str, Open] = {}
    sent: dict[int, list[str]] = {}
    for number, (step, hop) in enumerate(zip(steps, expected["hops"], strict=True)):
        api = api_of(step)
        spelling, version = DOORS[api]
        ref = ModelRef.parse(spelling)
        before = open_hops.get(api)
        request = answered(step, before) if before else None
        continued = request is not None
        request = request or question(ref, step, last.get(api))
        response = await asked(request, f"{server.url}{version}")
        check(response, hop)
        body = server.requests[-1].json
        if continued and before is not None:
            sent[number] = [key(call) for call in before.response.tool_calls]
            assert [call for call, _ in results_in(body)][-len(sent[number]) :] == sent[number]
            comes_back(body, before.response, steps[before.number]["response"]["body"])
            del open_hops[api]
        now = Open(request, response, number)
        last[api] = now
        if response.tool_calls:
            open_hops[api] = now
    assert sent == new_results(expected["results_sent"], sent)
    assert response.text == expected["final_text"]


def new_results(listed: list[dict[str, Any]], sent: dict[int, list[str]]) -> dict[int, list[str]]:
    """Step → the calls whose results are listed for it, without those that were sent before and stand there once more."""
    found: dict[int, list[str]] = {}
    for row in listed:
        if row["made_in_this_sequence"]:
            found.setdefault(row["step"], []).append(row["call"])
    known: set[str] = set()
    kept = {}
    for step, calls in found.items():
        if step in sent or not set(calls) <= known:
            kept[step] = calls[-len(sent.get(step, calls)) :]
        known |= set(calls)
    return kept


async def asked(request: Request, base_url: str) -> Response:
    key = Secret("canary-7f3a9c-canary")
    endpoint = Endpoint(provider=request.model.provider, base_url=base_url, key=key)
    pool = open_pool()
    try:
        call = Call(request, endpoint, pool=pool)
        await call.run()
        return call.response()
    finally:
        await pool.aclose()


def check(response: Response, hop: dict[str, Any]) -> None:
    """The hop's ending, calls, text and usage as recorded."""
    assert response.failure is None
    usage, recorded = response.usage, hop["normalized"]
    assert response.finish_reason == hop["finish_reason"]
    assert [call.name for call in response.tool_calls] == hop["tool_calls"]
    assert len(response.text) == hop["text_chars"]
    assert usage.input_tokens == recorded["input_total"]
    assert usage.output_tokens == recorded["output_total"]
    assert (usage.cache_read_input_tokens or 0) == recorded["cached_input"]
    assert (usage.cache_write_input_tokens or 0) == recorded["cache_write"]
    assert (usage.reasoning_output_tokens or 0) == recorded["reasoning"]


def comes_back(body: Any, response: Response, answer: str) -> None:
    """What we send holds every call with its arguments, and every proof of reasoning, as they came."""
    text = json.dumps(body)
    for call in response.tool_calls:
        assert call.name in text
        found = [n for n in nodes(body) if n.get("name") == call.name]
        arguments = [n.get("arguments", n.get("input", n.get("args"))) for n in found]
        read = [json.loads(a) if isinstance(a, str) else a for a in arguments]
        assert call.arguments in read
    text = text.translate(URL_SAFE)
    for proof in proofs(answer):
        assert proof.translate(URL_SAFE) in text


def test_there_are_loops_of_every_door() -> None:
    if not LOOPS:
        pytest.skip("needs the recorded sequences beside the repository")
    assert {api_of(step) for path in LOOPS for step in load(path)["steps"]} == set(DOORS)

"""What the demo answers has the shape of what was recorded: every path and its type, door by door, streamed and whole."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import httpx2
import pytest

from playground.demo import models
from playground.demo.process import DemoServer
from tests.conformance import shapes
from tests.conformance.conftest import load, recorded
from tests.conformance.shape_gaps import GAPS
from tests.conformance.shape_requests import CURRENT, REQUESTS

ENOUGH = 0.95
HEADERS = {
    "authorization": "Bearer demo",
    "x-api-key": "demo",
    "x-goog-api-key": "demo",
    "anthropic-version": "2023-06-01",
}
PATHS = {
    "openai.responses": "/openai/v1/responses",
    "openai.chat": "/openai/v1/chat/completions",
    "anthropic.messages": "/anthropic/v1/messages",
    "gemini.generateContent": "/gemini/v1beta/models/{model}:{method}",
    "gemini.interactions": "/gemini/v1beta/interactions",
}
METHODS = {False: "generateContent", True: "streamGenerateContent?alt=sse"}
Door = tuple[str, bool]
"""API, and whether the answer streams."""
DOORS = [(api, streamed) for api in PATHS for streamed in (False, True)]


def send(
    http: httpx2.Client, api: str, streamed: bool, model: str, body: dict[str, Any]
) -> httpx2.Response:
    sent = {**body}
    if api != "gemini.generateContent":
        sent["model"] = model
        if streamed:
            sent["stream"] = True
    if api == "anthropic.messages":
        sent.setdefault("max_tokens", 2000)
    path = PATHS[api].format(model=model, method=METHODS[streamed])
    return http.post(path, json=sent, headers=HEADERS)


def answers(http: httpx2.Client, exchange: dict[str, Any]) -> httpx2.Response:
    """The demo's answer to a recorded request: by the same model if it still answers, else by one of today."""
    api, streamed, name = exchange["api"], exchange["streaming"], exchange["model"] or ""
    try:
        known = models.find(api.partition(".")[0], name) is not None
    except models.Gone:
        known = False
    for model in ([name] if known else []) + [CURRENT[api]]:
        answer = send(http, api, streamed, model, exchange["request"]["body"])
        if answer.status_code == 200:
            break
    return answer


def whole(exchange: dict[str, Any]) -> bool:
    """True for an answer of status 200 that was recorded to its end."""
    body = exchange["request"]["body"]
    complete = exchange["response"]["status"] == 200 and not exchange["expected"].get("truncated")
    return complete and isinstance(body, dict)


Shapes = dict[Door, set[str]]


@pytest.fixture(scope="module")
def measured() -> tuple[Shapes, Shapes, dict[str, str]]:
    """Recorded shapes, the demo's, and what the demo refused of what was once taken."""
    exchanges = [load(path) for path in recorded()]
    if not exchanges:
        pytest.skip("needs the recorded exchanges beside the repository")
    theirs: Shapes = defaultdict(set)
    ours: Shapes = defaultdict(set)
    refused = {}
    with (
        DemoServer(pace=0) as server,
        httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60) as http,
    ):
        for exchange in filter(whole, exchanges):
            door = (exchange["api"], bool(exchange["streaming"]))
            theirs[door] |= shapes.shape(exchange["response"]["body"], door[1])
            answer = answers(http, exchange)
            if answer.status_code == 200:
                ours[door] |= shapes.shape(answer.text, door[1])
            else:
                refused[exchange["id"]] = json.dumps(answer.json()["error"])
        for api, model, body in REQUESTS:
            for streamed in (False, True):
                answer = send(http, api, streamed, model or CURRENT[api], body)
                if answer.status_code == 200:
                    ours[api, streamed] |= shapes.shape(answer.text, streamed)
    return theirs, ours, refused


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_paths_and_types_of_the_recordings_are_those_of_the_demo(
    measured: tuple[Shapes, Shapes, dict[str, str]], door: Door
) -> None:
    theirs, ours, _ = measured
    missing = theirs[door] - ours[door]
    share = 1 - len(missing) / len(theirs[door])
    assert missing <= GAPS.get(door, set()), "a new gap: " + "\n".join(sorted(missing))
    assert share >= ENOUGH, f"{share:.1%}: {sorted(missing)}"


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_the_list_of_gaps_only_shrinks(
    measured: tuple[Shapes, Shapes, dict[str, str]], door: Door
) -> None:
    theirs, ours, _ = measured
    closed = GAPS.get(door, set()) & (ours[door] | (GAPS.get(door, set()) - theirs[door]))
    assert not closed, f"no gaps any more, to be taken out of the list: {sorted(closed)}"


TIGHTENED = {
    "anth-n-test-multimodal-tool-return-matrix-direct-uploaded-f-b69c65c8": "File not found",
    "oair-n-test-multimodal-tool-return-matrix-direct-uploaded-f-094ce344": "File not found",
    "anth-n-test-anthropic-model-thinking-part-from-other-model-ce50e08e": "thinking.type.enabled",
    "anth-n-testmodels-test-litellm-reasoning-model-has-expected-8c9c70f4": "thinking.type.enabled",
    "anth-s-test-anthropic-thinking-streaming-legacy-4940a0aa": "thinking.type.enabled",
    "gem-s-test-google-model-iter-stream-48612e27": "thought_signature",
    "gem-s-test-tool-use-stream-6b054bd2": "thought_signature",
    "oair-n-test-document-url-input-force-download-response-api-1f02b0b8": "file_data",
}
"""Requests to models that are gone, which those of today refuse; and one whose file was replaced by a picture."""


def test_what_was_taken_when_it_was_recorded_is_taken_by_the_demo(
    measured: tuple[Shapes, Shapes, dict[str, str]],
) -> None:
    *_, refused = measured
    assert refused.keys() <= TIGHTENED.keys()
    for name, message in refused.items():
        assert TIGHTENED[name] in message

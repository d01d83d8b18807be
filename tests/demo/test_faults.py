"""A model named with a fault fails in its provider's own way."""

import itertools
import json
import re
import time
from typing import Any

import anthropic as anthropic_sdk
import httpx2
import openai as openai_sdk
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from google.genai.errors import APIError as GeminiError
from openai import OpenAI

from playground.demo import faults

PROMPT = "What is a token?"
DOORS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "responses": ("openai", "/openai/v1/responses", "gpt-6.1-sol", {"input": PROMPT}),
    "chat": (
        "openai",
        "/openai/v1/chat/completions",
        "gpt-6.1-sol",
        {"messages": [{"role": "user", "content": PROMPT}]},
    ),
    "messages": (
        "anthropic",
        "/anthropic/v1/messages",
        "claude-haiku-5-5",
        {"max_tokens": 999, "messages": [{"role": "user", "content": PROMPT}]},
    ),
    "generate": (
        "gemini",
        "/gemini/v1/models/{model}:streamGenerateContent?alt=sse",
        "gemini-3.8-flash",
        {"contents": [{"parts": [{"text": PROMPT}]}]},
    ),
    "interactions": (
        "gemini",
        "/gemini/v1beta/interactions",
        "gemini-3.8-flash",
        {"input": PROMPT},
    ),
}
STATUSES = {
    "401": {"openai": 401, "anthropic": 401, "gemini": 400},
    "403": {"openai": 403, "anthropic": 403, "gemini": 403},
    "429": {"openai": 429, "anthropic": 429, "gemini": 429},
    "quota": {"openai": 429, "anthropic": 400, "gemini": 429},
    "context": {"openai": 400, "anthropic": 400, "gemini": 400},
    "500": {"openai": 500, "anthropic": 500, "gemini": 500},
    "503": {"openai": 503, "anthropic": 503, "gemini": 503},
    "529": {"openai": 503, "anthropic": 529, "gemini": 503},
}
OPENAI_CODES = {
    "401": "invalid_api_key",
    "429": "rate_limit_exceeded",
    "quota": "insufficient_quota",
    "context": "context_length_exceeded",
    "503": "server_is_overloaded",
}
ANTHROPIC_TYPES = {
    "401": "authentication_error",
    "403": "permission_error",
    "429": "rate_limit_error",
    "500": "api_error",
    "529": "overloaded_error",
    "context": "invalid_request_error",
}
NUMBERS = itertools.count()


def send(
    http: httpx2.Client, door: str, fault: str, *, key: str = "demo", stream: bool = True
) -> httpx2.Response:
    _, path, model, body = DOORS[door]
    name = f"{model}~{fault}" if fault else model
    sent = body if "{model}" in path else {**body, "model": name, "stream": stream}
    if fault == "429":  # which lets the same request pass when it comes again after its time
        sent = json.loads(json.dumps(sent).replace(PROMPT, f"{PROMPT} {next(NUMBERS)}"))
    url = path.format(model=name)
    if not stream:
        url = url.replace("streamGenerateContent?alt=sse", "generateContent")
    headers = {"anthropic-version": "2023-06-01"}
    return http.post(
        url, json=sent, headers=headers | ({"authorization": f"Bearer {key}"} if key else {})
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("fault", STATUSES)
def test_status_is_the_vendors(http: httpx2.Client, door: str, fault: str) -> None:
    answer = send(http, door, fault)
    assert answer.status_code == STATUSES[fault][DOORS[door][0]]
    assert answer.headers["x-playground-simulated"] == "true"
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(("fault", "code"), OPENAI_CODES.items())
def test_openai_says_why_in_the_code(http: httpx2.Client, fault: str, code: str) -> None:
    assert send(http, "responses", fault).json()["error"]["code"] == code


@pytest.mark.parametrize(("fault", "kind"), ANTHROPIC_TYPES.items())
def test_anthropic_says_why_in_the_type(http: httpx2.Client, fault: str, kind: str) -> None:
    body = send(http, "messages", fault).json()
    assert (body["type"], body["error"]["type"]) == ("error", kind)


def test_a_rate_limit_says_how_long_to_wait(http: httpx2.Client) -> None:
    assert send(http, "chat", "429").headers["retry-after"] == "2"
    assert send(http, "chat", "429").headers["x-ratelimit-remaining-requests"] == "0"
    assert send(http, "messages", "429").headers["retry-after"] == "2"
    details = send(http, "generate", "429").json()["error"]["details"]
    assert any(detail.get("retryDelay") == "2s" for detail in details)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", ["", "a-wrong-key", "sk-INVALID"])
def test_no_key_or_a_wrong_one_is_refused(http: httpx2.Client, door: str, key: str) -> None:
    answer = send(http, door, "", key=key)
    assert answer.status_code == STATUSES["401"][DOORS[door][0]]
    assert not key or key not in answer.text


def test_gemini_calls_a_wrong_key_an_invalid_argument(http: httpx2.Client) -> None:
    error = send(http, "generate", "401").json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_an_unknown_model_is_404_but_400_at_responses(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client
) -> None:
    with pytest.raises(openai_sdk.BadRequestError) as responses:
        openai.responses.create(model="no-such-model", input=PROMPT)
    assert responses.value.code == "model_not_found"
    with pytest.raises(openai_sdk.NotFoundError):
        openai.chat.completions.create(
            model="no-such-model", messages=[{"role": "user", "content": PROMPT}]
        )
    with pytest.raises(anthropic_sdk.NotFoundError):
        anthropic.messages.create(
            model="no-such-model", max_tokens=9, messages=[{"role": "user", "content": PROMPT}]
        )
    with pytest.raises(GeminiError) as generated:
        gemini.models.generate_content(model="no-such-model", contents=PROMPT)
    assert generated.value.code == 404


def test_a_model_of_another_vendor_is_unknown(openai: OpenAI) -> None:
    with pytest.raises(openai_sdk.BadRequestError):
        openai.responses.create(model="claude-sonnet-5-5", input=PROMPT)


@pytest.mark.parametrize("door", DOORS)
def test_a_cut_connection_ends_without_the_terminal_event(http: httpx2.Client, door: str) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        send(http, door, "cut")
    with pytest.raises(httpx2.RemoteProtocolError):
        send(http, door, "cut", stream=False)


@pytest.mark.parametrize("door", DOORS)
def test_garbage_is_one_broken_event_among_good_ones(http: httpx2.Client, door: str) -> None:
    text = send(http, door, "garbage").content.decode("utf-8", "replace")
    assert len(re.findall(r'"broken', text)) == 1
    assert text.count("data:") > 20


@pytest.mark.parametrize("door", DOORS)
def test_a_stalled_stream_stops_in_the_middle_and_says_nothing(
    http: httpx2.Client, door: str
) -> None:
    _, path, model, body = DOORS[door]
    name = f"{model}~stall"
    sent = body if "{model}" in path else {**body, "model": name, "stream": True}
    request = http.build_request(
        "POST",
        path.format(model=name),
        json=sent,
        headers={"authorization": "Bearer demo", "anthropic-version": "2023-06-01"},
        timeout=0.3,
    )
    answer = http.send(request, stream=True)
    pieces: list[bytes] = []
    with pytest.raises(httpx2.ReadTimeout):
        pieces.extend(answer.iter_bytes())
    answer.close()
    assert b"data:" in b"".join(pieces)


def test_an_error_in_the_stream_reaches_the_sdk_as_its_own(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client
) -> None:
    with pytest.raises(openai_sdk.APIError):
        for _ in openai.chat.completions.create(
            model="gpt-6.1-sol~error", messages=[{"role": "user", "content": PROMPT}], stream=True
        ):
            pass
    with pytest.raises(openai_sdk.APIError):
        for _ in openai.responses.create(model="gpt-6.1-sol~error", input=PROMPT, stream=True):
            pass
    with pytest.raises(anthropic_sdk.APIStatusError) as told:
        for _ in anthropic.messages.create(
            model="claude-haiku-5-5~error",
            max_tokens=999,
            messages=[{"role": "user", "content": PROMPT}],
            stream=True,
        ):
            pass
    assert told.value.type == "overloaded_error"
    with pytest.raises(GeminiError):
        for _ in gemini.models.generate_content_stream(
            model="gemini-3.8-flash~error", contents=PROMPT
        ):
            pass


def test_a_refusal_has_the_vendors_own_form(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client
) -> None:
    with openai.responses.stream(model="gpt-6.1-sol~refuse", input=PROMPT) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_response()
    message = next(item for item in final.output if item.type == "message")
    assert message.content[0].type == "refusal"
    assert "response.refusal.done" in kinds
    chat = openai.chat.completions.create(
        model="gpt-6.1-sol~refuse", messages=[{"role": "user", "content": PROMPT}]
    )
    assert chat.choices[0].message.refusal
    assert chat.choices[0].message.content is None
    with anthropic.messages.stream(
        model="claude-haiku-5-5~refuse",
        max_tokens=999,
        messages=[{"role": "user", "content": PROMPT}],
    ) as told:
        refused = told.get_final_message()
    assert refused.stop_reason == "refusal"
    assert refused.stop_details is not None
    generated = gemini.models.generate_content(model="gemini-3.8-flash~refuse", contents=PROMPT)
    assert generated.candidates is not None
    assert generated.candidates[0].finish_reason == types.FinishReason.SAFETY
    assert generated.text is None


def test_truncate_is_a_length_stop_without_a_maximum(openai: OpenAI, anthropic: Anthropic) -> None:
    chat = openai.chat.completions.create(
        model="gpt-6.1-sol~truncate", messages=[{"role": "user", "content": PROMPT}]
    )
    assert chat.choices[0].finish_reason == "length"
    message = anthropic.messages.create(
        model="claude-haiku-5-5~truncate",
        max_tokens=999,
        messages=[{"role": "user", "content": PROMPT}],
    )
    assert message.stop_reason == "max_tokens"


def test_an_unknown_effort_is_refused_by_name(http: httpx2.Client) -> None:
    answer = http.post(
        "/openai/v1/responses",
        json={"model": "gpt-6.1-sol", "input": "Hi", "reasoning": {"effort": "banana"}},
        headers={"authorization": "Bearer demo"},
    )
    assert answer.status_code == 400
    assert "'banana'" in answer.json()["error"]["message"]


def test_anthropic_requires_max_tokens(http: httpx2.Client) -> None:
    answer = http.post(
        "/anthropic/v1/messages",
        json={"model": "claude-haiku-5-5", "messages": [{"role": "user", "content": "Hi"}]},
        headers={"x-api-key": "demo", "anthropic-version": "2023-06-01"},
    )
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "max_tokens: Field required",
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/openai/v1/responses", b"not json"),
        ("/openai/v1/responses", b"[1]"),
        ("/openai/v1/responses", b'{"model":"gpt-6.1-sol"}'),
        ("/openai/v1/chat/completions", b'{"model":"gpt-6.1-sol","messages":"x"}'),
        ("/anthropic/v1/messages", b'{"model":"claude-haiku-5-5","messages":[7]}'),
        ("/gemini/v1/models/gemini-3.8-flash:generateContent", b'{"contents":[]}'),
        ("/gemini/v1/interactions", b'{"model":"gemini-3.8-flash","input":[3]}'),
        ("/gemini/v1/interactions", b'{"input":"x"}'),
        (
            "/openai/v1/responses",
            b'{"model":"gpt-6.1-sol","input":"x","text":{"format":{"type":"json_schema","schema":{"type":"object","properties":true}}}}',
        ),
        (
            "/anthropic/v1/messages",
            b'{"model":"claude-haiku-5-5","max_tokens":9,"messages":[{"content":"x"}],"thinking":"y"}',
        ),
    ],
)
def test_a_malformed_body_is_400_in_the_vendors_form(
    http: httpx2.Client, path: str, body: bytes
) -> None:
    answer = http.post(path, content=body, headers={"x-goog-api-key": "k", "x-api-key": "k"})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_every_fault_has_a_row_at_every_vendor() -> None:
    for vendor, fault in [(v, f) for v in faults.FAILURES for f in faults.BY_STATUS]:
        failure = faults.failure(vendor, fault, faults.Wrong(model="m", door="d"))
        assert failure.status >= 400


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("gpt-6.1-sol~429", ("gpt-6.1-sol", "429")),
        ("gpt-6.1-sol", ("gpt-6.1-sol", None)),
        ("gpt-6.1-sol~unknown", ("gpt-6.1-sol~unknown", None)),
        ("~429", ("~429", None)),
    ],
)
def test_a_fault_is_split_from_the_name(name: str, parts: tuple[str, str | None]) -> None:
    assert faults.split(name) == parts


def test_a_rate_limit_passes_after_its_retry_after(http: httpx2.Client) -> None:
    """The same request is answered when it has waited as long as it was told to."""
    body = {"model": "gpt-6-luna~429", "input": "Wait for me."}
    path, key = "/openai/v1/responses", {"authorization": "Bearer demo"}
    refused = http.post(path, json=body, headers=key)
    assert refused.status_code == 429
    assert http.post(path, json=body, headers=key).status_code == 429
    time.sleep(float(refused.headers["retry-after"]))
    assert http.post(path, json=body, headers=key).status_code == 200
    assert http.post(path, json=body, headers=key).status_code == 429

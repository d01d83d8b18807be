"""One prompt through every door: bodies, events, counts; what a door refuses is said before it is sent, and is true of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from playground import catalog
from playground.domain import APIS, PROVIDERS, Endpoint, ModelRef, Request, Response
from playground.domain.exchange import Event, Events
from playground.domain.setting import Settings
from playground.engine import Engine
from playground.export.snippets import snippets
from playground.lab import doors
from playground.providers.acceptance import check, fit

PATHS = {
    "openai/responses": "/openai/v1/responses",
    "openai/chat": "/openai/v1/chat/completions",
    "anthropic/messages": "/anthropic/v1/messages",
    "anthropic/compatible": "/anthropic/v1/chat/completions",
    "gemini/generate_content": "/gemini/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
    "gemini/interactions": "/gemini/v1beta/interactions",
    "gemini/compatible": "/gemini/v1beta/openai/chat/completions",
}


@pytest.fixture(scope="module")
def responses(engine: Engine, where: Mapping[str, Endpoint]) -> dict[str, Response]:
    asked = doors.requests("What is a token?", doors.through_all(catalog.defaults()))
    run = engine.start(asked, where)
    assert run.wait(60)
    return {doors.door_of(lane.request.model): r for lane in run.lanes if (r := lane.response)}


def test_every_door_is_asked_at_its_own_address_and_answers(responses: dict[str, Response]) -> None:
    for response in responses.values():
        assert response.ok, response.failure
        assert response.text
    found = {door: r.exchange.url for door, r in responses.items() if r.exchange}
    for door, path in PATHS.items():
        ends = found[door].replace("/v1/", "/v1beta/") if "gemini" in door else found[door]
        assert ends.endswith(path.replace("/v1/", "/v1beta/") if "gemini" in door else path), door
    assert set(found) == set(PATHS)


def test_each_counts_in_its_own_words_what_we_count_in_ours(
    responses: dict[str, Response],
) -> None:
    words = {
        "openai/responses": "input_tokens",
        "openai/chat": "prompt_tokens",
        "anthropic/messages": "output_tokens",
        "anthropic/compatible": "prompt_tokens",
        "gemini/generate_content": "promptTokenCount",
        "gemini/interactions": "total_input_tokens",
        "gemini/compatible": "prompt_tokens",
    }
    for door, response in responses.items():
        assert words[door] in doors.own_usage(response), door
        assert doors.row(response)["input_tokens"] == response.usage.input_tokens
        assert response.usage.input_tokens
        assert sum(doors.kinds(response).values()) == len(response.exchange.events)  # type: ignore[union-attr]


CHAT_REFUSES = (
    "gpt-5.4-mini",
    "gpt-5.5",
    "gpt-5.6-sol",
    "gpt-6-luna",
    "gpt-6.1-sol",
    "gpt-6.2-sol",
)


@pytest.mark.parametrize("model", CHAT_REFUSES)
def test_functions_on_chat_completions_are_said_to_be_refused_before_sending_and_are(
    engine: Engine, where: Mapping[str, Endpoint], model: str
) -> None:
    ref = ModelRef.parse(f"openai/chat:{model}")
    (request,) = doors.requests("What is the weather?", [ref], function=True)
    if catalog.describe(ref).default_effort == "none":
        request = Request.ask(
            ref, "What is the weather?", tools=request.tools, settings=Settings(effort="low")
        )
    assert any("Responses" in said for said in doors.warnings([request]))
    assert fit(request).tools == ()
    run = engine.start([request], where)
    assert run.wait(30)
    response = run.lanes[0].response
    assert response is not None
    assert response.failure is not None
    assert response.failure.status == 400
    assert "/v1/responses" in response.failure.message


def test_what_claudes_compatible_door_ignores_is_said_before_sending() -> None:
    ref = ModelRef.parse("anthropic/compatible:claude-sonnet-5-5")
    request = Request.ask(
        ref, "Hi", settings=Settings(effort="low", seed=1, response_schema={"type": "object"})
    )
    said = {note.setting: note.action for note in check(request)}
    assert said == {"effort": "ignored", "seed": "ignored", "response_schema": "ignored"}


def test_every_limit_names_a_door_that_there_is_and_a_page_that_says_it() -> None:
    for row in doors.limits():
        provider, api = row.door.split("/")
        assert api in PROVIDERS[provider].apis
        assert api in APIS
        assert row.effect in ("refused", "ignored", "missing", "other")
        assert row.says.endswith(".")
        assert row.url.startswith("https://")
    assert {row.door for row in doors.limits()} >= {
        "openai/chat",
        "anthropic/compatible",
        "gemini/compatible",
    }


def test_code_for_a_compatible_door_asks_it_where_it_is() -> None:
    request = Request.ask(ModelRef.parse("gemini/compatible:gemini-3.8-flash"), "Hi")
    made = snippets(request, Endpoint(provider="gemini", base_url=PROVIDERS["gemini"].base_url))
    base = "https://generativelanguage.googleapis.com/v1beta/openai"
    assert f"{base}/chat/completions" in made["curl"]
    assert f'base_url="{base}"' in made["python-sdk"]
    assert "from openai import OpenAI" in made["python-sdk"]


def test_a_body_of_unknown_letters_has_no_size_and_an_odd_event_no_kind(
    responses: dict[str, Response],
) -> None:
    response = responses["openai/responses"]
    assert response.exchange is not None
    events = Events.of([Event(offset=0.1, data="[1]"), Event(offset=0.2, data='"x"')])
    odd = replace(response, exchange=replace(response.exchange, request_format=None, events=events))
    made = doors.row(odd)
    assert made["request_bytes"] is None
    assert made["event_kinds"] == {"data": 2}
    assert doors.table([odd])[0]["sent"] == "n/a"

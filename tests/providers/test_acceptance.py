"""What becomes of each setting of a request, also against what the providers really took."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import catalog
from playground.domain import (
    APIS,
    PROVIDERS,
    File,
    Message,
    ModelRef,
    Request,
    Settings,
    Text,
    Tool,
)
from playground.domain.setting import SETTINGS
from playground.providers import acceptance
from playground.providers.acceptance import Note
from playground.providers.doors import DOORS

EXCHANGES = Path(__file__).parents[2].parent / "shared" / "exchanges"
TOOL = Tool(name="weather", description="looks out", parameters={"type": "object"})


def ask(model: str, *, tools: bool = False, **settings: Any) -> Request:
    return Request.ask(
        ModelRef.parse(model),
        "hello",
        settings=Settings(**settings),
        tools=(TOOL,) if tools else (),
    )


def test_a_model_that_is_not_in_the_catalog_lets_everything_through() -> None:
    model = catalog.describe(ModelRef.parse("ollama:llama3:8b"))
    assert (model.known, model.id, model.max_output) == (False, "llama3:8b", None)
    request = ask("ollama:llama3:8b", tools=True, temperature=0.3, effort="high", stop=("x",))
    assert acceptance.fit(request) == request
    assert {note.action for note in acceptance.check(request)} == {"sent", "renamed"}
    said = {note.setting: note.why for note in acceptance.check(request)}
    assert "not in the catalog: everything is sent as is" in said["temperature"]


@pytest.mark.parametrize(
    ("model", "settings", "action", "why"),
    [
        ("openai:gpt-6.1-sol", {"temperature": 0.5}, "dropped", "refuses sampling settings"),
        ("openai:gpt-6-luna", {"temperature": 0.5}, "dropped", "only with effort none"),
        ("openai:gpt-5.2", {"temperature": 0.5}, "sent", ""),
        ("openai:gpt-4o", {"temperature": 0.5}, "sent", ""),
        ("openai:o3", {"top_p": 0.5}, "dropped", "refuses sampling settings"),
        ("openai:gpt-4o", {"top_k": 5}, "dropped", "Responses has no such field"),
        ("anthropic:claude-sonnet-5-5", {"top_k": 5}, "dropped", "refuses sampling settings"),
        ("anthropic:claude-haiku-4-5", {"top_k": 5}, "sent", ""),
        ("gemini:gemini-3.8-flash", {"temperature": 0.5}, "ignored", "has no effect"),
        ("gemini:gemini-4-argon", {"top_k": 5}, "ignored", "has no effect"),
        ("gemini:gemini-3.1-pro-preview", {"temperature": 0.5}, "sent", ""),
        ("gemini/interactions:gemini-3.1-pro-preview", {"top_k": 5}, "dropped", "no such field"),
        (
            "openai:gpt-6.1-sol",
            {"effort": "none"},
            "dropped",
            "takes low, medium, high, xhigh, max",
        ),
        ("openai:gpt-6.1-sol", {"effort": "max"}, "renamed", "reasoning.effort"),
        ("openai/chat:gpt-5", {"effort": "minimal"}, "renamed", "reasoning_effort"),
        ("openai:gpt-4o", {"effort": "low"}, "dropped", "no setting for its reasoning"),
        (
            "anthropic:claude-opus-4-6",
            {"effort": "xhigh"},
            "dropped",
            "none, low, medium, high, max",
        ),
        ("anthropic:claude-haiku-4-5", {"effort": "2048"}, "renamed", "output_config.effort"),
        (
            "anthropic:claude-haiku-4-5",
            {"effort": "9"},
            "dropped",
            "1,024 to 63,000 thinking tokens",
        ),
        ("anthropic:claude-haiku-4-5", {"effort": "high"}, "dropped", "takes none, 4096, 16384"),
        ("gemini:gemini-4-hydrogen", {"effort": "xhigh"}, "renamed", "thinkingConfig"),
        ("gemini:gemini-4-argon", {"effort": "xhigh"}, "dropped", "takes low, medium, high"),
        ("gemini:gemini-2.5-flash-lite", {"effort": "512"}, "renamed", "thinkingConfig"),
        ("gemini/interactions:gemini-2.5-flash-lite", {"effort": "512"}, "dropped", "takes levels"),
        ("openai:gpt-6.1-sol", {"stop": ("x",)}, "dropped", "no stop sequences"),
        ("openai/chat:gpt-6.1-sol", {"stop": ("x",)}, "dropped", "refuses stop sequences"),
        ("openai/chat:gpt-4o", {"stop": ("x",)}, "sent", ""),
        ("anthropic:claude-sonnet-5-5", {"stop": ("x",)}, "renamed", "stop_sequences"),
        ("openai/chat:gpt-4o", {"seed": 7}, "sent", ""),
        ("anthropic:claude-sonnet-5-5", {"seed": 7}, "dropped", "no such field"),
        ("openai:gpt-6.1-sol", {"max_output_tokens": 100}, "sent", ""),
        ("openai/chat:gpt-6.1-sol", {"max_output_tokens": 100}, "renamed", "max_completion_tokens"),
        ("openai:gpt-6.1-sol", {"max_output_tokens": 999_999}, "lowered", "to 128,000, the most"),
        ("openai:gpt-6.1-sol", {"verbosity": "low"}, "renamed", "text.verbosity"),
        ("openai:gpt-4o", {"verbosity": "low"}, "dropped", "takes no verbosity"),
        ("openai/chat:gpt-6.1-sol", {"reasoning_summary": True}, "dropped", "does not return"),
        ("openai:gpt-6.1-sol", {"reasoning_summary": True}, "renamed", "reasoning.summary"),
        ("anthropic:claude-haiku-4-5", {"reasoning_summary": True}, "dropped", "thinks only when"),
        ("openai:gpt-6-astra", {"service_tier": "ultrafast"}, "sent", ""),
        ("openai:gpt-6-luna", {"service_tier": "ultrafast"}, "dropped", "takes auto, default"),
        ("anthropic:claude-opus-5-5", {"service_tier": "fast"}, "sent", ""),
        ("anthropic:claude-sonnet-5-5", {"service_tier": "fast"}, "dropped", "auto, standard_only"),
        ("openai:gpt-6.1-sol", {"cache_ttl": "12h"}, "renamed", "prompt_cache_options.ttl"),
        ("openai:gpt-5.5", {"cache_ttl": "12h"}, "dropped", "no prompt cache"),
        ("gemini:gemini-3.8-flash", {"cache_ttl": "1h"}, "dropped", "caches by itself"),
        (
            "openai:gpt-4",
            {"response_schema": {"type": "object"}},
            "dropped",
            "takes no JSON schema",
        ),
        (
            "anthropic:claude-sonnet-5-5",
            {"tool_choice": "required"},
            "dropped",
            "no tools to choose",
        ),
    ],
)
def test_setting(model: str, settings: dict[str, Any], action: str, why: str) -> None:
    notes = acceptance.check(ask(model, **settings))
    assert [note.action for note in notes] == [action]
    assert [note.setting for note in notes] == list(settings)
    assert why in notes[0].why


def test_sampling_is_free_once_reasoning_is_off() -> None:
    request = ask("openai:gpt-6-luna", temperature=0.5, effort="none")
    assert {note.setting: note.action for note in acceptance.check(request)} == {
        "temperature": "sent",
        "effort": "renamed",
    }


def test_older_claude_takes_one_sampling_setting_and_none_while_thinking() -> None:
    both = acceptance.fit(ask("anthropic:claude-haiku-4-5", temperature=0.5, top_p=0.9))
    assert (both.settings.temperature, both.settings.top_p) == (0.5, None)
    thinking = acceptance.fit(ask("anthropic:claude-haiku-4-5", temperature=0.5, effort="4096"))
    assert (thinking.settings.temperature, thinking.settings.effort) == (None, "4096")


def test_a_model_that_always_thinks_cannot_be_forced_to_call() -> None:
    request = ask("anthropic:claude-sonnet-5-5", tools=True, tool_choice="required")
    assert acceptance.fit(request).settings.tool_choice is None
    assert acceptance.fit(request).tools == (TOOL,)
    older = ask("anthropic:claude-haiku-4-5", tools=True, tool_choice="required")
    assert acceptance.fit(older) == older


@pytest.mark.parametrize(
    ("model", "tools", "choice", "kept"),
    [
        ("openai:gpt-6.1-sol", ("web_search",), "required", True),
        ("anthropic:claude-haiku-4-5", ("web_search",), "required", True),
        ("anthropic:claude-sonnet-5-5", ("code_execution",), "auto", True),
        ("anthropic:claude-sonnet-5-5", ("code_execution",), "required", False),
        ("gemini:gemini-3.8-flash", ("web_search",), "required", False),
        ("gemini/interactions:gemini-3.8-flash", ("web_search",), "required", False),
        ("openai/chat:gpt-5-search-api", ("web_search",), "required", False),
        ("openai:o3-mini", ("web_search",), "required", False),
    ],
)
def test_a_tool_choice_is_about_the_providers_tools_where_its_door_has_it_so(
    model: str, tools: tuple[str, ...], choice: str, kept: bool
) -> None:
    request = replace(ask(model, tool_choice=choice), server_tools=tools)
    assert (acceptance.fit(request).settings.tool_choice == choice) is kept


@pytest.mark.parametrize(
    ("model", "setting", "there_is"),
    [
        ("openai:gpt-6.1-sol", "max_output_tokens", 128_000),
        ("ollama:llama3:8b", "max_output_tokens", True),
        ("openai:gpt-6.1-sol", "effort", ("low", "medium", "high", "xhigh", "max")),
        ("openai:gpt-6.1-sol", "seed", False),
        ("openai/chat:gpt-4o", "seed", True),
        ("openai:gpt-6.1-sol", "server_tools", ("web_search", "code_execution")),
        ("openai/chat:gpt-6.1-sol", "server_tools", ()),
        ("openai/chat:gpt-5-search-api", "server_tools", ("web_search",)),
        ("openai:gpt-4", "server_tools", ()),
        ("ollama:llama3:8b", "server_tools", ("web_search",)),
        ("gemini:gemini-3.8-flash", "temperature", False),
        ("gemini:gemini-2.5-flash-image", "tools", False),
        ("anthropic:claude-sonnet-5-5", "cache_ttl", ("5m", "1h")),
        ("openai:gpt-6.1-sol", "extra", True),
    ],
)
def test_what_there_is_of_a_setting(model: str, setting: str, there_is: Any) -> None:
    ref = ModelRef.parse(model)
    assert acceptance.offered(ref, setting) == there_is
    assert acceptance.accepts(ref, setting) is bool(there_is)


def test_every_rule_is_about_something_that_a_request_has() -> None:
    beside = {"images", "pdf", *acceptance.SERVER_TOOLS}
    assert set(acceptance.RULES) - {row.name for row in SETTINGS} == beside
    (tools,) = (row for row in SETTINGS if row.name == "server_tools")
    assert tuple(acceptance.SERVER_TOOLS) == tools.choices


def test_a_door_that_does_not_offer_the_model_is_said() -> None:
    notes = acceptance.check(ask("openai/chat:gpt-5-pro"))
    assert notes == [
        Note(
            setting="api",
            action="unavailable",
            why="gpt-5-pro is offered through responses only",
        )
    ]
    assert acceptance.check(ask("openai:gpt-5-pro")) == []
    assert str(catalog.describe(ModelRef.parse("openai:gpt-audio")).ref) == "openai/chat:gpt-audio"


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("openai:gpt-6.1-sol", ["image/png", "application/pdf"]),
        ("anthropic:claude-sonnet-5-5", ["image/png", "application/pdf"]),
        ("gemini:gemini-3.8-flash", ["image/png", "application/pdf"]),
        ("openai:gpt-4-turbo", ["image/png"]),
        ("openai:o3-mini", []),
        ("ollama:llama3:8b", ["image/png", "application/pdf"]),
    ],
)
def test_files_go_only_to_models_that_take_them(model: str, kept: list[str]) -> None:
    files = tuple(File(media_type=t, data=b"x") for t in ("image/png", "application/pdf"))
    request = Request(
        model=ModelRef.parse(model),
        messages=(Message(role="user", parts=(Text(text="look"), *files)),),
    )
    parts = acceptance.fit(request).messages[0].parts
    assert [part.media_type for part in parts if isinstance(part, File)] == kept
    dropped = {n.setting for n in acceptance.check(request) if n.action == "dropped"}
    assert len(dropped) == 2 - len(kept)


def test_tools_of_the_provider_and_kept_conversations_go_only_where_they_exist() -> None:
    request = replace(
        ask("openai/chat:gpt-6.1-sol"),
        server_tools=("web_search", "code_execution"),
        previous_response_id="resp_1",
    )
    fitted = acceptance.fit(request)
    assert (fitted.server_tools, fitted.previous_response_id) == ((), None)
    responses = replace(request, model=ModelRef.parse("openai:gpt-6.1-sol"))
    assert acceptance.fit(responses) == responses


def test_fit_leaves_what_the_caller_passes_through() -> None:
    request = ask("openai:gpt-6.1-sol", temperature=0.5, extra={"temperature": 1})
    assert acceptance.fit(request).settings == Settings(extra={"temperature": 1})


EACH: dict[str, dict[str, Any]] = {
    "max_output_tokens": {"settings": Settings(max_output_tokens=9)},
    "temperature": {"settings": Settings(temperature=0.5)},
    "top_p": {"settings": Settings(top_p=0.5)},
    "top_k": {"settings": Settings(top_k=5)},
    "stop": {"settings": Settings(stop=("x",))},
    "seed": {"settings": Settings(seed=5)},
    "effort": {"settings": Settings(effort="low")},
    "reasoning_summary": {"settings": Settings(reasoning_summary=True)},
    "verbosity": {"settings": Settings(verbosity="low")},
    "service_tier": {"settings": Settings(service_tier="flex")},
    "cache_ttl": {"settings": Settings(cache_ttl="30m")},
    "response_schema": {"settings": Settings(response_schema={"type": "object"})},
    "tool_choice": {"settings": Settings(tool_choice="required")},
    "web_search": {"server_tools": ("web_search",)},
    "code_execution": {"server_tools": ("code_execution",)},
    "previous_response_id": {"previous_response_id": "before"},
}
"""Everything that a request can ask for beside its text, one at a time."""


def test_each_setting_is_tried_at_the_doors() -> None:
    named = {field.name for field in fields(Settings)} - {"extra"}
    assert named <= set(EACH)
    assert set(EACH) >= {name for settings in catalog._data().doors.values() for name in settings}


@pytest.mark.parametrize("setting", EACH)
@pytest.mark.parametrize("api", APIS)
def test_a_door_has_a_field_for_all_but_what_the_catalog_says_it_drops(
    api: str, setting: str
) -> None:
    provider = next(name for name, row in PROVIDERS.items() if api in row.apis)
    bare = Request.ask(ModelRef(provider, api, "any"), "hello", tools=(TOOL,))
    adapter = DOORS[api].adapter
    changed = adapter.arguments(replace(bare, **EACH[setting])) != adapter.arguments(bare)
    assert changed is not catalog.at_door(bare.model, setting).startswith("dropped")


ALL = [str(model.ref) for model in catalog.catalog()] + [
    f"{model.provider}/{api}:{model.id}"
    for model in catalog.catalog()
    for api in PROVIDERS[model.provider].apis
]
MAYBE = {
    "max_output_tokens": st.integers(1, 2_000_000),
    "temperature": st.floats(0, 2),
    "top_p": st.floats(0, 1),
    "top_k": st.integers(1, 99),
    "stop": st.just(("x",)),
    "seed": st.integers(0, 9),
    "effort": st.sampled_from(
        ["none", "minimal", "low", "high", "xhigh", "max", "1024", "9", "warp"]
    ),
    "reasoning_summary": st.just(True),
    "verbosity": st.sampled_from(["low", "high"]),
    "service_tier": st.sampled_from(["auto", "flex", "fast", "warp"]),
    "cache_ttl": st.sampled_from(["5m", "30m", "1h", "12h"]),
    "response_schema": st.just({"type": "object"}),
    "tool_choice": st.sampled_from(["auto", "required", "none"]),
}


@given(
    st.sampled_from(ALL),
    st.fixed_dictionaries({}, optional=MAYBE),
    st.booleans(),
    st.sets(st.sampled_from(sorted(acceptance.SERVER_TOOLS))),
)
def test_a_fitted_request_needs_no_more_fitting(
    model: str, settings: dict[str, Any], tools: bool, server_tools: set[str]
) -> None:
    asked = replace(ask(model, tools=tools, **settings), server_tools=tuple(sorted(server_tools)))
    fitted = acceptance.fit(asked)
    again = acceptance.check(fitted)
    assert not [note for note in again if note.action in ("dropped", "lowered")]
    assert acceptance.fit(fitted) == fitted


@given(st.sampled_from(ALL), st.fixed_dictionaries({}, optional=MAYBE))
def test_what_is_not_worth_offering_has_no_effect(model: str, settings: dict[str, Any]) -> None:
    request = ask(model, tools=True, **settings)
    for note in acceptance.check(request):
        if note.setting in settings and not acceptance.accepts(request.model, note.setting):
            assert note.action in ("dropped", "ignored")


def test_accepts_is_what_the_settings_of_a_lane_show() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    shown = [name for name in MAYBE if acceptance.accepts(ref, name)]
    assert shown == [
        "max_output_tokens",
        "effort",
        "reasoning_summary",
        "verbosity",
        "service_tier",
        "cache_ttl",
        "response_schema",
        "tool_choice",
    ]


def settings_in(body: Any) -> dict[str, Any]:
    """The settings of a recorded request, in our words; only those that one field shows plainly."""
    config = body.get("generationConfig") or body.get("generation_config") or {}
    thinking = config.get("thinkingConfig") or {}
    reasoning = body.get("reasoning") or {}
    found = {
        "temperature": body.get("temperature", config.get("temperature")),
        "top_p": body.get("top_p", config.get("topP")),
        "top_k": body.get("top_k", config.get("topK")),
        "seed": body.get("seed", config.get("seed")),
        "effort": body.get("reasoning_effort")
        or reasoning.get("effort")
        or (body.get("output_config") or {}).get("effort")
        or str(thinking.get("thinkingLevel", "")).lower()
        or thinking.get("thinkingBudget"),
        "verbosity": body.get("verbosity") or (body.get("text") or {}).get("verbosity"),
    }
    if "effort" in found and isinstance(found["effort"], int):
        found["effort"] = str(found["effort"])
    return {name: value for name, value in found.items() if value not in (None, "")}


def recorded_settings() -> list[Any]:
    found = []
    for file in sorted(EXCHANGES.glob("*.json")):
        exchange = json.loads(file.read_text())
        body, status = exchange["request"]["body"], exchange["response"]["status"]
        if status == 200 and isinstance(body, dict) and (settings := settings_in(body)):
            found.append(pytest.param(exchange, settings, id=file.stem))
    return found


DOOR = {
    "openai.chat": ("openai", "chat"),
    "openai.responses": ("openai", "responses"),
    "anthropic.messages": ("anthropic", "messages"),
    "gemini.generateContent": ("gemini", "generate_content"),
    "gemini.interactions": ("gemini", "interactions"),
}


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
@pytest.mark.parametrize(("exchange", "settings"), recorded_settings())
def test_what_a_provider_took_is_not_called_refused(
    exchange: Any, settings: dict[str, Any]
) -> None:
    ref = ModelRef(*DOOR[exchange["api"]], exchange["model"])
    notes = acceptance.check(Request.ask(ref, "hello", settings=Settings(**settings)))
    assert [note for note in notes if note.action == "dropped"] == []


@pytest.mark.parametrize(
    ("model", "effort", "refused"),
    [
        ("openai/chat:gpt-6.2-sol", None, True),
        ("openai/chat:gpt-6.1-sol", "low", True),
        ("openai/chat:gpt-6-luna", None, True),
        ("openai/chat:gpt-6-luna", "none", False),
        ("openai/chat:gpt-5.6-sol", "high", True),
        ("openai/chat:gpt-5.4", None, False),
        ("openai/chat:gpt-5.4", "low", True),
        ("openai/chat:gpt-5.4-mini", "low", True),
        ("openai/chat:gpt-5.2", "high", False),
        ("openai/chat:gpt-4o", None, False),
        ("openai/chat:gpt-99", "high", False),
        ("openai:gpt-6.1-sol", "max", False),
        ("openrouter:openai/gpt-6.1-sol", "low", False),
    ],
)
def test_functions_beside_reasoning_are_a_fact_of_door_and_model(
    model: str, effort: str | None, refused: bool
) -> None:
    request = ask(model, effort=effort, tools=True, tool_choice="auto")
    (note,) = (note for note in acceptance.check(request) if note.setting == "tools")
    assert (note.action == "dropped") is refused
    assert ("use Responses" in note.why) is refused
    kept = acceptance.fit(request)
    assert bool(kept.tools) is not refused
    assert (kept.settings.tool_choice is None) is refused


def test_the_highest_effort_is_taken_by_responses_only() -> None:
    (note,) = acceptance.check(ask("openai/chat:gpt-6.1-sol", effort="max"))
    assert (note.action, "Responses max" in note.why) == ("dropped", True)
    assert "max" not in acceptance.offered(ModelRef.parse("openai/chat:gpt-6.1-sol"), "effort")
    assert "max" in acceptance.offered(ModelRef.parse("openai:gpt-6.1-sol"), "effort")


@pytest.mark.parametrize("effort", ["--5", "²", "5²"])
def test_an_effort_that_only_looks_like_a_number_is_none(effort: str) -> None:
    """It was a ValueError, out of the page and out of the command line."""
    (note,) = acceptance.check(ask("gemini:gemini-2.5-flash", effort=effort))
    assert (note.setting, note.action) == ("effort", "dropped")

"""What the catalog says of each model, against the SDKs, the prices and the recorded answers."""

import importlib
import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.domain import (
    APIS,
    File,
    Message,
    ModelRef,
    Request,
    Settings,
    Text,
    Tool,
)
from playground.pricing import load
from playground.providers import catalog
from playground.providers.catalog import Note

EXCHANGES = Path(__file__).parents[2].parent / "shared" / "exchanges"
TODAY = date(2026, 11, 21)
TOOL = Tool(name="weather", description="looks out", parameters={"type": "object"})


def ask(model: str, *, tools: bool = False, **settings: Any) -> Request:
    return Request.ask(
        ModelRef.parse(model),
        "hello",
        settings=Settings(**settings),
        tools=(TOOL,) if tools else (),
    )


def find(provider: str, model: str) -> catalog.Model:
    found = catalog.find(ModelRef(provider, "chat", model))
    assert found is not None, f"{provider}:{model} is not in the catalog"
    return found


# --- the data


def test_every_row_has_a_source_and_a_day_and_no_id_stands_twice() -> None:
    seen = set()
    for model in catalog.catalog():
        assert model.source.startswith("https://"), model.id
        assert model.as_of is not None, model.id
        assert model.as_of <= TODAY, model.id
        for name in (model.id, *model.aliases):
            assert (model.provider, name) not in seen, name
            seen.add((model.provider, name))


def test_every_row_makes_sense() -> None:
    for model in catalog.catalog():
        assert model.sampling in get_args(catalog.Sampling), model.id
        assert set(model.apis) <= set(APIS[model.provider]), model.id
        assert model.default_effort is None or model.default_effort in model.efforts, model.id
        if model.context_window and model.max_input:
            assert model.max_input <= model.context_window, model.id
        if model.sampling == "effort_none":
            assert "none" in model.efforts, model.id
        if model.released and model.retires:
            assert model.released < model.retires, model.id


def test_every_openai_model_of_the_sdk_is_known() -> None:
    chat = importlib.import_module("openai.types.shared.chat_model").ChatModel
    responses = importlib.import_module("openai.types.shared.responses_model").ResponsesModel
    names = {*get_args(chat), *(n for part in get_args(responses) for n in get_args(part))}
    assert len(names) > 90
    for name in names:
        find("openai", name)


def test_openai_retirements_are_those_of_the_sdk() -> None:
    text = Path(
        importlib.import_module("openai.types.shared.chat_model").__file__ or ""
    ).read_text()
    said = re.findall(r'- ((?:"[^"]+",?\s*)+):\s+Announced\s+shutdown\s+date:\s+(\S+)\. ', text)
    assert len(said) > 12
    for names, day in said:
        for name in re.findall(r'"([^"]+)"', names):
            if (name, day) not in EXPLAINED_RETIREMENTS:
                assert find("openai", name).retires == date.fromisoformat(day), name


EXPLAINED_RETIREMENTS = {
    (name, day)
    for day, names in {
        "2026-03-26": ("gpt-4-0125-preview", "gpt-4-turbo-preview", "gpt-4-0314"),
        "2025-10-10": ("gpt-4o-audio-preview-2024-10-01",),
        "2025-06-06": ("gpt-4-32k", "gpt-4-32k-0314", "gpt-4-32k-0613"),
    }.items()
    for name in names
    if not name.startswith("gpt-4-32k")
}
"""Snapshots that went before the alias under which they stand here."""


def test_every_claude_of_the_sdk_is_known_and_retires_when_it_says() -> None:
    model = importlib.import_module("anthropic.types.model").Model
    for name in (n for part in get_args(model) for n in get_args(part)):
        find("anthropic", name)
    messages = importlib.import_module("anthropic.resources.messages.messages")
    for name, day in messages.DEPRECATED_MODELS.items():
        if not name.startswith(("claude-1", "claude-2", "claude-instant")):
            told = datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", day), "%B %d, %Y").date()
            assert find("anthropic", name).retires == told, name


@pytest.mark.parametrize(
    "name",
    [
        "4-carbon",
        "4-hydrogen",
        "4-argon",
        "3.8-flash",
        "3.7-flash",
        "3.6-flash",
        "3.5-flash",
        "3.5-flash-lite",
        "3.1-pro-preview",
        "3.1-pro-preview-customtools",
        "3.1-flash-lite",
        "3.1-flash-image",
        "3-pro-image",
        "2.5-flash-lite",
        "2.5-computer-use-preview-10-2025",
        "flash-latest",
        "flash-lite-latest",
        "pro-latest",
    ],
)
def test_every_gemini_of_the_sdk_is_known(name: str) -> None:
    find("gemini", f"gemini-{name}")


def test_everything_with_a_price_is_known_and_retires_on_the_same_day() -> None:
    for price in load().prices:
        if price.provider in APIS and not price.prefix:
            assert find(price.provider, price.model).retires == price.retired, price.model


def test_what_is_offered_without_a_price_is_meant_to_be() -> None:
    book = load()
    without = {m.id for m in catalog.catalog() if book.find(m.provider, m.id, TODAY) is None}
    assert without == {
        "claude-mythos-preview",
        "gemma-4-26b-a4b-it",
        "gemma-4-31b-it",
        "gpt-6.2-astra-law",
        "gpt-daybreak-blue-latest",
    }


# --- finding


@pytest.mark.parametrize(
    ("spelling", "row"),
    [
        ("openai:gpt-6.1-sol", "gpt-6.1-sol"),
        ("openai/chat:gpt-6.1-sol~429", "gpt-6.1-sol"),
        ("openai:gpt-4o-2024-08-06", "gpt-4o"),
        ("openai:gpt-4-0613", "gpt-4"),
        ("anthropic:claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("gemini:models/gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("openrouter:anthropic/claude-haiku-5-5", "claude-haiku-5-5"),
        ("openai:gpt-6.1-sol-mini", None),
        ("ollama:llama3:8b", None),
    ],
)
def test_find(spelling: str, row: str | None) -> None:
    found = catalog.find(ModelRef.parse(spelling))
    assert (found.id if found else None) == row


def test_a_model_that_is_not_in_the_catalog_lets_everything_through() -> None:
    model = catalog.describe(ModelRef.parse("ollama:llama3:8b"))
    assert (model.known, model.id, model.max_output) == (False, "llama3:8b", None)
    request = ask("ollama:llama3:8b", tools=True, temperature=0.3, effort="high", stop=("x",))
    assert catalog.fit(request) == request
    assert {note.action for note in catalog.check(request)} == {"sent", "renamed"}
    assert "not in the catalog: everything is sent as is" in catalog.check(request)[0].why


# --- retirement and defaults


def test_defaults_of_today() -> None:
    assert [str(ref) for ref in catalog.defaults(TODAY)] == [
        "openai:gpt-6.1-sol",
        "anthropic:claude-sonnet-5-5",
        "gemini:gemini-3.8-flash",
    ]


def test_defaults_never_retire_soon() -> None:
    for ref in catalog.defaults():
        assert not catalog.describe(ref).retires_soon()
        assert ref in catalog.current()


def test_a_default_that_retires_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    data = catalog._data()
    sol = replace(find("openai", "gpt-6.1-sol"), retires=TODAY + timedelta(days=60))
    ending = replace(data, names={**data.names, ("openai", "gpt-6.1-sol"): sol})
    monkeypatch.setattr(catalog, "_data", lambda: ending)
    assert str(catalog.defaults(TODAY)[0]) == "openai:gpt-6.2-sol"
    assert str(catalog.defaults(TODAY - timedelta(days=1))[0]) == "openai:gpt-6.1-sol"


@pytest.mark.parametrize(
    ("model", "soon", "gone"),
    [
        ("openai:gpt-6.1-sol", False, False),
        ("openai:gpt-5", True, False),
        ("openai:gpt-4o", True, False),
        ("openai:gpt-5.1", False, False),
        ("openai:o1", True, True),
        ("anthropic:claude-sonnet-4-5", True, False),
        ("gemini:gemini-2.5-flash", True, False),
        ("gemini:gemini-3.1-flash-lite", False, False),
    ],
)
def test_retirement(model: str, soon: bool, gone: bool) -> None:
    found = catalog.describe(ModelRef.parse(model))
    assert (found.retires_soon(TODAY), found.retired(TODAY)) == (soon, gone)
    assert (found.ref in catalog.current(TODAY)) is not gone


# --- what becomes of a setting


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
    notes = catalog.check(ask(model, **settings))
    assert [note.action for note in notes] == [action]
    assert [note.setting for note in notes] == list(settings)
    assert why in notes[0].why


def test_sampling_is_free_once_reasoning_is_off() -> None:
    request = ask("openai:gpt-6-luna", temperature=0.5, effort="none")
    assert [note.action for note in catalog.check(request)] == ["sent", "renamed"]


def test_older_claude_takes_one_sampling_setting_and_none_while_thinking() -> None:
    both = catalog.fit(ask("anthropic:claude-haiku-4-5", temperature=0.5, top_p=0.9))
    assert (both.settings.temperature, both.settings.top_p) == (0.5, None)
    thinking = catalog.fit(ask("anthropic:claude-haiku-4-5", temperature=0.5, effort="4096"))
    assert (thinking.settings.temperature, thinking.settings.effort) == (None, "4096")


def test_a_model_that_always_thinks_cannot_be_forced_to_call() -> None:
    request = ask("anthropic:claude-sonnet-5-5", tools=True, tool_choice="required")
    assert catalog.fit(request).settings.tool_choice is None
    assert catalog.fit(request).tools == (TOOL,)
    older = ask("anthropic:claude-haiku-4-5", tools=True, tool_choice="required")
    assert catalog.fit(older) == older


def test_a_door_that_does_not_offer_the_model_is_said() -> None:
    notes = catalog.check(ask("openai/chat:gpt-5-pro"))
    assert notes == [
        Note(
            setting="api",
            action="unavailable",
            why="gpt-5-pro is offered through responses only",
        )
    ]
    assert catalog.check(ask("openai:gpt-5-pro")) == []
    assert str(find("openai", "gpt-audio").ref) == "openai/chat:gpt-audio"


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
    parts = catalog.fit(request).messages[0].parts
    assert [part.media_type for part in parts if isinstance(part, File)] == kept
    dropped = {n.setting for n in catalog.check(request) if n.action == "dropped"}
    assert len(dropped) == 2 - len(kept)


def test_tools_of_the_provider_and_kept_conversations_go_only_where_they_exist() -> None:
    request = replace(
        ask("openai/chat:gpt-6.1-sol"),
        server_tools=("web_search", "code_execution"),
        previous_response_id="resp_1",
    )
    fitted = catalog.fit(request)
    assert (fitted.server_tools, fitted.previous_response_id) == ((), None)
    responses = replace(request, model=ModelRef.parse("openai:gpt-6.1-sol"))
    assert catalog.fit(responses) == responses


def test_fit_leaves_what_the_caller_passes_through() -> None:
    request = ask("openai:gpt-6.1-sol", temperature=0.5, extra={"temperature": 1})
    assert catalog.fit(request).settings == Settings(extra={"temperature": 1})


@pytest.mark.parametrize(
    "door",
    [
        "openai_responses",
        "openai_chat",
        "anthropic_messages",
        "gemini_generate",
        "gemini_interactions",
    ],
)
def test_what_a_door_never_sends_is_never_called_sent(door: str) -> None:
    adapter = importlib.import_module(f"playground.providers.{door}")
    api = {"openai_responses": "responses", "openai_chat": "chat"}.get(
        door, door.partition("_")[2].replace("generate", "generate_content")
    )
    unsent = {name for name, how in catalog._data().doors[api].items() if how.startswith("dropped")}
    assert set(adapter.UNSENT) <= unsent


ALL = [str(model.ref) for model in catalog.catalog()] + [
    f"{provider}/{api}:{model.id}"
    for model in catalog.catalog()
    for provider, apis in APIS.items()
    for api in apis
    if provider == model.provider
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


@given(st.sampled_from(ALL), st.fixed_dictionaries({}, optional=MAYBE), st.booleans())
def test_a_fitted_request_needs_no_more_fitting(
    model: str, settings: dict[str, Any], tools: bool
) -> None:
    fitted = catalog.fit(ask(model, tools=tools, **settings))
    again = catalog.check(fitted)
    assert not [note for note in again if note.action in ("dropped", "lowered")]
    assert catalog.fit(fitted) == fitted


@given(st.sampled_from(ALL), st.fixed_dictionaries({}, optional=MAYBE))
def test_what_is_not_worth_offering_has_no_effect(model: str, settings: dict[str, Any]) -> None:
    request = ask(model, tools=True, **settings)
    for note in catalog.check(request):
        if note.setting in settings and not catalog.accepts(request.model, note.setting):
            assert note.action in ("dropped", "ignored")


def test_accepts_is_what_the_settings_of_a_lane_show() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    shown = [name for name in MAYBE if catalog.accepts(ref, name)]
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


# --- against what the providers really took


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
    notes = catalog.check(Request.ask(ref, "hello", settings=Settings(**settings)))
    assert [note for note in notes if note.action == "dropped"] == []


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
def test_effort_levels_are_those_that_anthropic_names_when_it_refuses() -> None:
    file = next(EXCHANGES.glob("anth-n-test-anthropic-explicit-effort-xhigh-*.json"))
    message = json.loads(file.read_text())["expected"]["error"]["message"]
    named = set(message.partition("Supported levels: ")[2].rstrip(".").split(", "))
    assert set(find("anthropic", "claude-opus-4-6").efforts) - {"none"} == named


# --- the provider's own list


@dataclass(frozen=True)
class Listed:
    id: str
    shutdown_date: date | str | None = None
    context: int | None = None
    max_output: int | None = None


def test_the_providers_own_list_refreshes_limits_and_adds_models() -> None:
    merged = catalog.merge_listed(
        "openai",
        [
            Listed("gpt-6.1-sol", shutdown_date="2027-09-29", max_output=256_000),
            Listed("gpt-7-nova", shutdown_date=date(2028, 1, 1), context=4_000_000),
            Listed("gpt-4o-2024-08-06"),
            Listed("gpt-5.5", shutdown_date="soon"),
        ],
    )
    models = {m.id: m for m in merged if m.provider == "openai"}
    sol, nova = models["gpt-6.1-sol"], models["gpt-7-nova"]
    assert (sol.retires, sol.max_output, sol.context_window) == (
        date(2027, 9, 29),
        256_000,
        1_050_000,
    )
    assert (nova.known, nova.retires, nova.context_window) == (False, date(2028, 1, 1), 4_000_000)
    assert "gpt-4o-2024-08-06" not in models
    assert models["gpt-5.5"].retires is None
    assert len(merged) == len(catalog.catalog()) + 1
    assert find("openai", "gpt-6.1-sol").max_output == 128_000


def test_gemini_names_its_models_with_a_path() -> None:
    merged = catalog.merge_listed("gemini", [Listed("models/gemini-3.8-flash", max_output=1)])
    assert next(m for m in merged if m.id == "gemini-3.8-flash").max_output == 1
    assert len(merged) == len(catalog.catalog())


def test_tokenizers() -> None:
    assert find("openai", "gpt-5.5").tokenizer == "o200k_base"
    assert find("openai", "gpt-6.1-sol").tokenizer == "estimate"
    assert find("anthropic", "claude-sonnet-5-5").tokenizer == "estimate"

"""The JSON export has OpenTelemetry's names for what a call was, and nothing of what was said."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.attributes import error_attributes, http_attributes

from playground.domain import APIS, PROVIDERS, Run, setting
from playground.export import to_json
from playground.export.telemetry import attributes, metrics
from playground.figures import FIGURES
from tests.history.runs import full_run


def names(*modules: ModuleType) -> set[str]:
    """The names that the installed conventions have."""
    return {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


def test_every_attribute_is_one_of_the_installed_conventions() -> None:
    known = names(gen_ai_attributes, error_attributes, http_attributes)
    written = {
        name
        for request, response in zip(full_run().requests, full_run().responses, strict=True)
        for name in attributes(request, response)
    }
    of_rows = {row.attribute for row in setting.SETTINGS if row.attribute}
    of_figures = {figure.attribute for figure in FIGURES.values() if figure.attribute}
    assert len(written) > 15
    assert written | of_rows | of_figures <= known


def test_no_attribute_is_one_that_has_another_name_now() -> None:
    """The package keeps old names: `gen_ai.system`, `gen_ai.usage.prompt_tokens`, `gen_ai.openai.request.seed`."""
    old = {"gen_ai.system", "gen_ai.prompt", "gen_ai.completion", "gen_ai.usage.prompt_tokens"}
    assert old <= names(gen_ai_attributes)
    run = full_run()
    for request, response in zip(run.requests, run.responses, strict=True):
        found = set(attributes(request, response))
        assert not {name for name in found if name in old or name.startswith("gen_ai.openai.")}


def test_durations_are_metrics_and_no_attributes() -> None:
    known = names(gen_ai_metrics)
    run = full_run()
    measured = {figure.metric for figure in FIGURES.values() if figure.metric}
    assert measured == {
        "gen_ai.client.operation.duration",
        "gen_ai.client.operation.time_to_first_chunk",
    }
    assert measured <= known
    for request, response in zip(run.requests, run.responses, strict=True):
        assert not known & set(attributes(request, response))
    first, second = json.loads(to_json(run))["responses"]
    assert first["metrics"] == {
        "gen_ai.client.operation.duration": 0.8,
        "gen_ai.client.operation.time_to_first_chunk": 0.1,
    }
    assert second["metrics"] == metrics(run.responses[1])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("openai", "openai"),
        ("anthropic", "anthropic"),
        ("gemini", "gcp.gemini"),
        ("groq", "groq"),
        ("deepseek", "deepseek"),
        ("mistral", "mistral_ai"),
        ("xai", "x_ai"),
    ],
)
def test_a_provider_that_the_conventions_name_has_their_name(ours: str, theirs: str) -> None:
    assert theirs in {member.value for member in gen_ai_attributes.GenAiProviderNameValues}
    assert PROVIDERS[ours].telemetry_name == theirs


def test_a_provider_that_they_do_not_name_has_a_name_of_its_own() -> None:
    known = {member.value for member in gen_ai_attributes.GenAiProviderNameValues}
    others = {row.name for row in PROVIDERS.values() if row.telemetry_name not in known}
    assert others == {"ollama", "vllm", "lmstudio", "llamacpp", "here", "openrouter"}


def test_operations_and_outputs_are_words_of_the_conventions() -> None:
    known = {member.value for member in gen_ai_attributes.GenAiOperationNameValues}
    assert {api.operation for api in APIS.values()} <= known
    run = full_run()
    output = attributes(run.requests[0], run.responses[0])["gen_ai.output.type"]
    assert output in {member.value for member in gen_ai_attributes.GenAiOutputTypeValues}


def test_whether_it_streamed_is_always_said_and_a_first_chunk_only_where_it_did() -> None:
    run = full_run()
    request, response = run.requests[0], run.responses[0]
    streamed = attributes(request, response)
    assert streamed["gen_ai.request.stream"] is True
    assert streamed["gen_ai.response.time_to_first_chunk"] == 0.1
    whole = attributes(replace(request, stream=False), replace(response, streamed=False))
    assert whole["gen_ai.request.stream"] is False
    assert "gen_ai.response.time_to_first_chunk" not in whole
    assert metrics(replace(response, streamed=False)) == {"gen_ai.client.operation.duration": 0.8}


def test_each_response_has_the_attributes_of_a_span() -> None:
    first, second = (r["attributes"] for r in json.loads(to_json(full_run()))["responses"])
    assert first["gen_ai.provider.name"] == "openai"
    assert first["gen_ai.request.model"] == "gpt-6.1-sol"
    assert first["gen_ai.request.max_tokens"] == 100
    assert first["gen_ai.usage.input_tokens"] == 200
    assert first["gen_ai.usage.cache_read.input_tokens"] == 0
    assert first["gen_ai.response.finish_reasons"] == ["completed"]
    assert second["error.type"] == "connection"


def test_what_is_unknown_is_left_out(run: Run) -> None:
    failed = json.loads(to_json(run))["responses"][1]["attributes"]
    assert "gen_ai.usage.input_tokens" not in failed
    assert None not in failed.values()


def test_no_prompt_and_no_answer_is_in_them() -> None:
    for response in json.loads(to_json(full_run()))["responses"]:
        text = json.dumps(response["attributes"])
        assert "Hauptstadt" not in text
        assert "Paris" not in text

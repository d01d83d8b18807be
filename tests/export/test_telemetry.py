"""The JSON export has OpenTelemetry's names for what a call was, and nothing of what was said."""

from __future__ import annotations

import json

from playground.domain import Run
from playground.export import to_json
from tests.history.runs import full_run


def test_each_response_has_the_attributes_of_a_span() -> None:
    first, second = (r["attributes"] for r in json.loads(to_json(full_run()))["responses"])
    assert first["gen_ai.provider.name"] == "openai"
    assert first["gen_ai.request.model"] == "gpt-6.1-sol"
    assert first["gen_ai.request.max_tokens"] == 100
    assert first["gen_ai.usage.input_tokens"] == 200
    assert first["gen_ai.usage.cache_read.input_tokens"] == 0
    assert first["gen_ai.response.finish_reasons"] == ["completed"]
    assert first["gen_ai.client.operation.duration"] == 0.8
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

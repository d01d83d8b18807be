"""Lines of a batch that have no answer, each provider's own way of saying so, as failed Responses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.domain import ModelRef
from playground.providers import batch
from playground.providers.batch_door import RawLine

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5-5",
    "content": [{"type": "text", "text": "6"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 20, "output_tokens": 5, "service_tier": "batch"},
}
REFUSED = {"type": "error", "error": {"type": "invalid_request_error", "message": "too long"}}


def jsonl(*rows: Any) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def read(spelling: str, results: list[Any]) -> dict[str, Any]:
    ref = ModelRef.parse(spelling)
    lines = batch.BATCHES[ref.provider].lines(results)
    return {line.key: batch.response_of(ref, line) for line in lines}


def test_anthropic_answers_refuses_cancels_and_lets_expire_line_by_line() -> None:
    rows = [
        {"custom_id": "ok", "result": {"type": "succeeded", "message": MESSAGE}},
        {"custom_id": "bad", "result": {"type": "errored", "error": REFUSED}},
        {"custom_id": "late", "result": {"type": "expired"}},
        {"custom_id": "off", "result": {"type": "canceled"}},
    ]
    found = read("anthropic:claude-sonnet-5-5", [jsonl(*rows)])
    assert (found["ok"].text, found["ok"].usage.input_tokens) == ("6", 20)
    assert [found[key].failure.type for key in ("bad", "late", "off")] == [
        "invalid_request",
        "timeout",
        "cancelled",
    ]
    assert found["bad"].failure.message == "too long"
    assert found["late"].usage.input_tokens is None


def test_openai_has_failed_and_expired_lines_in_a_file_of_their_own() -> None:
    error = {"error": {"message": "No such model", "code": "model_not_found", "type": "x"}}
    failed = {"custom_id": "bad", "response": {"status_code": 400, "body": error}, "error": None}
    gone = {"code": "batch_expired", "message": "This request could not be executed in time."}
    late = {"custom_id": "late", "response": None, "error": gone}
    found = read("openai:gpt-6.1-sol", [b"", jsonl(failed, late)])
    assert found["bad"].failure.code == "model_not_found"
    assert (found["late"].failure.type, found["late"].failure.code) == ("timeout", "expired")


def test_gemini_says_the_code_of_its_remote_procedure_calls() -> None:
    rows = [
        {"metadata": {"key": "a"}, "error": {"code": 3, "message": "Invalid argument"}},
        {"metadata": {"key": "b"}, "error": {"code": 8, "message": "Exhausted"}},
    ]
    found = read("gemini:gemini-3.8-flash", [rows])
    assert [(r.failure.type, r.failure.status) for r in found.values()] == [
        ("invalid_request", 400),
        ("rate_limited", 429),
    ]


@pytest.mark.parametrize("provider", batch.BATCHES)
def test_a_batch_object_with_nothing_in_it_reports_nothing(provider: str) -> None:
    ids: dict[str, Any] = {"id": "b1", "name": "batches/b1"}
    found = batch.read(provider, ids)
    assert (found.tally.done, found.tally.failed, found.usage) == (None, None, None)
    assert (found.created_at, found.expires_at, found.results) == (None, None, ())


def test_a_line_that_the_results_do_not_name_is_a_failure_that_says_so() -> None:
    missing = batch.response_of(
        ModelRef.parse("openai:gpt-6.1-sol"), RawLine("k", None, None, "missing")
    )
    assert missing.failure is not None
    assert "do not name this line" in missing.failure.message

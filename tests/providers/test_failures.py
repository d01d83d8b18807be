"""How a provider's error becomes our type, and what the person is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from playground.domain import FAILURE_TYPES, FailureType
from playground.providers.complaint import Complaint, complaint
from playground.providers.failures import failure_of, no_key, provider_failure, retry_after
from playground.providers.meaning import classify

CASES: list[tuple[int | None, dict[str, Any], FailureType]] = [
    # codes decide before the status does
    (400, {"code": "model_not_found"}, "not_found"),
    (404, {"code": "model_not_found"}, "not_found"),
    (400, {"code": "context_length_exceeded"}, "context_length"),
    (400, {"code": "unsupported_parameter"}, "unsupported_parameter"),
    (400, {"code": "unsupported_value"}, "unsupported_parameter"),
    (429, {"code": "insufficient_quota"}, "quota_exceeded"),
    (429, {"code": "rate_limit_exceeded", "message": "billing page"}, "rate_limited"),
    (400, {"code": "INVALID_ARGUMENT", "reason": "API_KEY_INVALID"}, "authentication"),
    (400, {"code": "INVALID_ARGUMENT"}, "invalid_request"),
    (400, {"code": "FAILED_PRECONDITION"}, "invalid_request"),
    (403, {"code": "PERMISSION_DENIED"}, "permission"),
    (429, {"code": "RESOURCE_EXHAUSTED"}, "rate_limited"),
    (504, {"code": "DEADLINE_EXCEEDED"}, "timeout"),
    (400, {"type": "invalid_request_error"}, "invalid_request"),
    (400, {"type": "billing_error"}, "quota_exceeded"),
    (200, {"type": "overloaded_error"}, "overloaded"),
    (200, {"type": "api_error"}, "server"),
    (200, {"type": "rate_limit_error"}, "rate_limited"),
    (200, {"code": "server_error"}, "server"),
    # what a vague 400 says
    (
        400,
        {"type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000"},
        "context_length",
    ),
    (
        400,
        {"message": "This model's maximum context length is 8192 tokens."},
        "context_length",
    ),
    (400, {"message": "Your credit balance is too low to access the API."}, "quota_exceeded"),
    # statuses
    (401, {}, "authentication"),
    (402, {}, "quota_exceeded"),
    (403, {}, "permission"),
    (404, {}, "not_found"),
    (408, {}, "timeout"),
    (413, {}, "context_length"),
    (418, {}, "invalid_request"),
    (422, {}, "invalid_request"),
    (429, {}, "rate_limited"),
    (500, {}, "server"),
    (502, {}, "server"),
    (503, {}, "overloaded"),
    (504, {}, "timeout"),
    (529, {}, "overloaded"),
    (599, {}, "server"),
    (307, {}, "not_found"),
    (200, {"message": "?"}, "server"),
]


@pytest.mark.parametrize(("status", "said", "expected"), CASES)
def test_the_type_of_an_error(
    status: int | None, said: dict[str, Any], expected: FailureType
) -> None:
    assert classify(status, Complaint(**said)) == expected


@pytest.mark.parametrize("type_", FAILURE_TYPES)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "ollama"])
def test_every_failure_says_what_it_means_and_what_to_do(type_: FailureType, provider: str) -> None:
    failure = failure_of(type_, provider)
    for sentence in (failure.meaning, failure.next_step):
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "  " not in sentence


def test_a_bad_key_is_told_with_the_place_to_get_a_good_one() -> None:
    step = failure_of("authentication", "anthropic").next_step
    assert "https://platform.claude.com/settings/keys" in step
    assert "ANTHROPIC_API_KEY" in step


def test_a_missing_key_names_the_provider_and_the_fix() -> None:
    failure = no_key("anthropic")
    assert failure.message == (
        "No key for Anthropic: set ANTHROPIC_API_KEY or enter one in the app."
    )
    assert no_key("openrouter").message == (
        "No key for OpenRouter: set OPENROUTER_API_KEY or enter one in the app."
    )
    assert no_key("mine").message == "No key for mine: enter one in the app."


def test_the_wait_is_said_when_the_provider_says_it() -> None:
    failure = provider_failure("openai", 429, Complaint(), {"retry-after": "20"})
    assert failure.retry_after == 20
    assert "Wait 20 s and" in failure.next_step
    assert "Wait a little and" in provider_failure("openai", 429, Complaint(), {}).next_step


def test_openai_says_the_wait_only_in_words() -> None:
    told = Complaint(message="Rate limit reached. Please try again in 18.642s. Visit …")
    assert provider_failure("openai", 429, told, {}).retry_after == 18.642
    told = Complaint(message="Please try again in 6ms.")
    assert provider_failure("openai", 429, told, {}).retry_after == 0.006
    told = Complaint(message="Please try again in 1m30s.")
    assert provider_failure("openai", 429, told, {}).retry_after == 60 + 30


@pytest.mark.parametrize("words", ["Please try again in ... seconds", "Retry after 1.2.3s"])
def test_what_is_no_time_to_wait_breaks_nothing(words: str) -> None:
    """It was a ValueError out of the reading of the failure, and the failure became another."""
    failure = provider_failure("mine", 429, Complaint(message=words), {})
    assert failure.type == "rate_limited"
    assert failure.retry_after in (None, 1.2)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("No deployments available, Try again in 5 seconds. Passed model=x", 5),
        ("Rate limit exceeded. Please wait 40000 seconds before retrying.", 40_000),
        ("Please retry after 8 seconds.", 8),
        ("please try again in 2 minutes", 120),
        ("Please try again in 1 hour 30 minutes.", 5400),
        ("Try again in 250ms", 0.25),
        ("Please try again in 2h3m4.5s.", 7384.5),
        ("Please wait a little. Then try again in 7s.", 7),
        ("Try again in a moment.", None),
        ("Wait for the model to load.", None),
    ],
)
def test_how_a_wait_is_said(words: str, seconds: float | None) -> None:
    assert provider_failure("mine", 429, Complaint(message=words), {}).retry_after == seconds


def test_how_a_wait_is_written_in_headers() -> None:
    assert retry_after({"retry-after": "2"}) == 2
    assert retry_after({"retry-after-ms": "1500", "retry-after": "2"}) == 1.5
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (retry_after({"retry-after": later}) or 0) <= 60
    for none in ("soon", "nan", "inf", "-5", "9" * 400):
        assert retry_after({"retry-after": none}) is None
        assert retry_after({"retry-after-ms": none}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "m", "type": "t", "code": "c", "param": "p"}}, ("m", "c", "t", "p")),
        ({"error": "just words"}, ("just words", None, None, None)),
        ({"error": {"message": "m", "code": 502}}, ("m", "502", None, None)),
        ({"message": "m", "type": "t"}, ("m", None, "t", None)),
        ({"object": "error", "message": "m", "code": 404}, ("m", "404", None, None)),
        ({"detail": "Not Found"}, ("Not Found", None, None, None)),
        ({"error": None}, ("", None, None, None)),
        (["odd"], ("odd", None, None, None)),
    ],
)
def test_the_shapes_of_errors_of_compatible_servers(body: Any, expected: tuple[Any, ...]) -> None:
    found = complaint(body)
    assert (found.message, found.code, found.type, found.param) == expected


def test_googles_finer_reason_and_wait_are_in_the_details() -> None:
    details = [{"reason": "API_KEY_INVALID"}, {"retryDelay": "34.07s"}, "odd"]
    body = {
        "error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "m", "details": details}
    }
    found = complaint(body)
    assert (found.code, found.reason, found.retry_after) == (
        "INVALID_ARGUMENT",
        "API_KEY_INVALID",
        34.07,
    )
    assert complaint([body]).message == "m"

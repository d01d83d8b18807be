"""The rate limits in every recorded answer that tells some, read as gauges."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from playground.domain import Exchange
from playground.domain.exchange import Event
from playground.lab.rate_limits import binding, tier
from playground.wire.gauges import Gauge, gauges
from tests.conformance.sequences import load, sequences

NOW = datetime(2026, 8, 2, 22, 32, 40, tzinfo=UTC)


def exchange(headers: dict[str, str], body: str = "") -> Exchange:
    return Exchange(
        method="POST",
        url="https://provider.invalid",
        request_headers={},
        request_body=None,
        status=200,
        response_headers=headers,
        response_body=body,
    )


@pytest.mark.parametrize("path", sequences("rate-limit-headers"), ids=lambda path: path.stem)
def test_every_recorded_limit_is_a_gauge_with_its_numbers(path: Path) -> None:
    found = load(path)
    provider = found["provider"]
    for told in found["expected"]["rate_limits"]:
        headers = found["steps"][told["step"]]["response"]["headers"]
        read = gauges(provider, exchange(headers), now=NOW)
        limits = sorted(
            int(v)
            for k, v in told.items()
            if "limit-" in k.replace("ratelimit", "") or k.endswith("-limit")
        )
        assert sorted(gauge.limit for gauge in read if gauge.limit is not None) == limits
        assert all(gauge.reset is not None and gauge.remaining is not None for gauge in read)
        assert all(gauge.per == "minute" for gauge in read)
        if read:
            assert binding(read) is not None


def test_the_tier_is_guessed_by_the_requests_a_minute() -> None:
    scale = {"anthropic-ratelimit-requests-limit": "10000"}
    assert tier("anthropic", gauges("anthropic", exchange(scale))) == "Scale"
    assert (
        tier("openai", gauges("openai", exchange({"x-ratelimit-limit-requests": "5000"})))
        == "Build"
    )
    assert tier("openai", gauges("openai", exchange({"x-ratelimit-limit-requests": "501"}))) is None


def test_requests_are_a_day_at_groq_and_nothing_is_assumed_of_others() -> None:
    headers = {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "2m59.56s",
        "x-ratelimit-limit-tokens": "18000",
    }
    requests, tokens = gauges("groq", exchange(headers))
    assert requests == Gauge(kind="requests", per="day", limit=14400, remaining=14370, reset=179.56)
    assert (tokens.per, tokens.remaining, tokens.reset) == ("minute", None, None)
    assert gauges("openrouter", exchange(headers)) == ()


def test_gemini_tells_its_quota_only_when_it_refuses() -> None:
    assert gauges("gemini", exchange({"server-timing": "gfet4t7; dur=12"}, "{}")) == ()
    body = (
        '{"error": {"code": 429, "details": [{"violations": [{"quotaId":'
        ' "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "250"}]},'
        ' {"retryDelay": "3.957525076s"}]}}'
    )
    (found,) = gauges("gemini", exchange({}, body))
    assert (found.kind, found.per, found.limit, found.remaining) == ("requests", "day", 250, 0)
    assert found.reset == pytest.approx(3.957525076)


def test_the_limit_that_binds_is_the_one_with_the_largest_used_share() -> None:
    plenty = Gauge(kind="requests", per="minute", limit=100, remaining=90)
    scarce = Gauge(kind="output_tokens", per="minute", limit=1_000, remaining=100)
    copied = Gauge(kind="tokens", per="minute", limit=10, remaining=0, tightest=True)
    assert binding((plenty, scarce, copied)) is scarce
    assert binding((Gauge(kind="requests", per="minute", limit=5),)) is None


def in_stream(body: str) -> Exchange:
    """A recorded stream as its events."""
    data = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
    events = tuple(Event(offset=0.0, name=None, data=text) for text in data)
    return replace(exchange({"content-type": "text/event-stream"}), events=events)


@pytest.mark.parametrize("path", sequences("rate-limit-429"), ids=lambda path: path.stem)
def test_a_refusal_inside_a_stream_is_a_gauge_with_the_limit_that_it_names(path: Path) -> None:
    found = load(path)
    read = [
        (told["error"]["message"], gauges(found["provider"], in_stream(step["response"]["body"])))
        for step, told in zip(found["steps"], found["expected"]["steps"], strict=True)
        if (told.get("error") or {}).get("in_stream")
    ]
    assert read
    for message, told in read:
        (gauge,) = told
        assert f"Limit {gauge.limit}" in message
        assert f"on {gauge.kind} per {gauge.per[:3]}" in message


@pytest.mark.parametrize(
    ("provider", "message", "expected"),
    [
        (
            "openai",
            "Rate limit reached for gpt-5.2 in organization org-1 on tokens per min (TPM): Limit 30000, Used 14567, Requested"
            " 24754. Please try again in 18.642s. Visit https://platform.openai.com/account/rate-limits to learn more.",
            Gauge(kind="tokens", per="minute", limit=30_000, remaining=15_433, reset=18.642),
        ),
        (
            "openai",
            "Rate limit reached for gpt-5.2 in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1."
            " Please try again in 7m12s. Visit",
            Gauge(kind="requests", per="day", limit=200, remaining=0, reset=432.0),
        ),
        (
            "anthropic",
            "This request would exceed your organization's rate limit of 400,000 output tokens per minute (org: o, model: m).",
            Gauge(kind="output_tokens", per="minute", limit=400_000),
        ),
    ],
)
def test_the_words_of_a_refusal_tell_the_limit_where_no_header_does(
    provider: str, message: str, expected: Gauge
) -> None:
    event = json.dumps({"type": "error", "error": {"type": "rate_limit_error", "message": message}})
    assert gauges(provider, in_stream(f"data: {event}\n")) == (expected,)
    assert gauges(provider, exchange({}, event)) == (expected,)
    assert gauges(provider, exchange({}, "The rate_limit is fine.")) == ()

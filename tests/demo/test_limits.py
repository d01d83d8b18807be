"""Rate limits: each model's own, counted in the headers, and really refused where its row says so, on a clock of the test's."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from playground import catalog
from playground.demo.headers import duration
from playground.demo.limits import MINUTE, Bucket, Row, row_of, rows
from playground.demo.server import build
from playground.demo.state import MAX_MODELS, State

KEYS = {"authorization": "Bearer demo", "anthropic-version": "2023-06-01"}
SAID = [{"role": "user", "content": "Hi"}]
DOORS: dict[str, tuple[str, dict[str, Any], str]] = {
    "responses": ("/openai/v1/responses", {"input": "Hi"}, "gpt-6.1-sol"),
    "chat": ("/openai/v1/chat/completions", {"messages": SAID}, "gpt-6.1-sol"),
    "messages": (
        "/anthropic/v1/messages",
        {"messages": SAID, "max_tokens": 64},
        "claude-haiku-5-5",
    ),
    "generate": (
        "/gemini/v1/models/{model}:generateContent",
        {"contents": [{"parts": [{"text": "Hi"}]}]},
        "gemini-3.8-flash",
    ),
    "interactions": ("/gemini/v1beta/interactions", {"input": "Hi"}, "gemini-3.8-flash"),
}


class Clock:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(clock: Clock) -> Iterator[TestClient]:
    with TestClient(build(0, clock=clock), base_url="http://127.0.0.1", headers=KEYS) as client:
        yield client


def send(app: TestClient, door: str, model: str = "", text: str = "Hi") -> Any:
    path, body, usual = DOORS[door]
    name = model or usual
    sent = {**body, **({"contents": [{"parts": [{"text": text}]}]} if door == "generate" else {})}
    if "messages" in body:
        sent["messages"] = [{"role": "user", "content": text}]
    elif "input" in body:
        sent["input"] = text
    if "{model}" not in path:
        sent["model"] = name
    return app.post(path.format(model=name), json=sent)


def limited(door: str) -> tuple[str, Row]:
    """The door's model on the small account, and its row."""
    model = DOORS[door][2]
    vendor = DOORS[door][0].split("/")[1]
    row = row_of(vendor, model, "limited")
    assert row is not None
    return f"{model}~limited", row


@pytest.mark.parametrize("door", DOORS)
def test_a_limited_model_refuses_what_is_over_its_row_and_lets_in_again_when_it_said(
    app: TestClient, clock: Clock, door: str
) -> None:
    model, row = limited(door)
    assert row.requests is not None
    for _ in range(row.requests):
        assert send(app, door, model).status_code == 200
    refused = send(app, door, model)
    assert refused.status_code == 429
    assert send(app, door).status_code == 200, "the same model on the usual account goes on"
    assert send(app, door, "gpt-6-luna" if "gpt" in model else "").status_code == 200
    wait = MINUTE / row.requests
    clock.now += wait * 0.99
    assert send(app, door, model).status_code == 429
    clock.now += wait * 0.02
    assert send(app, door, model).status_code == 200
    assert send(app, door, model).status_code == 429
    clock.now += MINUTE
    assert [send(app, door, model).status_code for _ in range(row.requests)] == [200] * row.requests


def test_gemma_is_limited_without_being_asked_and_the_others_go_on(
    app: TestClient, clock: Clock
) -> None:
    row = row_of("gemini", "gemma-4-31b-it")
    assert row is not None
    assert row.refuses
    assert row.requests
    answers = [send(app, "generate", "gemma-4-31b-it") for _ in range(row.requests + 1)]
    assert [a.status_code for a in answers] == [200] * row.requests + [429]
    assert send(app, "generate", "gemma-4-26b-a4b-it").status_code == 200
    assert send(app, "generate", "gemini-3.5-flash-lite").status_code == 200
    clock.now += MINUTE / row.requests
    assert send(app, "generate", "gemma-4-31b-it").status_code == 200


def test_openai_says_what_the_recorded_refusal_said(app: TestClient) -> None:
    """The recording: "Limit 3, Used 3, Requested 1. Please try again in 20s"."""
    model, _ = limited("chat")
    refused = [send(app, "chat", model) for _ in range(4)][-1]
    error = refused.json()["error"]
    assert (
        "on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s."
        in error["message"]
    )
    assert (error["type"], error["code"]) == ("requests", "rate_limit_exceeded")
    head = refused.headers
    assert (head["retry-after"], head["retry-after-ms"]) == ("20", "20000")
    assert head["x-ratelimit-limit-requests"] == "3"
    assert head["x-ratelimit-remaining-requests"] == "0"
    assert head["x-ratelimit-reset-requests"] == "1m0s"


def test_a_bucket_fills_as_the_recorded_refusal_reckons(clock: Clock) -> None:
    """The recording: "Limit 30000, Used 14567, Requested 24754. Please try again in 18.642s"."""
    bucket = Bucket(30_000, clock)
    bucket.take(14_567)
    assert bucket.over(24_754) == pytest.approx(18.642)
    clock.now += 18.642
    assert bucket.over(24_754) == pytest.approx(0, abs=1e-6)


def test_anthropic_refuses_by_input_tokens_with_headers_that_show_which(app: TestClient) -> None:
    model, row = limited("messages")
    assert row.requests is not None
    assert row.input_tokens == 30_000
    long = "many words " * 9_000
    assert send(app, "messages", model, long).status_code == 200
    refused = send(app, "messages", model, long)
    error = refused.json()["error"]
    assert (refused.status_code, error["type"]) == (429, "rate_limit_error")
    assert "rate limit of 30,000 input tokens per minute" in error["message"]
    head = refused.headers
    assert head["x-should-retry"] == "true"
    assert 1 <= int(head["retry-after"]) <= 60
    assert head["anthropic-ratelimit-input-tokens-limit"] == "30000"
    assert head["anthropic-ratelimit-input-tokens-remaining"] == "0"
    assert head["anthropic-ratelimit-requests-limit"] == f"{row.requests}"
    assert head["anthropic-ratelimit-requests-remaining"] == f"{row.requests - 1}"
    assert head["anthropic-ratelimit-tokens-limit"] == "38000"


def test_gemini_names_the_quota_and_the_wait_in_the_body(app: TestClient, clock: Clock) -> None:
    model, row = limited("generate")
    refused = [send(app, "generate", model) for _ in range((row.requests or 0) + 1)][-1]
    error = refused.json()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    by_type = {detail["@type"].rpartition(".")[2]: detail for detail in error["details"]}
    violation = by_type["QuotaFailure"]["violations"][0]
    assert violation["quotaId"] == "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
    assert violation["quotaValue"] == f"{row.requests}"
    assert violation["quotaDimensions"]["model"] == "gemini-3.8-flash"
    assert by_type["RetryInfo"]["retryDelay"] == f"{60 // (row.requests or 1)}s"
    assert error["message"].endswith(f"Please retry in {60 // (row.requests or 1)}s.")
    assert not any("ratelimit" in name for name in refused.headers)


def test_counting_tokens_is_never_limited(app: TestClient) -> None:
    model, _ = limited("messages")
    body = {"model": model, "messages": SAID}
    answers = [app.post("/anthropic/v1/messages/count_tokens", json=body) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {200}


def test_rate_limit_headers_go_down_with_use_and_up_with_time(
    app: TestClient, clock: Clock
) -> None:
    row = row_of("openai", "gpt-6.1-sol")
    assert row is not None
    assert row.tokens is not None
    first, second = send(app, "responses"), send(app, "responses")
    spent = [answer.json()["usage"]["total_tokens"] for answer in (first, second)]
    left = [int(a.headers["x-ratelimit-remaining-tokens"]) for a in (first, second)]
    assert left == [row.tokens - spent[0], row.tokens - sum(spent)]
    asked = [int(a.headers["x-ratelimit-remaining-requests"]) for a in (first, second)]
    assert asked == [(row.requests or 0) - 1, (row.requests or 0) - 2]
    clock.now += MINUTE
    third = send(app, "responses")
    assert int(third.headers["x-ratelimit-remaining-tokens"]) == left[0]


def test_names_that_nobody_has_fill_no_memory(clock: Clock) -> None:
    state = State(0, False, clock)
    for number in range(3 * MAX_MODELS):
        state.limits("openai", f"no-such-{number}", None)
    assert len(state._limits) <= MAX_MODELS


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.vendor} {row.models} {row.suffix}")
def test_a_row_of_limits_fits_a_current_model_and_names_its_source(row: Row) -> None:
    names = [m.id for m in catalog.catalog() if m.provider == row.vendor and not m.retired()]
    assert any(row_of(row.vendor, name, row.suffix) is row for name in names)
    assert row.source
    assert row.requests


def test_only_models_without_a_paid_tier_refuse_unasked() -> None:
    assert {row.models for row in rows() if row.refuses and not row.suffix} == {"gemma-4-*"}


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0ms"), (0.012, "12ms"), (1, "1s"), (1.5, "1.5s"), (60, "1m0s"), (360, "6m0s")],
)
def test_a_duration_is_written_as_go_writes_it(seconds: float, written: str) -> None:
    assert duration(seconds) == written

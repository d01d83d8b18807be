"""Recorded answers: what ships says where it comes from, and what is replayed is what was recorded."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from playground.demo import recorded
from playground.demo.process import DemoServer
from playground.demo.recorded import FOLDER, Recording
from playground.domain import PROVIDERS, Endpoint, ModelRef, Request, Response, Run
from playground.engine import Engine
from playground.export import to_csv, to_html, to_markdown
from playground.export.snippets import describe
from playground.export.standing_in import not_live

ALL = recorded.recordings()
NOTICE = (FOLDER / "NOTICE.md").read_text(encoding="utf-8")
MUST_SHOW = {
    "reasoning",
    "caching",
    "server tools",
    "parallel calls",
    "refusal",
    "cut off",
    "429",
    "images",
    "schema",
}


@pytest.fixture(scope="module")
def replayed(simulation: DemoServer) -> dict[str, Response]:
    """Every recording, through the real SDK and the adapter."""
    endpoints = {
        name: replace(one, base_url=simulation.base_urls()[name])
        for name, one in simulation.endpoints().items()
    }
    engine = Engine()
    run = engine.start([r.request() for r in ALL], endpoints)
    assert run.wait(60)
    engine.close()
    return dict(zip((r.id for r in ALL), run.run().responses, strict=True))


def test_there_are_enough_and_they_show_everything() -> None:
    assert len(ALL) >= 24
    assert set(recorded.shows()) >= MUST_SHOW
    assert len({r.id for r in ALL}) == len({r.model for r in ALL}) == len(ALL)
    assert {r.asked.provider for r in ALL} == {"openai", "anthropic", "gemini"}
    assert {r.asked.api for r in ALL} == {
        "responses",
        "chat",
        "messages",
        "generate_content",
        "interactions",
    }


@pytest.mark.parametrize("recording", ALL, ids=lambda r: r.id)
def test_each_says_where_it_comes_from_and_may_be_given_on(recording: Recording) -> None:
    assert recording.licence in ("MIT", "Apache-2.0")
    project, commit = re.fullmatch(r"([^@]+)@([0-9a-f]{40}):.+", recording.source).groups()  # type: ignore[union-attr]
    assert len(commit) == 40
    (row,) = [line for line in NOTICE.splitlines() if line.startswith("|") and project in line]
    assert f"| {recording.licence} |" in row
    assert date(2024, 1, 1) < date.fromisoformat(recording.recorded) < date(2026, 11, 26)
    assert recording.prompt or "not recorded" in recording.note or "attached" in recording.note
    assert set(recording.shows) <= set(recorded.ORDER)


def test_no_key_no_account_and_no_address_is_in_them_and_they_are_small() -> None:
    files = list(FOLDER.iterdir())
    assert sum(file.stat().st_size for file in files) < 1_000_000
    private = r"sk-[A-Za-z0-9]{8}|org-(?!REDACTED)[A-Za-z0-9]{6}|AIza|Bearer |[\w.]+@[\w-]+\.(?:com|org|io)\b"
    for file in files:
        found = re.findall(private, file.read_text(encoding="utf-8"))
        assert not found, f"{file.name}: {found}"


@pytest.mark.parametrize("recording", ALL, ids=lambda r: r.id)
def test_what_is_replayed_is_what_was_recorded(
    recording: Recording, replayed: dict[str, Response]
) -> None:
    response = replayed[recording.id]
    assert (response.failure is None) == (recording.id != "rate-limited")
    assert response.simulated
    assert response.stand_in == f"recorded on {recording.recorded} from {recording.asked.model}"
    assert response.streamed == recording.streamed
    assert response.exchange is not None
    assert response.exchange.response_headers[recorded.HEADER] == recording.recorded
    if recording.id != "rate-limited":
        assert response.usage.input_tokens
        assert response.usage.output_tokens
        assert response.cost is not None
        assert response.cost.total > 0


SEEN: dict[str, Callable[[Response], object]] = {
    "strawberry": lambda r: r.reasoning_text and "3 times" in r.text,
    "primes": lambda r: r.usage.reasoning_output_tokens == 832 and r.text == "3",
    "cache-write": lambda r: r.usage.cache_write_input_tokens == 4_012,
    "cache-read-chat": lambda r: r.usage.cache_read_input_tokens == 1_024,
    "eiffel": lambda r: r.usage.server_tool_calls and "1889" in r.text,
    "python-sum": lambda r: r.server_tools,
    "weather-and-news": lambda r: [c.name for c in r.tool_calls] == ["get_weather", "get_news"],
    "text-then-calls": lambda r: r.text and len(r.tool_calls) == 2,
    "refused": lambda r: r.state == "refused",
    "states-cut": lambda r: r.state == "cut",
    "rate-limited": lambda r: (
        r.failure and (r.failure.type, r.failure.status) == ("rate_limited", 200)
    ),
    "axolotl": lambda r: r.files and r.files[0].media_type.startswith("image/"),
    "dog": lambda r: set(json.loads(r.text)) >= {"name", "age", "bio"},
    "two-answers": lambda r: len(r.choices) == 2,
    "ruby-author": lambda r: r.citations,
    "pong": lambda r: r.text == "pong",
}


@pytest.mark.parametrize("id", SEEN)
def test_what_it_shows_is_there(id: str, replayed: dict[str, Response]) -> None:
    assert SEEN[id](replayed[id])


def test_the_cost_is_that_of_its_day_to_the_last_digit(replayed: dict[str, Response]) -> None:
    cost = replayed["strawberry"].cost  # Claude 3.7 Sonnet: $3 and $15 a million
    assert cost is not None
    assert cost.total == (52 * Decimal(3) + 216 * Decimal(15)) / 10**6


def test_every_byte_arrives_in_the_pieces_in_which_it_came() -> None:
    for recording in ALL:
        frames = recording.frames(recorded.output_tokens(recording.body))
        assert b"".join(piece for _, piece in frames) == recording.body
        assert [at for at, _ in frames] == sorted(at for at, _ in frames)
        assert 0 < frames[-1][0] <= recorded.LONGEST + 0.001
        if recording.streamed:
            assert len(frames) > 1 or recording.body.count(b"data:") == 1
            assert all(piece.strip() for _, piece in frames)


def test_it_is_replayed_at_a_pace_that_can_be_read() -> None:
    story = recorded.find("bedtime-story")
    assert story is not None
    frames = story.frames(recorded.output_tokens(story.body))
    took = frames[-1][0] - frames[0][0]
    assert took == pytest.approx(1_416 / recorded.TOKENS_PER_SECOND)
    assert story.frames(1_416, 0)[-1][0] == 0


def test_a_prompt_that_was_recorded_is_found_in_any_capitals() -> None:
    found = recorded.of_prompt("  what is the CAPITAL of France ")
    assert [r.id for r in found] == ["capital"]
    assert recorded.of_prompt("") == recorded.of_prompt("What is the capital of Spain?") == ()


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_of_the_other_kind_is_refused_and_says_which(
    simulation: DemoServer, stream: bool
) -> None:
    recording = next(r for r in ALL if r.asked.api == "chat" and r.streamed != stream)
    endpoint: Endpoint = simulation.endpoints()["openai"]
    with httpx2.Client(trust_env=False, timeout=60) as client:
        answer = client.post(
            f"{endpoint.base_url}/chat/completions",
            headers={"authorization": "Bearer demo"},
            json={"model": recording.model.model, "messages": [], "stream": stream},
        )
    assert answer.status_code == 400
    assert ("streamed" if recording.streamed else "whole") in answer.json()["error"]["message"]


def test_an_answer_is_given_to_its_own_prompt_only_and_not_counted(simulation: DemoServer) -> None:
    pong = recorded.find("pong")
    assert pong is not None
    base = simulation.endpoints()["openai"].base_url
    with httpx2.Client(
        trust_env=False, timeout=60, headers={"authorization": "Bearer demo"}
    ) as client:
        for path, prompt, status, words in (
            ("responses", " reply with exactly: PONG", 200, "pong"),
            (
                "responses",
                "Reply with exactly: ping",
                400,
                "another prompt: 'Reply with exactly: pong'",
            ),
            ("responses/input_tokens", pong.prompt, 400, "in its usage"),
        ):
            body = {"model": pong.model.model, "input": prompt, "stream": True}
            answer = client.post(f"{base}/{path}", json=body)
            assert (answer.status_code, words in answer.text) == (status, True), answer.text


def test_the_services_own_time_is_known_where_it_told_it() -> None:
    told = {r.id: r.told for r in ALL}
    assert (told["eiffel"], told["capital"], told["dog"]) == (4.929, 0.471, 2.096)
    assert told["strawberry"] is None
    eiffel = recorded.find("eiffel")
    assert eiffel is not None
    assert eiffel.frames(100) == [(4.929, eiffel.body)]


def test_no_name_but_a_recordings_is_one() -> None:
    assert recorded.named("gpt-6.1-sol") is None
    assert recorded.named("gpt-6.1-sol~429") is None
    assert recorded.named("gpt-5~recorded-2026-01-17-no-such") is None
    assert ModelRef.parse("openai:gpt-6.1-sol").recorded is None


def test_reports_say_recorded_and_not_simulated(replayed: dict[str, Response]) -> None:
    pong, capital = (recorded.find(id) for id in ("pong", "capital"))
    assert pong
    assert capital
    run = Run(
        id="r",
        created_at="2026-11-26T12:00:00Z",
        requests=(pong.request(), capital.request()),
        responses=(replayed["pong"], replayed["capital"]),
        simulated=True,
    )
    for text in (to_markdown(run), to_html(run)):
        for recording in (pong, capital):
            said = f"recorded on {recording.recorded} from {recording.asked.model}"
            assert said in text.replace("Recorded on", "recorded on")
        assert "Simulated:" not in text
    assert Counter(run.stand_ins).total() == 2
    assert [row["source"] for row in csv.DictReader(io.StringIO(to_csv(run)))] == ["recorded"] * 2


def test_a_report_tells_recorded_simulated_and_real_answers_apart(
    replayed: dict[str, Response],
) -> None:
    asked = ModelRef.parse("openai:gpt-6.1-sol")
    pong = replayed["pong"]
    others = (Response(model=asked, simulated=True), Response(model=asked))
    run = Run(
        id="r",
        created_at="2026-11-26T12:00:00Z",
        requests=tuple(Request.ask(r.model, "Reply with exactly: pong") for r in (pong, *others)),
        responses=(pong, *others),
        simulated=True,
    )
    said = not_live(run)
    assert "Simulated (openai:gpt-6.1-sol): the built-in demo server" in said
    assert "Not live: recorded on 2026-05-06 from gpt-5.5." in said
    sources = [row["source"] for row in csv.DictReader(io.StringIO(to_csv(run)))]
    assert sources == ["recorded", "simulated", "real"]


def test_code_asks_the_real_model_that_gave_the_recorded_answer(simulation: DemoServer) -> None:
    pong = recorded.find("pong")
    assert pong is not None
    for endpoint in (
        simulation.endpoints()["openai"],
        Endpoint(provider="openai", base_url=PROVIDERS["openai"].base_url),
    ):
        sent = describe(pong.request(), endpoint)
        assert (sent.model, sent.body["model"]) == ("gpt-5.5", "gpt-5.5")
        assert sent.base_url == "https://api.openai.com/v1"
        assert sent.notes == (
            "A recorded answer was replayed in the app; this asks the real model.",
        )


def test_the_files_are_where_the_package_carries_them() -> None:
    assert Path(recorded.__file__).parent / "recordings" == FOLDER
    assert (FOLDER / "LICENSE-APACHE-2.0.txt").is_file()
    assert "Permission is hereby granted" in NOTICE

"""The three batch protocols with the official SDKs, a look at a time: states, counts, results, cancelling, deleting."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic as anthropic_sdk
import httpx2
import openai as openai_sdk
import pytest
from google import genai
from google.genai import errors
from starlette.testclient import TestClient

from playground.demo import batches
from playground.demo.process import DemoServer
from playground.demo.server import build

ASK = "What is a token?"


@pytest.fixture
def google(simulation: DemoServer) -> genai.Client:
    options: Any = {"base_url": simulation.base_urls()["gemini"], "api_version": "v1beta"}
    return genai.Client(api_key="demo-key", http_options=options)


def lines(*keys: str, model: str = "gpt-6.1-sol") -> bytes:
    rows = [
        {
            "custom_id": key,
            "method": "POST",
            "url": "/v1/responses",
            "body": {"model": model, "input": ASK},
        }
        for key in keys
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def submitted(client: Any, data: bytes) -> Any:
    file = client.files.create(file=("b.jsonl", data), purpose="batch")
    return client.batches.create(
        input_file_id=file.id, endpoint="/v1/responses", completion_window="24h"
    )


def test_openai_validates_runs_and_completes_with_usage_zeros_until_the_end(openai: Any) -> None:
    made = submitted(openai, lines("a", "b"))
    seen = [made, *(openai.batches.retrieve(made.id) for _ in range(2))]
    assert [b.status for b in seen] == ["validating", "in_progress", "completed"]
    assert [b.usage.total_tokens for b in seen[:2]] == [0, 0]
    assert seen[2].request_counts.completed == 2
    rows = [
        json.loads(row)
        for row in openai.files.content(seen[2].output_file_id).text.split("\n")[:-1]
    ]
    assert [row["custom_id"] for row in rows] == ["a", "b"]
    spent = sum(row["response"]["body"]["usage"]["total_tokens"] for row in rows)
    assert seen[2].usage.total_tokens == spent
    assert openai.files.delete(seen[2].output_file_id).deleted
    with pytest.raises(openai_sdk.NotFoundError):
        openai.files.content(seen[2].output_file_id)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lines("a", "a"), "duplicate_custom_id"),
        (lines("a") + lines("b", model="gpt-6-luna"), "mismatched_model"),
        (lines("a") + b"{oops\n", "invalid_json_line"),
    ],
)
def test_openai_refuses_a_file_when_it_has_read_it(openai: Any, data: bytes, code: str) -> None:
    made = submitted(openai, data)
    assert made.status == "validating"
    failed = openai.batches.retrieve(made.id)
    assert (failed.status, failed.errors.data[0].code) == ("failed", code)


def test_openai_keeps_lines_that_failed_or_expired_in_a_file_of_errors(openai: Any) -> None:
    for model, status, code in (
        ("gpt-6.1-sol~500", "completed", "server_error"),
        ("gpt-6.1-sol~stall", "expired", "batch_expired"),
    ):
        made = submitted(openai, lines("a", model=model))
        openai.batches.retrieve(made.id)
        ended = openai.batches.retrieve(made.id)
        assert (ended.status, ended.output_file_id) == (status, None)
        row = json.loads(openai.files.content(ended.error_file_id).text)
        error = row["error"] or row["response"]["body"]["error"]
        assert error["code"] == code or error["type"] == code


def test_openai_cancels_by_and_by_and_lists_page_by_page(openai: Any) -> None:
    made = [submitted(openai, lines("a")) for _ in range(3)]
    assert openai.batches.cancel(made[2].id).status == "cancelling"
    assert openai.batches.retrieve(made[2].id).status == "cancelled"
    page = openai.batches.list(limit=2)
    assert [b.id for b in page.data] == [made[2].id, made[1].id]
    assert page.has_more
    assert openai.batches.list(limit=2, after=made[1].id).data[0].id == made[0].id


def asked(*keys: str, model: str = "claude-sonnet-5-5") -> list[Any]:
    params = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": ASK}]}
    return [{"custom_id": key, "params": params} for key in keys]


def test_anthropic_counts_all_as_processing_until_it_has_ended(anthropic: Any) -> None:
    batches = anthropic.messages.batches
    made = batches.create(requests=[*asked("a"), *asked("b", model="claude-sonnet-5-5~stall")])
    with pytest.raises(anthropic_sdk.AnthropicError):
        batches.results(made.id)
    again = batches.retrieve(made.id)
    assert (again.processing_status, again.request_counts.processing) in (
        ("in_progress", 2),
        ("ended", 0),
    )
    ended = batches.retrieve(made.id)
    assert (ended.processing_status, ended.request_counts.processing) == ("ended", 0)
    assert (ended.request_counts.succeeded, ended.request_counts.expired) == (1, 1)
    found = {row.custom_id: row.result for row in batches.results(made.id)}
    assert found["a"].message.usage.service_tier == "batch"
    assert found["b"].type == "expired"
    assert batches.delete(made.id).type == "message_batch_deleted"
    with pytest.raises(anthropic_sdk.NotFoundError):
        batches.retrieve(made.id)


def test_anthropic_results_asked_for_too_early_are_a_404() -> None:
    with TestClient(build(0), base_url="http://127.0.0.1", headers={"x-api-key": "demo"}) as app:
        path = "/anthropic/v1/messages/batches"
        head = {"anthropic-version": "2023-06-01"}
        made = app.post(path, json={"requests": asked("a")}, headers=head).json()
        early = app.get(f"{path}/{made['id']}/results")
        assert (early.status_code, early.json()["error"]["type"]) == (404, "not_found_error")


def test_anthropic_cancels_and_what_was_not_begun_is_canceled(anthropic: Any) -> None:
    made = anthropic.messages.batches.create(requests=asked("a"))
    assert anthropic.messages.batches.cancel(made.id).processing_status == "canceling"
    ended = anthropic.messages.batches.retrieve(made.id)
    assert (ended.processing_status, ended.request_counts.canceled) == ("ended", 1)
    assert [row.result.type for row in anthropic.messages.batches.results(made.id)] == ["canceled"]


def test_gemini_runs_inline_and_counts_in_text(google: Any) -> None:
    source: Any = [
        {"contents": [{"role": "user", "parts": [{"text": ASK}]}], "metadata": {"key": key}}
        for key in ("a", "b")
    ]
    made = google.batches.create(model="gemini-3.8-flash", src=source, config={"display_name": "x"})
    assert str(made.state) == "JobState.JOB_STATE_PENDING"
    assert str(google.batches.get(name=made.name).state) == "JobState.JOB_STATE_RUNNING"
    ended = google.batches.get(name=made.name)
    assert str(ended.state) == "JobState.JOB_STATE_SUCCEEDED"
    found = ended.dest.inlined_responses
    assert len(found) == 2
    assert found[0].response.text
    assert found[0].response.usage_metadata.prompt_token_count
    google.batches.delete(name=made.name)
    with pytest.raises(errors.ClientError):
        google.batches.get(name=made.name)


def test_gemini_takes_requests_in_a_file_and_gives_the_answers_in_one(
    google: Any, tmp_path: Any
) -> None:
    row = {"key": "k1", "request": {"contents": [{"parts": [{"text": ASK}]}]}}
    path = tmp_path / "b.jsonl"
    path.write_text(json.dumps(row) + "\n")
    file = google.files.upload(file=path, config={"mime_type": "application/jsonl"})
    made = google.batches.create(model="gemini-3.8-flash", src=file.name)
    google.batches.get(name=made.name)
    ended = google.batches.get(name=made.name)
    answers = google.files.download(file=ended.dest.file_name).decode()
    assert json.loads(answers)["key"] == "k1"
    google.files.delete(name=file.name)
    with pytest.raises(errors.ClientError, match="may not exist"):
        google.files.get(name=file.name)


def test_gemini_cancels(google: Any) -> None:
    source: Any = [{"contents": [{"parts": [{"text": ASK}]}]}]
    made = google.batches.create(model="gemini-3.8-flash", src=source)
    google.batches.cancel(name=made.name)
    assert str(google.batches.get(name=made.name).state) == "JobState.JOB_STATE_CANCELLED"


def test_with_delays_a_batch_goes_by_the_clock_in_seconds_instead_of_hours() -> None:
    clock = {"now": 100.0}
    with TestClient(build(1, clock=lambda: clock["now"]), base_url="http://127.0.0.1") as app:
        head = {"authorization": "Bearer demo"}
        file = app.post(
            "/openai/v1/files",
            headers=head,
            files={"file": ("b.jsonl", lines("a"))},
            data={"purpose": "batch"},
        ).json()
        body = {
            "input_file_id": file["id"],
            "endpoint": "/v1/responses",
            "completion_window": "24h",
        }
        made = app.post("/openai/v1/batches", headers=head, json=body).json()

        def status() -> str:
            found = app.get(f"/openai/v1/batches/{made['id']}", headers=head).json()
            return str(found["status"])

        assert [status(), status()] == ["validating", "validating"]
        clock["now"] += 2
        assert status() == "in_progress"
        clock["now"] += 3
        assert status() == "completed"


async def test_who_looks_at_the_same_time_gets_the_same_answers_and_they_are_made_once() -> None:
    """Each of them had the lines answered: twice in the bill, and two files of answers."""
    transport = httpx2.ASGITransport(app=build(0))
    key = {"authorization": "Bearer demo-key"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1/openai/v1", headers=key
    ) as http:
        given = {"file": ("b.jsonl", lines("a", "b"))}
        file = (await http.post("/files", files=given, data={"purpose": "batch"})).json()
        asked = {
            "input_file_id": file["id"],
            "endpoint": "/v1/responses",
            "completion_window": "24h",
        }
        made = (await http.post("/batches", json=asked)).json()
        address = f"/batches/{made['id']}"
        await http.get(address)
        looks = await asyncio.gather(*(http.get(address) for _ in range(4)))
        found = (await http.get("/files")).json()["data"]
    assert len({look.json()["output_file_id"] for look in looks}) == 1
    assert [one["purpose"] for one in found].count("batch_output") == 1


@pytest.mark.parametrize(
    "path", ["/gemini/upload/v1beta/files", "/gemini/upload/v1beta/{store}:uploadToFileSearchStore"]
)
async def test_an_announced_file_does_not_grow_for_ever(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piece upon piece was kept, whatever their sum: who knew its address could fill the memory."""
    monkeypatch.setattr(batches, "MAX_FILES", 100)
    transport = httpx2.ASGITransport(app=build(0))
    key = {"x-goog-api-key": "demo-key"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=key
    ) as http:
        store = (await http.post("/gemini/v1beta/fileSearchStores", json={})).json()["name"]
        begun = await http.post(path.format(store=store), json={"file": {}})
        address = begun.headers["x-goog-upload-url"]
        statuses = [(await http.post(address, content=b"x" * 60)).status_code for _ in range(2)]
    assert statuses == [200, 413]


async def test_a_form_that_says_it_is_too_large_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "MAX_FILES", 100)
    transport = httpx2.ASGITransport(app=build(0))
    key = {"authorization": "Bearer demo-key"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1/openai/v1", headers=key
    ) as http:
        answer = await http.post("/files", files={"file": ("b.jsonl", b"x" * 200)})
    assert answer.status_code == 413

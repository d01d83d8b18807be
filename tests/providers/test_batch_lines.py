"""Lines of a batch that have no answer, each provider's own way of saying so, as failed Responses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from playground.domain import Endpoint, ModelRef, Request, Response
from playground.domain.job import Job, Progress
from playground.providers import ProviderError, batch
from playground.providers.batch_door import RawLine
from playground.providers.stores import STORES
from playground.providers.talking import Talk
from playground.wire import Pool
from playground.wire.limits import MAX_VALUES
from tests.loopback import answer, whole
from tests.providers.calling import KEY, Serve, endpoint

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


class NoNotes:
    def __init__(self) -> None:
        self.threads: list[str] = []
        """Where it was asked to write."""

    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        def made(id: str, expires_at: str | None) -> None:
            self.threads.append(threading.current_thread().name)

        self.threads.append(threading.current_thread().name)
        return made


@pytest.mark.parametrize("spelling", ["openai:m", "anthropic:m", "gemini:m"])
async def test_a_provider_that_answers_without_an_id_has_failed(
    serve: Serve, pool: Pool, spelling: str
) -> None:
    """It was a KeyError: the job stayed as if it were being submitted, and its budget was held for ever."""
    loopback = await serve(answer({}))
    ref = ModelRef.parse(spelling)
    talk = Talk(endpoint(spelling, loopback.url), pool)
    with pytest.raises(ProviderError, match="holds no"):
        await batch.submit(talk, ref, [("a", Request.ask(ref, "Hi"))], "title", NoNotes())


@pytest.mark.parametrize("provider", STORES)
async def test_a_store_without_an_id_is_a_failure(serve: Serve, pool: Pool, provider: str) -> None:
    loopback = await serve(answer({}))
    talk = Talk(Endpoint(provider=provider, base_url=loopback.url, key=KEY), pool)
    with pytest.raises(ProviderError, match="holds no"):
        await STORES[provider].create(talk, "name", NoNotes())


def test_a_line_that_is_too_much_to_read_takes_no_other_with_it() -> None:
    row = {"custom_id": "ok", "result": {"type": "succeeded", "message": MESSAGE}}
    much = b"[" + b"1," * MAX_VALUES + b"1]\n"
    assert list(read("anthropic:claude-sonnet-5-5", [much + jsonl(row)])) == ["ok"]


async def test_many_lines_are_read_where_nobody_is_being_timed(
    serve: Serve, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They held the engine's loop, and with it every stream of that moment, until all were read."""
    threads, read_line = set[str](), batch.response_of

    def response_of(model: ModelRef, line: RawLine) -> Response:
        threads.add(threading.current_thread().name)
        return read_line(model, line)

    monkeypatch.setattr(batch, "response_of", response_of)
    row = {"custom_id": "a", "result": {"type": "succeeded", "message": MESSAGE}}
    loopback = await serve(whole(200, jsonl(row), content_type="application/x-jsonl"))
    ref = ModelRef.parse("anthropic:m")
    job = Job(
        id="1",
        model=ref,
        title="",
        created_at="2026-11-27T10:00:00Z",
        keys=("a",),
        requests=(Request.ask(ref, "Hi"),),
        progress=Progress(id="msgbatch_1", state="done"),
        simulated=False,
    )
    (line,) = await batch.collect(Talk(endpoint("anthropic:m", loopback.url), pool), job)
    assert line.response.text == "6"
    assert threading.main_thread().name not in threads


@pytest.mark.parametrize("provider", STORES)
async def test_what_is_made_is_written_down_where_nobody_is_being_timed(
    serve: Serve, pool: Pool, provider: str
) -> None:
    """The database was written to on the engine's loop, and every stream of that moment waited for its disk."""
    loopback = await serve(answer({"id": "vs_1", "name": "fileSearchStores/1"}))
    talk = Talk(Endpoint(provider=provider, base_url=loopback.url, key=KEY), pool)
    notes = NoNotes()
    await STORES[provider].create(talk, "name", notes)
    assert len(notes.threads) == 2
    assert threading.main_thread().name not in notes.threads

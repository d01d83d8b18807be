"""Every recorded batch, through the real SDKs: what is asked, its states and counts, and each line as a Response."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Endpoint, ModelRef, Request, Response, Settings
from playground.domain.job import Job, Progress
from playground.providers import ProviderError, batch
from playground.providers.talking import Talk
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, recorded, sequences

MODELS = {
    "openai": "openai:gpt-6.1-sol",
    "anthropic": "anthropic:claude-sonnet-5-5",
    "gemini": "gemini:gemini-3.8-flash",
}
STATES = {
    "validating": "waiting",
    "in_progress": "running",
    "finalizing": "running",
    "completed": "done",
    "failed": "failed",
    "cancelling": "stopping",
    "canceling": "stopping",
    "cancelled": "stopped",
    "ended": "done",
    "expired": "expired",
    "BATCH_STATE_PENDING": "waiting",
    "BATCH_STATE_RUNNING": "running",
    "BATCH_STATE_SUCCEEDED": "done",
    "BATCH_STATE_FAILED": "failed",
    "BATCH_STATE_CANCELLED": "stopped",
    "BATCH_STATE_EXPIRED": "expired",
}
INSIDE = {"file.upload", "file.content", "batch.results"}
"""Steps that belong to the submission before, or to a collection."""


class NoNotes:
    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        return lambda id, expires: None


class Walk:
    """One sequence, acted out with our own functions."""

    def __init__(self, found: dict[str, Any], at: Endpoint, pool: Pool) -> None:
        self.ops: list[str] = found["expected"]["ops"]
        self.facts: list[dict[str, Any]] = found["expected"]["steps"]
        self.steps: list[dict[str, Any]] = found["steps"]
        self.talk = Talk(at, pool)
        self.model = ModelRef.parse(MODELS[found["provider"]])
        self.progress = Progress(id="", state="waiting")
        self.cursor: str | None = None

    async def act(self, number: int) -> None:
        op, fact = self.ops[number], self.facts[number]
        if op in ("file.upload", "batch.create"):
            if op == "file.upload" and "batch.create" in self.ops[number:]:
                return  # the submission that comes with batch.create uploads first
            lines = [("0", Request.ask(self.model, "Hi", settings=Settings(max_output_tokens=64)))]
            self.progress = await batch.submit(self.talk, self.model, lines, "", NoNotes())
            check(self.progress, fact)
        elif op == "batch.list":
            found, self.cursor = await batch.listing(self.talk, after=self.cursor, limit=2)
            assert [one.id for one in found] == fact["ids"]
            words = [one.word for one in found]
            assert {word: words.count(word) for word in set(words)} == fact["states"]
            assert (self.cursor is not None) == bool(fact.get("has_more"))
        elif op == "batch.cancel":
            self.progress = await batch.cancel(self.talk, self.named(number))
            check(self.progress, fact)
        elif op == "batch.delete":
            await batch.delete(self.talk, self.named(number))
        elif op == "batch":
            self.progress = await batch.look(self.talk, self.named(number))
            check(self.progress, fact)
        elif op in ("batch.results", "file.content"):
            await self.collect(number, fact)

    def named(self, number: int) -> Progress:
        """The batch that this step is about; a sequence may begin in its middle."""
        if self.progress.id:
            return self.progress
        path = recorded(self.steps[number]).split("/batches/")[-1].partition("/")[0]
        id = path.partition(":")[0]
        return Progress(
            id=f"batches/{id}" if self.model.provider == "gemini" else id, state="running"
        )

    async def collect(self, number: int, fact: dict[str, Any]) -> None:
        progress = self.progress if self.progress.id else self.named(number)
        if self.steps[number]["response"]["status"] >= 400:
            with pytest.raises(ProviderError) as raised:
                await batch.collect(self.talk, job(self.model, progress, ()))
            assert raised.value.failure.status == self.steps[number]["response"]["status"]
            return
        keys = tuple(line["custom_id"] for line in fact["lines"])
        found = await batch.collect(self.talk, job(self.model, progress, keys))
        assert [line.key for line in found] == list(keys)
        for line, told in zip(found, fact["lines"], strict=True):
            answered(line.response, told)


def job(model: ModelRef, progress: Progress, keys: tuple[str, ...]) -> Job:
    asked = tuple(Request.ask(model, "as recorded") for _ in keys)
    return Job(
        id="job",
        model=model,
        title="",
        created_at="2026-11-26T00:00:00+00:00",
        keys=keys,
        requests=asked,
        progress=progress,
        simulated=False,
    )


def check(progress: Progress, fact: dict[str, Any]) -> None:
    assert progress.id == fact["id"]
    assert progress.word == fact["state"]
    assert progress.state == STATES[fact["state"]]
    counts = {name: int(count) for name, count in (fact.get("counts") or {}).items()}
    total = counts.get("total", counts.get("requestCount", sum(counts.values())))
    assert progress.tally.total == (total or None)
    done = counts.get("completed", counts.get("succeeded", counts.get("successfulRequestCount")))
    if progress.over:
        assert progress.tally.done == done
    usage = fact.get("usage")
    if usage and usage["total_tokens"]:
        assert progress.usage is not None
        assert progress.usage.input_tokens == usage["input_tokens"]
        assert progress.usage.output_tokens == usage["output_tokens"]
    else:
        assert progress.usage is None


def answered(response: Response, told: dict[str, Any]) -> None:
    if told.get("error") or told.get("type") in ("errored", "canceled", "expired"):
        assert response.failure is not None
        return
    assert response.failure is None
    assert response.text == told["text"]
    assert response.finish_reason == told["finish_reason"]
    assert response.response_id == told["response_id"]
    assert response.response_model == told["model"]
    scale, usage = told["normalized"], response.usage
    assert usage.input_tokens == scale["input_total"]
    assert usage.output_tokens == scale["output_total"]
    assert (usage.cache_read_input_tokens or 0) == (scale["cached_input"] or 0)
    assert (usage.reasoning_output_tokens or 0) == (scale["reasoning"] or 0)
    assert response.service_tier == "batch"
    assert not response.streamed


@pytest.mark.parametrize("path", sequences("batch"), ids=lambda path: path.stem)
async def test_a_recorded_batch_is_asked_for_and_read_as_it_was(
    path: Path, serve: Serve, pool: Pool
) -> None:
    found = load(path)
    replay = Replay(found["steps"])
    walk = Walk(found, await endpoint(serve, found["provider"], replay), pool)
    for number in range(len(walk.ops)):
        await walk.act(number)
    assert not replay.left
    assert replay.asked == [same_door(recorded(step), walk.model) for step in found["steps"]]
    assert len(walk.talk.exchanges) == len(found["steps"])
    assert "canary-7f3a9c" not in str(walk.talk.exchanges)


def same_door(path: str, model: ModelRef) -> str:
    """The recorded path as our SDK asks: for the model that this test names; google-genai downloads without a prefix."""
    head, mark, _ = path.replace(" /download/", " /").partition("/models/")
    return f"{head}{mark}{model.model}:batchGenerateContent" if mark else head

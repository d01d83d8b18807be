"""Recorded counts of tokens: ours is the recorded number, and what is billed afterwards is what was counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground.domain import ModelRef, Request
from playground.providers import Call, count_input_tokens
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, recorded, sequences

MODELS = {
    "openai": "openai:replayed",
    "anthropic": "anthropic:replayed",
    "gemini": "gemini:replayed",
}
PATHS = sequences("count-tokens")


def last(asked: str) -> str:
    """Where it was asked, without version and model."""
    return asked.rpartition("/")[2].rpartition(":")[2]


@pytest.mark.skipif(not PATHS, reason="needs the recorded sequences beside the repository")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_a_count_as_recorded_and_as_billed(path: Path, serve: Serve, pool: Pool) -> None:
    sequence = load(path)
    expected = sequence["expected"]
    replay = Replay(sequence["steps"])
    where = await endpoint(serve, sequence["provider"], replay)
    request = Request.ask(ModelRef.parse(MODELS[sequence["provider"]]), "as recorded", stream=False)
    counted: list[int] = []
    for step, op, facts in zip(sequence["steps"], expected["ops"], expected["steps"], strict=True):
        if op == "count_tokens":
            counted.append(await count_input_tokens(request, where, pool=pool))
            assert counted[-1] == told(facts)
            assert last(replay.asked[-1]) == last(recorded(step))
            continue
        call = Call(request, where, pool=pool)
        await call.run()
        assert call.response().usage.input_tokens == facts["normalized"]["input_total"]
        assert call.response().usage.input_tokens == counted[-1]
    assert replay.left == []


def told(facts: dict[str, Any]) -> int:
    return int(facts.get("input_tokens", facts.get("totalTokens", -1)))

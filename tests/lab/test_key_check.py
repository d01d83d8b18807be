"""A good key, a wrong one and none, at the simulated providers."""

from __future__ import annotations

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef
from playground.lab.key_check import ACTS, KEYS, check, slots
from playground.wire import Pool

MODELS = ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"]


@pytest.fixture(scope="module")
def endpoints(simulation: DemoServer) -> dict[str, Endpoint]:
    return simulation.endpoints()


@pytest.mark.parametrize("spelling", MODELS)
async def test_only_a_good_key_opens_the_api_and_counting_here_needs_none(
    spelling: str, endpoints: dict[str, Endpoint], pool: Pool
) -> None:
    model = ModelRef.parse(spelling)
    found = {
        slot: await check(endpoint, model, pool=pool)
        for slot, endpoint in slots(endpoints[model.provider]).items()
    }
    assert list(found) == list(KEYS)
    works = {
        slot: [outcome.worked for outcome in outcomes.values()] for slot, outcomes in found.items()
    }
    assert works == {
        "good key": [True] * len(ACTS),
        "wrong key": [True, False, False, False],
        "no key": [True, False, False, False],
    }
    assert found["wrong key"]["Ask a question"].status in (400, 401)
    assert "no key" in found["no key"]["List the models"].said

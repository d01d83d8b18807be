"""Who answers: a service, the simulation, a recording or this computer; and who bills for it."""

from __future__ import annotations

import pytest

from playground.domain import Endpoint, ModelRef, Response
from playground.domain.endpoint import bills, endpoint_of, replaying, source_of

REAL = Endpoint(provider="openai", base_url="https://api.example/v1")
SIMULATION = {"openai": Endpoint(provider="openai", base_url="http://demo", simulated=True)}
HERE = Endpoint(provider="here", base_url="http://127.0.0.1:1/v1", own=True)
RECORDED = ModelRef.parse("openai:gpt-5~recorded-2026-01-17-primes")
ASKED = ModelRef.parse("openai:gpt-5")
LOCAL = ModelRef.parse("here:small")


@pytest.mark.parametrize(
    ("model", "simulated", "source", "stand_in"),
    [
        (ASKED, False, "real", ""),
        (ASKED, True, "simulated", "simulated"),
        (RECORDED, True, "recorded", "recorded on 2026-01-17 from gpt-5"),
        (LOCAL, False, "local", ""),
    ],
)
def test_a_response_has_one_source(
    model: ModelRef, simulated: bool, source: str, stand_in: str
) -> None:
    response = Response(model=model, simulated=simulated)
    assert (response.source, response.stand_in) == (source, stand_in)


def test_a_recorded_answer_is_never_asked_of_the_real_api() -> None:
    real = {"openai": REAL, "here": HERE}
    beside = {**real, **replaying(SIMULATION)}
    assert endpoint_of(RECORDED, real) is None
    assert (
        endpoint_of(RECORDED, beside) == endpoint_of(RECORDED, SIMULATION) == SIMULATION["openai"]
    )
    assert endpoint_of(ASKED, beside) == REAL
    assert RECORDED.live == ASKED == ASKED.live


def test_only_a_real_answer_is_billed() -> None:
    beside = {"openai": REAL, "here": HERE, **replaying(SIMULATION)}
    assert [source_of(model, beside) for model in (ASKED, RECORDED, LOCAL)] == [
        "real",
        "recorded",
        "local",
    ]
    assert [bills(model, beside) for model in (ASKED, RECORDED, LOCAL)] == [True, False, False]
    assert not bills(ASKED, SIMULATION)
    assert not bills(ASKED, {})

"""Each fault at each provider: brought about, explained, and handled by code that runs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

import pytest

from playground import catalog
from playground.demo import faults
from playground.domain import Endpoint, ModelRef, Secret
from playground.domain.provider import provider_of
from playground.engine import Engine
from playground.export.handling import ERRORS, REACTIONS
from playground.lab import errors

WITHOUT_FAILURE = ("slow", "refuse", "truncate")
STOPS = {"mend": "would not help", "broken": "broke off", "retry": "still busy"}


def test_every_fault_of_the_demo_has_its_row() -> None:
    assert set(errors.catalog()) == set(faults.FAULTS) - {faults.LIMITED}
    for row in errors.catalog().values():
        assert row.reaction in REACTIONS
        assert row.happens.endswith(".")
        assert row.chat.endswith((".", "…"))


@pytest.mark.parametrize("fault", errors.catalog())
def test_each_provider_fails_in_its_own_words_and_ours_are_plain(
    engine: Engine, where: Mapping[str, Endpoint], fault: str
) -> None:
    run = engine.start(errors.requests(errors.refs(), fault, "first"), where)
    assert run.wait(60)
    for lane in run.lanes:
        response = lane.response
        assert response is not None
        made = errors.row(fault, response, where[response.model.provider])
        assert made["code"]
        assert made["raw"]
        assert made["simulated"]
        if fault in WITHOUT_FAILURE:
            polite = (fault, response.model.api) == ("refuse", "interactions")
            whole = fault == "slow" or polite  # Interactions has no word for a refusal
            assert (response.state == "done") is whole, response.state
            continue
        assert response.failure, (fault, response.model)
        assert made["meaning"].endswith(".")
        assert made["next_step"].endswith(".")
        if fault.isdigit() and fault not in ("404", "529"):
            ref = response.model
            bad_key = fault == "401" and ref.provider == "gemini" and ref.api != "compatible"
            assert made["status"] == (400 if bad_key else int(fault)), response.model


@pytest.mark.parametrize("ref", errors.refs(), ids=lambda ref: f"{ref.provider}-{ref.api}")
@pytest.mark.parametrize("fault", [name for name in errors.catalog() if name != "stall"])
def test_the_code_runs_against_the_fault_that_it_is_for(
    simulation: object,
    where: Mapping[str, Endpoint],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    ref: ModelRef,
) -> None:
    real = Endpoint(
        provider=ref.provider, base_url=where[ref.provider].base_url, key=Secret("demo-key-1")
    )
    made = errors.code(errors.request(ref, fault, "code"), fault, real)
    made = made.replace(f'"{ref.model}"', f'"{ref.model}~{fault}"')
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setitem(os.environ, variable, "demo-key-1")
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    reaction = errors.catalog()[fault].reaction
    stopped = ""
    try:
        exec(compile(made, fault, "exec"), {"__name__": "snippet"})
    except SystemExit as end:
        stopped = str(end)
    if reaction in STOPS:
        assert STOPS[reaction] in stopped, made
    if reaction in ("wait", "retry"):
        assert len(pauses) == 5
    if reaction == "finish":
        assert "It ended so:" in capsys.readouterr().out


def test_every_door_of_every_provider_of_the_demo_has_its_errors() -> None:
    doors = {ref.provider: provider_of(ref.provider).apis for ref in catalog.defaults()}
    assert {(ref.provider, ref.api) for ref in errors.refs()} == {
        (provider, api) for provider, apis in doors.items() for api in apis
    }
    assert {ref.api for ref in errors.refs()} == set(ERRORS)

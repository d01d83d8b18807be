"""The saved prompts whose model ends: by the newest run that asked them, by the models that they are saved with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from playground import library
from playground.domain import ModelRef, Request, Response, Run, Settings
from playground.history.labels import Labels, owner_digest
from playground.history.rows import begun
from playground.history.writing import begin
from playground.lab import ending_prompts
from playground.store.database import writing
from playground.store.store import Store
from tests.conftest import empty_place

TODAY = date(2026, 11, 27)
OLD, NEW = ModelRef.parse("openai:gpt-5"), ModelRef.parse("openai:gpt-6.1-sol")
SONNET = ModelRef.parse("anthropic:claude-sonnet-4-5")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty place for a history, in each kind of database: here `where` is no endpoints."""
    return empty_place(request, tmp_path)


def lanes(*models: str, **settings: Any) -> str:
    """Lanes as Compare saves them with a prompt."""
    return json.dumps([{"model": model, "settings": settings} for model in models])


def asked(
    store: Store,
    number: int,
    *requests: Request,
    context: Mapping[str, Any] | None = None,
    owner: str = "",
) -> str:
    """A run in the history that sent these requests; higher numbers came later."""
    run = Run(
        id=f"run-{number}",
        created_at=f"2026-11-{number:02}T10:00:00Z",
        requests=requests,
        responses=tuple(Response(model=request.model) for request in requests),
        simulated=False,
    )
    rows = begun(run, Labels(), owner=owner, writer=None, context=context)
    with writing(store.engine) as connection:
        begin(store, [rows], connection)
    return run.id


def found(store: Store, owner: str = "") -> list[tuple[str, str, str]]:
    """Name, model and why of each case."""
    cases = ending_prompts.cases(store, owner=owner, today=TODAY)
    return [(case.name, str(case.request.model), case.why) for case in cases]


def test_the_model_that_is_saved_with_a_prompt_counts(store: Store) -> None:
    library.save(
        store, "greet", "Hello", owner="", lanes=lanes(str(OLD), str(NEW), temperature="0,5")
    )
    library.save(store, "safe", "Hi", owner="", lanes=lanes(str(NEW)))
    library.save(store, "bare", "Good morning to you all", owner="")
    assert found(store) == [("greet", "openai:gpt-5", "saved with it")]
    (case,) = ending_prompts.cases(store, owner="", today=TODAY)
    assert case.request.settings == Settings(temperature=0.5)
    assert case.version == 1


def test_a_last_day_that_a_list_says_comes_before_the_catalogs(store: Store) -> None:
    library.save(store, "known", "Hello", owner="", lanes=lanes(str(OLD), str(NEW)))
    library.save(store, "unknown", "Hi", owner="", lanes=lanes("openai:gpt-9"))
    told = {
        ("openai", "gpt-5"): date(2027, 12, 1),
        ("openai", "gpt-6.1-sol"): date(2026, 12, 1),
        ("openai", "gpt-9"): date(2026, 12, 2),
    }
    cases = ending_prompts.cases(store, owner="", today=TODAY, told=told)
    assert [(str(case.request.model), case.last) for case in cases] == [
        ("openai:gpt-6.1-sol", date(2026, 12, 1)),
        ("openai:gpt-9", date(2026, 12, 2)),
    ]


def test_a_prompt_is_asked_once_for_each_case_of_its_checks(store: Store) -> None:
    library.save(store, "checked", "Hello {{name}}", owner="", lanes=lanes(str(OLD)))
    library.save(store, "plain", "Hi", owner="", lanes=lanes(str(OLD)))
    found = ending_prompts.cases(store, owner="", today=TODAY)
    ana, bo = Request.ask(OLD, "Hello Ana"), Request.ask(OLD, "Hello Bo")
    held = ending_prompts.held_to(
        found,
        lambda case: (
            [("ana", ana, {"c": 1}), ("bo", bo, {"c": 2})] if case.name == "checked" else []
        ),
    )
    assert [(case.name, case.label, case.held, case.empty) for case in held] == [
        ("checked", "ana", {"c": 1}, ()),
        ("checked", "bo", {"c": 2}, ()),
        ("plain", "", None, ()),
    ]
    assert [case.request for case in held[:2]] == [ana, bo]


def test_the_model_of_the_newest_run_that_asked_it_counts(store: Store) -> None:
    library.save(store, "greet", "Say hello to the world", owner="")
    asked(store, 3, Request.ask(NEW, "Say hello to the world"))
    run = asked(store, 5, Request.ask(OLD, "Say hello to the world", settings=Settings(seed=1)))
    asked(store, 7, Request.ask(SONNET, "Say hello to the world, and more"))
    (case,) = ending_prompts.cases(store, owner="", today=TODAY)
    assert (case.request.model, case.run, case.why) == (OLD, run, "last run on 2026-11-05")
    assert case.request.settings.seed == 1


def test_a_prompt_that_has_moved_already_is_not_found(store: Store) -> None:
    library.save(store, "greet", "Say hello to the world", owner="")
    asked(store, 3, Request.ask(OLD, "Say hello to the world"))
    asked(store, 5, Request.ask(NEW, "Say hello to the world"))
    assert found(store) == []


def test_a_template_is_found_with_the_values_it_was_asked_with(store: Store) -> None:
    library.save(
        store, "explain", "Explain {{subject}} to {{reader}}.", owner="", system="For {{reader}}."
    )
    asked(store, 4, Request.ask(SONNET, "Explain tokens to a child.", system="For a child."))
    asked(store, 6, Request.ask(OLD, "Explain tokens to a child.", system="For a king."))
    (case,) = ending_prompts.cases(store, owner="", today=TODAY)
    assert case.request.model == SONNET
    assert case.request.messages[0].text == "Explain tokens to a child."
    assert case.empty == ()


def test_a_lane_that_names_the_version_is_found_wherever_it_stands(store: Store) -> None:
    library.save(store, "short", "{{text}}", owner="", system="Sum it up.")
    asked(
        store,
        4,
        Request.ask(NEW, "another prompt"),
        Request.ask(SONNET, "A long text", system="Sum it up."),
        context={"versions": ["", "short v1"]},
    )
    assert found(store) == [("short", "anthropic:claude-sonnet-4-5", "last run on 2026-11-04")]


def test_saved_models_count_beside_the_one_that_it_was_run_with(store: Store) -> None:
    text = "Say hello to the world"
    library.save(store, "greet", text, owner="", lanes=lanes(str(SONNET), str(OLD)))
    asked(store, 3, Request.ask(OLD, text))
    assert found(store) == [
        ("greet", "openai:gpt-5", "last run on 2026-11-03"),
        ("greet", "anthropic:claude-sonnet-4-5", "saved with it"),
    ]


def test_runs_of_the_pack_itself_say_nothing(store: Store) -> None:
    text = "Say hello to the world"
    library.save(store, "greet", text, owner="")
    asked(store, 3, Request.ask(OLD, text))
    asked(store, 5, Request.ask(NEW, text), context={"migration": []})
    assert [model for _, model, _ in found(store)] == ["openai:gpt-5"]


def test_an_older_version_that_was_run_last_is_the_one_that_is_asked(store: Store) -> None:
    library.save(store, "greet", "Say hello to the world", owner="")
    library.save(store, "greet", "Say hello to the world!!", owner="")
    asked(store, 3, Request.ask(OLD, "Say hello to the world"), context={"versions": ["greet v1"]})
    (case,) = ending_prompts.cases(store, owner="", today=TODAY)
    assert case.version == 1


def test_only_ones_own_prompts_and_runs_are_looked_at(store: Store) -> None:
    mine, other = owner_digest("me"), owner_digest("you")
    library.save(store, "greet", "Say hello to the world", owner=mine)
    asked(store, 3, Request.ask(OLD, "Say hello to the world"), owner="you")
    assert found(store, mine) == []
    assert found(store, other) == []
    asked(store, 4, Request.ask(OLD, "Say hello to the world"), owner="me")
    assert len(found(store, mine)) == 1


def test_lanes_that_cannot_be_read_are_left_out(store: Store) -> None:
    bad = json.dumps(
        [{"model": "nobody"}, {}, 3, {"model": str(OLD), "settings": {"max_output_tokens": "many"}}]
    )
    library.save(store, "a", "x", owner="", lanes="{")
    library.save(store, "b", "{{y}}", owner="", lanes=bad)
    (case,) = ending_prompts.cases(store, owner="", today=TODAY)
    assert (case.name, case.empty) == ("b", ("y",))
    assert case.request.settings.max_output_tokens is None

"""A models endpoint against the catalog: what differs, what only one has, and the days left to each model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from playground import catalog
from playground.domain import Endpoint
from playground.engine import Engine
from playground.lab import models
from playground.lab.models import Difference
from playground.providers import Listing, read_list
from playground.providers.anthropic_sdk import listed as anthropic_row
from playground.providers.gemini_sdk import listed as gemini_row
from playground.providers.openai_sdk import listed as openai_row

TODAY = date(2026, 11, 27)
ROWS = {"openai": openai_row, "anthropic": anthropic_row, "gemini": gemini_row}


def listing(provider: str, *rows: Mapping[str, Any]) -> Listing:
    """What an endpoint of this provider that has these rows answers."""
    read = [ROWS[provider](row) for row in rows]
    return Listing(provider=provider, simulated=False, models=tuple(filter(None, read)), pages=1)


def differences(provider: str, **row: Any) -> dict[str, tuple[Any, Any]]:
    found = models.compare(listing(provider, row), TODAY).differences
    return {one.what: (one.there, one.here) for one in found}


def yes(supported: bool = True) -> dict[str, bool]:
    return {"supported": supported}


def test_limits_abilities_and_the_last_day_are_compared_where_both_say_something() -> None:
    able = {
        "image_input": yes(False),
        "pdf_input": yes(),
        "effort": {**yes(), "low": yes(), "medium": yes(), "high": yes(False)},
        "thinking": {**yes(), "types": {"adaptive": yes(), "enabled": yes(False)}},
    }
    found = differences(
        "anthropic",
        id="claude-sonnet-5-5",
        max_input_tokens=2_000_000,
        max_tokens=128_000,
        retires_at="2027-09-28T00:00:00Z",
        capabilities=able,
    )
    assert found == {
        "window": (2_000_000, 1_000_000),
        "efforts": (("low", "medium"), ("high", "low", "medium")),  # it does not name the others
        "images": (False, True),
        "last day": (date(2027, 9, 28), None),
    }


def test_what_a_list_does_not_say_is_not_reported() -> None:
    (silent,) = listing("openai", {"id": "gpt-5", "created": 1_600_000_000}).models
    told = models.said(silent)
    assert (told["Model"], told["Made on"]) == ("gpt-5", "2020-09-13")
    assert {told[name] for name in ("Window", "Images", "Efforts", "Last day", "Lifecycle")} == {
        "not reported"
    }
    (open_end,) = listing("openai", {"id": "a", "shutdown_date": None}).models
    assert models.said(open_end)["Last day"] == "none announced"
    able = {"image_input": yes(False), "effort": {**yes(False), "low": yes(False)}}
    (claude,) = listing(
        "anthropic",
        {"id": "c", "max_input_tokens": 1_000_000, "lifecycle": "active", "capabilities": able},
    ).models
    told = models.said(claude)
    assert (told["Window"], told["Images"], told["Efforts"]) == ("1,000,000", "no", "none")
    assert told["PDF"] == "not reported"


def test_an_ability_that_is_not_supported_at_all_has_no_parts() -> None:
    able = {"effort": yes(False), "thinking": {**yes(False), "types": {"adaptive": yes(False)}}}
    found = differences("anthropic", id="claude-sonnet-5-5", capabilities=able)
    assert found == {
        "efforts": ((), ("high", "low", "max", "medium", "xhigh")),
        "thinking": ((), ("adaptive", "between_tools")),
    }


def test_a_level_of_reasoning_that_cannot_be_set_says_nothing_of_whether_it_reasons() -> None:
    assert differences("gemini", name="models/gemma-4-31b-it", thinking=True) == {}
    assert differences("gemini", name="models/gemini-3.8-flash", thinking=False) == {
        "reasons": (False, True)
    }


def test_a_difference_names_where_the_catalog_has_it_from() -> None:
    (found,) = models.compare(
        listing("openai", {"id": "gpt-5", "shutdown_date": "2027-01-31"}), TODAY
    ).differences
    row = next(row for row in catalog.catalog() if row.id == "gpt-5")
    assert found == Difference(
        model="gpt-5",
        what="last day",
        there=date(2027, 1, 31),
        here=date(2026, 12, 11),
        source=row.source,
        as_of=row.as_of,
    )


@pytest.mark.parametrize(
    ("provider", "row"),
    [
        ("openai", {"id": "gpt-5"}),  # a list of before shutdown_date
        ("openai", {"id": "gpt-6.1-sol", "shutdown_date": None}),
        ("anthropic", {"id": "claude-sonnet-5-5", "max_tokens": None, "capabilities": None}),
        ("gemini", {"name": "models/gemini-2.5-pro"}),
        ("anthropic", {"id": "claude-sonnet-4-5-20250929", "max_input_tokens": 200_000}),
    ],
)
def test_what_is_not_reported_is_no_difference(provider: str, row: dict[str, Any]) -> None:
    found = models.compare(listing(provider, row), TODAY)
    assert (found.differences, found.same) == ((), 1)


def test_a_last_day_that_the_list_says_is_none_is_a_difference() -> None:
    found = differences("openai", id="gpt-5", shutdown_date=None)
    assert found == {"last day": (None, date(2026, 12, 11))}


def test_what_only_one_of_both_has_is_told_apart_from_other_kinds() -> None:
    rows = (
        {"name": "models/gemini-9-flash"},
        {"name": "models/embed-9", "supportedGenerationMethods": ["embedContent"]},
        {"name": "models/gemini-9-tts"},
        {"name": "models/gemini-3.8-flash"},
    )
    found = models.compare(listing("gemini", *rows), TODAY)
    assert found.only_there == ("gemini-9-flash",)
    assert found.other_kinds == ("embed-9", "gemini-9-tts")
    assert "gemini-4-argon" in found.only_here
    assert "gemini-3.8-flash" not in found.only_here
    assert "gemini-1.5-pro" not in found.only_here  # gone on both sides


def test_fields_that_are_not_compared_are_counted_with_an_example() -> None:
    rows = (
        {"id": "a", "capabilities": {"batch": yes()}, "mood": 1},
        {"id": "b", "capabilities": {"batch": yes(False)}},
    )
    found = models.compare(listing("anthropic", *rows), TODAY).unread
    assert [(one.field, one.models, one.example) for one in found] == [
        ("capabilities.batch", 2, yes()),
        ("mood", 1, 1),
    ]


@pytest.mark.parametrize("provider", models.ASKED)
def test_the_demo_lists_what_the_catalog_has(
    engine: Engine, where: Mapping[str, Endpoint], provider: str
) -> None:
    got = engine.submit(lambda pool: read_list(where[provider], pool=pool)).result(20)
    assert got.simulated
    assert got.failure is None
    found = models.compare(got)
    assert found.same == len(got.models) > 10
    assert (found.differences, found.only_there, found.only_here) == ((), (), ())


def test_the_demo_lists_a_model_that_ends_soon_and_its_successor(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    for provider in models.ASKED:
        got = engine.submit(lambda pool, p=provider: read_list(where[p], pool=pool)).result(20)  # type: ignore[misc]
        listed = {model.id for model in got.models}
        ending = [
            row
            for row in catalog.catalog()
            if row.id in listed and row.provider == provider and row.successor
        ]
        assert ending
        assert {row.successor.model for row in ending if row.successor} <= listed


def test_the_days_are_counted_down_the_next_to_go_first() -> None:
    found = models.countdown(today=TODAY)
    first = found[0]
    assert (first.model, first.days, first.here) == ("claude-sonnet-4-5", 3, date(2026, 11, 30))
    assert first.successor is not None
    assert first.successor.model == "claude-sonnet-5-5"
    assert [one.days for one in found] == sorted(one.days for one in found)
    assert all(one.days > 0 for one in found)
    assert "gpt-realtime" in {one.model for one in found}
    assert "claude-opus-4-1" not in {one.model for one in found}  # it is gone


def test_the_lists_day_counts_where_it_says_one_also_for_a_model_that_is_unknown_here() -> None:
    asked = listing(
        "openai",
        {"id": "gpt-5", "shutdown_date": "2026-12-01"},
        {"id": "gpt-new", "shutdown_date": "2026-11-28"},
        {"id": "late", "shutdown_date": "2026-11-20"},
    )
    found = {one.model: one for one in models.countdown([asked], TODAY)}
    assert (found["gpt-5"].days, found["gpt-5"].here) == (4, date(2026, 12, 11))
    assert (found["gpt-new"].days, found["gpt-new"].source) == (1, "")
    assert found["late"].days == -7  # overdue, and on the list still


def test_a_list_as_json_has_every_row_as_it_came() -> None:
    rows = ({"id": "a", "odd": {"deep": [1]}}, {"id": "gpt-6.1-sol"})
    told = models.document(listing("openai", *rows))
    assert told["models"] == list(rows)
    assert told["compared"]["only_there"] == ["a"]
    assert told["failure"] is None

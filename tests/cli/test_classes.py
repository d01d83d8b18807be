"""`playground class`: whoever runs the server lists, looks at and closes classes; no key is anywhere near it."""

from __future__ import annotations

import json

import pytest

from playground import history
from playground.classes import kept, spending
from playground.classes.nouns import ClassError
from playground.domain import Settings
from playground.store.store import Store
from tests.classes.people import ANN, TEACHER, joined, opened, question
from tests.cli.conftest import Invoke


@pytest.fixture
def store() -> Store:
    return history.get_store()


def test_classes_are_listed_and_shown_with_what_was_spent(invoke: Invoke, store: Store) -> None:
    assert invoke("class", "list").code == 1
    seat = joined(store, opened(store))
    asked = question(settings=Settings(max_output_tokens=100))
    spending.reserve(store, seat, {0: asked})
    listed = invoke("class", "list")
    assert listed.code == 0
    assert "Physics" in listed.out
    assert "open" in listed.out
    shown = invoke("class", "show", seat.of.id)
    assert "a typed key, $0.50 for each and $5.00 for all" in shown.out
    assert "name of" in shown.out
    told = invoke("class", "show", "Physics", "--json")
    teacher, ann = json.loads(told.out)["board"]
    assert (teacher["calls"], ann["calls"], ann["under_way"]) == (0, 1, 1)
    assert float(ann["held"]) > 0
    assert ANN not in told.out  # who someone is stays here


def test_closing_ends_it_for_everyone(invoke: Invoke, store: Store) -> None:
    seat = joined(store, opened(store))
    code = kept.new_code(store, seat.of.id, "member", owner=TEACHER)
    assert invoke("class", "close", "Physics").out == (
        "Physics is closed: nothing more is sent by it.\n"
    )
    with pytest.raises(ClassError, match="Physics is closed"):
        spending.reserve(store, seat, {0: question()})
    with pytest.raises(ClassError, match="No class has this code"):
        kept.join(store, code, "Bob", owner="bob", source="1")
    assert "closed" in invoke("class", "list").out


def test_a_class_that_is_not_there_or_not_the_only_one_of_its_name_is_said(
    invoke: Invoke, store: Store
) -> None:
    result = invoke("class", "close", "Chemistry")
    assert result.code == 2
    assert "There is no class Chemistry" in result.err
    first, second = opened(store), opened(store)
    result = invoke("class", "close", "Physics")
    assert result.code == 2
    assert first.id in result.err
    assert second.id in result.err
    assert {of.state for of in kept.every(store)} == {"open"}

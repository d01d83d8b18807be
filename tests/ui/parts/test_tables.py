"""Tables sort by numbers and say words."""

from __future__ import annotations

from typing import Any

from playground.ui.parts.tables import worded


def cells(styled: Any, column: str) -> list[str]:
    """What the cells of this column show."""
    at = 1 + list(styled.data.columns).index(column)  # behind the index
    return [row[at]["display_value"] for row in styled._translate(False, False)["body"]]


def test_a_cell_says_its_word_and_sorts_by_its_number() -> None:
    table: dict[str, list[Any]] = {"lane": ["a", "b", "c"], "cost": [0.5, 0.25, None]}
    styled = worded(table, {"cost": ["$0.50", "$0.25", "not reported"]})
    assert cells(styled, "cost") == ["$0.50", "$0.25", "not reported"]
    assert cells(styled, "lane") == ["a", "b", "c"]
    assert list(styled.data["cost"][:2]) == [0.5, 0.25]


def test_one_number_may_have_several_words() -> None:
    table = {"cost": [0.5, 0.5, 0.5, None, None]}
    words = ["$0.50", "≥ $0.50", "$0.50", "not reported", "no price"]
    assert cells(worded(table, {"cost": words}), "cost") == words

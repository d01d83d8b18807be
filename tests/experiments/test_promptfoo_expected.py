"""A text in a CSV's `__expected` column becomes the check that promptfoo itself makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.experiments.promptfoo.expected import expected_text_to_check
from playground.experiments.spec import Check

VERDICTS = Path(__file__).parents[2].parent / "shared" / "promptfoo" / "verdicts.jsonl"
"""What promptfoo's own package gave; not a part of the project."""


def recorded() -> Iterator[dict[str, Any]]:
    for line in VERDICTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "csv":
            yield row


def written(check: Check) -> dict[str, Any]:
    """What is set in it, a missing value left out."""
    return check.model_dump(exclude_unset=True)


@pytest.mark.skipif(not VERDICTS.exists(), reason="../shared/promptfoo is not on this machine")
def test_every_cell_means_what_promptfoo_made_of_it() -> None:
    made = {
        row["expected_cell"]: written(expected_text_to_check(row["expected_cell"]))
        for row in recorded()
    }
    expected = {row["expected_cell"]: row["expected"]["assertion"] for row in recorded()}
    assert made == expected
    assert len(made) >= 40


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        ("Paris", {"type": "equals", "value": "Paris"}),
        ("", {"type": "equals", "value": ""}),
        ("Contains:x", {"type": "equals", "value": "Contains:x"}),
        ("contains x", {"type": "equals", "value": "contains x"}),
        ("human:nice", {"type": "equals", "value": "human:nice"}),
        ("not-not-contains:x", {"type": "equals", "value": "not-not-contains:x"}),
        ("contains: two\nlines ", {"type": "contains", "value": "two\nlines"}),
        ("is-json: {} ", {"type": "is-json", "value": " {} "}),
        ("contains-any:a,,b", {"type": "contains-any", "value": ["a", "b"]}),
        ('contains-any: "a, b" ,c', {"type": "contains-any", "value": ["a, b", "c"]}),
        ('icontains-all:"a', {"type": "icontains-all", "value": '"a'}),
        ("latency(1.5):", {"type": "latency", "value": "", "threshold": 1.5}),
        ("not-similar:x", {"type": "not-similar", "value": "x", "threshold": 0.8}),
        ("file://check.js", {"type": "javascript", "value": "file://check.js"}),
        ("file://a/check.py:get", {"type": "python", "value": "a/check.py:get"}),
        ("file://answer.txt", {"type": "equals", "value": "file://answer.txt"}),
        ("contains:\ufeffx\u2003", {"type": "contains", "value": "x"}),
        ("contains:\x85x", {"type": "contains", "value": "\x85x"}),
    ],
)
def test_a_cell_is_read_as_a_whole(cell: str, check: dict[str, Any]) -> None:
    assert written(expected_text_to_check(cell)) == check

"""The table of checks as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.experiments.checks.table import CHECKS, LEFT_OUT, LEFT_OUT_STARTS, Kind
from playground.experiments.grading import KINDS_OF_CHECKS


def as_json() -> dict[str, Any]:
    """`checks` with what each needs, and `left_out`: a type of promptfoo → why it is not here."""
    return {
        "checks": [_mapping(kind) for kind in CHECKS],
        "combining": dict(KINDS_OF_CHECKS),
        "left_out": _left_out(),
    }


def _mapping(kind: Kind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "does": kind.does,
        "value": kind.value or None,
        "threshold": kind.threshold or None,
        "asks_a_model": kind.asks,
    }


def _left_out() -> Mapping[str, str]:
    return {**LEFT_OUT, **{f"{start}…": why for start, why in LEFT_OUT_STARTS.items()}}


def plain() -> str:
    """A line each."""
    width = max(len(kind.type) for kind in CHECKS)
    lines = [f"{kind.type:<{width}}  {kind.does}" for kind in CHECKS]
    lines += [f"{name:<{width}}  {does}" for name, does in KINDS_OF_CHECKS.items()]
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """The page of the docs."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Checks"
    yield ""
    yield "What an answer in an experiment can be held to. `not-` before a type turns it round. This page is made by"
    yield "`playground experiment checks --markdown`."
    yield ""
    yield "| type | what it does | value | threshold |"
    yield "| --- | --- | --- | --- |"
    for kind in CHECKS:
        asks = " Asks a model, which costs." if kind.asks else ""
        yield f"| `{kind.type}` | {kind.does}{asks} | {_cell(kind.value)} | {_cell(kind.threshold)} |"
    yield ""
    yield "## Combining checks"
    yield ""
    yield "| type | what it does |"
    yield "| --- | --- |"
    for name, does in KINDS_OF_CHECKS.items():
        yield f"| `{name}` | {does} |"
    yield ""
    yield "`weight` is a check's share in the score (1 where none is written; with 0 it never fails). Without a"
    yield "`threshold` a case passes when no check failed; with one it passes at this score or above, whatever the single"
    yield "checks say. `metric` adds a check's score to a figure of this name. A check that can't be judged makes the"
    yield "whole answer an error, which is counted apart from failures."
    yield ""
    yield "## Left out"
    yield ""
    yield "Types of promptfoo that are not here:"
    yield ""
    yield "| type | why, and what to use instead |"
    yield "| --- | --- |"
    for name, why in _left_out().items():
        yield f"| `{name}` | {why[0].upper()}{why[1:]}. |"


def _cell(text: str) -> str:
    return text or "–"

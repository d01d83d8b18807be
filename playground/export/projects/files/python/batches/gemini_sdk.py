"""Google's batches through its SDK: the requests inside the call, the answers inside the batch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import settings
from wire import arguments, client, mapped

VERSION = "v1beta"
"""Batches are not in v1."""


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: Any


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Make the batch; its name."""
    source: Any = [_inlined(line) for line in lines]
    with mapped():
        made = client(VERSION).batches.create(
            model=settings.MODEL, src=source, config={"display_name": "batch"}
        )
    return made.name or ""


def _inlined(line: dict[str, Any]) -> dict[str, Any]:
    given = arguments(line["body"])
    return {
        "contents": given["contents"],
        "config": given["config"],
        "metadata": {"key": line["id"]},
    }


def look(batch: str) -> State:
    """How far it is."""
    with mapped():
        found = client(VERSION).batches.get(name=batch)
    return State(found.state.name if found.state else "", bool(found.done), found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong."""
    found = state.batch.dest.inlined_responses if state.batch.dest else None
    for number, row in enumerate(found or (), 1):
        name = (row.metadata or {}).get("key") or f"line-{number}"
        told = row.response and row.response.model_dump(
            mode="json", by_alias=True, exclude_none=True
        )
        yield name, told, "" if told else json.dumps(row.error and row.error.model_dump())

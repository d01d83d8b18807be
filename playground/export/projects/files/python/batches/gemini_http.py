"""Google's batches over plain HTTP: the requests inside the call, the answers inside the batch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import settings
from wire import opened

VERSION = "v1beta"
"""Batches are not in v1."""


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: dict[str, Any]


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Make the batch; its name."""
    requests = [{"request": line["body"], "metadata": {"key": line["id"]}} for line in lines]
    told = {"displayName": "batch", "inputConfig": {"requests": {"requests": requests}}}
    path = f"/{VERSION}/models/{quote(settings.MODEL)}:batchGenerateContent"
    with opened("POST", path, json.dumps({"batch": told}).encode()) as response:
        found: str = json.load(response)["name"]
    return found


def look(batch: str) -> State:
    """How far it is."""
    with opened("GET", f"/{VERSION}/{batch}") as response:
        found = json.load(response)
    return State(found["metadata"]["state"], bool(found.get("done")), found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong."""
    output = state.batch.get("response") or state.batch["metadata"].get("output") or {}
    found = output.get("inlinedResponses") or {}
    rows = found.get("inlinedResponses") or [] if isinstance(found, dict) else found
    for row in rows:
        body = row.get("response")
        yield row["metadata"]["key"], body, "" if body else json.dumps(row.get("error"))

"""Anthropic's Message Batches through its SDK: all requests in one body, one address with the results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wire import client, mapped


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: Any


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Make the batch; its id."""
    requests: Any = [{"custom_id": line["id"], "params": line["body"]} for line in lines]
    with mapped():
        return client().messages.batches.create(requests=requests).id


def look(batch: str) -> State:
    """How far it is."""
    with mapped():
        found = client().messages.batches.retrieve(batch)
    return State(found.processing_status, found.processing_status == "ended", found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong; in any order at Anthropic, in ours here."""
    with mapped():
        found = client().messages.batches.results(state.batch.id)
        rows = [row.to_dict(mode="json") for row in found]
    for row in sorted(rows, key=lambda row: int(row["custom_id"].rpartition("-")[2])):
        result = row["result"]
        body = result.get("message")
        error = "" if body else json.dumps(result.get("error") or result["type"])
        yield row["custom_id"], body, error

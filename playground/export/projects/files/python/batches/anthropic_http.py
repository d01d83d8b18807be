"""Anthropic's Message Batches over plain HTTP: all requests in one body, one address with the results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wire import opened

PATH = "/v1/messages/batches"


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: dict[str, Any]


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Make the batch; its id."""
    requests = [{"custom_id": line["id"], "params": line["body"]} for line in lines]
    with opened("POST", PATH, json.dumps({"requests": requests}).encode()) as response:
        found: str = json.load(response)["id"]
    return found


def look(batch: str) -> State:
    """How far it is."""
    with opened("GET", f"{PATH}/{batch}") as response:
        found = json.load(response)
    return State(found["processing_status"], found["processing_status"] == "ended", found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong; in any order at Anthropic, in ours here."""
    with opened("GET", f"{PATH}/{state.batch['id']}/results") as response:
        rows = list(map(json.loads, response))
    for row in sorted(rows, key=lambda row: int(row["custom_id"].rpartition("-")[2])):
        result = row["result"]
        body = result.get("message")
        error = "" if body else json.dumps(result.get("error") or result["type"])
        yield row["custom_id"], body, error

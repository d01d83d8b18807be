"""OpenAI's Batch API through its SDK: a file of lines goes up, a batch works through it, files of answers come down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import settings
from wire import client, mapped

OVER = ("completed", "failed", "expired", "cancelled")


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: Any


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Upload the lines and make the batch; its id."""
    endpoint: Any = f"/v1{settings.PROJECT['path']}"
    rows = (
        {"custom_id": line["id"], "method": "POST", "url": endpoint, "body": line["body"]}
        for line in lines
    )
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    with mapped():
        file = client().files.create(file=("batch.jsonl", text.encode()), purpose="batch")
        made = client().batches.create(
            input_file_id=file.id, endpoint=endpoint, completion_window="24h"
        )
    return made.id


def look(batch: str) -> State:
    """How far it is."""
    with mapped():
        found = client().batches.retrieve(batch)
    return State(found.status, found.status in OVER, found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong."""
    answered = {}
    for file in filter(None, (state.batch.output_file_id, state.batch.error_file_id)):
        with mapped():
            text = client().files.content(file).text
        answered |= {
            row["custom_id"]: row for row in map(json.loads, filter(None, text.split("\n")))
        }
    for name in sorted(answered, key=lambda name: int(name.rpartition("-")[2])):
        response = answered[name].get("response") or {}
        good = response.get("status_code") == 200
        error = answered[name].get("error") or response.get("body")
        yield name, response["body"] if good else None, "" if good else json.dumps(error)

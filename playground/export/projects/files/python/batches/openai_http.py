"""OpenAI's Batch API over plain HTTP: a file of lines goes up, a batch works through it, files of answers come down."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import settings
from wire import opened

OVER = ("completed", "failed", "expired", "cancelled")


@dataclass
class State:
    """How far a batch is."""

    word: str
    over: bool
    batch: dict[str, Any]


def submit(lines: Sequence[dict[str, Any]]) -> str:
    """Upload the lines and make the batch; its id."""
    endpoint = f"/v1{settings.PROJECT['path']}"
    rows = (
        {"custom_id": line["id"], "method": "POST", "url": endpoint, "body": line["body"]}
        for line in lines
    )
    boundary = uuid.uuid4().hex
    text = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="batch.jsonl"\r\n'
        "content-type: application/jsonl\r\n\r\n"
        + "".join(f"{json.dumps(row)}\n" for row in rows)
        + f"\r\n--{boundary}--\r\n"
    )
    kind = f"multipart/form-data; boundary={boundary}"
    with opened("POST", "/files", text.encode(), kind) as response:
        file = json.load(response)["id"]
    wanted = {"input_file_id": file, "endpoint": endpoint, "completion_window": "24h"}
    with opened("POST", "/batches", json.dumps(wanted).encode()) as response:
        found: str = json.load(response)["id"]
    return found


def look(batch: str) -> State:
    """How far it is."""
    with opened("GET", f"/batches/{batch}") as response:
        found = json.load(response)
    return State(found["status"], found["status"] in OVER, found)


def results(state: State) -> Iterator[tuple[str, dict[str, Any] | None, str]]:
    """Each line's name, its answer's body, or what went wrong."""
    answered = {}
    for name in ("output_file_id", "error_file_id"):
        if file := state.batch.get(name):
            with opened("GET", f"/files/{file}/content") as response:
                answered |= {row["custom_id"]: row for row in map(json.loads, response)}
    for name in sorted(answered, key=lambda name: int(name.rpartition("-")[2])):
        response = answered[name].get("response") or {}
        good = response.get("status_code") == 200
        error = answered[name].get("error") or response.get("body")
        yield name, response["body"] if good else None, "" if good else json.dumps(error)

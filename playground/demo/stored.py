"""Answers that the server keeps, to be fetched, listed and deleted by their ids: Responses, Interactions, stored completions."""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

from playground.demo.compose import Reply
from playground.demo.door import Door, dumps

MAX_KEPT = 32 * 1024 * 1024
"""Bytes of JSON; above that the oldest are forgotten."""


class Stored:
    """Finished answers as JSON, with the input that brought them."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, tuple[bytes, bytes]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def keep(self, door: Door, reply: Reply) -> None:
        """Remember an answer unless the request says not to; Chat Completions keeps only what it is told to."""
        asked = reply.ask.body.get("store")
        if asked is False or (door.name == "openai_chat" and not asked) or door.name not in KEEPERS:
            return
        given = reply.ask.body.get(KEEPERS[door.name])
        entry = (dumps(door.whole(reply)), dumps(items(given)))
        with self._lock:
            self._found[door.response_id(reply)] = entry
            self._size += len(entry[0]) + len(entry[1])
            while self._size > MAX_KEPT and len(self._found) > 1:
                _, oldest = self._found.popitem(last=False)
                self._size -= len(oldest[0]) + len(oldest[1])

    def answer(self, id: str) -> dict[str, Any] | None:
        """The whole answer; None when it is not there."""
        entry = self._found.get(id)
        found: dict[str, Any] | None = json.loads(entry[0]) if entry else None
        return found

    def input_items(self, id: str) -> dict[str, Any] | None:
        """The input of an answer as a list, the newest first; None when it is not there."""
        entry = self._found.get(id)
        if entry is None:
            return None
        listed = [
            {"id": f"msg_{number}{id[5:50]}", **item}
            for number, item in enumerate(json.loads(entry[1]))
        ][::-1]
        ids = [item["id"] for item in listed]
        ends = {"first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}
        return {"object": "list", "data": listed, **ends, "has_more": False}

    def delete(self, id: str) -> bool:
        """Forget an answer; False when it was not there."""
        with self._lock:
            entry = self._found.pop(id, None)
            self._size -= len(entry[0]) + len(entry[1]) if entry else 0
        return entry is not None


KEEPERS = {"openai_responses": "input", "openai_chat": "messages", "gemini_interactions": "input"}
"""Doors whose answers can be fetched, and the field that holds what was asked."""


def items(given: Any) -> list[Any]:
    """An input as a list of messages."""
    if isinstance(given, str):
        content = [{"type": "input_text", "text": given}]
        return [{"type": "message", "role": "user", "status": "completed", "content": content}]
    return [{"type": "message", **item} for item in given or () if isinstance(item, dict)]


def waiting(answer: dict[str, Any]) -> dict[str, Any]:
    """The same answer before anything was written, as a request in the background gets it."""
    empty: dict[str, Any] = {"status": "queued", "output": [], "usage": None, "completed_at": None}
    return {**answer, **empty, "incomplete_details": None}

"""Output items of the Responses API, also as servers send them that speak it only nearly."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

CALLS = frozenset({"function_call", "custom_tool_call"})
"""Types of item that call the user's own tools."""
_RECENT = 64
"""Items that are looked at, the newest: no response has more that are still open."""


def shaped(item: dict[str, Any]) -> dict[str, Any]:
    """The item as OpenAI shapes it, where a server leaves types out or sends text in place of its parts."""
    content = item.get("content")
    if (item.get("type") or "message") != "message" or not content:
        return item
    parts = content if isinstance(content, list) else [content]
    return {**item, "type": "message", "content": [_part(part) for part in parts]}


def _part(part: Any) -> dict[str, Any]:
    part = {"text": part} if isinstance(part, str) else part
    return {**part, "type": "output_text"} if part.get("type") in (None, "text") else part


def place_of(items: dict[Any, dict[str, Any]], event: Mapping[str, Any]) -> Any:
    """The place of the call that a piece belongs to: by the index, where a call stands there, or the id, else the latest."""
    index = event.get("output_index")
    if items.get(index, {}).get("type") in CALLS:
        return index
    newest = islice(reversed(items.items()), _RECENT)
    calls = {index: item.get("id") for index, item in newest if item.get("type") in CALLS}
    by_id = (i for i, id in calls.items() if id is not None and id == event.get("item_id"))
    return next(by_id, next(iter(calls), index))

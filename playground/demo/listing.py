"""The models endpoints: what each vendor says about its models, page by page."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from playground.demo import models
from playground.demo.ask import Refused
from playground.demo.models import Model
from playground.demo.reasoning import EFFORTS

Query = Mapping[str, str]
UNPUBLISHED = "2026-01-01"
"""Stands where the endpoint needs a day of release and the catalog knows none."""


def listing(vendor: str, query: Query) -> dict[str, Any]:
    """The answer of the vendor's list of models; Refused for a page that is none."""
    return LISTS[vendor](models.of(vendor), query)


def of_plan() -> dict[str, Any]:
    """What a token of a ChatGPT plan is told: another shape than a key is."""
    rows = [
        {"slug": model.id, "display_name": model.id, "visibility": "list"}
        for model in models.of("openai")
        if model.id.startswith("gpt-6")
    ]
    return {"models": rows}


def one(vendor: str, name: str) -> dict[str, Any] | None:
    """The answer about one model; None if the vendor has none of that name that still answers."""
    try:
        model = models.find(vendor, name)
    except models.Gone:
        return None
    return ROW[vendor](model) if model else None


def _all(found: list[Model], query: Query) -> dict[str, Any]:
    return {"object": "list", "data": [_openai(model) for model in found]}


def _by_ids(found: list[Model], query: Query) -> dict[str, Any]:
    size = _size(query, "limit", 20)
    ids = [model.id for model in found]
    first, last = 0, len(found)
    if "after_id" in query:
        first = _place(ids, query, "after_id") + 1
    if "before_id" in query:
        last = _place(ids, query, "before_id")
        first = max(first, last - size)
    page = found[first : min(last, first + size)]
    more = first > 0 if "before_id" in query else first + size < len(found)
    return {
        "data": [_anthropic(model) for model in page],
        "first_id": page[0].id if page else None,
        "last_id": page[-1].id if page else None,
        "has_more": more,
    }


def _place(ids: list[str], query: Query, name: str) -> int:
    if query[name] not in ids:
        raise Refused("invalid", f"{name}: '{query[name]}' is not a valid cursor")
    return ids.index(query[name])


def _by_token(found: list[Model], query: Query) -> dict[str, Any]:
    size, token = _size(query, "pageSize", 50), query.get("pageToken", "0")
    if not token.isdecimal():
        raise Refused("invalid", "Page token is invalid.")
    end = int(token) + size
    page = {"models": [_gemini(model) for model in found[int(token) : end]]}
    return {**page, "nextPageToken": f"{end}"} if end < len(found) else page


def _size(query: Query, name: str, usual: int) -> int:
    given = query.get(name, f"{usual}")
    if not given.isdecimal() or not 1 <= int(given) <= MOST_A_PAGE:
        raise Refused("invalid", f"{name}: Input should be between 1 and {MOST_A_PAGE}")
    return int(given)


MOST_A_PAGE = 1000


def _openai(model: Model) -> dict[str, Any]:
    owner = "library" if model.vendor == models.COMPATIBLE else "system"
    row: dict[str, Any] = {"id": model.id, "object": "model"}
    row["created"] = calendar.timegm(time.strptime(_released(model), "%Y-%m-%d"))
    row["owned_by"] = owner
    if model.vendor == "openai":
        row["shutdown_date"] = f"{model.row.retires}" if model.row.retires else None
    return row


def _released(model: Model) -> str:
    return f"{model.row.released}" if model.row.released else UNPUBLISHED


def _anthropic(model: Model) -> dict[str, Any]:
    row = model.row
    line = re.search(r"haiku|sonnet|opus|fable|mythos", model.id)
    levels = [level for level in row.efforts if level in EFFORTS and level != "none"]
    adaptive = "adaptive" in row.thinking
    return {
        "type": "model",
        "id": model.id,
        "display_name": row.label,
        "created_at": f"{_released(model)}T00:00:00Z",
        "lifecycle": "deprecated" if row.retires else "active",
        "deprecated_at": None,
        "retires_at": f"{row.retires}T00:00:00Z" if row.retires else None,
        "line": line[0] if line else None,
        "max_input_tokens": row.context_window,
        "max_tokens": row.max_output,
        "capabilities": {
            "batch": _yes(),
            "citations": _yes(),
            "code_execution": _yes("code_execution" in row.server_tools),
            "context_management": {
                "supported": True,
                "clear_thinking_20251015": _yes(bool(row.thinking)),
                "clear_tool_uses_20250919": _yes(),
                "compact_20260112": _yes(adaptive),
            },
            "effort": {
                "supported": bool(levels),
                **{level: _yes(level in levels) for level in EFFORT_LEVELS},
            },
            "image_input": _yes(row.images),
            "pdf_input": _yes(row.pdf),
            "server_tools": {
                "supported": bool(row.server_tools),
                **{tool: _yes(tool in row.server_tools) for tool in SERVER_TOOLS},
            },
            "structured_outputs": _yes(row.response_schema),
            "thinking": {
                "supported": bool(row.thinking),
                "types": {kind: _yes(kind in row.thinking) for kind in THINKING},
            },
        },
    }


EFFORT_LEVELS = ("low", "medium", "high", "max", "xhigh")
SERVER_TOOLS = ("code_execution", "web_search")
THINKING = ("adaptive", "between_tools", "disabled", "enabled")


def _yes(supported: bool = True) -> dict[str, bool]:
    return {"supported": supported}


def _gemini(model: Model) -> dict[str, Any]:
    row = model.row
    return {
        "name": f"models/{model.id}",
        "version": "001",
        "displayName": row.label,
        "description": f"Simulated {row.label}",
        "inputTokenLimit": row.context_window,
        "outputTokenLimit": row.max_output,
        "supportedGenerationMethods": ["generateContent", "countTokens", "createCachedContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": bool(row.efforts),
    }


ROW: Mapping[str, Callable[[Model], dict[str, Any]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "compatible": _openai,
}
LISTS: Mapping[str, Callable[[list[Model], Query], dict[str, Any]]] = {
    "openai": _all,
    "anthropic": _by_ids,
    "gemini": _by_token,
    "compatible": _all,
}

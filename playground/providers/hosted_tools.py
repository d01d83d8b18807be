"""What the provider's own tools did, counted from what they left in an answer: usage tells only some of it.

The names are those of `calls` in pricing.yaml; what has no price there makes a total a lower bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from playground.domain import Usage

_CLIENT_SIDE = frozenset(
    {"function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call"}
)
"""Items of calls that the caller runs, as against the provider."""
_CONTAINERS = frozenset({"code_interpreter_call", "shell_call"})
_SIZES = frozenset({"4g", "16g", "64g"})
"""Memory of a container beyond the usual 1 GB, as it is asked for."""


def of_responses(response: Mapping[str, Any]) -> dict[str, int]:
    """Calls by their name in the price table, for an OpenAI response."""
    tools = _mappings(response.get("tools"))
    ran = [
        item
        for item in _mappings(response.get("output"))
        if str(item.get("type")).endswith("_call") and item.get("status") != "failed"
    ]
    calls = Counter(
        str(item["type"]).removesuffix("_call")
        for item in ran
        if item["type"] not in {*_CLIENT_SIDE, *_CONTAINERS} and not _only_reads(item)
    )
    seen = calls.pop("web_search", 0)
    told = _mapping(_mapping(response.get("tool_usage")).get("web_search")).get("num_requests")
    calls[_search_tool(tools)] += told if isinstance(told, int) else seen
    if of_images(response) is not None:
        calls.pop("image_generation", None)
    calls.update(_sessions(tools, [item for item in ran if item["type"] in _CONTAINERS]))
    return {name: count for name, count in calls.items() if count}


def of_images(response: Mapping[str, Any]) -> tuple[str, Usage] | None:
    """The model that drew images and its tokens; None where the response does not tell them."""
    told = _mapping(_mapping(response.get("tool_usage")).get("image_gen"))
    if not told.get("total_tokens"):
        return None
    tools = _mappings(response.get("tools"))
    model = next((t.get("model") for t in tools if t.get("type") == "image_generation"), None)
    return str(model or "the image model"), Usage(
        input_tokens=told.get("input_tokens"),
        output_tokens=told.get("output_tokens"),
        input_tokens_by_modality=_modalities(told.get("input_tokens_details")),
        output_tokens_by_modality=_modalities(told.get("output_tokens_details")),
        raw=told,
    )


def queries(asked: Iterable[Any]) -> int:
    """Search queries that Google counts: each once, empty ones not."""
    return len({query for query in asked if isinstance(query, str) and query.strip()})


def also_ran(usage: Usage | None, **calls: int) -> Usage | None:
    """The usage with calls that it does not tell; what it tells stays."""
    if usage is None:
        return None
    missing = {name: n for name, n in calls.items() if n and name not in usage.server_tool_calls}
    if not missing:
        return usage
    return replace(usage, server_tool_calls={**usage.server_tool_calls, **missing})


def only_with(field: str, values: Any) -> list[Mapping[str, Any]]:
    """The objects of a list that have this field; nothing of what is none."""
    return [value for value in _mappings(values) if field in value]


def _only_reads(item: Mapping[str, Any]) -> bool:
    """True for a page opened or searched through: only a search is billed."""
    action = item.get("action")
    kind = action.get("type") if isinstance(action, Mapping) else None
    return item["type"] == "web_search_call" and kind not in (None, "search")


def _search_tool(tools: list[Mapping[str, Any]]) -> str:
    preview = any(str(tool.get("type")).startswith("web_search_preview") for tool in tools)
    return "web_search_preview" if preview else "web_search"


def _sessions(tools: list[Mapping[str, Any]], ran: list[Mapping[str, Any]]) -> Iterable[str]:
    """One name for each container that code ran in; none for a shell of the caller's own."""
    places = {_place(item): item for item in ran if _environment(item).get("type") != "local"}
    for item in places.values():
        own = str(item["type"]).removesuffix("_call")
        tool = next((t for t in tools if t.get("type") == own), {})
        made = tool.get("container") or tool.get("environment")
        if isinstance(made, str) or _mapping(made).get("type") == "container_reference":
            yield "container_by_id"
            continue
        size = _mapping(made).get("memory_limit")
        yield f"container_{size}" if size in _SIZES else "container"


def _environment(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(item.get("environment"))


def _place(item: Mapping[str, Any]) -> Any:
    return item.get("container_id") or _environment(item).get("container_id")


def _modalities(details: Any) -> dict[str, int]:
    found = {kind: _mapping(details).get(f"{kind}_tokens") for kind in ("text", "image")}
    return {kind: count for kind, count in found.items() if isinstance(count, int)}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    return [v for v in values if isinstance(v, Mapping)] if isinstance(values, list) else []

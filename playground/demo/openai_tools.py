"""OpenAI's own tools inside a response: the items that show their use, and the events in which these come."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from playground.demo import mcp
from playground.demo.ask import PIXEL
from playground.demo.used import Used


class Shown(NamedTuple):
    """One item of the output, as it begins and as it ends."""

    item: dict[str, Any]
    begun: dict[str, Any]
    """What differs at the beginning."""
    events: tuple[tuple[str, dict[str, Any]], ...]
    """Kind below `response.` and fields; `item_id` and `output_index` are added, the first unless it is None."""


def in_order(used: tuple[Used, ...]) -> tuple[list[Used], list[Used]]:
    """What comes before the model thinks (the tools of MCP servers), and what comes of its thoughts."""
    before = [one for one in used if one.tool == "mcp_list"]
    return before, [one for one in used if one not in before]


def shown(used: Used, include: tuple[str, ...]) -> list[Shown]:
    """The items of one use of a tool; `include` = what the request asked to see."""
    return _SHOWN[used.tool](used, include)


def _steps(kind: str, *names: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((f"{kind}.{name}", {}) for name in names)


def _search(used: Used, include: tuple[str, ...]) -> list[Shown]:
    action = {"type": "search", "query": used.wanted, "queries": [used.wanted]}
    actions: list[dict[str, Any]] = [action]
    if used.opened:
        actions.append({"type": "open_page", "url": used.pages[0].url})
    found = []
    for number, action in enumerate(actions):
        item = {"id": f"ws_{number}{used.id}", "type": "web_search_call", "status": "completed"}
        steps = _steps("web_search_call", "in_progress", "searching", "completed")
        found.append(Shown({**item, "action": action}, {"action": None}, steps))
    return found


def _code(used: Used, include: tuple[str, ...]) -> list[Shown]:
    outputs = [{"type": "logs", "logs": used.output}]
    item = {
        "id": f"ci_{used.id}",
        "type": "code_interpreter_call",
        "status": "completed",
        "code": used.wanted,
        "container_id": f"cntr_{used.id}",
        "outputs": outputs if "code_interpreter_call.outputs" in include else None,
    }
    kind = "code_interpreter_call"
    events: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"{kind}.in_progress", {}),
        (f"{kind}_code.delta", {"delta": used.wanted}),
        (f"{kind}_code.done", {"code": used.wanted}),
        (f"{kind}.interpreting", {}),
        (f"{kind}.completed", {}),
    )
    return [Shown(item, {"code": "", "outputs": None}, events)]


def _files(used: Used, include: tuple[str, ...]) -> list[Shown]:
    results = [
        {
            "file_id": page.file_id or f"file-{used.id[:20]}{number}",
            "filename": page.title,
            "score": page.score or round(0.9 - number / 10, 2),
            "text": page.text,
            "attributes": dict(page.attributes),
            "vector_store_id": page.store or f"vs_{used.id[:20]}",
        }
        for number, page in enumerate(used.pages)
    ]
    item = {
        "id": f"fs_{used.id}",
        "type": "file_search_call",
        "status": "completed",
        "queries": [used.wanted],
        "results": results if "file_search_call.results" in include else None,
    }
    steps = _steps("file_search_call", "in_progress", "searching", "completed")
    return [Shown(item, {"queries": [], "results": None}, steps)]


def _image(used: Used, include: tuple[str, ...]) -> list[Shown]:
    item = {
        "id": f"ig_{used.id}",
        "type": "image_generation_call",
        "status": "completed",
        "background": "opaque",
        "output_format": "png",
        "quality": "low",
        "result": PIXEL,
        "revised_prompt": used.wanted,
        "size": "1024x1024",
    }
    begun = {name: None for name in item if name not in ("id", "type", "status")}
    steps = _steps("image_generation_call", "in_progress", "generating", "completed")
    return [Shown(item, begun, steps)]


def _mcp_list(used: Used, include: tuple[str, ...]) -> list[Shown]:
    item = {
        "id": f"mcpl_{used.id}",
        "type": mcp.LISTED,
        "server_label": used.server,
        "tools": [json.loads(used.output)],
    }
    return [Shown(item, {"tools": []}, _steps("mcp_list_tools", "in_progress", "completed"))]


def _mcp_approval(used: Used, include: tuple[str, ...]) -> list[Shown]:
    item = {
        "id": mcp.approval_id(used),
        "type": mcp.ASKED,
        "arguments": used.wanted,
        "name": used.name,
        "server_label": used.server,
    }
    return [Shown(item, {}, ())]


def _mcp_call(used: Used, include: tuple[str, ...]) -> list[Shown]:
    item = {
        "id": f"mcp_{used.id}",
        "type": "mcp_call",
        "status": "completed",
        "approval_request_id": used.approved or None,
        "arguments": used.wanted,
        "error": None,
        "name": used.name,
        "output": used.output,
        "server_label": used.server,
    }
    events: tuple[tuple[str, dict[str, Any]], ...] = (
        ("mcp_call.in_progress", {}),
        ("mcp_call_arguments.delta", {"delta": used.wanted}),
        ("mcp_call_arguments.done", {"arguments": used.wanted}),
        ("mcp_call.completed", {}),
    )
    return [Shown(item, {"arguments": "", "output": None}, events)]


def _shell(used: Used, include: tuple[str, ...]) -> list[Shown]:
    call_id, kind = f"call_{used.id}", "shell_call_command"
    action = {"commands": [used.wanted], "max_output_length": None, "timeout_ms": None}
    call = {
        "id": f"sh_{used.id}",
        "type": "shell_call",
        "status": "completed",
        "action": action,
        "call_id": call_id,
        "environment": {"type": "container_reference", "container_id": f"cntr_{used.id}"},
    }
    spoken = {"command_index": 0, "item_id": None}
    commands = (
        (f"{kind}.added", {"command": "", **spoken}),
        (f"{kind}.delta", {"delta": used.wanted, **spoken}),
        (f"{kind}.done", {"command": used.wanted, **spoken}),
    )
    printed = {
        "outcome": {"type": "exit", "exit_code": 0},
        "stderr": "",
        "stdout": used.output,
    }
    output = {
        "id": f"sho_{used.id}",
        "type": "shell_call_output",
        "status": "completed",
        "call_id": call_id,
        "max_output_length": None,
        "output": [printed],
    }
    told = (
        (
            "shell_call_output_content.delta",
            {"command_index": 0, "delta": {"stdout": used.output}},
        ),
        ("shell_call_output_content.done", {"command_index": 0, "output": [printed]}),
    )
    return [
        Shown(call, {"action": {**action, "commands": []}}, commands),
        Shown(output, {"output": [], "status": "completed"}, told),
    ]


_SHOWN: Mapping[str, Callable[[Used, tuple[str, ...]], list[Shown]]] = {
    "web_search": _search,
    "code_execution": _code,
    "file_search": _files,
    "image_generation": _image,
    "mcp_list": _mcp_list,
    "mcp_approval": _mcp_approval,
    "mcp": _mcp_call,
    "shell": _shell,
}


def cited(used: tuple[Used, ...], size: int) -> list[dict[str, Any]]:
    """The annotations of a text of so many characters that rests on what the tools found."""
    urls = [
        {"type": "url_citation", "start_index": 0, "end_index": size}
        | {"title": page.title, "url": page.url}
        for one in used
        if one.tool == "web_search"
        for page in one.pages
    ]
    files = [
        {"type": "file_citation", "index": size, "filename": page.title}
        | {"file_id": page.file_id or f"file-{one.id[:20]}{number}"}
        for one in used
        if one.tool == "file_search"
        for number, page in enumerate(one.pages)
    ]
    return urls + files


NOWHERE = {
    "type": "approximate",
    "city": None,
    "country": "US",
    "region": None,
    "timezone": None,
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "web_search": {
        "filters": None,
        "return_token_budget": "default",
        "search_content_types": ["text"],
        "search_context_size": "medium",
        "user_location": NOWHERE,
    },
    "mcp": {
        "allowed_tools": None,
        "headers": None,
        "require_approval": "always",
        "server_description": None,
    },
    "image_generation": {
        "background": "auto",
        "moderation": "auto",
        "n": 1,
        "output_compression": 100,
        "output_format": "png",
        "quality": "auto",
        "size": "auto",
    },
}
"""What a response adds to a tool that was sent without it."""


def echoed(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool as the response gives it back."""
    rules = tool.get("require_approval")
    if isinstance(rules, Mapping):
        whole = {word: rules.get(word) for word in ("always", "never")}
        filled = {k: v and {"read_only": None, "tool_names": None, **v} for k, v in whole.items()}
        tool = {**tool, "require_approval": filled}
    return {**DEFAULTS.get(str(tool.get("type")), {}), **tool}


def usage(used: tuple[Used, ...]) -> dict[str, Any]:
    """`tool_usage`: images and searches of this response."""
    images = sum(one.tool == "image_generation" for one in used) * IMAGE_TOKENS
    details = {"image_tokens": 0, "text_tokens": 0}
    return {
        "image_gen": {
            "input_tokens": 0,
            "input_tokens_details": details,
            "output_tokens": images,
            "output_tokens_details": {**details, "image_tokens": images},
            "total_tokens": images,
        },
        "web_search": {"num_requests": sum(one.tool == "web_search" for one in used)},
    }


IMAGE_TOKENS = 272
"""Output tokens of a low-quality square image."""
PAD = "kEEr7KRKL2XZg0qWm8TnVb3sYdUhJ1xPoCf9aGiN5tQw4zBRlSeMjHv6uAyDcFI"
BLOCK = 16


def obfuscation(text: str, number: int = 0) -> str:
    """Letters that hide how long a delta is: with them it is a multiple of 16."""
    start = (len(text) * 7 + number * 5) % (len(PAD) - BLOCK)
    return PAD[start : start + BLOCK - len(text) % BLOCK]

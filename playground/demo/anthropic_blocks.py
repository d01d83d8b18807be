"""Blocks and fields of a message that only some requests bring: tools that Anthropic runs, citations, compaction."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from playground.demo import recall
from playground.demo.compose import Reply
from playground.demo.counting import text_tokens
from playground.demo.used import Used


def used_blocks(used: tuple[Used, ...]) -> list[dict[str, Any]]:
    """The blocks that show what Anthropic's own tools did."""
    return [block for one in used for block in _used(one)]


def _used(used: Used) -> tuple[dict[str, Any], dict[str, Any]]:
    if used.tool == "mcp":
        return _mcp(used)
    id = f"srvtoolu_01{used.id[:22]}"
    name, given, result = _RESULTS[used.tool](used)
    return (
        {"type": "server_tool_use", "id": id, "name": name, "input": given},
        {"type": f"{name}_tool_result", "tool_use_id": id, "content": result},
    )


def _mcp(used: Used) -> tuple[dict[str, Any], dict[str, Any]]:
    id = f"mcptoolu_01{used.id[:22]}"
    named = {"name": used.name, "server_name": used.server, "input": json.loads(used.wanted)}
    said = [{"type": "text", "text": used.output}]
    return (
        {"type": "mcp_tool_use", "id": id, **named},
        {"type": "mcp_tool_result", "tool_use_id": id, "is_error": False, "content": said},
    )


def _found(used: Used) -> tuple[str, dict[str, Any], Any]:
    opaque = {"type": "web_search_result", "encrypted_content": f"Esimulated{used.id}"}
    pages = [
        {
            **opaque,
            "title": page.title,
            "url": page.url,
            "page_age": None if number else "1 day ago",
        }
        for number, page in enumerate(used.pages)
    ]
    return "web_search", {"query": used.wanted}, pages


def _printed(used: Used) -> tuple[str, dict[str, Any], Any]:
    printed = {"stdout": used.output, "stderr": "", "return_code": 0, "content": []}
    result = {"type": "bash_code_execution_result", **printed}
    return "bash_code_execution", {"command": f"python3 -c '{used.wanted}'"}, result


_RESULTS = {"web_search": _found, "code_execution": _printed}


def citations(reply: Reply) -> list[dict[str, Any]]:
    """What the text rests on: pages that were found, documents that may be cited."""
    return _documents(reply) + [
        {"type": "web_search_result_location", "cited_text": page.text, "url": page.url}
        | {"title": page.title, "encrypted_index": f"Esimulated{used.id}"}
        for used in reply.used
        for page in used.pages
    ]


def _documents(reply: Reply) -> list[dict[str, Any]]:
    """The first sentence of every text document that may be cited."""
    found: list[dict[str, Any]] = []
    for message in reply.ask.body.get("messages") or ():
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            source = block.get("source") or {}
            if (block.get("citations") or {}).get("enabled") and source.get("type") == "text":
                found.append(_char_location(source["data"], len(found), block.get("title")))
    return found


def _char_location(text: str, number: int, title: str | None) -> dict[str, Any]:
    quoted = text.partition(". ")[0] + (". " if ". " in text else "")
    return {
        "type": "char_location",
        "cited_text": quoted,
        "document_index": number,
        "document_title": title,
        "start_char_index": 0,
        "end_char_index": len(quoted),
    }


LIFETIME = 3600
"""Seconds that a container of code execution stays."""


def container(reply: Reply) -> dict[str, Any]:
    """The container in which code ran; nothing where none did."""
    ran = next((used for used in reply.used if used.tool == "code_execution"), None)
    if ran is None:
        return {}
    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(reply.created + LIFETIME))
    return {"container": {"id": f"container_01{ran.id}", "expires_at": ends}}


COMPACT = "compact_20260112"
TRIGGER = 150_000


def _edit(reply: Reply) -> dict[str, Any] | None:
    asked = (reply.ask.body.get("context_management") or {}).get("edits") or ()
    return next((edit for edit in asked if edit.get("type") == COMPACT), None)


def compaction(reply: Reply) -> str:
    """The summary that stands for the conversation so far; empty unless compaction was asked for and is due."""
    edit = _edit(reply)
    trigger = ((edit or {}).get("trigger") or {}).get("value") or TRIGGER
    if edit is None or reply.input_tokens < trigger:
        return ""
    turns = len(reply.ask.turns)
    return f"Simulated summary: {turns} messages of {reply.input_tokens:,} tokens were read."


BETA = "compact-2026-09-04"


def on_demand(reply: Reply) -> dict[str, Any] | None:
    """The one block that a request for a summary is answered with; None for any other request."""
    if not reply.ask.body.get("compaction"):
        return None
    text = recall.summary(reply.ask)
    return {"type": "compaction", "content": text, "signature": signed(text)}


def signed(summary: str) -> str:
    """The proof that a summary is this server's."""
    return f"Cosimulated{hashlib.blake2b(summary.encode(), digest_size=12).hexdigest()}"


def summary_tokens(reply: Reply) -> int:
    """Output tokens of such a block."""
    return text_tokens(recall.summary(reply.ask), reply.ask.model)


def edits(reply: Reply) -> dict[str, Any]:
    """What was done to the context, where anything was asked for."""
    asked = bool(reply.ask.body.get("context_management"))
    return {"context_management": {"applied_edits": []}} if asked else {}


def iterations(counted: dict[str, Any], reply: Reply) -> list[dict[str, Any]]:
    """The two passes of a compaction: the first one is billed, but not in the totals."""
    names = ("cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation")
    message = {name: counted[name] for name in ("input_tokens", "output_tokens", *names)}
    written = len(compaction(reply).split()) * 2
    first = {**message, "input_tokens": reply.input_tokens, "output_tokens": written}
    return [{**first, "type": "compaction"}, {**message, "type": "message"}]

"""The fields of a Messages body, as Anthropic's API reference and SDK (2.14) name them."""

from __future__ import annotations

from collections.abc import Mapping

from playground.demo.refusals.kinds import (
    ANY,
    ARRAY,
    BOOLEAN,
    OBJECT,
    STRING,
    Kind,
    Open,
    needed,
    one_of,
    record,
    several,
    variant,
    within,
)

CACHE = variant("type", {"ephemeral": {"ttl": one_of("5m", "1h")}})
CACHED = {"cache_control": CACHE}
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
IMAGE = variant(
    "type",
    {
        "base64": {"data": needed(STRING), "media_type": one_of(*IMAGE_TYPES, needed=True)},
        "url": {"url": needed(STRING)},
        "file": {"file_id": needed(STRING)},
    },
)
DOCUMENT = variant(
    "type",
    {
        "base64": {"data": needed(STRING), "media_type": one_of("application/pdf", needed=True)},
        "text": {"data": needed(STRING), "media_type": one_of("text/plain", needed=True)},
        "content": {"content": needed(Kind(types=("string", "array")))},
        "url": {"url": needed(STRING)},
        "file": {"file_id": needed(STRING)},
    },
)
SERVER_BLOCKS = [
    "server_tool_use",
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "mcp_tool_use",
    "mcp_tool_result",
    "container_upload",
    "search_result",
    "redacted_thinking",
    "compaction",
    "advisor_tool_result",
    "tool_reference",
    "tool_addition",
    "tool_removal",
    "fallback",
    "mid_conv_system",
]
BLOCK = variant(
    "type",
    {
        "text": {"text": needed(STRING), "citations": ARRAY, **CACHED},
        "image": {"source": needed(IMAGE), "transformations": ANY, **CACHED},
        "document": {
            "source": needed(DOCUMENT),
            "title": STRING,
            "context": STRING,
            "citations": OBJECT,
            **CACHED,
        },
        "thinking": {"thinking": needed(STRING), "signature": needed(STRING), **CACHED},
        "tool_use": {
            "id": needed(STRING),
            "name": needed(STRING),
            "input": needed(OBJECT),
            "caller": ANY,
            **CACHED,
        },
        "tool_result": {
            "tool_use_id": needed(STRING),
            "content": Kind(types=("string", "array")),
            "is_error": BOOLEAN,
            "toolset": ANY,
            **CACHED,
        },
        **{name: Open() for name in SERVER_BLOCKS},
    },
)
MESSAGE = record(
    role=one_of("user", "assistant", "system", needed=True),
    content=needed(several(BLOCK, alone=True)),
)
TOOL = {
    "name": needed(STRING),
    "input_schema": needed(OBJECT),
    "description": STRING,
    "allowed_callers": ARRAY,
    "defer_loading": BOOLEAN,
    "eager_input_streaming": BOOLEAN,
    "input_examples": ARRAY,
    "strict": BOOLEAN,
    **CACHED,
}
SERVER_TOOLS: Mapping[str, str | None] = {
    "web_search_20250305": "web_search",
    "web_search_20260209": "web_search",
    "web_search_20260318": "web_search",
    "web_fetch_20250910": "web_fetch",
    "web_fetch_20260209": "web_fetch",
    "web_fetch_20260309": "web_fetch",
    "web_fetch_20260318": "web_fetch",
    "code_execution_20250522": "code_execution",
    "code_execution_20250825": "code_execution",
    "code_execution_20260120": "code_execution",
    "code_execution_20260521": "code_execution",
    "bash_20241022": "bash",
    "bash_20250124": "bash",
    "text_editor_20250124": "str_replace_editor",
    "text_editor_20250429": "str_replace_based_edit_tool",
    "text_editor_20250728": "str_replace_based_edit_tool",
    "memory_20250818": "memory",
    "tool_search_tool_bm25": "tool_search_tool_bm25",
    "tool_search_tool_bm25_20251119": "tool_search_tool_bm25",
    "tool_search_tool_regex": "tool_search_tool_regex",
    "tool_search_tool_regex_20251119": "tool_search_tool_regex",
    "mcp_toolset": None,
    "computer_20241022": None,
    "computer_20250124": None,
    "computer_20251124": None,
    "computer_toolset_20260401": None,
    "browser_toolset_20260401": None,
    "advisor_20260301": None,
    "browser_toolset_20260801": None,
    "computer_toolset_20260801": None,
}
"""Tools that Anthropic defines, and the one name that each may have (None = its own affair); other fields are not looked at."""


def _named(name: str | None) -> Open:
    return Open(name=one_of(name, needed=True)) if name else Open()


OUTPUT_FORMAT = variant("type", {"json_schema": {"schema": needed(OBJECT)}})
DISPLAY = one_of("summarized", "omitted")
COUNT = record(
    model=STRING,
    messages=needed(several(MESSAGE, least=1)),
    system=several(
        variant("type", {"text": {"text": needed(STRING), "citations": ARRAY, **CACHED}}),
        alone=True,
    ),
    tools=several(
        variant(
            "type",
            {"custom": TOOL} | {n: _named(name) for n, name in SERVER_TOOLS.items()},
            "custom",
        )
    ),
    tool_choice=variant(
        "type",
        {
            "auto": {"disable_parallel_tool_use": BOOLEAN},
            "any": {"disable_parallel_tool_use": BOOLEAN},
            "tool": {"name": needed(STRING), "disable_parallel_tool_use": BOOLEAN},
            "none": {},
        },
    ),
    thinking=variant(
        "type",
        {
            "enabled": {"budget_tokens": needed(within(1024, whole=True)), "display": DISPLAY},
            "adaptive": {"display": DISPLAY},
            "between_tools": {"display": DISPLAY},
            "disabled": {},
        },
    ),
    output_config=record(
        effort=one_of("low", "medium", "high", "xhigh", "max"),
        format=OUTPUT_FORMAT,
        task_budget=OBJECT,
    ),
    output_format=OUTPUT_FORMAT,
    cache_control=CACHE,
    context_management=OBJECT,
    mcp_servers=ARRAY,
    speed=one_of("standard", "fast"),
)
MESSAGES = Kind(
    types=("object",),
    fields={
        **(COUNT.fields or {}),
        "max_tokens": needed(within(0, whole=True)),
        "metadata": record(user_id=STRING),
        "stop_sequences": several(STRING, most=8191),
        "stream": BOOLEAN,
        "temperature": within(0, 1),
        "top_p": within(0, 1),
        "top_k": within(0, whole=True),
        "service_tier": one_of("auto", "standard_only"),
        "container": ANY,
        "diagnostics": OBJECT,
        "inference_geo": STRING,
        "user_profile_id": STRING,
        "workspace_id": STRING,
        "billing_policy": ANY,
        "compaction": ANY,
        "fallback_credit_token": STRING,
        "fallbacks": ANY,
        "thread": ANY,
    },
)

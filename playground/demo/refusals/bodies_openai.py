"""The fields of OpenAI's bodies, as its API reference and SDK (3.57) name them."""

from __future__ import annotations

from collections.abc import Mapping

from playground.demo.refusals.kinds import (
    ANY,
    ARRAY,
    BOOLEAN,
    INTEGER,
    NUMBER,
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

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
VERBOSITY = one_of("low", "medium", "high")
METADATA = OBJECT
TIERS = ("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")
CACHE = record(
    comparison_response_id=STRING,
    mode=one_of("implicit", "explicit"),
    prewarm=BOOLEAN,
    ttl=one_of("30m", "12h"),
)
SHARED: dict[str, Kind] = {
    "metadata": METADATA,
    "model": STRING,
    "moderation": ANY,
    "parallel_tool_calls": BOOLEAN,
    "prompt_cache_key": STRING,
    "prompt_cache_options": CACHE,
    "prompt_cache_retention": one_of("in_memory", "in-memory", "24h"),
    "safety_identifier": STRING,
    "service_tier": one_of(*TIERS),
    "store": BOOLEAN,
    "stream": BOOLEAN,
    "temperature": within(0, 2),
    "top_logprobs": within(0, 20, whole=True),
    "top_p": within(0, 1),
    "user": STRING,
}
BREAKPOINT = {"prompt_cache_breakpoint": OBJECT}
DETAIL = one_of("auto", "low", "high", "original")
CONTENT = variant(
    "type",
    {
        "input_text": {"text": needed(STRING), **BREAKPOINT},
        "input_image": {"image_url": STRING, "file_id": STRING, "detail": DETAIL, **BREAKPOINT},
        "input_file": {
            "file_data": STRING,
            "file_id": STRING,
            "file_url": STRING,
            "filename": STRING,
            "detail": DETAIL,
            **BREAKPOINT,
        },
        "input_audio": {"input_audio": OBJECT},
        "output_text": {
            "text": needed(STRING),
            "annotations": ARRAY,
            "logprobs": ARRAY,
            **BREAKPOINT,
        },
        "refusal": {"refusal": needed(STRING)},
        "summary_text": {"text": needed(STRING)},
        "reasoning_text": {"text": needed(STRING)},
        "text": {"text": needed(STRING)},
        "computer_screenshot": {"image_url": STRING, "file_id": STRING, "detail": DETAIL},
    },
)
ROLES = one_of("user", "assistant", "system", "developer")
ITEM = {"id": STRING, "status": STRING, "agent": ANY, "created_by": ANY}
KNOWN_ITEMS: dict[str, dict[str, Kind]] = {
    "message": {
        **ITEM,
        "role": needed(ROLES),
        "content": needed(several(CONTENT, alone=True)),
        "phase": STRING,
    },
    "function_call": {
        **ITEM,
        "call_id": needed(STRING),
        "name": needed(STRING),
        "arguments": needed(STRING),
        "namespace": STRING,
        "caller": ANY,
    },
    "function_call_output": {
        **ITEM,
        "call_id": needed(STRING),
        "output": needed(Kind(types=("string", "array"))),
        "caller": ANY,
        "name": STRING,
    },
    "reasoning": {
        **ITEM,
        "summary": needed(ARRAY),
        "content": ARRAY,
        "encrypted_content": STRING,
    },
}
OTHER_ITEMS = [
    "file_search_call",
    "computer_call",
    "computer_call_output",
    "web_search_call",
    "code_interpreter_call",
    "image_generation_call",
    "local_shell_call",
    "local_shell_call_output",
    "shell_call",
    "shell_call_output",
    "apply_patch_call",
    "apply_patch_call_output",
    "mcp_list_tools",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "custom_tool_call",
    "custom_tool_call_output",
    "item_reference",
    "compaction",
    "compaction_trigger",
    "tool_search_call",
    "tool_search_output",
    "context_compaction",
    "additional_tools",
    "program",
    "program_output",
    "agent_message",
    "multi_agent_call",
    "multi_agent_call_output",
    "input_text",
]


class _Numbers(Open):
    """Fields of any name that are biases."""

    def __missing__(self, name: str) -> Kind:
        return within(-100, 100, whole=True)


HOSTED: Mapping[str, Mapping[str, Kind]] = {
    "file_search": {"vector_store_ids": needed(ARRAY)},
    "computer": {},
    "computer_use_preview": {
        "display_height": needed(NUMBER),
        "display_width": needed(NUMBER),
        "environment": one_of("windows", "mac", "linux", "ubuntu", "browser", needed=True),
    },
    "web_search": {},
    "web_search_2025_08_26": {},
    "mcp": {"server_label": needed(STRING)},
    "code_interpreter": {"container": needed(Kind(types=("string", "object")))},
    "image_generation": {},
    "local_shell": {},
    "shell": {},
    "custom": {"name": needed(STRING)},
    "web_search_preview": {},
    "web_search_preview_2025_03_11": {},
    "apply_patch": {},
    "tool_search": {},
    "namespace": {
        "description": needed(STRING),
        "name": needed(STRING),
        "tools": needed(ARRAY),
    },
    "programmatic_tool_calling": {},
}
"""Tools that OpenAI runs, with the fields that they need; others of theirs are not looked at."""
FUNCTION = {
    "async": BOOLEAN,
    "name": needed(STRING),
    "parameters": OBJECT,
    "strict": BOOLEAN,
    "allowed_callers": ARRAY,
    "defer_loading": BOOLEAN,
    "description": STRING,
    "output_schema": OBJECT,
}
TEXT_FORMAT = variant(
    "type",
    {
        "text": {},
        "json_object": {},
        "json_schema": {
            "name": needed(STRING),
            "schema": needed(OBJECT),
            "description": STRING,
            "strict": BOOLEAN,
        },
    },
)
CHOICE = ("none", "auto", "required")
RESPONSES = record(
    **SHARED,
    access_programs=ANY,
    background=BOOLEAN,
    background_options=OBJECT,
    context_management=ARRAY,
    conversation=Kind(types=("string", "object")),
    image=ANY,
    include=several(STRING),
    input=several(
        variant("type", KNOWN_ITEMS | {n: Open() for n in OTHER_ITEMS}, "message"), alone=True
    ),
    instructions=STRING,
    max_output_tokens=within(16, whole=True),
    max_tool_calls=within(1, whole=True),
    previous_response_id=STRING,
    prompt=OBJECT,
    reasoning=record(
        context=one_of("auto", "current_turn", "all_turns"),
        effort=one_of(*EFFORTS),
        generate_summary=one_of("auto", "concise", "detailed"),
        mode=STRING,
        summary=one_of("auto", "concise", "detailed"),
    ),
    stream_options=record(include_obfuscation=BOOLEAN),
    text=record(format=TEXT_FORMAT, verbosity=VERBOSITY),
    tool_choice=Kind(types=("string", "object"), values=CHOICE),
    tools=several(
        variant("type", {"function": FUNCTION} | {name: Open(own) for name, own in HOSTED.items()})
    ),
    truncation=one_of("auto", "disabled"),
)

CALL = record(
    id=needed(STRING),
    type=one_of("function", "custom", needed=True),
    function=record(name=needed(STRING), arguments=needed(STRING)),
    custom=OBJECT,
    index=INTEGER,
)
CHAT_CONTENT = variant(
    "type",
    {
        "text": {"text": needed(STRING), **BREAKPOINT},
        "image_url": {
            "image_url": needed(record(url=needed(STRING), detail=DETAIL)),
            **BREAKPOINT,
        },
        "input_audio": {
            "input_audio": needed(
                record(data=needed(STRING), format=one_of("wav", "mp3", needed=True))
            )
        },
        "file": {
            "file": needed(record(file_data=STRING, file_id=STRING, filename=STRING)),
            **BREAKPOINT,
        },
        "refusal": {"refusal": needed(STRING)},
    },
)
SAID = several(CHAT_CONTENT, least=1, alone=True)
MESSAGE = variant(
    "role",
    {
        "developer": {"content": needed(SAID), "name": STRING},
        "system": {"content": needed(SAID), "name": STRING},
        "user": {"content": needed(SAID), "name": STRING},
        "assistant": {
            "content": SAID,
            "name": STRING,
            "refusal": STRING,
            "audio": OBJECT,
            "tool_calls": several(CALL, least=1),
            "function_call": OBJECT,
            "annotations": ARRAY,
        },
        "tool": {"content": needed(SAID), "tool_call_id": needed(STRING), "name": STRING},
        "function": {"content": ANY, "name": needed(STRING)},
    },
)
CHAT_FUNCTION = record(name=needed(STRING), description=STRING, parameters=OBJECT, strict=BOOLEAN)
CHAT = record(
    **SHARED,
    audio=OBJECT,
    frequency_penalty=within(-2, 2),
    function_call=Kind(types=("string", "object")),
    functions=ARRAY,
    logit_bias=Kind(types=("object",), fields=_Numbers()),
    logprobs=BOOLEAN,
    max_completion_tokens=within(1, whole=True),
    max_tokens=within(1, whole=True),
    messages=needed(several(MESSAGE, least=1)),
    modalities=several(one_of("text", "audio")),
    n=within(1, 128, whole=True),
    prediction=OBJECT,
    presence_penalty=within(-2, 2),
    reasoning_effort=one_of(*EFFORTS),
    response_format=variant(
        "type",
        {
            "text": {},
            "json_object": {},
            "json_schema": {
                "json_schema": needed(
                    record(name=needed(STRING), schema=OBJECT, description=STRING, strict=BOOLEAN)
                )
            },
        },
    ),
    seed=INTEGER,
    stop=several(STRING, most=4, alone=True),
    stream_options=record(include_obfuscation=BOOLEAN, include_usage=BOOLEAN),
    tool_choice=Kind(types=("string", "object"), values=CHOICE),
    tools=several(
        variant("type", {"function": {"function": needed(CHAT_FUNCTION)}, "custom": Open()}),
        least=1,
        most=128,
    ),
    verbosity=VERBOSITY,
    web_search_options=OBJECT,
)

"""What Messages refuses."""

from typing import Any

from tests.demo.odd import LOOSE, PNG, SAID, TEXT, Odd, claude_tool, schema

REF = "https://platform.claude.com/docs/en/api/messages (anthropic-sdk-python 2.14, message_create_params.py)"
SAMPLING = "https://github.com/github/app/issues/2574"
OFF = "https://github.com/cline/cline/issues/13203"
FORCED = "https://github.com/mastra-ai/mastra/issues/7507"
THINKING = "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
CACHING = "https://platform.claude.com/docs/en/build-with-claude/prompt-caching"
TOOLS = "https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use"
OUTPUTS = "https://platform.claude.com/docs/en/build-with-claude/structured-outputs"
VISION = "https://platform.claude.com/docs/en/build-with-claude/vision"
EFFORT = "recorded: anth-n-test-anthropic-explicit-effort-xhigh-unsupported-mod"
OPTIONAL = "recorded: schema-refused-anthropic-twenty-five-optional-parameters-are-rejected"
UNIONS = "recorded: schema-refused-anthropic-seventeen-union-parameters-are-rejected"
ROOT_REF = "recorded: schema-refused-anthropic-external-root-ref-is-rejected"
MIGRATION = "https://platform.claude.com/docs/en/about-claude/models/migration-guide"
OLD = "claude-haiku-4-5"
HAIKU = "claude-haiku-5-5"
MARK = {"type": "ephemeral"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
TOLD = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "4"}


def form(schema: Any) -> dict[str, Any]:
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def said(*blocks: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [*blocks]}]}


def image(data: str, media_type: str = "image/png") -> dict[str, Any]:
    source = {"type": "base64", "data": data, "media_type": media_type}
    return said({"type": "image", "source": source})


TREE = {
    **schema(node={"$ref": "#/$defs/node"}),
    "$defs": {"node": schema(children={"type": "array", "items": {"$ref": "#/$defs/node"}})},
}
MANY = {**schema(**{f"f{n}": TEXT for n in range(25)}), "required": []}
UNION = schema(**{f"f{n}": {"anyOf": [TEXT, {"type": "null"}]} for n in range(17)})

MESSAGES = (
    Odd("messages", {"model": "claude-sonet-5-5"}, "model: claude-sonet-5-5", REF, None, 404),
    Odd("messages", {"model": "claude-3-opus"}, "2026-01-05", REF, None, 404),
    Odd("messages", {"model": "gpt-6.1-sol"}, "model: gpt-6.1-sol", REF, None, 404),
    Odd("messages", {"model": None}, "model: Field required", REF),
    Odd("messages", {"max_tokens": None}, "max_tokens: Field required", REF),
    Odd("messages", {"messages": None}, "messages: Field required", REF),
    Odd("messages", {"messages": []}, "at least one message is required", REF),
    Odd("messages", {"foo": 1}, "foo: Extra inputs are not permitted", REF),
    Odd("messages", {"reasoning_effort": "low"}, "Extra inputs are not permitted", REF),
    Odd("messages", {"metadata": {"name": "x"}}, "metadata.name: Extra inputs", REF),
    Odd("messages", {"max_tokens": "many"}, "valid integer", REF),
    Odd("messages", {"max_tokens": -1}, "greater than or equal to 0", REF),
    Odd("messages", {"max_tokens": 128_001}, "128001 > 128000", REF),
    Odd("messages", {"model": OLD, "max_tokens": 64_001}, "64001 > 64000", REF),
    Odd("messages", {"model": OLD, "temperature": 1.5}, "less than or equal to 1", REF),
    Odd("messages", {"service_tier": "flex"}, "'auto' or 'standard_only'", REF),
    Odd("messages", {"temperature": 0.5}, "`temperature` is deprecated", SAMPLING),
    Odd("messages", {"top_p": 0.5}, "`top_p` is deprecated", SAMPLING),
    Odd("messages", {"top_k": 5}, "`top_k` is deprecated", SAMPLING),
    Odd(
        "messages",
        {"model": OLD, "temperature": 0.5, "top_p": 0.5},
        "cannot both be specified",
        MIGRATION,
    ),
    Odd(
        "messages",
        {"thinking": {"type": "disabled"}},
        '"thinking.type.disabled" is not supported',
        OFF,
    ),
    Odd(
        "messages",
        {"thinking": {"type": "enabled", "budget_tokens": 2048}},
        '"thinking.type.adaptive"',
        THINKING,
    ),
    Odd(
        "messages",
        {"model": OLD, "thinking": {"type": "adaptive"}},
        "adaptive thinking is not supported",
        THINKING,
    ),
    Odd(
        "messages",
        {"model": OLD, "max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 100}},
        "greater than or equal to 1024",
        THINKING,
    ),
    Odd(
        "messages",
        {"model": OLD, "max_tokens": 2000, "thinking": {"type": "enabled", "budget_tokens": 2000}},
        "must be greater than `thinking.budget_tokens`",
        THINKING,
    ),
    Odd(
        "messages",
        {
            "model": OLD,
            "max_tokens": 4000,
            "temperature": 0.5,
            "thinking": {"type": "enabled", "budget_tokens": 2000},
        },
        "may only be set to 1",
        THINKING,
    ),
    Odd(
        "messages",
        {
            "model": OLD,
            "max_tokens": 4000,
            "top_k": 5,
            "thinking": {"type": "enabled", "budget_tokens": 2000},
        },
        "`top_k`",
        THINKING,
    ),
    Odd("messages", {"thinking": {"type": "hard"}}, "'enabled', 'adaptive'", THINKING),
    Odd("messages", {"output_config": {"effort": "none"}}, "Input should be 'low'", EFFORT),
    Odd(
        "messages",
        {"model": "claude-sonnet-4-6", "output_config": {"effort": "xhigh"}},
        "Supported levels: high, low, max, medium.",
        EFFORT,
    ),
    Odd(
        "messages",
        {"model": OLD, "output_config": {"effort": "low"}},
        "does not support the effort parameter",
        EFFORT,
    ),
    Odd(
        "messages",
        {"tools": [claude_tool()], "tool_choice": {"type": "any"}},
        "tool_choice forces tool use",
        FORCED,
    ),
    Odd(
        "messages",
        {"tools": [claude_tool()], "tool_choice": {"type": "tool", "name": "get_weather"}},
        "tool_choice forces tool use",
        FORCED,
    ),
    Odd(
        "messages",
        {"model": HAIKU, "tools": [claude_tool()], "tool_choice": {"type": "tool", "name": "g"}},
        "not found in provided tools",
        TOOLS,
    ),
    Odd("messages", {"tool_choice": {"type": "auto"}}, "while providing tools", TOOLS),
    Odd("messages", {"tools": [claude_tool(), claude_tool()]}, "Tool names must be unique", TOOLS),
    Odd("messages", {"tools": [claude_tool(name="get weather")]}, "should match pattern", TOOLS),
    Odd(
        "messages",
        {"tools": [claude_tool(input_schema={"$ref": "http://x"})]},
        "input_schema.type: Field required",
        ROOT_REF,
    ),
    Odd(
        "messages",
        {"tools": [claude_tool(input_schema={"type": "array"})]},
        "should be 'object'",
        TOOLS,
    ),
    Odd(
        "messages",
        {
            "tools": [
                claude_tool(input_schema={"type": "object", "properties": {"a": {"type": "text"}}})
            ]
        },
        "JSON schema is invalid",
        TOOLS,
    ),
    Odd("messages", {"tools": [{"type": "function", "function": {}}]}, "tools.0.type", TOOLS),
    Odd(
        "messages",
        {"messages": [*SAID, {"role": "assistant", "content": "The"}]},
        "does not support assistant message prefill",
        MIGRATION,
    ),
    Odd(
        "messages",
        {"model": OLD, "messages": [*SAID, {"role": "assistant", "content": "The "}]},
        "trailing whitespace",
        REF,
    ),
    Odd(
        "messages",
        {"messages": [{"role": "assistant", "content": "x"}, *SAID]},
        'first message must use the "user" role',
        REF,
    ),
    Odd("messages", {"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role", REF),
    Odd("messages", {"messages": [{"role": "user", "content": ""}]}, "non-empty content", REF),
    Odd("messages", said({"type": "text", "text": ""}), "must be non-empty", REF),
    Odd("messages", {"messages": [{"role": "user", "content": "  "}]}, "non-whitespace", REF),
    Odd("messages", said({"type": "input_text", "text": "x"}), "messages.0.content.0.type", REF),
    Odd("messages", said({"type": "text"}), "messages.0.content.0.text: Field required", REF),
    Odd(
        "messages",
        {"messages": [*SAID, {"role": "assistant", "content": [CALL]}, *SAID]},
        "without `tool_result` blocks immediately after: toolu_1",
        TOOLS,
    ),
    Odd("messages", said(TOLD), "unexpected `tool_use_id` found", TOOLS),
    Odd("messages", said(CALL), "can only be in `assistant` messages", TOOLS),
    Odd(
        "messages",
        {
            "messages": [
                *SAID,
                {
                    "role": "assistant",
                    "content": [{"type": "thinking", "thinking": "x", "signature": ""}],
                },
                *SAID,
            ]
        },
        "Invalid `signature`",
        THINKING,
    ),
    Odd(
        "messages",
        said(*[{"type": "text", "text": "x", "cache_control": MARK}] * 5),
        "A maximum of 4 blocks",
        CACHING,
    ),
    Odd(
        "messages",
        said({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "2h"}}),
        "'5m' or '1h'",
        CACHING,
    ),
    Odd(
        "messages",
        said(
            {"type": "text", "text": "x", "cache_control": MARK},
            {"type": "text", "text": "y", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        ),
        "must not come after a ttl='5m'",
        CACHING,
    ),
    Odd("messages", form(LOOSE), "must be explicitly set to false", OUTPUTS),
    Odd(
        "messages",
        form(schema(a={"type": "integer", "minimum": 1, "maximum": 9})),
        "properties maximum, minimum are not supported",
        OUTPUTS,
    ),
    Odd(
        "messages",
        form(schema(a={"type": "string", "maxLength": 9})),
        "property maxLength is not supported",
        OUTPUTS,
    ),
    Odd(
        "messages",
        form(schema(a={"type": "array", "items": TEXT, "minItems": 3})),
        "'minItems'",
        OUTPUTS,
    ),
    Odd("messages", form(TREE), "Circular reference", OUTPUTS),
    Odd("messages", form(schema(a={"$ref": "https://x.org/s.json"})), "External $ref", OUTPUTS),
    Odd("messages", form(schema(a={"type": "string", "pattern": "(?=x)"})), "regex", OUTPUTS),
    Odd("messages", form(MANY), "too many optional parameters (25)", OPTIONAL),
    Odd("messages", form(UNION), "17 parameters with type arrays or anyOf", UNIONS),
    Odd(
        "messages",
        {"tools": [claude_tool(strict=True, input_schema=LOOSE)]},
        "tools.0.custom.input_schema",
        OUTPUTS,
    ),
    Odd(
        "messages",
        {"output_config": {"format": {"type": "xml"}}},
        "output_config.format.type",
        OUTPUTS,
    ),
    Odd("messages", {"stop_sequences": [" "]}, "non-whitespace", REF),
    Odd("messages", image("aGVsbG8="), "Could not process image", VISION),
    Odd("messages", image("###"), "Invalid base64 data", VISION),
    Odd("messages", image(PNG, "image/jpeg"), "image/jpeg media type", VISION),
    Odd("messages", image(PNG, "image/tiff"), "Input should be 'image/jpeg'", VISION),
    Odd(
        "messages",
        said(
            {
                "type": "document",
                "source": {"type": "base64", "data": "aGVsbG8=", "media_type": "application/pdf"},
            }
        ),
        "The PDF specified was not valid",
        VISION,
    ),
)

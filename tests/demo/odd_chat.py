"""What Chat Completions refuses."""

from typing import Any

from tests.demo.odd import LOOSE, SAID, Odd, nested

CHAT_REF = "https://developers.openai.com/api/reference (openai-python 3.57, chat)"
REASONING = "https://developers.openai.com/api/docs/guides/reasoning"
SCHEMAS = "https://developers.openai.com/api/docs/guides/structured-outputs"
IMAGES = "https://developers.openai.com/api/docs/guides/images-vision"
CHAT_EFFORT = "https://github.com/immersive-translate/immersive-translate/issues/3529"
STRICT = "recorded: schema-refused-openai-structuredoutputs-withoutschema-strict-failu"
UNKNOWN_CHAT = "recorded: oaic-n-test-openai-client-async-error"
AUDIO = "recorded: oaic-n-test-multimodal-tool-return-matrix-direct-binary-aud"


def chat_form(schema: Any) -> dict[str, Any]:
    named = {"name": "x", "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def seen_in_chat(url: str) -> dict[str, Any]:
    part = {"type": "image_url", "image_url": {"url": url}}
    return {"messages": [{"role": "user", "content": [part]}]}


CALLED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ],
}

CHAT = (
    Odd(
        "chat",
        {"model": "gpt-9-nova"},
        "does not exist or you do not have access",
        UNKNOWN_CHAT,
        "model_not_found",
        404,
    ),
    Odd("chat", {"model": "gpt-5.5-pro"}, "only supported in v1/responses", CHAT_REF, None, 404),
    Odd("chat", {"foo": 1}, "Unrecognized request argument supplied: foo", CHAT_REF),
    Odd("chat", {"messages": None}, "'messages'", CHAT_REF, "missing_required_parameter"),
    Odd("chat", {"messages": []}, "empty array", CHAT_REF, "empty_array"),
    Odd(
        "chat",
        {"messages": [{"role": "robot", "content": "x"}]},
        "Invalid value: 'robot'",
        CHAT_REF,
        "invalid_value",
    ),
    Odd(
        "chat",
        {"messages": [{"role": "user"}]},
        "'messages[0].content'",
        CHAT_REF,
        "missing_required_parameter",
    ),
    Odd(
        "chat",
        {"messages": [{**SAID[0], "reasoning_content": "x"}]},
        "'messages[0].reasoning_content'",
        CHAT_REF,
        "unknown_parameter",
    ),
    Odd(
        "chat",
        {"max_tokens": 99},
        "Use 'max_completion_tokens' instead",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "chat",
        {"model": "gpt-4.1", "max_tokens": 99_999},
        "supports at most 32768",
        CHAT_REF,
        "invalid_value",
    ),
    Odd("chat", {"max_completion_tokens": 0}, ">= 1", CHAT_REF, "integer_below_min_value"),
    Odd("chat", {"temperature": 0}, "Only the default (1)", REASONING, "unsupported_value"),
    Odd("chat", {"presence_penalty": 1}, "'presence_penalty'", REASONING, "unsupported_parameter"),
    Odd("chat", {"logprobs": True}, "'logprobs'", REASONING, "unsupported_parameter"),
    Odd("chat", {"logit_bias": {"50": 1}}, "'logit_bias'", REASONING, "unsupported_parameter"),
    Odd("chat", {"stop": "END"}, "'stop' is not supported", REASONING, "unsupported_parameter"),
    Odd(
        "chat",
        {"model": "gpt-4.1", "stop": ["a", "b", "c", "d", "e"]},
        "maximum length 4",
        CHAT_REF,
        "array_above_max_length",
    ),
    Odd("chat", {"model": "gpt-4.1", "n": 129}, "<= 128", CHAT_REF, "integer_above_max_value"),
    Odd(
        "chat",
        {"reasoning_effort": "minimal"},
        "does not support 'minimal'",
        CHAT_EFFORT,
        "unsupported_value",
    ),
    Odd(
        "chat",
        {"reasoning_effort": "max"},
        "does not support 'max'",
        CHAT_EFFORT,
        "unsupported_value",
    ),
    Odd(
        "chat",
        {"model": "gpt-4.1", "reasoning_effort": "low"},
        "Unrecognized request argument",
        CHAT_REF,
    ),
    Odd(
        "chat",
        {"tools": [nested()]},
        "use /v1/responses or set reasoning_effort",
        "lab §3: nine repositories, March to October 2026",
    ),
    Odd("chat", {"tools": []}, "empty array", CHAT_REF, "empty_array"),
    Odd(
        "chat",
        {"tools": [{"type": "function", "name": "f"}]},
        "'tools[0].function'",
        CHAT_REF,
        "missing_required_parameter",
    ),
    Odd(
        "chat",
        {"model": "gpt-4.1", "tools": [nested(strict=True, parameters=LOOSE)]},
        "'additionalProperties' is required",
        STRICT,
        "invalid_function_parameters",
    ),
    Odd("chat", {"tool_choice": "auto"}, "only allowed when 'tools'", CHAT_REF),
    Odd("chat", {"parallel_tool_calls": False}, "only allowed when 'tools'", CHAT_REF),
    Odd("chat", {"messages": [*SAID, CALLED]}, "did not have response messages: call_1", CHAT_REF),
    Odd(
        "chat",
        {"messages": [*SAID, {"role": "tool", "tool_call_id": "call_1", "content": "4"}]},
        "must be a response to a preceeding",
        CHAT_REF,
    ),
    Odd(
        "chat",
        {"messages": [*SAID, {"role": "assistant", "content": None}]},
        "expected a string, got null",
        CHAT_REF,
    ),
    Odd(
        "chat",
        chat_form(LOOSE),
        "'additionalProperties' is required",
        STRICT,
        "invalid_json_schema",
    ),
    Odd(
        "chat",
        {"response_format": {"type": "json_object"}},
        "must contain the word 'json'",
        SCHEMAS,
    ),
    Odd(
        "chat", {"stream_options": {"include_usage": True}}, "only allowed when 'stream'", CHAT_REF
    ),
    Odd(
        "chat",
        seen_in_chat("data:image/png;base64,aGVsbG8="),
        "does not represent a valid image",
        IMAGES,
        "image_parse_error",
    ),
    Odd(
        "chat",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
                    ],
                }
            ]
        },
        "expected to be either text or image_url",
        AUDIO,
        "invalid_value",
    ),
    Odd(
        "chat",
        {"web_search_options": {"search_context_size": "low"}},
        "'web_search_options'",
        CHAT_REF,
        "unsupported_parameter",
    ),
    Odd("chat", {"verbosity": "chatty"}, "Invalid value: 'chatty'", CHAT_REF, "invalid_value"),
    Odd("chat", {"top_logprobs": 2, "model": "gpt-4.1"}, "only allowed when 'logprobs'", CHAT_REF),
)

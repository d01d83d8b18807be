"""What Responses refuses."""

from typing import Any

from tests.demo.odd import LOOSE, PNG, SAID, TEXT, Odd, function, nested, schema

REF = "https://developers.openai.com/api/reference (openai-python 3.57, response_create_params.py)"
REASONING = "https://developers.openai.com/api/docs/guides/reasoning"
SCHEMAS = "https://developers.openai.com/api/docs/guides/structured-outputs"
CALLING = "https://developers.openai.com/api/docs/guides/function-calling"
IMAGES = "https://developers.openai.com/api/docs/guides/images-vision"
EFFORT = "https://github.com/openai/openai-agents-python/issues/2089"
STRICT = "recorded: schema-refused-openai-structuredoutputs-withoutschema-strict-failu"
UNKNOWN = "recorded: oair-n-test-model-not-found-openai-gpt-4o-responses"
GONE = "recorded: rate-limit-headers-openai-agents-and-tools (gpt-3.5-turbo-0613)"


def form(schema: Any, **more: Any) -> dict[str, Any]:
    return {"text": {"format": {"type": "json_schema", "name": "x", "schema": schema, **more}}}


def seen(url: str) -> dict[str, Any]:
    part = {"type": "input_image", "image_url": url}
    return {"input": [{"role": "user", "content": [part]}]}


CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
TOLD = {"type": "function_call_output", "call_id": "call_1", "output": "4"}

RESPONSES = (
    Odd("responses", {"model": "gpt-9-nova"}, "does not exist", UNKNOWN, "model_not_found"),
    Odd("responses", {"model": "gpt-6.1-so"}, "does not exist", UNKNOWN, "model_not_found"),
    Odd("responses", {"model": "GPT-6.1-SOL"}, "does not exist", UNKNOWN, "model_not_found"),
    Odd("responses", {"model": "gpt-4-turbo"}, "2026-10-23", GONE, "model_not_found", 404),
    Odd("responses", {"model": "gpt-audio"}, "cannot be used with the Responses API", REF),
    Odd("responses", {"model": None}, "model", REF),
    Odd("responses", {"input": None}, "must be provided", REF, "missing_required_parameter"),
    Odd("responses", {"foo": 1}, "Unknown parameter: 'foo'.", REF, "unknown_parameter"),
    Odd("responses", {"stop": ["x"]}, "Unknown parameter: 'stop'.", REF, "unknown_parameter"),
    Odd("responses", {"seed": 7}, "Unknown parameter: 'seed'.", REF, "unknown_parameter"),
    Odd(
        "responses", {"messages": SAID}, "Unknown parameter: 'messages'.", REF, "unknown_parameter"
    ),
    Odd("responses", {"max_tokens": 99}, "Unknown parameter", REF, "unknown_parameter"),
    Odd("responses", {"reasoning": {"foo": 1}}, "'reasoning.foo'", REF, "unknown_parameter"),
    Odd("responses", {"temperature": "hot"}, "expected a decimal", REF, "invalid_type"),
    Odd("responses", {"stream": "yes"}, "expected a boolean", REF, "invalid_type"),
    Odd("responses", {"input": 7}, "expected a string or an array", REF, "invalid_type"),
    Odd("responses", {"temperature": 3}, "<= 2", REF, "decimal_above_max_value"),
    Odd("responses", {"top_p": -1}, ">= 0", REF, "decimal_below_min_value"),
    Odd("responses", {"max_output_tokens": 1}, ">= 16", REF, "integer_below_min_value"),
    Odd("responses", {"max_output_tokens": 200_000}, "<= 128000", REF, "integer_above_max_value"),
    Odd(
        "responses",
        {"temperature": 0.2},
        "not supported with this",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "responses", {"top_p": 0.5}, "'top_p' is not supported", REASONING, "unsupported_parameter"
    ),
    Odd(
        "responses",
        {"top_logprobs": 2},
        "'top_logprobs' is not",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "responses",
        {"model": "gpt-5.4", "temperature": 0.2, "reasoning": {"effort": "low"}},
        "'temperature'",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "responses",
        {"reasoning": {"effort": "none"}},
        "'low', 'medium', 'high'",
        EFFORT,
        "unsupported_value",
    ),
    Odd(
        "responses",
        {"reasoning": {"effort": "minimal"}},
        "'minimal' is not supported",
        EFFORT,
        "unsupported_value",
    ),
    Odd(
        "responses",
        {"reasoning": {"effort": "extreme"}},
        "Invalid value: 'extreme'",
        REF,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"model": "gpt-4.1", "reasoning": {"effort": "low"}},
        "'reasoning.effort'",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "responses",
        {"model": "gpt-4.1", "reasoning": {"summary": "auto"}},
        "'reasoning.summary'",
        REASONING,
        "unsupported_parameter",
    ),
    Odd(
        "responses",
        {"model": "gpt-4.1", "text": {"verbosity": "low"}},
        "'medium'",
        REF,
        "unsupported_value",
    ),
    Odd(
        "responses",
        {"model": "gpt-5", "prompt_cache_options": {"ttl": "30m"}},
        "prompt_cache_options",
        REF,
        "unsupported_parameter",
    ),
    Odd("responses", {"service_tier": "express"}, "Invalid value: 'express'", REF, "invalid_value"),
    Odd(
        "responses",
        {"model": "gpt-4.1", "service_tier": "flex"},
        "service_tier",
        REF,
        "invalid_value",
    ),
    Odd("responses", {"truncation": "middle"}, "'auto' and 'disabled'", REF, "invalid_value"),
    Odd(
        "responses",
        {"include": ["everything"]},
        "Invalid value: 'everything'",
        REF,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"model": "gpt-4.1", "include": ["reasoning.encrypted_content"]},
        "Encrypted content",
        REF,
    ),
    Odd(
        "responses",
        {"stream_options": {"include_obfuscation": False}},
        "only allowed when 'stream'",
        REF,
    ),
    Odd(
        "responses",
        {"previous_response_id": "resp_no"},
        "'resp_no' not found",
        REF,
        "previous_response_not_found",
    ),
    Odd(
        "responses",
        {"metadata": {f"k{n}": "v" for n in range(17)}},
        "at most 16",
        REF,
        "object_above_max_properties",
    ),
    Odd("responses", {"metadata": {"k": 7}}, "'metadata.k'", REF, "invalid_type"),
    Odd(
        "responses",
        {"metadata": {"k": "v" * 513}},
        "maximum length 512",
        REF,
        "string_above_max_length",
    ),
    Odd(
        "responses",
        form(LOOSE),
        "'additionalProperties' is required",
        STRICT,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form({**schema(a=TEXT, b=TEXT), "required": ["a"]}),
        "Missing 'b'",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form(schema(a={"allOf": [TEXT]})),
        "'allOf' is not permitted",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form(schema(a={"type": "object", "patternProperties": {"x": TEXT}})),
        "'patternProperties'",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form({"type": "array", "items": TEXT}),
        "got 'type: \"array\"'",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form(schema(a={"type": "array"})),
        "array schema missing items",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form(schema(a={"type": "string", "format": "uri"})),
        "'uri' is not a valid format",
        SCHEMAS,
        "invalid_json_schema",
    ),
    Odd(
        "responses",
        form(schema(a=TEXT), name="my schema"),
        "does not match pattern",
        SCHEMAS,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"text": {"format": {"type": "json_object"}}},
        "must contain the word 'json'",
        SCHEMAS,
    ),
    Odd(
        "responses",
        {"text": {"format": {"type": "xml"}}},
        "Invalid value: 'xml'",
        SCHEMAS,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"tools": [function(strict=True, parameters=LOOSE)]},
        "'additionalProperties'",
        STRICT,
        "invalid_function_parameters",
    ),
    Odd(
        "responses",
        {"tools": [function(name="get weather")]},
        "does not match pattern",
        CALLING,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"tools": [{"type": "function"}]},
        "'tools[0].name'",
        CALLING,
        "missing_required_parameter",
    ),
    Odd(
        "responses",
        {"tools": [{"type": "telepathy"}]},
        "Invalid value: 'telepathy'",
        CALLING,
        "invalid_value",
    ),
    Odd(
        "responses", {"tools": [nested()]}, "'tools[0].name'", CALLING, "missing_required_parameter"
    ),
    Odd("responses", {"tool_choice": "required"}, "must be specified with 'tools'", CALLING),
    Odd(
        "responses",
        {"tools": [function()], "tool_choice": {"type": "function", "name": "g"}},
        "not found in 'tools'",
        CALLING,
    ),
    Odd(
        "responses", {"tool_choice": "always"}, "Invalid value: 'always'", CALLING, "invalid_value"
    ),
    Odd(
        "responses",
        {"input": [*SAID, CALL]},
        "No tool output found for function call call_1",
        CALLING,
    ),
    Odd(
        "responses",
        {"input": [*SAID, TOLD]},
        "No tool call found for function call output",
        CALLING,
    ),
    Odd(
        "responses",
        {"input": [{"role": "robot", "content": "Hi"}]},
        "Invalid value: 'robot'",
        REF,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"input": [{"role": "user", "content": [{"type": "text_block", "text": "x"}]}]},
        "'text_block'",
        REF,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"input": [*SAID, {"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "'output_text' and 'refusal'",
        REF,
        "invalid_value",
    ),
    Odd(
        "responses",
        {"input": [*SAID, {"type": "reasoning", "id": "rs_1", "summary": []}]},
        "required following item",
        REF,
    ),
    Odd(
        "responses",
        seen("data:image/tiff;base64," + PNG),
        "unsupported MIME type 'image/tiff'",
        IMAGES,
        "invalid_value",
    ),
    Odd(
        "responses",
        seen("data:image/png;base64,aGVsbG8="),
        "does not represent a valid image",
        IMAGES,
        "image_parse_error",
    ),
    Odd("responses", seen("data:image/png;base64,###"), "base64", IMAGES, "invalid_base64"),
    Odd("responses", seen("photo.png"), "Expected a valid URL", IMAGES, "invalid_value"),
    Odd(
        "responses",
        {**seen("data:image/png;base64," + PNG), "model": "o3-mini"},
        "2026-10-23",
        GONE,
        None,
        404,
    ),
    Odd(
        "responses",
        {
            "input": [
                {
                    "role": "user",
                    "content": [{"type": "input_file", "file_data": "data:audio/wav;base64,AAAA"}],
                }
            ]
        },
        "try again with a pdf",
        "recorded: oair-n-test-multimodal-tool-return-matrix-direct-url-audio",
        "unsupported_file",
    ),
)

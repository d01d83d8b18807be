"""What generateContent and Interactions refuse."""

from typing import Any

from tests.demo.odd import PNG, TEXT, Odd, gemini_tool

REF = "https://ai.google.dev/api/generate-content (google-genai 3.6.1, types.py)"
NAMES = "https://github.com/gera2ld/ai.nvim/issues/13"
GONE = "https://github.com/google/adk-docs/pull/1840"
LEVELS = "https://github.com/QwenLM/qwen-code/pull/9094"
BOTH = "https://github.com/sterlp/eclipse-peon-ai/issues/115"
BUDGET = "https://github.com/RooCodeInc/Roo-Code/issues/4399"
THINKING = "https://ai.google.dev/gemini-api/docs/thinking"
SIGNATURES = "https://ai.google.dev/gemini-api/docs/thought-signatures"
CALLING = "https://ai.google.dev/gemini-api/docs/function-calling"
OUTPUT = "https://ai.google.dev/gemini-api/docs/structured-output"
SCHEMA = "https://github.com/zed-industries/zed/issues/44875"
MEDIA = "https://ai.google.dev/gemini-api/docs/image-understanding"
CACHED = "recorded: cached-contents-gemini-edge-double-delete"
INTERACTIONS = "https://ai.google.dev/api/interactions-api (google-genai 3.6.1, _gaos)"
BACKGROUND = "recorded: stored-responses-gemini-google-genai-v2-latest-cassette-8"
USER = {"role": "user", "parts": [{"text": "Hi"}]}
CALL = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}
TOLD = {"functionResponse": {"name": "f", "response": {"x": 1}}}


def config(**settings: Any) -> dict[str, Any]:
    return {"generationConfig": settings}


def thinking(**settings: Any) -> dict[str, Any]:
    return config(thinkingConfig=settings)


def talk(*turns: Any) -> dict[str, Any]:
    return {"contents": [*turns]}


def said(*parts: Any) -> dict[str, Any]:
    return talk({"role": "user", "parts": [*parts]})


def model(*parts: Any) -> dict[str, Any]:
    return {"role": "model", "parts": [*parts]}


def answered(schema: Any) -> dict[str, Any]:
    return config(responseMimeType="application/json", responseSchema=schema)


GENERATE = (
    Odd("generate", {"model": "gemini-9-flash"}, "is not found for API version", REF, None, 404),
    Odd("generate", {"model": "gemini-2.0-flash"}, "2026-06-01", GONE, None, 404),
    Odd("generate", {"contents": None}, "contents is not specified", REF),
    Odd("generate", {"contents": []}, "contents is not specified", REF),
    Odd("generate", {"contents": "Hi"}, "Invalid value at 'contents'", REF),
    Odd("generate", {"foo": 1}, 'Unknown name "foo": Cannot find field.', NAMES),
    Odd("generate", {"temperature": 1}, 'Unknown name "temperature"', NAMES),
    Odd("generate", config(foo=1), "Unknown name \"foo\" at 'generation_config'", NAMES),
    Odd(
        "generate",
        said({"text": "x", "role": "user"}),
        "Unknown name \"role\" at 'contents[0].parts[0]'",
        NAMES,
    ),
    Odd("generate", config(temperature="hot"), '(TYPE_FLOAT), "hot"', NAMES),
    Odd("generate", config(maxOutputTokens="many"), "(TYPE_INT32)", NAMES),
    Odd("generate", config(temperature=3), "must be in the range [0.0, 2.0]", REF),
    Odd("generate", config(topP=2), "must be in the range [0.0, 1.0]", REF),
    Odd("generate", config(maxOutputTokens=0), "must be positive", REF),
    Odd("generate", config(maxOutputTokens=70_000), "1 (inclusive) to 65537 (exclusive)", REF),
    Odd("generate", config(candidateCount=2), "Multiple candidates is not enabled", REF),
    Odd("generate", config(stopSequences=list("abcdef")), "at most 5", REF),
    Odd("generate", config(presencePenalty=1.0), "Penalty is not enabled", REF),
    Odd("generate", thinking(thinkingLevel="EXTREME"), "ThinkingLevel", THINKING),
    Odd(
        "generate",
        thinking(thinkingLevel="MINIMAL"),
        "Thinking level MINIMAL is not supported",
        THINKING,
    ),
    Odd(
        "generate",
        {"model": "gemini-2.5-flash", **thinking(thinkingLevel="LOW")},
        "Thinking level is not supported",
        LEVELS,
    ),
    Odd(
        "generate",
        thinking(thinkingLevel="LOW", thinkingBudget=500),
        "only one of thinking budget and thinking level",
        BOTH,
    ),
    Odd(
        "generate",
        {"model": "gemini-2.5-flash", **thinking(thinkingBudget=52_428)},
        "thinking budget 52428 is invalid",
        BUDGET,
    ),
    Odd(
        "generate",
        {"model": "gemini-2.5-pro", **thinking(thinkingBudget=0)},
        "only works in thinking mode",
        THINKING,
    ),
    Odd(
        "generate",
        {"model": "gemini-2.5-pro", **thinking(thinkingBudget=64)},
        "between 128 and 32768",
        THINKING,
    ),
    Odd("generate", thinking(thinkingBudget=0), "only works in thinking mode", THINKING),
    Odd(
        "generate",
        talk({"role": "assistant", "parts": [{"text": "x"}]}),
        "valid role: user, model",
        REF,
    ),
    Odd("generate", talk({"role": "user", "parts": []}), "must not be empty", REF),
    Odd("generate", said({}), "required oneof field 'data'", REF),
    Odd(
        "generate",
        talk(
            USER,
            model({"functionCall": {"name": "f", "args": {}}}),
            {"role": "user", "parts": [TOLD]},
        ),
        "missing a thought_signature",
        SIGNATURES,
    ),
    Odd(
        "generate",
        talk(USER, model(CALL), USER),
        "number of function response parts is equal",
        CALLING,
    ),
    Odd("generate", said(TOLD), "immediately after a function call turn", CALLING),
    Odd(
        "generate",
        talk(USER, model(CALL, CALL), {"role": "user", "parts": [TOLD]}),
        "number of function response parts",
        CALLING,
    ),
    Odd("generate", talk(USER, model(CALL)), "function call turn comes immediately after", CALLING),
    Odd("generate", {"tools": gemini_tool(name="get weather")}, "Invalid function name", CALLING),
    Odd(
        "generate",
        {"tools": [*gemini_tool(), *gemini_tool()]},
        "Duplicate function declaration",
        CALLING,
    ),
    Odd("generate", {"tools": [{"telepathy": {}}]}, 'Unknown name "telepathy"', CALLING),
    Odd(
        "generate",
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
        "without function_declarations",
        CALLING,
    ),
    Odd("generate", {"toolConfig": {"functionCallingConfig": {"mode": "MUST"}}}, "Mode", CALLING),
    Odd(
        "generate",
        {
            "tools": gemini_tool(),
            "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["g"]}},
        },
        "not declared",
        CALLING,
    ),
    Odd(
        "generate",
        {"model": "gemini-2.5-flash", "tools": [*gemini_tool(), {"googleSearch": {}}]},
        "Tool use with function calling is unsupported",
        CALLING,
    ),
    Odd(
        "generate",
        {
            "model": "gemini-2.5-flash",
            "tools": gemini_tool(),
            **config(responseMimeType="application/json"),
        },
        "response mime type: 'application/json' is unsupported",
        CALLING,
    ),
    Odd(
        "generate",
        {"model": "gemini-3.1-flash-image", "tools": gemini_tool()},
        "Function calling is not enabled",
        CALLING,
    ),
    Odd(
        "generate",
        {"tools": gemini_tool(parameters={"type": "object", "properties": {"a": {"const": 1}}})},
        'Unknown name "const"',
        SCHEMA,
    ),
    Odd(
        "generate",
        answered({"type": "object", "properties": {"a": {"not": TEXT}}}),
        'Unknown name "not"',
        SCHEMA,
    ),
    Odd("generate", answered({"type": "text"}), "v1beta.Type", OUTPUT),
    Odd("generate", answered({"type": "array"}), "items: missing field", OUTPUT),
    Odd("generate", config(responseSchema=TEXT), "only allowed for response_mime_type", OUTPUT),
    Odd("generate", config(responseMimeType="text/html"), "allowed mimetypes are", OUTPUT),
    Odd(
        "generate",
        config(responseMimeType="application/json", responseSchema=TEXT, responseJsonSchema=TEXT),
        "Only one of",
        OUTPUT,
    ),
    Odd(
        "generate",
        said({"inlineData": {"mimeType": "image/tiff", "data": PNG}}),
        "Unsupported MIME type: image/tiff",
        MEDIA,
    ),
    Odd(
        "generate",
        said({"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}}),
        "Unable to process input image",
        MEDIA,
    ),
    Odd(
        "generate",
        said({"inlineData": {"mimeType": "image/png", "data": "###"}}),
        "Base64 decoding failed",
        MEDIA,
    ),
    Odd(
        "generate",
        {"cachedContent": "cachedContents/x"},
        "CachedContent not found",
        CACHED,
        None,
        403,
    ),
    Odd(
        "generate",
        {"safetySettings": [{"category": "HARM_CATEGORY_X", "threshold": "OFF"}]},
        "Category",
        REF,
    ),
)
INTERACTION = (
    Odd("interactions", {"model": "gemini-9-flash"}, "not found", INTERACTIONS, None, 404),
    Odd("interactions", {"input": None}, "input", INTERACTIONS),
    Odd("interactions", {"foo": 1}, "'foo'", INTERACTIONS),
    Odd("interactions", {"generation_config": {"top_k": 4}}, "top_k", INTERACTIONS),
    Odd(
        "interactions",
        {"generation_config": {"thinking_level": "extreme"}},
        "extreme",
        INTERACTIONS,
    ),
    Odd(
        "interactions",
        {"generation_config": {"thinking_level": "minimal"}},
        "MINIMAL",
        INTERACTIONS,
    ),
    Odd("interactions", {"generation_config": {"temperature": 9}}, "between 0 and 2", INTERACTIONS),
    Odd(
        "interactions", {"generation_config": {"max_output_tokens": 99_999}}, "65537", INTERACTIONS
    ),
    Odd("interactions", {"tools": [{"type": "telepathy"}]}, "telepathy", INTERACTIONS),
    Odd(
        "interactions",
        {"input": [{"type": "function_result", "call_id": "c", "name": "f", "result": "x"}]},
        "'c'",
        INTERACTIONS,
    ),
    Odd("interactions", {"previous_interaction_id": "v1_no"}, "v1_no", INTERACTIONS, None, 404),
    Odd(
        "interactions",
        {"model": "gemini-2.5-flash", "background": True},
        "does not support background interactions",
        BACKGROUND,
    ),
)

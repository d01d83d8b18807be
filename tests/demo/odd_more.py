"""More requests that are refused: found by attacking the simulation with what the tables did not hold."""

from typing import Any

from tests.demo.odd import SAID, TEXT, Odd, claude_tool, function, gemini_tool, nested, schema
from tests.demo.odd_anthropic import CALL, MARK, OLD, TOLD, image
from tests.demo.odd_anthropic import said as claude_said
from tests.demo.odd_chat import CHAT_REF
from tests.demo.odd_gemini import INTERACTIONS, config
from tests.demo.odd_gemini import REF as GEMINI_REF
from tests.demo.odd_responses import REF, SCHEMAS, form

TOOLS = "https://developers.openai.com/api/docs/guides/tools (openai-python 3.57, tool_param.py)"
MINIMAL = "https://github.com/openclaw/openclaw (tests quote it: web_search with effort minimal)"
MESSAGES_REF = "https://platform.claude.com/docs/en/api/messages (anthropic-sdk-python 2.14)"
RESULTS = "https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use"
SAFETY = "https://ai.google.dev/api/generate-content#SafetySetting"
MISSING, LONG, WIDE = (
    "missing_required_parameter",
    "string_above_max_length",
    "array_above_max_length",
)


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = TEXT
    for _ in range(levels):
        made = schema(a=made)
    return made


def tool(kind: str, **more: Any) -> dict[str, Any]:
    return {"tools": [{"type": kind, **more}]}


def results(*blocks: dict[str, Any], calls: int = 1) -> dict[str, Any]:
    """A conversation in which the user's turn of these blocks follows a call."""
    called = {"role": "assistant", "content": [CALL] * calls}
    return {"messages": [*SAID, called, {"role": "user", "content": [*blocks]}]}


THINKING = {"type": "enabled", "budget_tokens": 2000}
SEARCH = {"type": "web_search_20250305", "name": "search"}
MODALITIES = "(AUDIO) is not supported by the model"
MORE = (
    Odd("responses", {"input": []}, "must be provided", REF, MISSING),
    Odd("responses", {"background": True, "store": False}, "requires 'store'", REF),
    Odd("responses", {"previous_response_id": "resp_1", "conversation": "c"}, "exclusive", REF, "mutually_exclusive_parameters"),
    Odd("responses", {"model": "gpt-5", "reasoning": {"effort": "minimal"}, **tool("web_search")}, "'minimal': web_search.", MINIMAL),
    Odd("responses", {"model": "gpt-5", "reasoning": {"effort": "minimal"}, **tool("image_generation")}, "'minimal': image_gen.", MINIMAL),
    Odd("responses", tool("mcp", server_label="x"), "One of 'server_url', 'connector_id'", TOOLS, MISSING),
    Odd("responses", tool("mcp", server_url="https://x"), "'tools[0].server_label'", TOOLS, MISSING),
    Odd("responses", tool("file_search"), "'tools[0].vector_store_ids'", TOOLS, MISSING),
    Odd("responses", tool("code_interpreter"), "'tools[0].container'", TOOLS, MISSING),
    Odd("responses", tool("custom"), "'tools[0].name'", TOOLS, MISSING),
    Odd("responses", tool("computer_use_preview"), "'tools[0].display_height'", TOOLS, MISSING),
    Odd("responses", {"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "image_url", REF, MISSING),
    Odd("responses", {"safety_identifier": "x" * 65}, "maximum length 64", REF, LONG),
    Odd("responses", {"model": "gpt-4.1", "top_logprobs": 21}, "<= 20", REF, "integer_above_max_value"),
    Odd("responses", {"instructions": 7}, "expected a string", REF, "invalid_type"),
    Odd("responses", {"metadata": {"k" * 65: "v"}}, "maximum length 64", REF, LONG),
    Odd("responses", {"text": {"format": {"type": "json_schema", "schema": schema(a=TEXT)}}}, "'text.format.name'", SCHEMAS, MISSING),
    Odd("responses", form(deep(11)), "11 levels of nesting exceeds limit of 10", SCHEMAS, "invalid_json_schema"),
    Odd("responses", form(schema(a={"type": "string", "enum": [f"{n}" for n in range(1001)]})), "1000", "lab §2", "invalid_json_schema"),
    Odd("responses", form(schema(**{f"p{n}": TEXT for n in range(5001)})), "limit of 5000", SCHEMAS, "invalid_json_schema"),
    Odd("responses", {"tools": [function(name="f" * 65)]}, "maximum length 64", REF, LONG),
    Odd("responses", {"max_tool_calls": 0}, ">= 1", REF, "integer_below_min_value"),
    Odd("responses", {"include": "all"}, "expected an array", REF, "invalid_type"),
    Odd("chat", {"model": "gpt-4.1", "n": 0}, ">= 1", CHAT_REF, "integer_below_min_value"),
    Odd("chat", {"messages": [{"role": "user", "content": []}]}, "empty array", CHAT_REF, "empty_array"),
    Odd("chat", {"model": "gpt-4.1", "frequency_penalty": 3}, "<= 2", CHAT_REF, "decimal_above_max_value"),
    Odd("chat", {"model": "gpt-4.1", "logit_bias": {"50": 101}}, "<= 100", CHAT_REF, "integer_above_max_value"),
    Odd("chat", {"model": "gpt-4.1", "logprobs": True, "top_logprobs": 25}, "<= 20", CHAT_REF, "integer_above_max_value"),
    Odd("chat", {"model": "gpt-4.1", "max_tokens": 9, "max_completion_tokens": 9}, "at the same time", CHAT_REF, "invalid_parameter_combination"),
    Odd("chat", {"model": "gpt-4.1", "tools": [nested(name=f"f{n}") for n in range(129)]}, "maximum length 128", CHAT_REF, WIDE),
    Odd("chat", {"model": "gpt-4.1", "tools": [nested(name="f" * 65)]}, "maximum length 64", CHAT_REF, LONG),
    Odd("chat", {"response_format": {"type": "json_schema"}}, "json_schema'", CHAT_REF, MISSING),
    Odd("chat", {"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}}, "json_schema.name'", CHAT_REF, MISSING),
    Odd("chat", {"messages": [*SAID, {"role": "tool", "content": "4"}]}, "tool_call_id'", CHAT_REF, MISSING),
    Odd("chat", {"model": "gpt-4.1", "seed": "x"}, "expected an integer", CHAT_REF, "invalid_type"),
    Odd("messages", {"model": OLD, "temperature": -0.1}, "greater than or equal to 0", MESSAGES_REF),
    Odd("messages", {"model": OLD, "top_p": 1.5}, "less than or equal to 1", MESSAGES_REF),
    Odd("messages", {"model": OLD, "top_k": -1}, "greater than or equal to 0", MESSAGES_REF),
    Odd("messages", {"system": 7}, "system: Input should be a valid", MESSAGES_REF),
    Odd("messages", claude_said({"type": "text", "text": "", "cache_control": MARK}), "non-empty", MESSAGES_REF),
    Odd("messages", results({"type": "tool_result", "content": "4"}), "tool_use_id: Field required", RESULTS),
    Odd("messages", results(TOLD, calls=2), "`tool_use` ids must be unique", RESULTS),
    Odd("messages", results(TOLD, TOLD), "Found multiple `tool_result` blocks with id: toolu_1", RESULTS),
    Odd("messages", results({"type": "text", "text": "x"}, TOLD), "without `tool_result` blocks immediately after", RESULTS),
    Odd("messages", {"model": OLD, "max_tokens": 4000, "thinking": THINKING, "tools": [claude_tool()], "tool_choice": {"type": "any"}}, "Thinking may not be enabled", MESSAGES_REF),
    Odd("messages", {"model": OLD, "max_tokens": 4000, "thinking": {"type": "enabled"}}, "budget_tokens: Field required", MESSAGES_REF),
    Odd("messages", {"tools": [claude_tool(name="f" * 129)]}, "should match pattern", MESSAGES_REF),
    Odd("messages", {"tools": [SEARCH]}, "name: Input should be 'web_search'", MESSAGES_REF),
    Odd("messages", {"tools": [{"type": "bash_20250124", "name": "shell"}]}, "name: Input should be 'bash'", MESSAGES_REF),
    Odd("messages", {"stop_sequences": "END"}, "valid list", MESSAGES_REF),
    Odd("messages", image("https://x", "image/gif"), "Invalid base64 data", MESSAGES_REF),
    Odd("generate", config(topK=-1), "must be positive", GEMINI_REF),
    Odd("generate", {"systemInstruction": "Be brief"}, "v1beta.Content), \"Be brief\"", GEMINI_REF),
    Odd("generate", {"systemInstruction": {"text": "Be brief"}}, "Unknown name \"text\" at 'system_instruction'", GEMINI_REF),
    Odd("generate", config(seed="x"), "(TYPE_INT32)", GEMINI_REF),
    Odd("generate", config(responseModalities=["AUDIO"]), MODALITIES, GEMINI_REF),
    Odd("generate", config(responseModalities=["TEXT", "IMAGE"]), "(IMAGE, TEXT) is not supported", GEMINI_REF),
    Odd("generate", config(responseModalities=["SMELL"]), "response_modalities[0]", GEMINI_REF),
    Odd("generate", {"safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "HIGH"}]}, "SafetySetting.HarmBlockThreshold), \"HIGH\"", SAFETY),
    Odd("generate", {"safetySettings": [{"category": "HARM_CATEGORY_X"}]}, "v1beta.HarmCategory)", SAFETY),
    Odd("generate", {"tools": gemini_tool(), "toolConfig": {"functionCallingConfig": {"mode": "AUTO", "allowedFunctionNames": ["get_weather"]}}}, "must be ANY", GEMINI_REF),
    Odd("generate", {"tools": gemini_tool(name="f" * 129)}, "Invalid function name", GEMINI_REF),
    Odd("interactions", {"input": []}, "input is required", INTERACTIONS),
    Odd("interactions", {"generation_config": {"stop_sequences": list("abcdef")}}, "at most 5", INTERACTIONS),
    Odd("interactions", {"stream": "yes"}, "expected boolean", INTERACTIONS),
    Odd("interactions", {"previous_interaction_id": 7}, "expected string", INTERACTIONS),
)  # fmt: skip

"""How each door says that a model does not take something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from playground.demo.ask import Ask, Refused
from playground.demo.refusals.facts import PATHS, Fact
from playground.demo.refusals.wording import indexed, quoted


class Words(NamedTuple):
    """A sentence, OpenAI's code for it, and the field it names; `{field}` is the setting's own place."""

    text: str
    code: str | None = None
    param: str | None = "{field}"
    status: str = "invalid"


UNSUPPORTED = "Unsupported parameter: '{field}' is not supported with this model."
RESPONSES = {
    "door": Words(
        "The requested model '{model}' cannot be used with the Responses API.",
        "unsupported_model",
        "model",
    ),
    "max_output": Words(
        "Invalid '{field}': integer above maximum value. Expected a value <= {limit}, but got {value} instead.",
        "integer_above_max_value",
    ),
    "sampling": Words(UNSUPPORTED, "unsupported_parameter"),
    "unsupported": Words(UNSUPPORTED, "unsupported_parameter"),
    "no_effort": Words(UNSUPPORTED, "unsupported_parameter"),
    "effort": Words(
        "Unsupported value: '{value}' is not supported with the '{model}' model. Supported values are: {allowed}.",
        "unsupported_value",
    ),
    "value": Words(
        "Unsupported value: '{value}' is not supported with the '{model}' model. Supported values are: {allowed}.",
        "unsupported_value",
    ),
    "schema": Words(
        "Invalid parameter: 'text.format' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs",
        None,
        "text.format",
    ),
    "tools": Words("Function tools are not supported with {model}.", None, "tools"),
    "images": Words(
        "Invalid content type. image_url is only supported by certain models.", None, "input"
    ),
    "pdf": Words(
        "The file type you uploaded is not supported. Please try again with a pdf",
        "unsupported_file",
        "input",
    ),
    "audio": Words(
        "The file type you uploaded is not supported. Please try again with a pdf",
        "unsupported_file",
        "input",
    ),
    "tier": Words(
        "Invalid service_tier argument: '{value}' is not available for {model}.",
        "invalid_value",
    ),
    "server_tool": Words("Hosted tool '{value}' is not supported with {model}.", None, "tools"),
}
CHAT = RESPONSES | {
    "door": Words(
        "This model is only supported in v1/responses and not in v1/chat/completions.",
        None,
        "model",
        "invalid_404",
    ),
    "max_output": Words(
        "max_tokens is too large: {value}. This model supports at most {limit} completion tokens, whereas you provided {value}.",
        "invalid_value",
    ),
    "old_name": Words(
        "Unsupported parameter: '{field}' is not supported with this model. Use 'max_completion_tokens' instead.",
        "unsupported_parameter",
    ),
    "sampling": Words(
        "Unsupported value: '{field}' does not support {value} with this model. Only the default (1) value is supported.",
        "unsupported_value",
    ),
    "no_effort": Words("Unrecognized request argument supplied: {field}", None, None),
    "effort": Words(
        "Unsupported value: '{field}' does not support '{value}' with this model. Supported values are: {allowed}.",
        "unsupported_value",
    ),
    "schema": Words(
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs",
        None,
        "response_format",
    ),
    "tools_beside": Words(
        "Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
    ),
    "images": Words(
        "Invalid content type. image_url is only supported by certain models.", None, "messages"
    ),
    "audio": Words(
        "Invalid 'messages[{last}]'. Content blocks are expected to be either text or image_url type.",
        "invalid_value",
        "messages[{last}]",
    ),
    "pdf": Words(
        "Invalid 'messages[{last}]'. Content blocks are expected to be either text or image_url type.",
        "invalid_value",
        "messages[{last}]",
    ),
}
MESSAGES = {
    "max_output": Words(
        "max_tokens: {value} > {limit}, which is the maximum allowed number of output tokens for {model}"
    ),
    "sampling": Words("`{field}` is deprecated for this model."),
    "sampling_thinking": Words(
        "`{field}` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking"
    ),
    "both": Words(
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    ),
    "no_effort": Words("This model does not support the effort parameter."),
    "effort": Words(
        "This model does not support effort level '{value}'. Supported levels: {sorted}."
    ),
    "thinking_enabled": Words(
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
    ),
    "thinking_disabled": Words('"thinking.type.disabled" is not supported for this model.'),
    "thinking_adaptive": Words("adaptive thinking is not supported on this model"),
    "thinking_between_tools": Words(
        '"thinking.type.between_tools" is not supported for this model.'
    ),
    "schema": Words("output_config.format: structured outputs are not supported for {model}"),
    "tools": Words("tools: tool use is not supported for {model}"),
    "forced": Words("Thinking may not be enabled when tool_choice forces tool use."),
    "images": Words("{model} does not support image inputs"),
    "pdf": Words("{model} does not support PDF inputs"),
    "audio": Words("messages: audio inputs are not supported"),
    "prefill": Words(
        "This model does not support assistant message prefill. The conversation must end with a user message."
    ),
    "speed": Words("speed: 'fast' is not supported for {model}"),
    "server_tool": Words("'{model}' does not support tool types: {value}."),
}
GENERATE = {
    "max_output": Words(
        "Unable to submit request because it has a maxOutputTokens value of {value} but the supported range is from 1 (inclusive) to {above} (exclusive). Update the value and try again."
    ),
    "unsupported": Words("Penalty is not enabled for models/{model}"),
    "no_effort": Words("Thinking level is not supported for this model."),
    "effort": Words(
        "Thinking level {upper} is not supported for this model. Please retry with other thinking level."
    ),
    "no_budget": Words("Thinking is not enabled for models/{model}"),
    "budget_0": Words("Budget 0 is invalid. This model only works in thinking mode."),
    "budget": Words(
        "The thinking budget {value} is invalid. Please choose a value between {allowed[0]} and {allowed[1]}."
    ),
    "schema": Words("JSON mode is not enabled for models/{model}"),
    "tools": Words("Function calling is not enabled for models/{model}"),
    "images": Words("Image input modality is not enabled for models/{model}"),
    "pdf": Words("Document input modality is not enabled for models/{model}"),
    "server_tool": Words("Tool {value} is not enabled for models/{model}"),
}
WORDS: Mapping[str, Mapping[str, Words]] = {
    "responses": RESPONSES,
    "chat": CHAT,
    "messages": MESSAGES,
    "generate_content": GENERATE,
    "interactions": GENERATE,
}
NAMED = ("responses", "chat")
"""Doors whose errors name the field apart from the sentence."""


def worded(api: str, fact: Fact, ask: Ask) -> Refused:
    """The door's error for this fact."""
    words = WORDS[api][fact.kind]
    said: dict[str, Any] = {
        "field": indexed(PATHS[api].get(fact.setting, (fact.setting,))),
        "value": fact.value,
        "upper": str(fact.value).upper(),
        "limit": fact.limit,
        "above": fact.limit + 1,
        "model": ask.model.id,
        "last": len(ask.turns) - 1,
        "sorted": ", ".join(sorted(fact.allowed)),
        "allowed": fact.allowed if api not in NAMED else quoted(fact.allowed),
    }
    param = words.param.format(**said) if words.param and api in NAMED else None
    return Refused(words.status, words.text.format(**said), param, words.code)

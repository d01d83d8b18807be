"""A provider's `config`, in its own words, as our settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.experiments.positions import Node
from playground.experiments.promptfoo.loading import Loader
from playground.experiments.settings import SettingError, one


@dataclass(slots=True)
class Taken:
    """What a config becomes."""

    settings: dict[str, Any] = field(default_factory=dict)
    system: str | None = None
    elsewhere: str = ""
    """Another address than the provider's own."""


SAME = {
    "temperature": "temperature",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "max_output_tokens": "max_output_tokens",
    "max_tokens_to_sample": "max_output_tokens",
    "maxTokens": "max_output_tokens",
    "maxOutputTokens": "max_output_tokens",
    "num_predict": "max_output_tokens",
    "top_p": "top_p",
    "topP": "top_p",
    "top_k": "top_k",
    "topK": "top_k",
    "seed": "seed",
    "stop": "stop",
    "stop_sequences": "stop",
    "stopSequences": "stop",
    "reasoning_effort": "effort",
    "effort": "effort",
    "thinkingLevel": "effort",
    "verbosity": "verbosity",
    "service_tier": "service_tier",
    "stream": "stream",
}
"""Fields that are one of our settings by another name."""
BODY = frozenset({
    "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs", "n", "logit_bias", "user", "store", "metadata",
    "parallel_tool_calls", "prediction", "modalities", "audio", "include", "truncation", "prompt_cache_key", "background",
    "safety_identifier", "max_tool_calls", "thinking", "safetySettings", "output_config", "mcp_servers", "container",
    "context_management", "best_of", "echo", "suffix", "web_search_options", "prompt", "cachedContent",
})  # fmt: skip
"""Fields of the request's body that have no setting: they are sent as they are."""
ADDRESSES = (
    "apiBaseUrl",
    "apiHost",
    "baseUrl",
    "baseURL",
    "basePath",
    "base_url",
    "apiBase",
    "url",
)
KEYS = (
    "apiKey",
    "api_key",
    "token",
    "apiKeyEnvar",
    "awsAccessKeyId",
    "headers",
    "organization",
    "credentials",
)
"""Fields that hold keys, or say where they are; their values are repeated nowhere."""
NESTED = ("generationConfig", "thinkingConfig", "passthrough", "extra_body", "options")
CLIENT = frozenset({
    "cost", "inputCost", "outputCost", "showThinking", "timeout", "maxRetries", "retry", "omitDefaults", "api", "version",
    "region", "projectId", "project", "location", "cache", "debug", "label",
})  # fmt: skip
"""Fields that say how promptfoo itself calls, not what is asked."""


def taken(node: Node | None, loader: Loader) -> Taken:
    """The settings in a config; each field that can't be one is noted as left out."""
    found = Taken()
    if node is None:
        return found
    if not isinstance(node.value, dict):
        loader.notes.leave_out(node, f"A config that is a {node.kind}.", "Write a mapping.")
        return found
    for name, value in node.entries.items():
        if value.value is not None:
            _field(name, value, node, loader, found)
    return found


def _field(name: str, value: Node, at: Node, loader: Loader, found: Taken) -> None:
    if name in ADDRESSES:
        found.elsewhere = value.text or "another address"
        return
    if name in KEYS:
        what = f"`config.{name}`: keys and headers are never imported."
        loader.notes.leave_out(
            at, what, "Set the provider's key as an environment variable.", key=name
        )
        return
    if name in NESTED and value.entries:
        for inner, deeper in value.entries.items():
            _field(inner, deeper, value, loader, found)
        return
    plain = loader.plain(value)
    if plain is None:
        return
    if _has_template(plain):
        what = f"`config.{name}` has `{{{{ }}}}` in it: settings are no templates here."
        loader.notes.leave_out(at, what, "Write the value, or a model for each.", key=name)
        return
    try:
        if not _put(name, plain, found):
            client = (
                "how promptfoo calls, not what is asked" if name in CLIENT else "no setting here"
            )
            what = f"`config.{name}` is {client}."
            next_step = (
                ""
                if name in CLIENT
                else "A body field can be sent as it is: `settings: {extra: {…}}`."
            )
            loader.notes.leave_out(at, what, next_step, key=name)
    except SettingError as error:
        loader.notes.leave_out(
            at, f"`config.{name}`: {error}", "Write a value that can be sent.", key=name
        )


def _put(name: str, value: Any, found: Taken) -> bool:
    """Put one field where it belongs; False for one that has no place. SettingError for a value that can't be."""
    if name in SAME:
        _set(found, SAME[name], value)
    elif name in SHAPED:
        return SHAPED[name](value, found)
    elif name in BODY:
        found.settings["extra"] = {**found.settings.get("extra", {}), name: value}
    else:
        return False
    return True


def _set(found: Taken, name: str, value: Any) -> None:
    one(name, value)
    found.settings[name] = value


def _reasoning(value: Any, found: Taken) -> bool:
    if isinstance(value, dict) and "effort" in value:
        _set(found, "effort", value["effort"])
        if value.get("summary"):
            _set(found, "reasoning_summary", True)
        return True
    return False


def _format(value: Any, found: Taken) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("type") == "json_schema":
        inner = value.get("json_schema")
        schema = (inner if isinstance(inner, dict) else value).get("schema")
        if isinstance(schema, dict):
            _set(found, "response_schema", schema)
            return True
    found.settings["extra"] = {**found.settings.get("extra", {}), "response_format": value}
    return True


def _schema(value: Any, found: Taken) -> bool:
    if isinstance(value, dict):
        _set(found, "response_schema", value)
    return isinstance(value, dict)


def _mime(value: Any, found: Taken) -> bool:
    return value in ("application/json", "text/plain")


def _budget(value: Any, found: Taken) -> bool:
    if isinstance(value, int):
        _set(found, "effort", str(value))
    return isinstance(value, int)


def _choice(value: Any, found: Taken) -> bool:
    word = value.get("type") if isinstance(value, dict) else value
    known = {"auto": "auto", "none": "none", "required": "required", "any": "required"}
    if word not in known:
        return False
    _set(found, "tool_choice", known[word])
    return True


def _system(value: Any, found: Taken) -> bool:
    parts = value.get("parts", value) if isinstance(value, dict) else value
    if isinstance(parts, dict):
        parts = [parts]
    if isinstance(parts, list):
        parts = "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
    found.system = parts if isinstance(parts, str) else None
    return found.system is not None


def _functions(value: Any, found: Taken) -> bool:
    """Functions in any provider's shape; what runs at the provider stands apart."""
    items = value if isinstance(value, list) else [value]
    tools, hosted = [], []
    for item in items:
        if not isinstance(item, dict):
            return False
        declared = item.get("functionDeclarations", item.get("function_declarations"))
        for function in declared if isinstance(declared, list) else [item.get("function", item)]:
            if server := _hosted(function):
                hosted.append(server)
                continue
            if not isinstance(function, dict) or not isinstance(function.get("name"), str):
                return False
            schema = function.get("parameters", function.get("input_schema"))
            tool = {"name": function["name"], "description": function.get("description") or ""}
            tools.append({**tool, **({"parameters": schema} if schema is not None else {})})
    if tools:
        _set(found, "tools", tools)
    if hosted:
        _set(found, "server_tools", hosted)
    return True


def _hosted(tool: Any) -> str | None:
    """The setting's word for a tool that the provider runs itself."""
    named = str(tool.get("type", "")) if isinstance(tool, dict) else ""
    if named.startswith("web_search") or (
        isinstance(tool, dict) and {"googleSearch", "google_search"} & set(tool)
    ):
        return "web_search"
    if named.startswith("code_") or (
        isinstance(tool, dict) and {"codeExecution", "code_execution"} & set(tool)
    ):
        return "code_execution"
    return None


SHAPED: Mapping[str, Callable[[Any, Taken], bool]] = {
    "reasoning": _reasoning,
    "response_format": _format,
    "responseSchema": _schema,
    "response_schema": _schema,
    "responseJsonSchema": _schema,
    "responseMimeType": _mime,
    "response_mime_type": _mime,
    "thinkingBudget": _budget,
    "tool_choice": _choice,
    "tools": _functions,
    "functions": _functions,
    "systemInstruction": _system,
    "system_instruction": _system,
    "systemPrompt": _system,
    "system": _system,
    "instructions": _system,
}
"""Fields that are a setting in another shape; each says whether it could be taken."""


def _has_template(value: Any) -> bool:
    if isinstance(value, str):
        return "{{" in value or "{%" in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_template, inner))

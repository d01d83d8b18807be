"""What OpenAI's two doors refuse beyond fields and models: calls without results, schemas, files, choices without tools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playground.demo.ask import Ask, Refused
from playground.demo.refusals import schemas
from playground.demo.refusals.calls import pairing
from playground.demo.refusals.media import PDF, url_trouble
from playground.demo.refusals.wording import quoted

Body = Mapping[str, Any]
NAME = re.compile(r"[a-zA-Z0-9_-]+")
MOST_METADATA, LONGEST_KEY, LONGEST_VALUE = 16, 64, 512
LONGEST = {"prompt_cache_key": 64, "safety_identifier": 64}
UNREADABLE = (
    "The image data you provided does not represent a valid image. Please check your input and try "
    "again with one of the supported image formats: ['image/jpeg', 'image/png', 'image/gif', 'image/webp']."
)


def both(body: Body) -> Iterator[Refused]:
    """What either door refuses."""
    yield from _metadata(body.get("metadata") or {})
    for name, most in LONGEST.items():
        if len(body.get(name) or "") > most:
            yield _too_long(name, most, len(body[name]))
    if body.get("stream_options") and not body.get("stream"):
        text = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        yield Refused("invalid", text, "stream_options")


def _metadata(given: Mapping[str, Any]) -> Iterator[Refused]:
    if len(given) > MOST_METADATA:
        text = f"Invalid 'metadata': too many properties. Expected an object with at most {MOST_METADATA} properties, but got an object with {len(given)} properties instead."
        yield Refused("invalid", text, "metadata", "object_above_max_properties")
    for key, value in given.items():
        if not isinstance(value, str):
            text = f"Invalid type for 'metadata.{key}': expected a string, but got {_kind(value)} instead."
            yield Refused("invalid", text, f"metadata.{key}", "invalid_type")
        elif len(value) > LONGEST_VALUE:
            yield _too_long(f"metadata.{key}", LONGEST_VALUE, len(value))
        elif len(key) > LONGEST_KEY:
            yield _too_long("metadata", LONGEST_KEY, len(key))


def _kind(value: Any) -> str:
    return {bool: "a boolean", int: "an integer", float: "a decimal", list: "an array"}.get(
        type(value), "an object"
    )


def _too_long(name: str, most: int, size: int) -> Refused:
    text = f"Invalid '{name}': string too long. Expected a string with maximum length {most}, but got a string with length {size} instead."
    return Refused("invalid", text, name, "string_above_max_length")


def _bad_name(place: str) -> Refused:
    text = f"Invalid '{place}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
    return Refused("invalid", text, place, "invalid_value")


def responses(body: Body, ask: Ask) -> Iterator[Refused]:
    """What Responses refuses."""
    yield from both(body)
    others = ("previous_response_id", "prompt", "conversation")
    if not body.get("input") and not any(body.get(name) for name in others):
        text = "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided."
        yield Refused("invalid", text, "input", "missing_required_parameter")
    if body.get("background") and body.get("store") is False:
        yield Refused("invalid", "Background mode requires 'store' to be true.", "store")
    yield from _format(body, ask)
    yield from _functions(
        [
            (f"tools[{n}]", tool)
            for n, tool in enumerate(body.get("tools") or ())
            if tool.get("type") == "function"
        ],
    )
    yield from _hosted(body, ask)
    yield from _choice(body)
    yield from _include(body, ask)
    yield from _items(body.get("input"), ask)


def exclusive(body: Body) -> Iterator[Refused]:
    """Two ways of going on with a conversation; said before either is looked for."""
    if body.get("previous_response_id") and body.get("conversation"):
        text = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
        yield Refused("invalid", text, None, "mutually_exclusive_parameters")


MINIMAL_REFUSES = {
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_preview": "web_search_preview",
    "image_generation": "image_gen",
    "code_interpreter": "code_interpreter",
    "file_search": "file_search",
}
"""Tools that need more thought than `minimal`, by their own names → as OpenAI calls them there."""


def _hosted(body: Body, ask: Ask) -> Iterator[Refused]:
    tools = body.get("tools") or []
    for number, tool in enumerate(tools):
        if tool.get("type") == "mcp" and not any(tool.get(name) for name in MCP_PLACES):
            text = f"One of {', '.join(map(repr, MCP_PLACES))} must be provided."
            param = f"tools[{number}].server_url"
            yield Refused("invalid", text, param, "missing_required_parameter")
    refused = [MINIMAL_REFUSES[t["type"]] for t in tools if t.get("type") in MINIMAL_REFUSES]
    if ask.effort == "minimal" and refused:
        text = f"The following tools cannot be used with reasoning.effort 'minimal': {', '.join(sorted(refused))}."
        yield Refused("invalid", text, "tools")


MCP_PLACES = ("server_url", "connector_id", "tunnel_id")


def _format(body: Body, ask: Ask) -> Iterator[Refused]:
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        yield from _named_schema(form, "text.format", form.get("strict") is not False)
    if form.get("type") == "json_object" and not _says_json(ask):
        text = "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'."
        yield Refused("invalid", text, "input")


def _named_schema(form: Body, place: str, strict: bool) -> Iterator[Refused]:
    if not NAME.fullmatch(form.get("name") or ""):
        yield _bad_name(f"{place}.name")
    schema = form.get("schema")
    if strict and schema is not None and (wrong := schemas.openai_strict(schema)):
        text = f"Invalid schema for response_format '{form.get('name')}': {wrong}"
        yield Refused("invalid", text, f"{place}.schema", "invalid_json_schema")


def _says_json(ask: Ask) -> bool:
    said = [p.text for p in ask.system] + [p.text for t in ask.turns for p in t.parts]
    return any("json" in text.lower() for text in said)


def _functions(tools: list[tuple[str, Body]]) -> Iterator[Refused]:
    for place, function in tools:
        name, parameters = function.get("name") or "", function.get("parameters")
        inner = "parameters"
        if not NAME.fullmatch(name):
            yield _bad_name(f"{place}.name")
        elif len(name) > LONGEST_KEY:
            yield _too_long(f"{place}.name", LONGEST_KEY, len(name))
        if parameters is None:
            continue
        wrong = schemas.openai_any(parameters)
        if function.get("strict") is True:
            wrong = wrong or schemas.openai_strict(parameters)
        if wrong:
            text = f"Invalid schema for function '{name}': {wrong}"
            yield Refused("invalid", text, f"{place}.{inner}", "invalid_function_parameters")


def _choice(body: Body) -> Iterator[Refused]:
    choice, tools = body.get("tool_choice"), body.get("tools") or []
    if choice == "required" and not tools:
        text = "Tool choice 'required' must be specified with 'tools' parameter."
        yield Refused("invalid", text, "tool_choice")
    if not isinstance(choice, dict):
        return
    if choice.get("type") == "function":
        if choice.get("name") not in [t.get("name") for t in tools if t.get("type") == "function"]:
            text = "Tool choice 'function' not found in 'tools' parameter."
            yield Refused("invalid", text, "tool_choice")
    elif choice.get("type") not in ("allowed_tools", *[t.get("type") for t in tools]):
        text = f"Tool choice '{choice.get('type')}' not found in 'tools' parameter."
        yield Refused("invalid", text, "tool_choice")


INCLUDE = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
ENCRYPTED = "reasoning.encrypted_content"


def _include(body: Body, ask: Ask) -> Iterator[Refused]:
    for number, name in enumerate(body.get("include") or ()):
        if name not in INCLUDE:
            text = f"Invalid value: '{name}'. Supported values are: {quoted(INCLUDE)}."
            yield Refused("invalid", text, f"include[{number}]", "invalid_value")
    if ENCRYPTED in (body.get("include") or ()) and not ask.model.row.efforts:
        yield Refused("invalid", "Encrypted content is not supported with this model.", "include")


def _items(given: Any, ask: Ask) -> Iterator[Refused]:
    items = given if isinstance(given, list) else []
    for number, item in enumerate(items):
        content = item.get("content") if isinstance(item.get("content"), list) else []
        assistant = item.get("role") == "assistant"
        for n, part in enumerate(content):
            place = f"input[{number}].content[{n}]"
            if assistant and part["type"] not in SAID_BY_MODEL:
                text = f"Invalid value: '{part['type']}'. Supported values are: 'output_text' and 'refusal'."
                yield Refused("invalid", text, place, "invalid_value")
            yield from _file(part, place)
    if items and items[-1].get("type") == "reasoning":
        id = items[-1].get("id", "")
        text = f"Item '{id}' of type 'reasoning' was provided without its required following item."
        yield Refused("invalid", text, "input")
    told = pairing(ask.turns, at_once=False)
    for id in told.orphans[:1]:
        text = f"No tool call found for function call output with call_id {id}."
        yield Refused("invalid", text, "input")
    for id in told.unanswered[:1]:
        yield Refused("invalid", f"No tool output found for function call {id}.", "input")


SAID_BY_MODEL = ("output_text", "refusal", "text")


def _file(part: Body, place: str) -> Iterator[Refused]:
    kind = part.get("type")
    if kind == "input_image" and not (part.get("image_url") or part.get("file_id")):
        text = f"Missing required parameter: '{place}.image_url'."
        yield Refused("invalid", text, f"{place}.image_url", "missing_required_parameter")
    elif kind == "input_image" and part.get("image_url"):
        yield from _image(part["image_url"], f"{place}.image_url")
    elif kind == "input_file" and part.get("file_data"):
        yield from _document(part["file_data"], f"{place}.file_data")


def _image(url: str, place: str) -> Iterator[Refused]:
    found = url_trouble(url)
    if found is None:
        return
    trouble, media_type = found
    if trouble == "type":
        text = f"Invalid '{place}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type '{media_type}'."
        yield Refused("invalid", text, place, "invalid_value")
    elif trouble == "url":
        text = f"Invalid '{place}'. Expected a valid URL, but got a value with an invalid format."
        yield Refused("invalid", text, place, "invalid_value")
    elif trouble == "base64":
        text = f"Invalid '{place}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got an invalid base64-encoded value."
        yield Refused("invalid", text, place, "invalid_base64")
    else:
        yield Refused("invalid", UNREADABLE, None, "image_parse_error")


def _document(url: str, place: str) -> Iterator[Refused]:
    found = url_trouble(url, (PDF, *TEXT_FILES)) if url.startswith("data:") else None
    if found is None:
        return
    trouble, _media_type = found
    if trouble == "type":
        text = "The file type you uploaded is not supported. Please try again with a pdf"
        yield Refused("invalid", text, "input", "unsupported_file")
    else:
        text = f"Invalid '{place}'. Expected a base64-encoded data URL with an application/pdf MIME type, but got a value that could not be read."
        yield Refused("invalid", text, place, "invalid_value")


TEXT_FILES = ("text/plain", "text/markdown", "text/csv", "text/html", "application/json")


def chat(body: Body, ask: Ask) -> Iterator[Refused]:
    """What Chat Completions refuses."""
    yield from both(body)
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        text = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        yield Refused("invalid", text, "max_tokens", "invalid_parameter_combination")
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        text = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        yield Refused("invalid", text, "top_logprobs")
    yield from _chat_format(body, ask)
    yield from _functions(
        [
            (f"tools[{n}].function", t["function"])
            for n, t in enumerate(body.get("tools") or ())
            if "function" in t
        ]
    )
    yield from _chat_choice(body)
    yield from _messages(body.get("messages") or [])


def _chat_format(body: Body, ask: Ask) -> Iterator[Refused]:
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        named = form.get("json_schema") or {}
        yield from _named_schema(named, "response_format.json_schema", named.get("strict") is True)
    if form.get("type") == "json_object" and not _says_json(ask):
        text = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        yield Refused("invalid", text, "messages")


def _chat_choice(body: Body) -> Iterator[Refused]:
    choice, tools = body.get("tool_choice"), body.get("tools") or []
    if choice not in (None, "none") and not tools:
        text = "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified."
        yield Refused("invalid", text, "tool_choice")
    if body.get("parallel_tool_calls") is not None and not tools:
        text = "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified."
        yield Refused("invalid", text, "parallel_tool_calls")
    wanted = (choice.get("function") or {}).get("name") if isinstance(choice, dict) else None
    known = [(tool.get("function") or {}).get("name") for tool in tools]
    if wanted is not None and wanted not in known:
        text = f"Invalid value for 'tool_choice': '{wanted}' is not among the specified tools."
        yield Refused("invalid", text, "tool_choice")


def _messages(messages: list[Body]) -> Iterator[Refused]:
    waiting: list[str] = []
    before = 0
    for number, message in enumerate(messages):
        role = message.get("role")
        if role == "tool":
            if not waiting or message.get("tool_call_id") not in waiting:
                yield _orphan(number)
            waiting = [id for id in waiting if id != message.get("tool_call_id")]
            continue
        if waiting:
            yield _unanswered(number, waiting)
        waiting = [call.get("id", "") for call in message.get("tool_calls") or ()]
        before = number
        if role == "assistant" and message.get("content") is None and not _says(message):
            text = "Invalid value for 'content': expected a string, got null."
            yield Refused("invalid", text, f"messages.[{number}].content")
        content = message.get("content") if isinstance(message.get("content"), list) else []
        for n, part in enumerate(content or ()):
            if part.get("type") == "image_url":
                yield from _image(
                    part["image_url"]["url"], f"messages[{number}].content[{n}].image_url.url"
                )
            elif part.get("type") == "file" and part["file"].get("file_data"):
                yield from _document(
                    part["file"]["file_data"], f"messages[{number}].content[{n}].file.file_data"
                )
    if waiting:
        yield _unanswered(before, waiting)


def _says(message: Body) -> bool:
    return any(message.get(name) for name in ("tool_calls", "function_call", "refusal", "audio"))


def _orphan(number: int) -> Refused:
    text = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
    return Refused("invalid", text, f"messages.[{number}].role")


def _unanswered(number: int, ids: list[str]) -> Refused:
    text = f"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(ids)}"
    return Refused("invalid", text, f"messages.[{number}].role")

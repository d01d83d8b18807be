"""What Google's two doors refuse beyond fields and models: signatures, turns, ranges, schemas, files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from playground.demo.ask import Ask, Refused
from playground.demo.refusals import schemas
from playground.demo.refusals.bodies_gemini import CONTENTS
from playground.demo.refusals.calls import pairing
from playground.demo.refusals.kinds import flaws
from playground.demo.refusals.media import IMAGES, PDF, trouble
from playground.demo.refusals.wording import gemini as flawed

Body = Mapping[str, Any]
NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
MOST_STOPS = 5
REQUEST = "* GenerateContentRequest."
RANGES = {"temperature": (0, 2), "topP": (0, 1)}
MIME_TYPES = (
    "text/plain",
    "application/json",
    "application/xml",
    "application/yaml",
    "text/x.enum",
)
FILES = (
    *IMAGES,
    PDF,
    *("image/heic", "image/heif", "image/bmp", "image/avif"),
    *(
        f"audio/{name}"
        for name in [
            "wav",
            "mp3",
            "mpeg",
            "aiff",
            "aac",
            "ogg",
            "flac",
            "l16",
            "pcm",
            "m4a",
            "webm",
            "opus",
        ]
    ),
    *(
        f"video/{name}"
        for name in [
            "mp4",
            "mpeg",
            "mov",
            "quicktime",
            "avi",
            "x-flv",
            "mpg",
            "webm",
            "wmv",
            "3gpp",
        ]
    ),
    *(
        f"text/{name}"
        for name in [
            "plain",
            "html",
            "css",
            "javascript",
            "x-python",
            "csv",
            "markdown",
            "xml",
            "rtf",
        ]
    ),
    "application/json",
    "application/x-javascript",
    "application/x-python",
    "application/rtf",
)
SIGNATURE = (
    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
    "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function "
    "call `default_api:{name}` , position {place}. Please refer to "
    "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
)


def wrong(text: str, param: str | None = None) -> Refused:
    """A sentence, and the field where Google names one."""
    return Refused("invalid", text, param)


def _modalities(config: Body, ask: Ask) -> Iterator[Refused]:
    """Only the models for images answer in anything but text."""
    asked = sorted({m for m in config.get("responseModalities") or () if m in SHOWN})
    able = ["IMAGE, TEXT"] if "image" in ask.model.row.id.split("-") else ["TEXT"]
    if set(asked) - set(", ".join(able).split(", ")):
        combinations = "".join(f"* {one}\n" for one in able)
        yield wrong(
            f"The requested combination of response modalities ({', '.join(asked)}) is not supported by the model. models/{ask.model.id} accepts the following combination of response modalities:\n{combinations}"
        )


SHOWN = ("TEXT", "IMAGE", "AUDIO", "VIDEO")


def generate(body: Body, ask: Ask) -> Iterator[Refused]:
    """What generateContent refuses; the body is in camelCase."""
    contents = body.get("contents")
    contents = [contents] if isinstance(contents, Mapping) else contents or []
    config = body.get("generationConfig") or {}
    yield from _contents(contents)
    yield from _turns(contents)
    if ask.model.row.signatures:
        yield from _signatures(contents)
    yield from _ranges(config)
    yield from _modalities(config, ask)
    yield from _output(config, body, ask)
    yield from _functions(body, ask)


def shape(contents: Any) -> Iterator[Refused]:
    """What is wrong with the form of `contents`, before it is read."""
    found = [contents] if isinstance(contents, Mapping) else contents
    if found and isinstance(found, str):
        text = f"Invalid value at 'contents' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), {json.dumps(found)}"
        yield wrong(text, "contents")
        return
    yield from (flawed(flaw) for flaw in flaws(found, CONTENTS, ("contents",)))


DATA = [
    "text",
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
]


def _parts(content: Body) -> list[Body]:
    parts = content.get("parts") or []
    return [parts] if isinstance(parts, Mapping) else list(parts)


def _contents(contents: list[Body]) -> Iterator[Refused]:
    for number, content in enumerate(contents):
        place = f"{REQUEST}contents[{number}].parts"
        if content.get("role") not in (None, "", "user", "model", "function"):
            yield wrong("Please use a valid role: user, model.")
        if not _parts(content):
            yield wrong(f"{place}: contents.parts must not be empty.\n")
        for n, part in enumerate(_parts(content)):
            if not any(name in part for name in DATA) and "thoughtSignature" not in part:
                text = f"{place}[{n}].data: required oneof field 'data' must have one initialized field\n"
                yield wrong(text)
            yield from _inline(part.get("inlineData"), f"contents[{number}].parts[{n}]")
            for name in ("functionCall", "functionResponse"):
                if name in part and not part[name].get("name"):
                    field = "function_call" if name == "functionCall" else "function_response"
                    yield wrong(f"{place}[{n}].{field}.name: Name cannot be empty.\n")


def _inline(data: Any, place: str) -> Iterator[Refused]:
    if not isinstance(data, Mapping):
        return
    media_type = str(data.get("mimeType") or "")
    found = trouble(media_type.partition(";")[0], str(data.get("data") or ""), FILES)
    if found == "type":
        yield wrong(f"Unsupported MIME type: {media_type}")
    elif found == "base64":
        text = f"Invalid value at '{place}.inline_data.data' (TYPE_BYTES), Base64 decoding failed for \"{str(data.get('data'))[:40]}\""
        yield wrong(text, f"{place}.inline_data.data")
    elif found == "image" and media_type == PDF:
        yield wrong("The document has no pages.")
    elif found == "image":
        yield wrong(
            "Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"
        )


def _turns(contents: list[Body]) -> Iterator[Refused]:
    """Every call is answered in the next turn, and nothing else is."""
    waiting = 0
    for content in contents:
        parts = _parts(content)
        told = sum("functionResponse" in part for part in parts)
        if told and not waiting:
            yield wrong(
                "Please ensure that function response turn comes immediately after a function call turn."
            )
        elif told != waiting:
            yield wrong(
                "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
            )
        waiting = sum("functionCall" in part for part in parts)
    if waiting:
        yield wrong(
            "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
        )


def _signatures(contents: list[Body]) -> Iterator[Refused]:
    """The first call of each step since the user last spoke must have its signature."""
    said = [
        number
        for number, content in enumerate(contents)
        if content.get("role") != "model" and any("text" in part for part in _parts(content))
    ]
    start = said[-1] if said else 0
    for number, content in enumerate(contents[start:], start):
        calls = [part for part in _parts(content) if "functionCall" in part]
        if calls and not calls[0].get("thoughtSignature"):
            yield wrong(
                SIGNATURE.format(name=calls[0]["functionCall"].get("name"), place=number + 1)
            )


def _ranges(config: Body) -> Iterator[Refused]:
    for name, (low, high) in RANGES.items():
        value = config.get(name)
        if value is not None and not low <= value <= high:
            field = {"topP": "top_p"}.get(name, name)
            yield wrong(
                f"{REQUEST}generation_config.{field}: {field} must be in the range [{low:.1f}, {high:.1f}].\n"
            )
    if config.get("topK") is not None and config["topK"] < 1:
        yield wrong(f"{REQUEST}generation_config.top_k: top_k must be positive.\n")
    if config.get("maxOutputTokens") is not None and config["maxOutputTokens"] < 1:
        yield wrong(
            f"{REQUEST}generation_config.max_output_tokens: max_output_tokens must be positive.\n"
        )
    if (config.get("candidateCount") or 1) > 1:
        yield wrong("Multiple candidates is not enabled for this model")
    stops = config.get("stopSequences") or ()
    if len(stops) > MOST_STOPS:
        yield wrong(
            f"{REQUEST}generation_config.stop_sequences: the number of stop sequences must be at most {MOST_STOPS}.\n"
        )
    if any(not stop for stop in stops):
        yield wrong(
            f"{REQUEST}generation_config.stop_sequences: stop sequences must not be empty.\n"
        )
    thinking = config.get("thinkingConfig") or {}
    if thinking.get("thinkingBudget") is not None and thinking.get("thinkingLevel"):
        yield wrong("You can only set only one of thinking budget and thinking level.")


def _output(config: Body, body: Body, ask: Ask) -> Iterator[Refused]:
    mime = config.get("responseMimeType") or "text/plain"
    ours, theirs = config.get("responseJsonSchema"), config.get("responseSchema")
    if mime not in MIME_TYPES:
        names = ", ".join(f"`{name}`" for name in MIME_TYPES[:-1])
        yield wrong(
            f"{REQUEST}generation_config.response_mime_type: allowed mimetypes are {names} and `{MIME_TYPES[-1]}`.\n"
        )
    if ours is not None and theirs is not None:
        yield wrong("Only one of response_schema and response_json_schema can be set.")
    if (ours is not None or theirs is not None) and mime == "text/plain":
        field = "response_schema" if theirs is not None else "response_json_schema"
        yield wrong(
            f"{REQUEST}generation_config.{field}: only allowed for response_mime_type application/json\n"
        )
    if theirs is not None:
        text, place = schemas.gemini_openapi(theirs, "generation_config.response_schema")
        if text:
            yield wrong(text, place or None)
    tools = body.get("tools") or ()
    functions = any(tool.get("functionDeclarations") for tool in tools)
    hosted = any(name != "functionDeclarations" for tool in tools for name in tool)
    if functions and not ask.model.row.signatures:
        if mime == "application/json":
            yield wrong(
                "Function calling with a response mime type: 'application/json' is unsupported"
            )
        if hosted:
            yield wrong("Tool use with function calling is unsupported")


def _functions(body: Body, ask: Ask) -> Iterator[Refused]:
    declared: list[str] = []
    for t, tool in enumerate(body.get("tools") or ()):
        for f, function in enumerate(tool.get("functionDeclarations") or ()):
            name, place = str(function.get("name") or ""), f"tools[{t}].function_declarations[{f}]"
            if not NAME.fullmatch(name):
                yield wrong(
                    f"{REQUEST}{place}.name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n"
                )
            if name in declared:
                yield wrong(f"Duplicate function declaration found: {name}")
            declared.append(name)
            text, at = schemas.gemini_openapi(function.get("parameters"), f"{place}.parameters")
            if text:
                yield wrong(text, at or None)
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    if calling.get("mode") == "ANY" and not declared:
        yield wrong("Function calling config is set without function_declarations.")
    for name in calling.get("allowedFunctionNames") or ():
        if calling.get("mode") not in ("ANY", "VALIDATED"):
            yield wrong(
                "Function calling mode must be ANY or VALIDATED when allowed_function_names is set."
            )
        elif name not in declared:
            yield wrong(f"Function '{name}' in allowed_function_names is not declared.")


TOOL_TYPES = [
    "function",
    "google_search",
    "code_execution",
    "url_context",
    "file_search",
    "computer_use",
    "mcp_server",
    "google_maps",
    "retrieval",
    "exa_ai_search",
    "parallel_ai_search",
]


def interactions(body: Body, ask: Ask) -> Iterator[Refused]:
    """What Interactions refuses."""
    config = body.get("generation_config") or {}
    for name, (low, high) in {"temperature": (0, 2), "top_p": (0, 1)}.items():
        if config.get(name) is not None and not low <= config[name] <= high:
            yield wrong(
                f"Invalid value for 'generation_config.{name}': must be between {low} and {high}."
            )
    if config.get("max_output_tokens") is not None and config["max_output_tokens"] < 1:
        yield wrong("Invalid value for 'generation_config.max_output_tokens': must be positive.")
    if len(config.get("stop_sequences") or ()) > MOST_STOPS:
        yield wrong(
            f"Invalid value for 'generation_config.stop_sequences': at most {MOST_STOPS} are allowed."
        )
    for number, tool in enumerate(body.get("tools") or ()):
        if tool.get("type") not in TOOL_TYPES:
            text = f"Invalid value for 'tools[{number}].type': '{tool.get('type')}'. Allowed values: {', '.join(TOOL_TYPES)}."
            yield wrong(text)
        elif tool["type"] == "function" and not NAME.fullmatch(str(tool.get("name") or "")):
            yield wrong(f"Invalid value for 'tools[{number}].name': it is no function name.")
    if body.get("background") and not ask.model.row.signatures:
        yield wrong(f"Model '{ask.model.id}' does not support background interactions.")
    told = pairing(ask.turns, at_once=False)
    for id in told.orphans[:1]:
        yield wrong(f"No function call found for function result with call_id '{id}'.")
    for id in told.unanswered[:1]:
        yield wrong(f"No function result found for function call '{id}'.")

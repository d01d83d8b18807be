"""Gemini's generateContent, streamGenerateContent and countTokens, on /v1 and /v1beta."""

from __future__ import annotations

import base64
import re
from typing import Any

from playground.demo.ask import Ask, Offer, Part, Refused, Turn
from playground.demo.breaking import Frame
from playground.demo.calling import Call, call_text
from playground.demo.compose import Reply
from playground.demo.counting import compact
from playground.demo.door import (
    Body,
    Door,
    choose,
    dumps,
    effort,
    file_part,
    kind_of,
    positive,
    texts,
)
from playground.demo.filtering import custom_metadata
from playground.demo.used import Page

FINISH = {"stop_sequence": "STOP", "stop": "STOP", "tool": "STOP", "length": "MAX_TOKENS"}
FINISH_MESSAGE = "Model generated function call(s)."
AVERAGE_LOGPROBS = -0.12
"""Models that do not think tell how sure they were of their words; made up here."""
SNAKE = re.compile(r"_([a-z])")


def camel(value: Any) -> Any:
    """The body with its own field names in camelCase (Gemini takes both spellings); schemas and arguments stay."""
    if isinstance(value, list):
        return [camel(v) for v in value]
    if not isinstance(value, dict):
        return value
    named = {SNAKE.sub(lambda m: m[1].upper(), k): v for k, v in value.items()}
    return {k: v if k in VERBATIM else camel(v) for k, v in named.items()}


VERBATIM = {
    "parameters",
    "parametersJsonSchema",
    "responseSchema",
    "responseJsonSchema",
    "args",
    "response",
}


def read(body: Body, model_in_url: str, streamed: bool) -> Ask:
    """The request; Refused where Gemini would refuse it."""
    model, asked, fault = choose("gemini", model_in_url)
    body = camel(dict(body))
    body = {**body, **(body.get("generateContentRequest") or {})}
    config = body.get("generationConfig") or {}
    thinking = config.get("thinkingConfig") or {}
    budget = thinking.get("thinkingBudget")
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    wants_json = config.get("responseMimeType") == "application/json"
    system = body.get("systemInstruction")
    level = effort(thinking.get("thinkingLevel"), "thinkingLevel")
    return Ask(
        model=model,
        asked=asked,
        fault=fault,
        system=_parts(system.get("parts") if isinstance(system, dict) else system),
        turns=_turns(body.get("contents")),
        tools=tuple(offer for tool in body.get("tools") or () for offer in _offers(tool)),
        max_output=positive(config.get("maxOutputTokens"), "maxOutputTokens"),
        stop=texts(config.get("stopSequences")),
        schema=schema if schema else {} if wants_json else None,
        effort="none" if budget == 0 else level,
        reasoning_limit=budget if budget is not None and budget > 0 else None,
        show_reasoning=bool(thinking.get("includeThoughts")),
        tool_choice=_tool_choice(body.get("toolConfig") or {}),
        stream=streamed,
        body=body,
    )


def _turns(contents: Any) -> tuple[Turn, ...]:
    if not contents:
        raise Refused("invalid", "* GenerateContentRequest.contents: contents is not specified\n")
    if isinstance(contents, str | dict):
        contents = [contents]
    return tuple(_turn(c) for c in contents)


def _turn(content: Any) -> Turn:
    if isinstance(content, str):
        return Turn("user", (Part("text", content),))
    role = "assistant" if content.get("role") == "model" else "user"
    return Turn(role, _parts(content.get("parts")))


def _parts(parts: Any) -> tuple[Part, ...]:
    if not parts:
        return ()
    if isinstance(parts, str):
        return (Part("text", parts),)
    return tuple(_part(p) for p in ([parts] if isinstance(parts, dict) else parts))


def _part(part: dict[str, Any]) -> Part:
    if part.get("thought"):
        return Part("reasoning")
    inline = part.get("inlineData") or part.get("fileData")
    if inline:
        return file_part(
            kind_of(inline.get("mimeType")), inline.get("data") or inline.get("fileUri")
        )
    call, told = part.get("functionCall"), part.get("functionResponse")
    if call:
        return Part("tool_call", call_text(call.get("name", ""), compact(call.get("args") or {})))
    if told:
        return Part("tool_result", compact(told.get("response") or {}))
    return Part("text", str(part.get("text") or ""))


def _offers(tool: dict[str, Any]) -> list[Offer]:
    found = []
    for function in tool.get("functionDeclarations") or ():
        schema = function.get("parametersJsonSchema") or function.get("parameters") or {}
        kept = {"name": function.get("name"), "description": function.get("description")}
        text = compact({**kept, "parameters": schema})
        found.append(
            Offer(function.get("name", ""), text, function.get("description") or "", schema)
        )
    hosted = [name for name in tool if name != "functionDeclarations"]
    return found + [Offer(name, compact({name: tool[name]}), hosted=True) for name in hosted]


def _tool_choice(config: dict[str, Any]) -> str | None:
    calling = config.get("functionCallingConfig") or {}
    allowed = calling.get("allowedFunctionNames") or []
    if calling.get("mode") == "ANY":
        return str(allowed[0]) if len(allowed) == 1 else "required"
    return "none" if calling.get("mode") == "NONE" else None


def call_id(call: Call) -> str:
    """The id of a tool call."""
    return call.id[:8]


def response_id(reply: Reply) -> str:
    """The id of the response."""
    return f"Sim{reply.id[:20]}"


def stream(reply: Reply) -> tuple[list[Frame], int]:
    """The chunks in time, and which of them is the first of the answer."""
    schedule = reply.schedule
    if reply.finish == "refusal":
        return [(schedule.ended, _chunk(reply, None, 0, "SAFETY"))], 0
    frames: list[Frame] = [
        (at, _chunk(reply, [{"text": text, "thought": True}], 0, None))
        for at, text in schedule.reasoning
    ]
    frames += [(schedule.reasoned, _chunk(reply, [part], 0, None)) for part in _used_parts(reply)]
    first = len(frames)
    beats = schedule.texts[0]
    tokens, share = reply.choices[0].tokens, 0.0
    head, tail = _chunk(reply, [{"text": "\x00"}], -1, None).split(b'"\\u0000"')
    for number, (at, text) in enumerate(beats):
        share = tokens * (number + 1) // len(beats)
        counted = dumps(usage(reply, max(1, int(share))))
        frames.append((at, head + dumps(text) + tail.replace(b'"\\u0001"', counted)))
    for call, rows in zip(reply.calls, schedule.calls, strict=True):
        told = _partly(reply, call) if _in_pieces(reply) else [_call_part(reply, call)]
        frames += [(rows[-1][0], _chunk(reply, [p], reply.visible_tokens, None)) for p in told]
    signed: list[dict[str, Any]] | None = [{"text": ""}]
    if reply.reasoning_tokens and not reply.calls:
        signed = [{"text": "", "thoughtSignature": signature(reply)}]
    last = _chunk(reply, signed, reply.visible_tokens, FINISH[reply.finish])
    return [*frames, (schedule.ended, last)], first


def _chunk(
    reply: Reply, parts: list[dict[str, Any]] | None, output: int, finish: str | None
) -> bytes:
    candidate: dict[str, Any] = {"index": 0}
    if parts is not None:
        candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
        if reply.calls:
            candidate["finishMessage"] = FINISH_MESSAGE
        if not reply.ask.model.row.efforts and finish != "SAFETY":
            candidate["avgLogprobs"] = AVERAGE_LOGPROBS
        candidate |= _grounding(reply)
    if finish == "SAFETY":
        candidate["safetyRatings"] = SAFETY
    counted: Any = (
        "\x01" if output < 0 else usage(reply, output, thought=output > 0 or bool(finish))
    )
    body = {
        "candidates": [candidate],
        "usageMetadata": counted,
        "modelVersion": reply.ask.model.id,
        "responseId": response_id(reply),
    }
    return b"data: " + dumps(body) + b"\r\n\r\n"


SAFETY = [
    {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True},
]


def signature(reply: Reply) -> str:
    """The opaque proof of the thoughts that goes back with them, in base64."""
    return base64.b64encode(f"simulated-thought-{reply.id}".encode()).decode()


def whole(reply: Reply) -> dict[str, Any]:
    """The finished response."""
    parts: list[dict[str, Any]] = []
    if reply.reasoning:
        parts.append({"text": reply.reasoning, "thought": True})
    parts += _used_parts(reply)
    if reply.choices[0].text and reply.finish != "refusal":
        parts.append({"text": reply.choices[0].text})
        if reply.reasoning_tokens:
            parts[-1]["thoughtSignature"] = signature(reply)
    parts += [_call_part(reply, call) for call in reply.calls]
    candidate: dict[str, Any] = {"finishReason": FINISH.get(reply.finish, "SAFETY"), "index": 0}
    if reply.calls:
        candidate["finishMessage"] = FINISH_MESSAGE
    if not reply.ask.model.row.efforts and reply.finish != "refusal":
        candidate["avgLogprobs"] = AVERAGE_LOGPROBS
    if reply.finish == "refusal":
        candidate["safetyRatings"] = SAFETY
    else:
        candidate = {"content": {"parts": parts, "role": "model"}, **candidate}
        candidate |= _grounding(reply)
    return {
        "candidates": [candidate],
        "usageMetadata": usage(reply, visible(reply)),
        "modelVersion": reply.ask.model.id,
        "responseId": response_id(reply),
    }


def _used_parts(reply: Reply) -> list[dict[str, Any]]:
    """Code and what it printed; a search leaves no part but `groundingMetadata`, unless its parts were asked for."""
    config = (reply.ask.body.get("toolConfig") or {}) if reply.ask.body else {}
    parts: list[dict[str, Any]] = []
    for used in reply.used:
        if used.tool == "code_execution":
            code = {"language": "PYTHON", "code": used.wanted, "id": used.id[:8]}
            printed = {"outcome": "OUTCOME_OK", "output": used.output, "id": used.id[:8]}
            parts += [{"executableCode": code}, {"codeExecutionResult": printed}]
        elif config.get("includeServerSideToolInvocations") and used.tool == "file_search":
            searched = {"id": used.id[:8], "toolType": "FILE_SEARCH"}
            proof = {"thoughtSignature": signature(reply)} if reply.reasoning_tokens else {}
            parts += [{"toolCall": searched, **proof}, {"toolResponse": searched, **proof}]
        elif config.get("includeServerSideToolInvocations"):
            name = {"id": used.id[:8], "toolType": "GOOGLE_SEARCH_WEB"}
            found = {"search_suggestions": [page.title for page in used.pages]}
            parts.append({"toolCall": {**name, "args": {"queries": [used.wanted]}}})
            parts.append({"toolResponse": {**name, "response": found}})
    return parts


def _retrieved(page: Page, store: str) -> dict[str, Any]:
    """A chunk of a file; one that nobody uploaded has no title."""
    title: dict[str, Any] = {"title": page.title} if page.file_id else {}
    if page.attributes:
        title["customMetadata"] = custom_metadata(page.attributes)
    return {**title, "text": page.text, "fileSearchStore": page.store or store}


def _grounding(reply: Reply) -> dict[str, Any]:
    searches = [used for used in reply.used if used.tool == "web_search"]
    chunks = [{"web": {"uri": page.url, "title": page.title}} for u in searches for page in u.pages]
    chunks += [
        {"retrievedContext": _retrieved(page, used.store)}
        for used in reply.used
        if used.tool == "file_search"
        for page in used.pages
    ]
    if not chunks:
        return {}
    text = reply.choices[0].text
    segment = {"startIndex": 0, "endIndex": len(text.encode()), "text": text}
    support = {"segment": segment, "groundingChunkIndices": [*range(len(chunks))]}
    grounded: dict[str, Any] = {"groundingChunks": chunks, "groundingSupports": [support]}
    if searches:
        suggestions = {"renderedContent": "<div>Simulated search suggestions</div>"}
        queries = [used.wanted for used in searches]
        grounded |= {"searchEntryPoint": suggestions, "webSearchQueries": queries}
    return {"groundingMetadata": grounded}


def _call_part(reply: Reply, call: Any) -> dict[str, Any]:
    function = {"name": call.name, "args": call.parsed, "id": call_id(call)}
    part: dict[str, Any] = {"functionCall": function}
    proven = (
        reply.reasoning_tokens or reply.ask.model.row.signatures
    )  # wanted back, so it was given
    if proven and call is reply.calls[0]:
        part["thoughtSignature"] = signature(reply)
    return part


def _in_pieces(reply: Reply) -> bool:
    calling = (reply.ask.body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    return bool(calling.get("streamFunctionCallArguments"))


def _partly(reply: Reply, call: Call) -> list[dict[str, Any]]:
    """A call whose arguments come one after the other, each by its JSON path."""
    whole_part = _call_part(reply, call)
    signed = {k: v for k, v in whole_part.items() if k != "functionCall"}
    begun = {"name": call.name, "id": call_id(call), "willContinue": True}
    pieces = [
        {
            "partialArgs": [{"jsonPath": f"$.{name}", "willContinue": False, **_typed(value)}],
            "willContinue": True,
        }
        for name, value in call.parsed.items()
    ]
    return [{"functionCall": begun, **signed}, *({"functionCall": p} for p in pieces), LAST_PIECE]


LAST_PIECE: dict[str, Any] = {"functionCall": {}}


def _typed(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    return {"stringValue": value if isinstance(value, str) else compact(value)}


def visible(reply: Reply) -> int:
    """Tokens of the candidates: none when the answer was blocked."""
    return 0 if reply.finish == "refusal" else reply.visible_tokens


def usage(reply: Reply, output: int, thought: bool = True) -> dict[str, Any]:
    """Thoughts are outside the candidates' tokens, cached tokens inside the prompt's; what is 0 is left out."""
    thoughts = reply.reasoning_tokens if thought else 0
    counted: dict[str, Any] = {"promptTokenCount": reply.input_tokens}
    if output:
        counted["candidatesTokenCount"] = output
    counted["totalTokenCount"] = reply.input_tokens + output + thoughts
    if reply.cached.read:
        counted["cachedContentTokenCount"] = reply.cached.read
        counted["cacheTokensDetails"] = [{"modality": "TEXT", "tokenCount": reply.cached.read}]
    counted["promptTokensDetails"] = modalities(reply.modalities)
    if output and thought:
        counted["candidatesTokensDetails"] = [{"modality": "TEXT", "tokenCount": output}]
    if thoughts:
        counted["thoughtsTokenCount"] = thoughts
    if reply.fed_tokens and output:
        counted["toolUsePromptTokenCount"] = reply.fed_tokens
        counted["toolUsePromptTokensDetails"] = [
            {"modality": "TEXT", "tokenCount": reply.fed_tokens}
        ]
        counted["totalTokenCount"] += reply.fed_tokens
    counted["serviceTier"] = str(reply.ask.body.get("serviceTier") or "standard").lower()
    return counted


def modalities(sums: dict[str, int]) -> list[dict[str, Any]]:
    """Tokens by modality, as Gemini lists them."""
    return [{"modality": k.upper(), "tokenCount": n} for k, n in sums.items() if n]


DOOR = Door("gemini_generate", "gemini", read, stream, whole, response_id, call_id)

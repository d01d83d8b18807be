"""What Messages refuses beyond fields and models: calls without results, thinking, caches, schemas, files, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.demo.anthropic_blocks import BETA, signed
from playground.demo.ask import Ask, Refused, Turn
from playground.demo.refusals import schemas
from playground.demo.refusals.calls import Pairing, pairing
from playground.demo.refusals.media import IMAGES, PDF, trouble

Body = Mapping[str, Any]
MOST_BREAKPOINTS = 4
NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
VERSIONS = ("2023-01-01", "2023-06-01", "2026-10-21")
DOCS = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"


def wrong(text: str) -> Refused:
    """Anthropic's one kind of refusal: a sentence."""
    return Refused("invalid", text)


def headers(sent: Mapping[str, str]) -> Iterator[Refused]:
    """What is wrong with the headers."""
    version = sent.get("anthropic-version")
    if version is None:
        yield wrong("anthropic-version: header is required")
    elif version not in VERSIONS:
        yield wrong(f'anthropic-version: "{version}" is not a valid version')


def betas(sent: Mapping[str, str], body: Body) -> Iterator[Refused]:
    """Fields that only a beta's header opens."""
    if "mcp_servers" in body and MCP not in sent.get("anthropic-beta", ""):
        yield wrong("mcp_servers: Extra inputs are not permitted")

    opened = BETA in sent.get("anthropic-beta", "")
    if body.get("compaction") and not opened:
        yield wrong(f"compaction: requires anthropic-beta: {BETA}")
    if not opened and any(block.get("signature") for _, _, block in summaries(body)):
        yield wrong(
            "messages: Input tag 'compaction' found does not match any of the expected tags"
        )


def summaries(body: Body) -> Iterator[tuple[int, int, Body]]:
    """The blocks that stand for the turns before them."""
    return (one for one in blocks(body) if one[2].get("type") == "compaction")


def _summaries(body: Body) -> Iterator[Refused]:
    """One summary at most, first of all, and as it was given out."""
    found = [one for one in summaries(body) if one[2].get("signature")]
    if len(found) > 1:
        yield wrong("messages: more than one `compaction` block; send only the newest")
    for number, n, block in found:
        if (number, n) != (0, 0):
            yield wrong("messages: the `compaction` block must be the first block")
        if block["signature"] != signed(str(block.get("content"))):
            yield wrong("messages: Invalid `signature` in `compaction` block")


MCP = "mcp-client-"
"""`mcp-client-2025-04-04` (the old form), `-2025-11-20` and `-2026-09-15` (`mcp_toolset` among the tools)."""


def messages(body: Body, ask: Ask) -> Iterator[Refused]:
    """What Messages refuses of a request."""
    yield from _texts(body)
    yield from _summaries(body)
    yield from _roles(body)
    yield from _calls(ask)
    yield from _tools(body)
    yield from _thinking(body)
    yield from _cache(body)
    yield from _schemas(body)
    yield from _files(body)
    if any(not text.strip() for text in body.get("stop_sequences") or ()):
        yield wrong("stop_sequences: each stop sequence must contain non-whitespace")


def blocks(body: Body) -> Iterator[tuple[int, int, Body]]:
    """Message number, block number, block."""
    for number, message in enumerate(body.get("messages") or ()):
        content = message.get("content")
        for n, block in enumerate(content if isinstance(content, list) else ()):
            yield number, n, block


def _texts(body: Body) -> Iterator[Refused]:
    found = body.get("messages") or ()
    for number, message in enumerate(found):
        last = number == len(found) - 1 and message["role"] == "assistant"
        if not message["content"] and not last:
            yield wrong(
                f"messages.{number}: all messages must have non-empty content except for the optional final assistant message"
            )
        if (
            isinstance(message["content"], str)
            and message["content"]
            and not message["content"].strip()
        ):
            yield wrong("messages: text content blocks must contain non-whitespace text")
    for _, _, block in blocks(body):
        if block["type"] == "text" and not block["text"]:
            yield wrong("messages: text content blocks must be non-empty")
        elif block["type"] == "text" and not block["text"].strip():
            yield wrong("messages: text content blocks must contain non-whitespace text")
    system = body.get("system")
    for block in system if isinstance(system, list) else ():
        if not block["text"]:
            yield wrong("system: text content blocks must be non-empty")
    if found and found[-1]["role"] == "assistant":
        content = found[-1]["content"]
        said = content if isinstance(content, str) else ""
        if said != said.rstrip():
            yield wrong("messages: final assistant content cannot end with trailing whitespace")


def _roles(body: Body) -> Iterator[Refused]:
    found = body.get("messages") or ()
    summed = any(number == 0 for number, _, _ in summaries(body))
    if found and found[0]["role"] == "assistant" and not summed:
        yield wrong('messages: first message must use the "user" role')
    for number, n, block in blocks(body):
        role = found[number]["role"]
        if block["type"] == "tool_use" and role != "assistant":
            yield wrong(f"messages.{number}: `tool_use` blocks can only be in `assistant` messages")
        if block["type"] == "tool_result" and role != "user":
            yield wrong(
                f"messages.{number}.content.{n}: `tool_result` blocks can only be in `user` messages"
            )
        if block["type"] == "thinking" and not block["signature"]:
            yield wrong(f"messages.{number}.content.{n}: Invalid `signature` in `thinking` block")


def _calls(ask: Ask) -> Iterator[Refused]:
    ids = [p.id for turn in ask.turns for p in turn.parts if p.kind == "tool_call"]
    if len(ids) != len(set(ids)):
        yield wrong("messages: `tool_use` ids must be unique")
    told = _late(ask.turns) or pairing(ask.turns)
    if told.orphans:
        yield wrong(
            f"messages.{told.place}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {told.orphans[0]}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
        )
    if told.doubled:
        yield wrong(
            f"messages.{told.place}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {told.doubled[0]}"
        )
    if told.unanswered:
        yield wrong(
            f"messages.{told.place}: `tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(told.unanswered)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        )


def _late(turns: Sequence[Turn]) -> Pairing | None:
    """Results that come after words in their turn: they have to come first, and are not seen there."""
    for number, turn in enumerate(turns):
        kinds = [part.kind for part in turn.parts]
        first = kinds.index("text") if "text" in kinds else len(kinds)
        late = tuple(part.id for part in turn.parts[first:] if part.kind == "tool_result")
        if late:
            return Pairing(late, place=number - 1)
    return None


def _tools(body: Body) -> Iterator[Refused]:
    tools, choice = body.get("tools") or [], body.get("tool_choice") or {}
    names = [tool.get("name") for tool in tools if tool.get("name")]
    if len(names) != len(set(names)):
        yield wrong("tools: Tool names must be unique.")
    for number, tool in enumerate(tools):
        if "input_schema" not in tool:
            continue
        place = f"tools.{number}.custom"
        if not NAME.fullmatch(tool["name"]):
            yield wrong(f"{place}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
        kind = tool["input_schema"].get("type")
        if kind is None:
            yield wrong(f"{place}.input_schema.type: Field required")
        elif kind != "object":
            yield wrong(f"{place}.input_schema.type: Input should be 'object'")
        elif any(
            set(schemas.types(node)) - set(schemas.JSON_TYPES)
            for _, node in schemas.nodes(tool["input_schema"])
        ):
            yield wrong(
                f"{place}.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use."
            )
    if choice and not tools:
        yield wrong("tool_choice may only be specified while providing tools")
    elif choice.get("type") == "tool" and choice["name"] not in names:
        yield wrong(f"Tool '{choice['name']}' not found in provided tools")


def _thinking(body: Body) -> Iterator[Refused]:
    thinking, most = body.get("thinking") or {}, body.get("max_tokens")
    if thinking.get("type") != "enabled":
        return
    if most is not None and thinking["budget_tokens"] >= most:
        yield wrong(
            f"`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at {DOCS}#max-tokens-and-context-window-size"
        )
    if body.get("top_k") is not None:
        yield wrong(
            f"`top_k` must be unset when thinking is enabled. Please consult our documentation at {DOCS}#important-considerations-when-using-extended-thinking"
        )
    found = [m for m in body.get("messages") or () if m["role"] == "assistant"]
    last = found[-1]["content"] if found and isinstance(found[-1]["content"], list) else []
    kinds = [block["type"] for block in last]
    if "tool_use" in kinds and kinds[0] not in ("thinking", "redacted_thinking"):
        number = max(n for n, m in enumerate(body["messages"]) if m["role"] == "assistant")
        yield wrong(
            f"messages.{number}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{kinds[0]}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at {DOCS}"
        )


def _cache(body: Body) -> Iterator[Refused]:
    marks = list(_breakpoints(body))
    if len(marks) > MOST_BREAKPOINTS:
        yield wrong(
            f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(marks)}."
        )
    ttls = [(mark["cache_control"].get("ttl") or "5m") for mark in marks]
    if "1h" in ttls and "5m" in ttls[: len(ttls) - 1 - ttls[::-1].index("1h")]:
        yield wrong(
            "cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
        )
    for number, n, block in blocks(body):
        if block["type"] == "thinking" and block.get("cache_control"):
            yield wrong(
                f"messages.{number}.content.{n}.thinking.cache_control: Extra inputs are not permitted"
            )


def _breakpoints(body: Body) -> Iterator[Body]:
    system = body.get("system")
    every = [
        *(body.get("tools") or ()),
        *(system if isinstance(system, list) else ()),
        *(block for _, _, block in blocks(body)),
        body,
    ]
    yield from (block for block in every if block.get("cache_control"))


def _schemas(body: Body) -> Iterator[Refused]:
    config = body.get("output_config") or {}
    form = config.get("format") or body.get("output_format") or {}
    strict = [
        (f"tools.{n}.custom.input_schema", tool["input_schema"])
        for n, tool in enumerate(body.get("tools") or ())
        if tool.get("strict") and tool.get("input_schema")
    ]
    if len(strict) > schemas.MOST_STRICT:
        yield wrong(f"Too many strict tools ({len(strict)}). The maximum is {schemas.MOST_STRICT}.")
    compiled = (
        [*strict, ("output_config.format.schema", form.get("schema") or {})] if form else strict
    )
    for place, schema in compiled:
        if told := schemas.anthropic_strict(schema):
            yield wrong(f"{place}: {told}")
    if told := schemas.anthropic_many([schema for _, schema in compiled]):
        yield wrong(told)
    if form and any(
        (b.get("citations") or {}).get("enabled")
        for _, _, b in blocks(body)
        if b["type"] == "document"
    ):
        yield wrong("output_config.format: Citations are not supported with output_format")


def _files(body: Body) -> Iterator[Refused]:
    for number, n, block in blocks(body):
        source = block.get("source")
        if not isinstance(source, dict) or source.get("type") not in ("base64", "url"):
            continue
        place = f"messages.{number}.content.{n}.{block['type']}.source.{source['type']}"
        if source["type"] == "url":
            if not str(source["url"]).startswith("https://"):
                yield wrong(f"{place}.url: Only HTTPS URLs are supported.")
            continue
        found = trouble(source["media_type"], source["data"], (*IMAGES, PDF))
        if found == "base64":
            yield wrong(f"{place}.data: Invalid base64 data")
        elif found == "mismatch":
            yield wrong(
                f"{place}.data: The image was specified using the {source['media_type']} media type, but the image appears to be of another type"
            )
        elif found and source["media_type"] == PDF:
            yield wrong(
                f"{place.replace('document', 'pdf')}.data: The PDF specified was not valid."
            )
        elif found:
            yield wrong("Could not process image")

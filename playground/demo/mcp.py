"""MCP servers that a provider calls itself: which tool is called, what comes back, and who has to agree. No server is asked."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

from playground.demo.ask import Ask, Offer
from playground.demo.counting import compact
from playground.demo.used import Used

TOOL = "simulated_lookup"
"""The tool of every server, where the request names none."""
WANTED = re.compile(
    r"\b(mcp|servers?|tools?|look(ing)? up|search|find|ask|roll|repo(sitory)?|docs?|documentation|wiki)\b",
    re.IGNORECASE,
)
NOT_WANTED = re.compile(
    r"\b(do not|don't|without) (call|use|using|calling)|\b(what|which|list\b.{0,60}) tools\b",
    re.IGNORECASE,
)
LISTED, ASKED = "mcp_list_tools", "mcp_approval_request"
SAID = "The simulation made this up: the MCP server {server!r} was not asked."
PROMPT = 80
"""Characters of the question that go into the arguments."""


def uses(ask: Ask, offer: Offer, dice: random.Random) -> Iterator[Used]:
    """What happens to one server: its tools are listed once (OpenAI), and one is called where the question asks for it."""
    told = _told(offer)
    openai = ask.model.vendor == "openai"
    if openai and not _is_listed(ask, offer.label):
        yield Used(_id(dice), "mcp_list", "", compact(listed(told)), server=offer.label)
    asked = WANTED.search(ask.prompt) or (offer.label and offer.label in ask.prompt)
    if not asked or NOT_WANTED.search(ask.prompt):
        return
    name = _name(told)
    given = compact({"query": " ".join(ask.prompt.split())[:PROMPT]})
    if openai and _must_ask(told.get("require_approval"), name):
        yield Used(_id(dice), "mcp_approval", given, server=offer.label, name=name)
    else:
        yield _called(_id(dice), given, offer.label, name)


def agreed(ask: Ask, dice: random.Random) -> list[Used] | None:
    """The calls that the last turn agreed to; None when it answers no request for approval."""
    given = ask.body.get("input")
    last = [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    answers = [item for item in last if item.get("type") == "mcp_approval_response"]
    if not answers:
        return None
    waiting = {id: item for id, item in _kept(ask) if item.get("type") == ASKED}
    found = []
    for answer in answers:
        id = str(answer.get("approval_request_id"))
        item = waiting.get(id)
        if item is not None and answer.get("approve"):
            found.append(
                _called(_id(dice), item["arguments"], item["server_label"], item["name"], id)
            )
    return found


def listed(told: Mapping[str, Any]) -> dict[str, Any]:
    """The one tool that a server is said to have."""
    return {
        "name": _name(told),
        "description": "A tool that the simulation made up: no server was asked.",
        "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}},
        "annotations": {"read_only": True},
    }


def remembered(used: Used) -> str:
    """What a conversation that the server keeps holds of a listing or of a request for approval, as JSON; else empty."""
    if used.tool == "mcp_list":
        return compact(
            {"type": LISTED, "server_label": used.server, "tools": [json.loads(used.output)]}
        )
    if used.waits:
        place = {"server_label": used.server, "name": used.name, "arguments": used.wanted}
        return compact({"type": ASKED, **place})
    return ""


def approval_id(used: Used) -> str:
    """The id of a request for approval."""
    return f"mcpr_{used.id}"


def _called(id: str, given: str, server: str, name: str, approved: str = "") -> Used:
    output = SAID.format(server=server)
    return Used(id, "mcp", given, output, server=server, name=name, approved=approved)


def _id(dice: random.Random) -> str:
    return f"{dice.getrandbits(96):024x}"


def _told(offer: Offer) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(offer.text)
    return told


def _name(told: Mapping[str, Any]) -> str:
    """The first tool that the request names, wherever it does."""
    places = [
        told.get("allowed_tools"),
        (told.get("tool_configuration") or {}).get("allowed_tools"),
    ]
    rules = told.get("require_approval")
    places += [*rules.values()] if isinstance(rules, Mapping) else []
    for place in places:
        names = place.get("tool_names") if isinstance(place, Mapping) else place
        if isinstance(names, list) and names:
            return str(names[0])
    return TOOL


def _must_ask(rules: Any, name: str) -> bool:
    """OpenAI asks before each call unless it is told not to."""
    if not isinstance(rules, Mapping):
        return bool(rules != "never")
    always, never = (
        {str(name) for name in (rules.get(word) or {}).get("tool_names") or ()}
        for word in ("always", "never")
    )
    return name not in never and (name in always or "always" not in rules)


def _is_listed(ask: Ask, label: str) -> bool:
    return any(
        item.get("type") == LISTED and item.get("server_label") == label for _, item in _kept(ask)
    )


def _kept(ask: Ask) -> Iterator[tuple[str, dict[str, Any]]]:
    for turn in ask.turns:
        for part in turn.parts:
            if part.kind == "mcp":
                yield part.id, json.loads(part.text)

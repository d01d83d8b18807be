"""Where two prompts part: the parts that a provider caches in its order, and the first byte that differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from playground.domain import Request
from playground.domain.nouns import jsonable

SHOWN = 40
"""Characters around the first difference that are shown."""
ORDER = {
    "anthropic": ("tools", "system", "messages"),
    "gemini": ("system", "tools", "messages"),
    "openai": ("tools", "system", "messages"),
}
"""In which order a provider puts together what it caches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place at which two prefixes part."""

    part: str
    """`tools`, `system` or `user message 3`."""
    byte: int
    """Bytes of the part that are the same, as UTF-8 of its compact JSON or text."""
    before: str
    after: str
    """What stands there in each, a few characters around it."""


def prefix(request: Request) -> list[tuple[str, str]]:
    """The parts that a provider caches, in its order, each as the text that is compared."""
    parts: dict[str, list[tuple[str, str]]] = {"tools": [], "system": [], "messages": []}
    offered = [*(jsonable(tool) for tool in request.tools), *request.server_tools]
    if offered:
        parts["tools"] = [("tools", json.dumps(offered, ensure_ascii=False))]
    if request.system:
        parts["system"] = [("system", request.system)]
    for number, message in enumerate(request.messages, 1):
        kept = jsonable(message)
        text = message.text
        plain = len(message.parts) == 1 and text
        whole = text if plain else json.dumps(kept, ensure_ascii=False)
        parts["messages"].append((f"{message.role} message {number}", whole))
    order = ORDER.get(request.model.provider, ORDER["openai"])
    return [part for name in order for part in parts[name]]


def first_difference(before: Request, now: Request) -> Difference | None:
    """Where the later request stops beginning like the earlier one; None where it begins with all of it."""
    old, new = prefix(before), prefix(now)
    for index, (name, text) in enumerate(old):
        other_name, other = new[index] if index < len(new) else ("the end", "")
        if (name, text) != (other_name, other):
            same = _same(text, other) if name == other_name else 0
            return Difference(
                part=name if name == other_name else f"{name} (now {other_name})",
                byte=len(text[:same].encode("utf-8", "replace")),
                before=_around(text, same),
                after=_around(other, same),
            )
    return None


def _same(one: str, other: str) -> int:
    """Characters with which both begin."""
    most = min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _around(text: str, at: int) -> str:
    head = "…" if at > SHOWN else ""
    tail = "…" if at + SHOWN < len(text) else ""
    return f"{head}{text[max(0, at - SHOWN) : at + SHOWN]}{tail}"


def common(before: Request, now: Request) -> Iterator[str]:
    """What both begin with, part by part."""
    for (name, text), (other_name, other) in zip(prefix(before), prefix(now), strict=False):
        if name != other_name:
            return
        same = _same(text, other)
        yield text[:same]
        if text != other:
            return

"""Which block of an Anthropic message a delta belongs to, also where a server begins or numbers blocks otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.providers.pieces import Written

_SPOKEN = frozenset({"text", "thinking", "redacted_thinking"})
"""Types of block that no tool's input goes into."""
_RECENT = 64
"""Blocks that are looked at, the newest: no message has more that are still open."""


def block_of(blocks: list[dict[str, Any]], index: Any, kind: str) -> dict[str, Any]:
    """The block that a delta belongs to: that of its index, else the latest of its kind, else one that was never begun."""
    if blocks and blocks[-1]["index"] == index and _fits(blocks[-1], kind):
        return blocks[-1]
    fit = [block for block in blocks[-_RECENT:] if _fits(block, kind)]
    latest = fit[-1] if fit and (kind == "tool_use" or fit[-1] is blocks[-1]) else None
    found = next((block for block in reversed(fit) if block["index"] == index), latest)
    if found is not latest and latest is not None and _whole(found) and not _whole(latest):
        found = latest  # all calls' pieces under the index of the first
    if found is None:
        found = {"type": kind, "index": index, "pieces": pieces_of(kind)}
        blocks.append(found)
    return found


def pieces_of(kind: str) -> list[str] | Written:
    """What gathers the pieces of a block of this type."""
    return [] if kind in _SPOKEN else Written()


def _fits(block: Mapping[str, Any], kind: str) -> bool:
    return block["type"] == kind or (kind == "tool_use" and block["type"] not in _SPOKEN)


def _whole(block: Mapping[str, Any] | None) -> bool:
    return block is not None and block["type"] == "tool_use" and block["pieces"].whole

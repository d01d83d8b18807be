"""Why a cache was not read, as OpenAI and Anthropic say when a request names an earlier answer to be compared with."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from playground.demo.ask import Ask
from playground.demo.compose import Reply
from playground.demo.counting import Segment, segments
from playground.demo.door import dumps

MOST_KEPT = 2_000
"""Fingerprints of answers."""


@dataclass(frozen=True, slots=True)
class Print:
    """What of a request a comparison looks at; no text of it."""

    facts: Mapping[str, Any]
    pieces: tuple[tuple[bytes, int], ...]
    """Digest and tokens of each piece of the input, in order."""


class Diagnoses:
    """Fingerprints of the answers so far, by their ids."""

    def __init__(self) -> None:
        self._prints: OrderedDict[str, Print] = OrderedDict()
        self._lock = Lock()

    def diagnose(self, reply: Reply, id: str) -> dict[str, Any] | None:
        """Remember this answer; what is said of its cache where the request asks, None where it does not."""
        made = _print(reply.ask)
        with self._lock:
            self._prints[id] = made
            while len(self._prints) > MOST_KEPT:
                self._prints.popitem(last=False)
        body, vendor = reply.ask.body, reply.ask.model.vendor
        options = body.get("prompt_cache_options") or {}
        if vendor == "openai" and "comparison_response_id" in options:
            return _openai(self._prints.get(str(options["comparison_response_id"])), made, reply)
        if vendor == "anthropic" and body.get("diagnostics"):
            earlier = body["diagnostics"].get("previous_message_id")
            return _anthropic(earlier, self._prints.get(str(earlier)), made, reply)
        return None


def _print(ask: Ask) -> Print:
    body = ask.body
    text = body.get("text") or {}
    facts = {
        "model": ask.model.id,
        "prompt_cache_key": body.get("prompt_cache_key"),
        "tools": [offer.text for offer in ask.tools],
        "text_format": text.get("format"),
        "reasoning_effort": ask.effort,
        "verbosity": text.get("verbosity"),
        "service_tier": body.get("service_tier"),
        "system": [part.text for part in ask.system],
    }
    kept = {name: hashlib.blake2b(dumps(value)).digest() for name, value in facts.items()}
    return Print(kept, tuple(_piece(one) for one in segments(ask)))


def _piece(one: Segment) -> tuple[bytes, int]:
    told = f"{one.name}:{one.ids}".encode()
    return hashlib.blake2b(told, digest_size=16).digest(), one.tokens


def _lost(earlier: Print, now: Print) -> int:
    """Tokens from the first piece that differs to the end."""
    same = 0
    for (before, tokens), (after, _) in zip(earlier.pieces, now.pieces, strict=False):
        if before != after:
            break
        same += tokens
    return sum(tokens for _, tokens in now.pieces) - same


OPENAI = (
    "model",
    "prompt_cache_key",
    "tools",
    "text_format",
    "reasoning_effort",
    "verbosity",
    "service_tier",
)
"""What is looked at before the input, in this order: `…_changed` is the reason."""


def _openai(earlier: Print | None, now: Print, reply: Reply) -> dict[str, Any]:
    if earlier is None:
        return {"type": "comparison_response_not_found"}
    if reply.cached.read:
        return {"type": "cache_hit"}
    changed = [name for name in OPENAI if earlier.facts[name] != now.facts[name]]
    begins = now.pieces[: len(earlier.pieces) - 1] == earlier.pieces[:-1]
    if not changed and begins:
        return {"type": "unavailable"}
    lost = _lost(earlier, now)
    return {
        "type": "cache_miss",
        "reason": f"{changed[0] if changed else 'input'}_changed",
        "cache_missed_tokens": lost,
        "comparison_reusable_tokens": sum(tokens for _, tokens in earlier.pieces),
    }


def _anthropic(
    id: str | None, earlier: Print | None, now: Print, reply: Reply
) -> dict[str, Any] | None:
    if id is None or reply.cached.read:
        return None
    if earlier is None:
        return {"cache_miss_reason": {"type": "previous_message_not_found"}}
    changed = [n for n in ("model", "tools", "system") if earlier.facts[n] != now.facts[n]]
    if not changed and now.pieces[: len(earlier.pieces) - 1] == earlier.pieces[:-1]:
        return {"cache_miss_reason": {"type": "unavailable"}}
    reason = f"{changed[0] if changed else 'messages'}_changed"
    lost = _lost(earlier, now)
    return {"cache_miss_reason": {"type": reason, "cache_missed_input_tokens": lost}}

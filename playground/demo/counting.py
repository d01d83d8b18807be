"""Input tokens, added up from parts, so that every page can take them apart again.

    input = base
          + system:    Σ parts + `system` once, if there is a system prompt
          + tools:     Σ (definition as compact JSON + `tool` each) + `tools` once, if any function is offered
          + messages:  Σ (Σ parts + `message` each)

A text part is ceil(o200k_base tokens × per_mille ÷ 1000); the framing numbers are the table below, the same for
every model of a vendor but for OpenAI's base (3 for GPT-3 and GPT-4, else 2, as measured on recordings).
Reasoning that is sent back counts nothing, and neighbouring pieces of the assistant's (reasoning, text, calls) are one
message. A tool call counts as its name, a line break and its arguments. A conversation is the sum of its turns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from playground.demo.ask import Ask, Part, Turn
from playground.demo.models import Model
from playground.tokens import encode


@dataclass(frozen=True, slots=True)
class Framing:
    """Tokens that a vendor adds around what was written."""

    base: int
    system: int
    message: int
    tools: int
    tool: int


FRAMING = {
    "openai": Framing(base=2, system=4, message=4, tools=9, tool=6),
    "anthropic": Framing(base=3, system=2, message=4, tools=290, tool=8),
    "gemini": Framing(base=0, system=2, message=2, tools=0, tool=4),
    "compatible": Framing(base=1, system=4, message=4, tools=12, tool=6),
}
OLD_OPENAI = re.compile(r"(ft:)?(gpt-3|gpt-4|chatgpt-4)")
OLD_OPENAI_EXTRA = 1

IMAGE_TOKENS = {"openai": 765, "gemini": 1120, "compatible": 576}
"""Tokens of any image; Anthropic's depend on its size: width × height ÷ 750, at most 1,568."""
PAGE_TOKENS = {"openai": 900, "anthropic": 1900, "gemini": 560, "compatible": 900}
"""Tokens of one page of a PDF."""
AUDIO_TOKENS = 100
MAX_ANTHROPIC_IMAGE = 1568
MODALITIES = {"image": "image", "document": "document", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One counted piece of the input, in the order in which a cache sees it: tools, system, messages."""

    name: str
    ids: tuple[int, ...]
    """What a cache compares: o200k_base tokens, or a digest of a file."""
    tokens: int
    modality: str = "text"
    cache: str | None = None


def text_tokens(text: str, model: Model) -> int:
    """Tokens that this model makes of a text."""
    return scaled(len(encode(text)), model)


def scaled(o200k: int, model: Model) -> int:
    """Tokens of this model for a number of o200k_base tokens, rounded up."""
    return -(-o200k * model.per_mille // 1000)


def segments(ask: Ask) -> list[Segment]:
    """The whole input, piece by piece; the sum of their tokens is what a send and a count report."""
    frame = FRAMING[ask.model.vendor]
    old = ask.model.vendor == "openai" and OLD_OPENAI.match(ask.model.id)
    found = [_fixed("base", frame.base + (OLD_OPENAI_EXTRA if old else 0))]
    offers = ask.tools
    if offers:
        found.append(_fixed("tools", frame.tools))
    for offer in offers:
        found.append(_fixed("tool", frame.tool))
        found.append(_text(f"tool {offer.name}", offer.text, ask.model, offer.cache))
    if ask.system:
        found.append(_fixed("system", frame.system))
        found += [_part(part, ask.model) for part in ask.system]
    before = ""
    for turn in ask.turns:
        goes_on = turn.role == before == "assistant"
        found += _turn(turn, 0 if goes_on else frame.message, ask.model)
        before = turn.role
    return [s for s in found if s.tokens or s.cache]


def total(found: list[Segment]) -> int:
    """Input tokens."""
    return sum(segment.tokens for segment in found)


def by_modality(found: list[Segment]) -> dict[str, int]:
    """`text`, `image`, `document`, `audio` → tokens; framing is text."""
    sums = {"text": 0}
    for segment in found:
        sums[segment.modality] = sums.get(segment.modality, 0) + segment.tokens
    return sums


def compact(value: Any) -> str:
    """JSON text without spaces, as definitions and arguments are counted."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _turn(turn: Turn, framing: int, model: Model) -> Iterator[Segment]:
    yield _fixed(turn.role, framing)
    for part in turn.parts:
        yield _part(part, model)


def _part(part: Part, model: Model) -> Segment:
    if part.kind in MODALITIES:
        tokens = FILES[part.kind](part.data, model.vendor)
        ids = (hash(part.data) & 0xFFFFFFFF, len(part.data))
        return Segment(part.kind, ids, tokens, MODALITIES[part.kind], part.cache)
    if part.kind == "reasoning":
        return Segment("reasoning", (), 0, cache=part.cache)
    return _text(part.kind, part.text, model, part.cache)


def _text(name: str, text: str, model: Model, cache: str | None) -> Segment:
    ids = tuple(encode(text))
    return Segment(name, ids, scaled(len(ids), model), cache=cache)


def _fixed(name: str, tokens: int) -> Segment:
    return Segment(name, (), tokens)


def _image(data: bytes, vendor: str) -> int:
    if vendor != "anthropic":
        return IMAGE_TOKENS[vendor]
    width, height = image_size(data)
    return min(MAX_ANTHROPIC_IMAGE, ceil(width * height / 750))


def _document(data: bytes, vendor: str) -> int:
    pages = len(re.findall(rb"/Type\s*/Page[^s]", data)) or 1
    return pages * PAGE_TOKENS[vendor]


def _audio(data: bytes, vendor: str) -> int:
    return AUDIO_TOKENS


FILES = {"image": _image, "document": _document, "audio": _audio}


def image_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, GIF or JPEG; 1,000 × 1,000 where they can't be read."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[:4] == b"GIF8" and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    jpeg = re.search(rb"\xff[\xc0\xc2]..\x08(..)(..)", data[:200_000], re.DOTALL)
    if data[:2] == b"\xff\xd8" and jpeg:
        return int.from_bytes(jpeg[2], "big"), int.from_bytes(jpeg[1], "big")
    return 1000, 1000

"""The simulated models: how fast each is, how much it thinks, how finely it cuts text into tokens."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from typing import Any

EFFORTS = {
    "none": 0.0,
    "minimal": 0.1,
    "low": 0.4,
    "medium": 1.0,
    "high": 2.0,
    "xhigh": 3.0,
    "max": 5.0,
}
"""How many times the reasoning of `medium` each effort or thinking level buys."""


@dataclass(frozen=True, slots=True)
class Model:
    """One simulated model."""

    id: str
    vendor: str
    """`openai`, `anthropic`, `gemini` or `compatible`."""
    label: str
    ttft: float
    """Seconds from the request to the first token when nothing is reasoned."""
    speed: float
    """Visible output tokens per second; reasoning runs three times as fast."""
    reasoning: int
    """Reasoning tokens at the model's default effort; 0 = it does not reason unless told to."""
    effort: str
    """The effort that holds when none is asked for; `none` for a model that does not reason."""
    per_mille: int
    """Tokens that this model makes of text that o200k_base cuts into 1,000 tokens."""
    context: int
    """Most input and output tokens together."""
    output: int
    """Most output tokens."""
    created: str
    """ISO date of release; simulated where none is published."""
    retires: str | None = None
    """ISO date of the announced end."""
    brief: bool = False
    """True for the small models, which answer shorter."""


def _openai(id: str, ttft: float, speed: float, reasoning: int, created: str, **more: Any) -> Model:
    effort = "medium" if reasoning else "none"
    model = Model(
        id, "openai", id, ttft, speed, reasoning, effort, 1000, 1_050_000, 128_000, created
    )
    return replace(model, **more)


def _claude(
    id: str, label: str, ttft: float, speed: float, reasoning: int, created: str, **more: Any
) -> Model:
    effort = "high" if reasoning else "none"
    model = Model(
        id, "anthropic", label, ttft, speed, reasoning, effort, 1300, 1_000_000, 128_000, created
    )
    return replace(model, **more)


def _gemini(
    id: str, label: str, ttft: float, speed: float, reasoning: int, created: str, **more: Any
) -> Model:
    effort = "medium" if reasoning else "none"
    model = Model(
        id, "gemini", label, ttft, speed, reasoning, effort, 1050, 1_048_576, 65_536, created
    )
    return replace(model, **more)


def _compatible(id: str, ttft: float, speed: float, reasoning: int) -> Model:
    effort = "medium" if reasoning else "none"
    return Model(
        id, "compatible", id, ttft, speed, reasoning, effort, 1080, 131_072, 8_192, "2026-01-15"
    )


TABLE = (
    _openai("gpt-6.2-astra", 0.95, 62, 420, "2026-11-17"),
    _openai("gpt-6.2-sol", 0.58, 96, 240, "2026-11-17"),
    _openai("gpt-6-astra", 1.10, 55, 480, "2026-09-03"),
    _openai("gpt-6.1-sol", 0.52, 92, 200, "2026-09-29"),
    _openai("gpt-6.1-terra", 0.40, 128, 130, "2026-10-29", brief=True),
    _openai("gpt-6-luna", 0.26, 185, 60, "2026-09-22", brief=True),
    _openai("gpt-5.6-sol", 0.62, 84, 230, "2026-07-09"),
    _openai("gpt-5.5", 0.70, 75, 260, "2026-04-23"),
    _openai("gpt-5.4-mini", 0.36, 140, 90, "2026-03-17", context=400_000, brief=True),
    _openai("chat-latest", 0.42, 112, 0, "2026-10-07", context=400_000),
    _openai(
        "gpt-4.1", 0.45, 88, 0, "2025-04-14", context=1_047_576, output=32_768, retires="2027-01-14"
    ),
    _openai(
        "gpt-4o-mini",
        0.38,
        105,
        0,
        "2024-07-18",
        context=128_000,
        output=16_384,
        retires="2027-01-14",
        brief=True,
    ),
    _claude("claude-fable-5-2", "Claude Fable 5.2", 1.05, 58, 400, "2026-10-14"),
    _claude("claude-opus-5-5", "Claude Opus 5.5", 0.90, 66, 320, "2026-09-22", effort="medium"),
    _claude("claude-sonnet-5-5", "Claude Sonnet 5.5", 0.60, 84, 210, "2026-09-22"),
    _claude("claude-haiku-5-5", "Claude Haiku 5.5", 0.32, 165, 0, "2026-10-07", brief=True),
    _claude(
        "claude-haiku-4-5",
        "Claude Haiku 4.5",
        0.36,
        150,
        0,
        "2025-10-01",
        per_mille=1050,
        context=200_000,
        output=64_000,
        brief=True,
    ),
    _gemini("gemini-4-argon", "Gemini 4 Argon", 0.80, 92, 340, "2026-10-13"),
    _gemini("gemini-3.8-flash", "Gemini 3.8 Flash", 0.38, 172, 160, "2026-09-02"),
    _gemini(
        "gemini-3.1-pro-preview",
        "Gemini 3.1 Pro Preview",
        0.95,
        80,
        420,
        "2026-02-19",
        effort="high",
    ),
    _gemini(
        "gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", 0.25, 198, 0, "2026-07-21", brief=True
    ),
    _gemini(
        "gemini-3.1-flash-lite",
        "Gemini 3.1 Flash-Lite",
        0.28,
        190,
        0,
        "2026-05-07",
        retires="2027-05-07",
        brief=True,
    ),
    _compatible("llama3:8b", 0.30, 58, 0),
    _compatible("qwen3:8b", 0.34, 52, 180),
    _compatible("deepseek-r1:8b", 0.45, 46, 320),
)
"""Speeds and reasoning are made up, in proportions that feel like the real ones; limits follow the published ones."""

FAMILIES = {
    "openai": re.compile(r"(ft:)?(gpt-\d|gpt-audio|chatgpt-|chat-latest|o\d|codex-)"),
    "anthropic": re.compile(r"claude-"),
    "gemini": re.compile(r"(gemini|gemma|learnlm)-"),
    "compatible": re.compile(r"(?!no-such)\S"),
}
"""What a name of each vendor looks like: such a name is accepted although the table lacks it."""

SMALL = re.compile(r"mini|nano|luna|haiku|lite|flash|:[1-9]b|small")
DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")

_BY_NAME = {(model.vendor, model.id): model for model in TABLE}


def find(vendor: str, name: str) -> Model | None:
    """The model of that name, made up from the name where the table lacks it; None if the vendor has none like it."""
    name = name.removeprefix("models/")
    known = _BY_NAME.get((vendor, name)) or _BY_NAME.get((vendor, DATED.sub("", name)))
    if known:
        return replace(known, id=name)
    return _made_up(vendor, name) if FAMILIES[vendor].match(name) else None


def of(vendor: str) -> list[Model]:
    """The vendor's rows of the table, in order."""
    return [model for model in TABLE if model.vendor == vendor]


def _made_up(vendor: str, name: str) -> Model:
    seed = zlib.crc32(f"{vendor}/{name}".encode())
    small = bool(SMALL.search(name))
    twin = next(m for m in reversed(of(vendor)) if m.brief == small or vendor == "compatible")
    return replace(
        twin,
        id=name,
        label=name,
        ttft=0.25 + seed % 60 / 100,
        speed=(110 if small else 55) + seed // 60 % 60,
        retires=None,
    )

"""What is judged, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from playground.domain import ToolCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with what its provider reported besides. None is "not reported"."""

    output: Any
    """Its text; or a value as JSON has them, where a provider with tools or a recorded answer gives one."""
    vars: Mapping[str, Any] = field(default_factory=dict)
    tool_calls: Sequence[ToolCall] = ()
    cost: Decimal | None = None
    """US dollars."""
    duration: float | None = None
    """Seconds."""
    time_to_first_text: float | None = None
    """Seconds."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    finish_reason: str | None = None
    refusal: str | None = None
    log_probs: Sequence[float] | None = None
    guardrails: Mapping[str, Any] | None = None
    tools: Sequence[Mapping[str, Any]] | None = None
    """The functions that were offered, as the provider was told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check, or a whole case, says of one answer."""

    passed: bool
    score: float
    """From 0 to 1; a check's own measure where it has one."""
    reason: str = ""
    """In a sentence."""
    error: str | None = None
    """Why it could not be judged: then it has not passed, its score is 0, and it counts as an error, not as a failure."""
    type: str = ""
    """The check's, as it is written; empty for a whole case."""
    parts: tuple[Verdict, ...] = ()
    """Of the checks in it."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Named figures: the weighted mean over the checks of that name."""
    cost: Decimal | None = None
    """US dollars that the judging models cost, as far as that is known; None where none was asked, or none has a price."""
    unpriced: int = 0
    """Calls of judging models whose cost is not known."""

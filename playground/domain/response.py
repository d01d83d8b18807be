"""What came back. A Response is always produced, also when the call failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.domain.cost import Cost
from playground.domain.ending import MEANINGS, State, ended_as, said
from playground.domain.exchange import Exchange
from playground.domain.failure import Failure
from playground.domain.model import ModelRef, Source
from playground.domain.request import File, Part, Reasoning, ToolCall
from playground.domain.timing import Timing, Trust
from playground.domain.usage import Usage

MIN_DECODE_SECONDS = 0.05
MIN_DECODE_TOKENS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try that failed and was repeated; its time is in no latency figure."""

    failure: Failure
    duration: float | None
    waited: float
    """Seconds waited before the next try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer of one model to one Request."""

    model: ModelRef
    """What was asked for."""
    response_model: str | None = None
    """What the provider says answered."""
    response_id: str | None = None
    request_id: str | None = None
    """The provider's id for its support, from the response headers."""
    text: str = ""
    """The answer alone."""
    reasoning_text: str = ""
    refusal: str | None = None
    choices: tuple[str, ...] = ()
    """The texts of all choices when more than one was asked for; `text` is the first."""
    tool_calls: tuple[ToolCall, ...] = ()
    server_tools: tuple[str, ...] = ()
    """Types of the items that the provider's own tools left, in order."""
    files: tuple[File, ...] = ()
    """Images and other files that the model made."""
    citations: tuple[Mapping[str, Any], ...] = ()
    sent_text: str | None = None
    """The text as it was sent, where reasoning stood in it between tags; None = it is `text`."""
    notes: tuple[str, ...] = ()
    """Sentences about what was odd in the answer and cost nothing."""
    finish_reason: str | None = None
    """The provider's own word (`stop`, `end_turn`, `STOP`, `completed`, …)."""
    service_tier: str | None = None
    """The tier that the provider says it used."""
    usage: Usage = field(default_factory=Usage)
    timing: Timing = field(default_factory=Timing)
    trust: Trust = field(default_factory=Trust)
    cost: Cost | None = None
    failure: Failure | None = None
    exchange: Exchange | None = None
    attempts: tuple[Attempt, ...] = ()
    streamed: bool = True
    """False when the answer came whole; where none came, what was asked for."""
    simulated: bool = False
    turn: tuple[Part, ...] = ()
    """The answer as message parts, in order, to send back in the next turn."""

    @property
    def provider(self) -> str:
        return self.model.provider

    @property
    def api(self) -> str:
        return self.model.api

    @property
    def source(self) -> Source:
        """Who answered."""
        return self.model.source(self.simulated)

    @property
    def stand_in(self) -> str:
        """What answered instead of a live model: `simulated`, `recorded on DATE from MODEL`; empty = a live model did."""
        return self.model.stand_in(self.simulated)

    @property
    def ok(self) -> bool:
        """True when the model answered; a refusal or a cut-off answer is not a failure of the call."""
        return self.failure is None

    @property
    def state(self) -> State:
        """How it ended, in the word that every place uses."""
        if self.failure is not None:
            return "stopped" if self.failure.stopped else "failed"
        found = ended_as(self.finish_reason)
        return "refused" if self.refusal and found == "done" else found

    @property
    def ending(self) -> str:
        """How it ended, as it is said in a table: `done`, `cut short`, `rate limited`."""
        return self.failure.word if self.failure else said(self.state)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about what is odd in the answer, in how it ended or in what was reported of it."""
        short = MEANINGS.get(self.state)
        word = f" ({self.finish_reason})" if ended_as(self.finish_reason) == self.state else ""
        wrong = (
            f"The reported usage contradicts itself: {found}." for found in self.usage.problems()
        )
        return (*([f"{short}{word}."] if short else []), *self.notes, *wrong)

    @property
    def visible_output_tokens(self) -> int | None:
        """Output without reasoning; None when either is not reported although the model reasoned."""
        usage = self.usage
        if usage.output_tokens is None:
            return None
        if usage.reasoning_output_tokens is None:
            thought = self.reasoning_text or any(isinstance(part, Reasoning) for part in self.turn)
            return None if thought else usage.output_tokens
        return usage.output_tokens - usage.reasoning_output_tokens

    @property
    def time_to_first_chunk(self) -> float | None:
        """Seconds from the request's head on the wire to the first event; None for an answer that came whole."""
        return self.timing.first_chunk if self.streamed else None

    @property
    def time_to_first_text(self) -> float | None:
        """Seconds from the request's head on the wire to the first text; None for an answer that came whole."""
        return self.timing.first_text if self.streamed else None

    @property
    def output_tokens_per_second(self) -> float | None:
        """Decode speed: the intervals between the tokens of the text ÷ seconds from first to last text.

        None when too short to mean anything, and where the text's own tokens or the text's own time are not known.
        """
        first, last = self.time_to_first_text, self.timing.last_text
        tokens = self.visible_output_tokens
        if first is None or last is None or tokens is None or self._more_than_text(first, last):
            return None
        if last - first < MIN_DECODE_SECONDS or tokens < MIN_DECODE_TOKENS:
            return None
        return (tokens - 1) / (last - first)

    def _more_than_text(self, first: float, last: float) -> bool:
        """True when the output tokens count other things than the text, or the model thought in the midst of it."""
        thought = self.timing.last_reasoning
        others = (self.tool_calls, self.server_tools, self.files, self.choices)
        return any(others) or (thought is not None and first < thought < last)

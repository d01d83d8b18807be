"""What a call has gathered so far: the one thing that the adapters write to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from playground.domain import Failure, File, ModelRef, Part, Response, ToolCall, Usage
from playground.providers.complaint import complaint
from playground.providers.failures import provider_failure
from playground.providers.fitting import together
from playground.providers.tags import Tags

_TAGGED = ">"
"""No text without it ends a tag."""
Kind = Literal["sent", "reasoning", "text", "thought", "refusal", "tool"]
OnDelta = Callable[[Kind, str], None]


class Draft:
    """A response in the making. The adapters fill it event by event."""

    __slots__ = (
        "_on_delta",
        "_tags",
        "choices",
        "citations",
        "counted",
        "done",
        "failure",
        "files",
        "finish_reason",
        "first_reasoning",
        "first_text",
        "last_reasoning",
        "last_text",
        "notes",
        "now",
        "provider",
        "reasoning_parts",
        "refusal_parts",
        "response_id",
        "response_model",
        "scratch",
        "server_tools",
        "service_tier",
        "text_parts",
        "tool_calls",
        "tool_size",
        "turn",
        "usage",
        "watching",
    )

    def __init__(self, provider: str, on_delta: OnDelta | None = None) -> None:
        self.provider = provider
        self._on_delta = on_delta
        self.now = 0.0
        """perf_counter when the event being read arrived."""
        self.text_parts: list[str] = []
        self.reasoning_parts: list[str] = []
        self.refusal_parts: list[str] = []
        self.choices: dict[int, list[str]] = {}
        """Text by choice where there is more than one."""
        self.tool_calls: list[ToolCall] = []
        self.server_tools: list[str] = []
        self.files: list[File] = []
        self.citations: list[Mapping[str, Any]] = []
        self.turn: list[Part] = []
        self.finish_reason: str | None = None
        self.response_id: str | None = None
        self.response_model: str | None = None
        self.service_tier: str | None = None
        self.counted: Any = None
        """The provider's own usage object, put together where it came in parts."""
        self.usage: Usage | None = None
        self.failure: Failure | None = None
        self.done = False
        """True once the provider has said that the answer is over; a stream that ends without is truncated."""
        self.notes: list[str] = []
        """Sentences about what was odd and cost nothing."""
        self.tool_size = 0
        """Characters of tool calls."""
        self.scratch: dict[Any, Any] = {}
        """The adapter's own notes between events."""
        self.first_reasoning: float | None = None
        self.last_reasoning: float | None = None
        self.first_text: float | None = None
        self.last_text: float | None = None
        self._tags = Tags()
        self.watching = True
        """True while the next text may belong to a tag."""

    def text(self, piece: str) -> None:
        """A piece of the answer itself; TypeError where the provider sent something else in its place."""
        if piece:
            if type(piece) is not str:
                _said(piece)
            if self.watching or _TAGGED in piece:
                piece = self._tags.take(self, piece)
                self.watching = self._tags.state != "answer"
                if not piece:
                    return
            self.text_parts.append(piece)
            self.last_text = self.now
            if self.first_text is None:
                self.first_text = self.now
            if self._on_delta is not None:
                self._on_delta("text", piece)

    def close(self) -> None:
        """Nothing more comes: what was held back for a tag that never was is text; the other choices lose their own."""
        rest = self._tags.close(self) if self.watching else ""
        self.watching = False
        if rest:
            self.text_parts.append(rest)
            self.last_text = self.now if self.last_text is None else self.last_text
            self.emit("text", rest)
        for index, parts in self.choices.items():
            if parts is not self.text_parts and _TAGGED in (whole := "".join(parts)):
                self.choices[index] = [apart(whole)[1]]

    @property
    def heard(self) -> bool:
        """True when any text came, be it all reasoning between tags."""
        return bool(self.text_parts) or self._tags.found or self._tags.holds

    @property
    def sent_text(self) -> str | None:
        """The text as it was sent, where reasoning stood in it between tags."""
        return self._tags.sent("".join(self.text_parts))

    def choice(self, index: int, piece: str) -> None:
        """A piece of a choice after the first."""
        self.choices.setdefault(int(index), []).append(_said(piece))

    def reasoning(self, piece: str) -> None:
        """A piece of readable reasoning."""
        if piece:
            self.reasoning_parts.append(_said(piece))
            self.last_reasoning = self.now
            if self.first_reasoning is None:
                self.first_reasoning = self.now
            self.emit("reasoning", piece)

    def thought(self, untold: str) -> None:
        """Tell whoever listens that all text so far was reasoning, and what nobody was told of it: a lone closing tag came."""
        self.emit("thought", "All of this was reasoning.")
        if untold:
            self.emit("reasoning", untold)

    def refusal(self, piece: str) -> None:
        """A piece of the model's refusal; it counts as the answer for the clock."""
        if piece:
            self.refusal_parts.append(_said(piece))
            self.last_text = self.now
            if self.first_text is None:
                self.first_text = self.now
            self.emit("refusal", piece)

    def tool(self, piece: str) -> None:
        """A piece of a tool call; the adapter keeps it."""
        if piece:
            self.tool_size += len(_said(piece))
            self.emit("tool", piece)

    def count(self, counted: Any) -> None:
        """Take a report of usage, or a part of one."""
        if counted:
            self.counted = together(self.counted, counted)

    def complain(self, body: Any) -> None:
        """Take what the provider says went wrong, inside a stream or an answer of status 200; the first complaint counts."""
        if self.failure is None:
            self.failure = provider_failure(self.provider, 200, complaint(body), {})

    def left_out(self, nameless: int) -> None:
        """Note tool calls that came without a name: nobody could run them."""
        if nameless:
            what = "A tool call" if nameless == 1 else f"{nameless} tool calls"
            self.notes.append(
                f"{what} came without a name and {'is' if nameless == 1 else 'are'} left out."
            )

    def emit(self, kind: Kind, piece: str) -> None:
        """Tell whoever listens; nothing is kept."""
        if self._on_delta is not None:
            self._on_delta(kind, piece)

    def response(self, model: ModelRef) -> Response:
        """What the provider has said so far as this model's Response; what the wire and the caller know of it is theirs to add."""
        return Response(
            model=model,
            response_model=self.response_model,
            response_id=self.response_id,
            text="".join(self.text_parts),
            reasoning_text="".join(self.reasoning_parts),
            refusal="".join(self.refusal_parts) or None,
            choices=tuple("".join(self.choices[i]) for i in sorted(self.choices)),
            sent_text=self.sent_text,
            notes=tuple(self.notes),
            tool_calls=tuple(self.tool_calls),
            server_tools=tuple(self.server_tools),
            files=tuple(self.files),
            citations=tuple(self.citations),
            finish_reason=self.finish_reason,
            service_tier=self.service_tier,
            usage=self.usage or Usage(),
            turn=tuple(self.turn),
        )

    def times(self) -> dict[str, float | None]:
        """The perf_counter readings of the pieces, by their names in `Timing`."""
        return {
            "first_reasoning": self.first_reasoning,
            "last_reasoning": self.last_reasoning,
            "first_text": self.first_text,
            "last_text": self.last_text,
        }

    def size(self) -> int:
        """Characters that the model wrote so far."""
        return self.tool_size + sum(len(piece) for parts in self.written() for piece in parts)

    def written(self) -> tuple[list[str], ...]:
        """The texts that the model wrote, each in its pieces."""
        return (self.text_parts, self.reasoning_parts, self.refusal_parts, *self.choices.values())


def apart(text: str) -> tuple[str, str]:
    """The reasoning and the answer in a whole text."""
    draft = Draft("")
    draft.text(text)
    draft.close()
    return "".join(draft.reasoning_parts), "".join(draft.text_parts)


def _said(piece: str) -> str:
    if type(piece) is not str:
        raise TypeError(f"{type(piece).__name__} instead of text")
    return piece


DONE: dict[str, Any] = {"[DONE]": True}
"""What an adapter gets for a `[DONE]` line."""

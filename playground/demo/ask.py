"""What a simulated provider was asked, the same for every door: each door reads its own body into this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

from playground.demo.models import Model
from playground.demo.used import Keeps, Page

Kind = Literal["text", "image", "document", "audio", "tool_call", "tool_result", "reasoning", "mcp"]


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A PNG of one pixel in base64: every image that the simulation makes."""


class Refused(Exception):
    """The request is wrong in a way that the vendor answers with an error of its own."""

    def __init__(
        self, fault: str, message: str = "", param: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.fault = fault
        """A row of `faults.FAILURES`."""
        self.message = message
        self.param = param
        """The field that is wrong, where the vendor names it apart from the message."""
        self.code = code
        """OpenAI's word for it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a message, of the system prompt or of a tool result."""

    kind: Kind
    text: str = ""
    """The text, a tool's name and arguments, or a tool's result."""
    data: bytes = b""
    """An inline file."""
    cache: str | None = None
    """`5m` or `1h`: a cache breakpoint stands after this part."""
    id: str = ""
    """Of a tool call or a tool's result: which call it is."""
    failed: bool = False
    """True for the result of a tool that did not work."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message."""

    role: str
    """`user`, `assistant`, `system` or `tool`."""
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The text parts joined."""
        return "".join(part.text for part in self.parts if part.kind == "text")


@dataclass(frozen=True, slots=True)
class Offer:
    """A function that the caller lets the model call."""

    name: str
    text: str
    """The definition as JSON text: this is what is counted."""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    cache: str | None = None
    hosted: bool = False
    """True for a tool that the provider runs itself; the simulation only acts as if."""
    label: str = ""
    """Of an MCP server."""


Search = Callable[[list[str], str, int | None, Keeps], tuple[Page, ...]]
"""Ids of stores, the question, how many chunks at most, and of which files → what is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, understood."""

    model: Model
    asked: str
    """The name as it was written, fault suffix included."""
    fault: str | None
    system: tuple[Part, ...] = ()
    turns: tuple[Turn, ...] = ()
    tools: tuple[Offer, ...] = ()
    max_output: int | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    """The JSON Schema to answer in; an empty one for "any JSON object"."""
    effort: str | None = None
    """None = the model's default."""
    reasoning_limit: int | None = None
    """A thinking budget in tokens."""
    show_reasoning: bool = False
    tool_choice: str | None = None
    """`required`, `none`, a function's name, or None for "as the model likes"."""
    parallel: bool = True
    choices: int = 1
    stream: bool = False
    cache_all: str | None = None
    """Anthropic's top-level `cache_control`: a breakpoint after the last part, with this time to live."""
    body: Mapping[str, Any] = field(default_factory=dict)
    """The body as it came, for the fields that a door only echoes."""
    search: Search | None = None
    """Looks through the server's stores of files."""

    @property
    def prompt(self) -> str:
        """The text of the last user turn that has any."""
        return next((t.text for t in reversed(self.turns) if t.role == "user" and t.text), "")

    @property
    def results(self) -> tuple[Part, ...]:
        """The results of tools that came since the model spoke, in the order of the request."""
        last = [*takewhile(lambda turn: turn.role != "assistant", reversed(self.turns))]
        parts = (part for turn in reversed(last) for part in turn.parts)
        return tuple(part for part in parts if part.kind == "tool_result")

    @property
    def has_result(self) -> bool:
        """True when the last turn brings a tool's result."""
        return bool(self.turns) and any(p.kind == "tool_result" for p in self.turns[-1].parts)

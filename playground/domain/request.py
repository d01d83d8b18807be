"""What is asked of one model. A Request never holds a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.domain.model import ModelRef
from playground.domain.setting import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Plain text from the user or the model."""

    text: str
    signature: str | None = None
    """Gemini's thought signature of the answer; sent back unchanged."""
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An image or a PDF, sent inline."""

    media_type: str
    """`image/png`, `image/jpeg`, `image/webp`, `image/gif` or `application/pdf`."""
    data: bytes
    name: str = "attachment"
    kind: Literal["file"] = "file"


_MAGIC: tuple[tuple[bytes, int, bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, b"", "image/png"),
    (b"\xff\xd8\xff", 0, b"", "image/jpeg"),
    (b"GIF87a", 0, b"", "image/gif"),
    (b"GIF89a", 0, b"", "image/gif"),
    (b"RIFF", 8, b"WEBP", "image/webp"),
    (b"%PDF-", 0, b"", "application/pdf"),
)
"""First bytes, offset of more bytes, those bytes → media type."""


def media_type(data: bytes) -> str | None:
    """What the bytes are, None when it is nothing that can be attached."""
    for start, offset, more, kind in _MAGIC:
        if data.startswith(start) and data[offset:].startswith(more):
            return kind
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """What a model thought in an earlier turn, with the provider's opaque proof of it."""

    text: str
    signature: str | None = None
    """Anthropic signature, Gemini thought signature or OpenAI encrypted content; sent back unchanged."""
    id: str | None = None
    """OpenAI's id of the reasoning item, sent back with its encrypted content."""
    kind: Literal["reasoning"] = "reasoning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A function that the model asks the caller to run."""

    id: str
    name: str
    arguments: Any
    """The parsed JSON object; the raw text where the model wrote something that is not JSON."""
    signature: str | None = None
    """Gemini's thought signature of the call; sent back unchanged."""
    kind: Literal["tool_call"] = "tool_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What the caller's function returned for one ToolCall."""

    id: str
    name: str
    content: str
    is_error: bool = False
    kind: Literal["tool_result"] = "tool_result"


Part = Text | File | Reasoning | ToolCall | ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    """Tool results travel in a `user` message; each adapter gives them the role that its API wants."""
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The text parts joined."""
        return "".join(p.text for p in self.parts if isinstance(p, Text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function offered to the model."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of the arguments object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to one model."""

    model: ModelRef
    messages: tuple[Message, ...]
    system: str | None = None
    settings: Settings = field(default_factory=Settings)
    tools: tuple[Tool, ...] = ()
    server_tools: tuple[str, ...] = ()
    """Tools that the provider runs itself: `web_search`, `code_execution`."""
    previous_response_id: str | None = None
    """Continue a conversation that the provider keeps (stores it there); None resends everything."""
    stream: bool = True
    timeout: float = 600.0
    """Seconds of silence on the connection after which the call fails."""
    body: str | None = None
    """A body sent letter by letter in place of the one that the SDK makes of all the rest."""

    @classmethod
    def ask(cls, model: ModelRef, prompt: str, **more: Any) -> Request:
        """The common case: one user message of text."""
        return cls(
            model=model, messages=(Message(role="user", parts=(Text(text=prompt),)),), **more
        )

"""Which adapter speaks through which door. A new door is a new row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from playground.domain import Failure, ModelRef, Request
from playground.providers import (
    anthropic_messages,
    gemini_generate,
    gemini_interactions,
    openai_chat,
    openai_responses,
)
from playground.providers.draft import Draft


class Door(Protocol):
    """The functions that every adapter module has, in this order."""

    UNSENT: frozenset[str]

    def arguments(self, request: Request) -> dict[str, Any]: ...
    async def open(self, arguments: Mapping[str, Any], **how: Any) -> Any: ...
    def read_event(self, draft: Draft, event: dict[str, Any]) -> None: ...
    def read_body(self, draft: Draft, body: dict[str, Any]) -> None: ...
    def finish(self, draft: Draft) -> None: ...
    def failure(
        self, provider: str, status: int, headers: Mapping[str, str], body: Any
    ) -> Failure: ...


DOORS: dict[tuple[str, str], Any] = {
    ("openai", "responses"): openai_responses,
    ("openai", "chat"): openai_chat,
    ("anthropic", "messages"): anthropic_messages,
    ("gemini", "generate_content"): gemini_generate,
    ("gemini", "interactions"): gemini_interactions,
}


def door(ref: ModelRef) -> Any:
    """The adapter module for a model; every provider that has none of its own is an OpenAI-compatible server."""
    return DOORS.get((ref.provider, ref.api), openai_chat)

"""Which adapter speaks through which door. A new door is a new row.

Every adapter module has the same functions in the same order: `arguments`, `open` (the only SDK call), `read_event`,
`read_body`, `finish`, `usage`, `failure`; and says which settings it has no field for (`UNSENT`) and for which providers
it needs a key (`NEEDS_KEY`).
"""

from __future__ import annotations

from typing import Any

from playground.domain import ModelRef
from playground.providers import (
    anthropic_messages,
    gemini_generate,
    gemini_interactions,
    openai_chat,
    openai_responses,
)

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

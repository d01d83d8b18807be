"""Which adapter and which SDK stand behind a door. A new door is a new row, here and in `playground.domain.APIS`.

Every adapter module has the same functions in the same order, as `Door` has them.
"""

from __future__ import annotations

from typing import NamedTuple

from playground.domain import ModelRef
from playground.domain.provider import provider_of
from playground.providers import (
    anthropic_messages,
    anthropic_sdk,
    gemini_generate,
    gemini_interactions,
    gemini_live,
    gemini_sdk,
    openai_chat,
    openai_realtime,
    openai_responses,
    openai_sdk,
)
from playground.providers.door import Door, Sdk, SessionDoor


class Row(NamedTuple):
    """What speaks through one door."""

    adapter: Door
    sdk: Sdk
    counts: bool = False
    """True when the SDK's counting endpoint takes this door's arguments."""


DOORS = {
    "responses": Row(openai_responses, openai_sdk, counts=True),
    "chat": Row(openai_chat, openai_sdk),
    "compatible": Row(openai_chat, openai_sdk),
    "messages": Row(anthropic_messages, anthropic_sdk, counts=True),
    "generate_content": Row(gemini_generate, gemini_sdk, counts=True),
    "interactions": Row(gemini_interactions, gemini_sdk),
}

SESSION_DOORS: dict[str, SessionDoor] = {"realtime": openai_realtime, "live": gemini_live}
"""The doors that hold a session, rows of `playground.domain.provider.SESSIONS`."""


def door(ref: ModelRef) -> Door:
    """The adapter for a model."""
    return DOORS[ref.api].adapter


def usual(provider: str) -> Row:
    """What speaks through the provider's usual door."""
    return DOORS[provider_of(provider).default_api]


def counting(provider: str) -> Row | None:
    """The provider's door that counts a request before it is sent; None where none does."""
    rows = (DOORS[api] for api in provider_of(provider).apis)
    return next((row for row in rows if row.counts), None)

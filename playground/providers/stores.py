"""Stores of files that a provider searches: one driver over the providers that have them. A new one is a row of STORES."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from playground.domain import Endpoint, ModelRef, Response
from playground.domain.hosted import (
    Chunk,
    Chunking,
    Condition,
    FileStore,
    HostedFile,
    StoredFile,
    Value,
)
from playground.providers import gemini_stores, openai_stores
from playground.providers.batch_door import Asks, Notes


class StoreDoor(Protocol):
    """One provider's stores."""

    @property
    def KIND(self) -> str:
        """What it calls a store, as among what was created."""

    def where(self, endpoint: Endpoint) -> Endpoint:
        """Where a question about a store is asked."""

    async def create(self, asks: Asks, name: str, notes: Notes) -> Any:
        """Make an empty store; the provider's object of it."""

    async def add(
        self,
        asks: Asks,
        store: str,
        file: tuple[str, bytes, str],
        notes: Notes,
        attributes: Mapping[str, Value],
        chunking: Chunking | None,
    ) -> Any:
        """Put a file (name, bytes, media type) into it; the provider's object of what is under way.

        Without a chunking the provider cuts it in its own way.
        """

    async def look(self, asks: Asks, store: str, added: Sequence[Any]) -> Any:
        """The store's object as it is now."""

    async def delete(self, asks: Asks, store: str) -> Any:
        """Delete the store."""

    def tool(self, store: str, most: int, only: Sequence[Condition]) -> dict[str, Any]:
        """The fields of a request that searches the store for at most so many chunks of files that meet all conditions."""

    def store(self, raw: Mapping[str, Any]) -> FileStore:
        """Read a store's object."""

    def stored(self, raw: Mapping[str, Any]) -> StoredFile:
        """Read the object of a file in a store."""

    def file(self, raw: Mapping[str, Any]) -> HostedFile:
        """Read a file's object."""

    def chunks(self, response: Response) -> tuple[Chunk, ...]:
        """What was found for an answer."""


STORES: dict[str, StoreDoor] = {"openai": openai_stores, "gemini": gemini_stores}
APIS = {"openai": "responses", "gemini": "generate_content"}
"""The door through which each provider's stores are asked."""


def chunks(response: Response) -> tuple[Chunk, ...]:
    """What a provider's search found for this answer; empty where it was not asked, or does not show it."""
    door = STORES.get(response.model.provider)
    return door.chunks(response) if door else ()


def searches(ref: ModelRef) -> bool:
    """Whether this model is asked through the door that searches stores."""
    return APIS.get(ref.provider) == ref.api

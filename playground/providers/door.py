"""What an adapter is, and what an SDK is asked beside answers: both are modules, and these are their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from playground.domain import Endpoint, Request, Usage
from playground.providers.draft import Draft
from playground.providers.listed import ListedModel


class Door(Protocol):
    """An adapter: one API, from a Request to the SDK's one call, and from what came on the wire to a Draft."""

    def arguments(self, request: Request) -> dict[str, Any]:
        """What the SDK is called with."""

    async def open(self, arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
        """Send it through the SDK, with so many seconds of patience between two pieces of the answer."""

    def read_event(self, draft: Draft, event: dict[str, Any]) -> None:
        """Take one event of the stream into the draft."""

    def read_body(self, draft: Draft, body: dict[str, Any]) -> None:
        """Take a whole, unstreamed answer into the draft."""

    def finish(self, draft: Draft) -> None:
        """Settle what is still open when the answer is over, whole or broken off."""

    @property
    def usage(self) -> Callable[..., Usage]:
        """Map the provider's own count, its first argument, and what else tells of it."""


class Sdk(Protocol):
    """One provider's SDK, asked for something that is not an answer."""

    @property
    def COUNTED(self) -> str:
        """The field of the counting endpoint's answer."""

    async def models(self, endpoint: Endpoint, silence: float) -> Any:
        """Ask for the list of models."""

    def listed(self, row: Mapping[str, Any]) -> ListedModel | None:
        """One row of that list; None for a model that answers no prompts."""

    async def count(self, arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
        """Ask how many input tokens a request with these arguments has."""

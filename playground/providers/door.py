"""What an adapter is, and what an SDK is asked beside answers: both are modules, and these are their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from playground.domain import Endpoint, Message, Request, Usage
from playground.providers.draft import Draft
from playground.providers.heard import Heard
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


class SessionDoor(Protocol):
    """An adapter of a door that goes both ways: from a Request to the SDK's connection, and from its messages to turns."""

    @property
    def ALWAYS_TLS(self) -> bool:
        """True where the SDK speaks TLS with an http:// address too."""

    def connect(
        self, request: Request, endpoint: Endpoint, options: Mapping[str, Any], tls: Any
    ) -> AbstractAsyncContextManager[Any]:
        """The SDK's connection, opened as `options` say, with the certificates `tls`."""

    async def configure(self, connection: Any, request: Request) -> None:
        """Say how the model is to answer, as the first request has it."""

    def configuration(self, request: Request) -> dict[str, Any]:
        """What is said then."""

    async def send(self, connection: Any, messages: Sequence[Message], request: Request) -> None:
        """Put messages into the conversation and let the model answer."""

    async def pump(self, connection: Any) -> None:
        """Receive until the connection is over."""

    def read(self, heard: Heard, message: Mapping[str, Any]) -> None:
        """Take one message of the server."""

    @property
    def usage(self) -> Callable[..., Usage]:
        """Map the provider's own count of a turn."""


class Sdk(Protocol):
    """One provider's SDK, asked for something that is not an answer."""

    @property
    def COUNTED(self) -> str:
        """The field of the counting endpoint's answer."""

    async def models(self, endpoint: Endpoint, silence: float, after: str | None = None) -> Any:
        """Ask for a page of the list of models: the first, or the one that `next_page` named."""

    async def model(self, endpoint: Endpoint, silence: float, name: str) -> Any:
        """Ask for one model's row."""

    def next_page(self, body: Mapping[str, Any]) -> str | None:
        """What to ask for the page after this one; None after the last."""

    def listed(self, row: Mapping[str, Any]) -> ListedModel | None:
        """One row of that list; None for a row without an id."""

    async def count(self, arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
        """Ask how many input tokens a request with these arguments has."""

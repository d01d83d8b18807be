"""What a provider's batch API is to us: the same functions in each of the three modules, and what passes between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from playground.domain import Endpoint, ModelRef, Request, clock
from playground.domain.job import JobState, Progress
from playground.providers.failures import ProviderError, failure_of

Send = Callable[[], Awaitable[Any]]


class Asks(Protocol):
    """Who sends: `Talk`, with the endpoint that it talks to."""

    endpoint: Endpoint

    async def ask(self, send: Send) -> Any:
        """The JSON that came back."""

    async def drop(self, send: Send) -> None:
        """Delete something, which may be gone already."""

    async def read(self, send: Send) -> bytes:
        """The bytes that came back."""


class Notes(Protocol):
    """Who writes down what is made at a provider: before it is made, and once it has an id."""

    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        """Note that a thing of this kind is about to be made; call the result with its id, and when it ends by itself."""


class RawLine(NamedTuple):
    """One line of a batch as the provider answers it."""

    key: str
    status: int | None
    """HTTP status, where the provider says one."""
    body: Any
    """What the door would have answered, or an error in the door's own shape."""
    failed: str | None = None
    """Why there is no answer, in the provider's word (`expired`, `canceled`); None where there is an answer or an error."""


class BatchDoor(Protocol):
    """One provider's batch API."""

    async def submit(
        self,
        asks: Asks,
        model: ModelRef,
        lines: Sequence[tuple[str, Request]],
        title: str,
        notes: Notes,
    ) -> Any:
        """Send the lines; the provider's batch object."""

    async def look(self, asks: Asks, id: str) -> Any:
        """The provider's batch object as it is now."""

    async def cancel(self, asks: Asks, id: str) -> Any:
        """Ask the provider to stop; its batch object."""

    async def delete(self, asks: Asks, progress: Progress) -> None:
        """Delete what the batch left at the provider."""

    async def listing(self, asks: Asks, after: str | None, limit: int) -> Any:
        """One page of the account's batches."""

    def listed(self, page: Any) -> tuple[list[Any], str | None]:
        """The batch objects of a page, and what asks for the next one; None = there is none."""

    async def results(self, asks: Asks, progress: Progress) -> list[Any]:
        """What holds the answers: files as bytes, or the objects themselves."""

    def progress(self, raw: Mapping[str, Any]) -> Progress:
        """Read a batch object."""

    def lines(self, results: list[Any]) -> Iterator[RawLine]:
        """Read the answers, in the order of the results."""


async def noted(notes: Notes, kind: str, name: str) -> Callable[[str, str | None], Awaitable[None]]:
    """Note that a thing of this kind is about to be made; await the result with its id, and when it ends by itself.

    Both are written on another thread: on the loop others are being timed.
    """
    made = await asyncio.to_thread(notes.making, kind, name)

    async def is_made(id: str, ends_at: str | None) -> None:
        await asyncio.to_thread(made, id, ends_at)

    return is_made


def id_in(raw: Any, provider: str, name: str = "id") -> str:
    """The id of what was made, by this name in the answer; ProviderError where it holds none."""
    found = raw.get(name) if isinstance(raw, Mapping) else None
    if not isinstance(found, str) or not found:
        message = f"The answer holds no {name}: what was made, if anything, can't be found again."
        raise ProviderError(failure_of("server", provider, message=message))
    return found


def state_of(word: Any, states: Mapping[str, JobState]) -> JobState:
    """The provider's word in ours; a word that is not known is a batch that still runs."""
    return states.get(str(word), "running")


def whole(value: Any) -> int | None:
    """A count that came as a number or, from Google, as text; None where it did not come."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def moment(value: Any) -> str | None:
    """A Unix time, or an ISO time, as ISO 8601; None where none came."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return clock.moment(datetime.fromtimestamp(value, UTC))
        except (ValueError, OverflowError, OSError):
            return None
    return value if isinstance(value, str) and value else None

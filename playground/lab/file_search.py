"""File search: a store is made, files go in, a question is answered from them, and all of it is deleted again."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from playground import created, pricing, tokens
from playground import figures as fmt
from playground.created import Notebook
from playground.domain import (
    Cost,
    CostLine,
    Endpoint,
    Exchange,
    ModelRef,
    Request,
    Response,
    Settings,
    clock,
)
from playground.domain.hosted import Chunk, Condition, FileStore
from playground.lab.filing import Filing
from playground.pricing import stored
from playground.providers import ProviderError, leftovers, stores
from playground.providers.batch_door import Notes
from playground.providers.failures import failure_of
from playground.providers.talking import Talk
from playground.store.store import Store
from playground.wire import Pool

KIND = "file_search"
"""Under this name pricing.yaml has what a store costs."""
DAY = 86_400
STORE = "store"
"""Under this name an answer's run holds the store's id in its context."""
NAME = "playground"
MOST_CHUNKS = 4
AS_IT_IS = Filing()
MAX_BYTES = 5 * 2**20
PATIENCE = 120.0
"""Seconds to wait for a provider to index a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a store costs beside tokens."""

    what: str
    amount: Decimal | None
    """USD; None = not known."""
    how: str
    source: str
    as_of: str


def fees(provider: str, store: FileStore, texts: Sequence[str]) -> tuple[Fee, ...]:
    """What the store costs beside the answers' tokens; search fees stand in each answer's receipt."""
    counted = sum(tokens.count(text) for text in texts)
    return tuple(
        Fee(
            what=SAID[fee.unit].format(of=fee.what.replace("_", " ").capitalize()),
            amount=None if line is None else line.amount,
            how=_how(fee, counted),
            source=fee.source,
            as_of=fee.as_of.isoformat(),
        )
        for fee in pricing.load().fees(provider, KIND, clock.today())
        for line in [_line(fee, store.size, counted, DAY)]
    )


SAID = {"GiB-day": "{of} a day", "MTok": "{of}, once"}
"""How a fee is priced → what its amount is for."""


def _how(fee: pricing.Fee, counted: int) -> str:
    if not fee.rate:
        return "free of charge"
    unit = "GiB and day" if fee.unit == "GiB-day" else "1M tokens"
    words = f"{fmt.rate(fee.rate)} for each {unit}"
    ours = f"{counted:,} tokens by our own count, an estimate" if fee.unit == "MTok" else ""
    return "; ".join(text for text in (words, fee.note, ours) if text)


def _line(fee: pricing.Fee, size: int | None, counted: int, seconds: int) -> CostLine | None:
    """What the fee makes of a store; None where its size is not told."""
    if fee.unit == "MTok":
        return stored.line(fee, counted, "our own count, an estimate")
    lived = f"{fmt.count(size)} bytes for {fmt.seconds(seconds)}"
    return None if size is None else stored.line(fee, size * seconds, lived)


def receipt(shelf: Shelf, now: datetime | None = None) -> Cost | None:
    """What the store has cost by now, or until it was deleted: indexing and storage; None where its size is not told."""
    book = pricing.load().fees(shelf.provider, KIND, clock.today())
    end = shelf.gone_at or now or datetime.now(UTC)
    seconds = max(1, round((end - shelf.made_at).total_seconds()))
    counted = sum(tokens.count(text) for _, text in shelf.files)
    lines = [_line(fee, shelf.store.size, counted, seconds) for fee in book]
    known = [line for line in lines if line is not None]
    if not known:
        return None
    made = stored.cost(book, known, estimate=any(line.unit == "token" for line in known))
    return replace(made, lower_bound=len(known) < len(lines))


@dataclass(slots=True)
class Shelf:
    """A store and what was done with it."""

    provider: str
    simulated: bool
    store: FileStore
    files: list[tuple[str, str]] = field(default_factory=list)
    """Names and texts of what went in."""
    made: list[tuple[str, str]] = field(default_factory=list)
    """Kind and id of what was made for it and is a thing of its own: OpenAI's uploaded files."""
    exchanges: list[Exchange] = field(default_factory=list)
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    gone_at: datetime | None = None
    """When it was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How a provider is reached, and where what is made there is written down."""

    endpoint: Endpoint
    pool: Pool
    kept: Store | None = None
    """The history's database; None where none is kept."""
    owner: str = ""

    @property
    def notes(self) -> Notes:
        """The notebook of what was created, or one that keeps nothing."""
        if self.kept is None:
            return NoNotes()
        here = self.endpoint
        return Notebook(self.kept, here.provider, owner=self.owner, simulated=here.simulated)


class NoNotes:
    """Where no history is kept nothing is written down."""

    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        """Nothing to note."""
        return lambda remote_id, expires_at: None


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Writes down where these notes do, and remembers what got an id."""

    notes: Notes
    made: list[tuple[str, str]]

    def making(self, kind: str, name: str) -> Callable[[str, str | None], None]:
        noted = self.notes.making(kind, name)

        def made(remote_id: str, expires_at: str | None) -> None:
            self.made.append((kind, remote_id))
            noted(remote_id, expires_at)

        return made


async def build(desk: Desk, files: Sequence[tuple[str, bytes]], filing: Filing = AS_IT_IS) -> Shelf:
    """A store with these files, each of them ready to be searched; ProviderError says what went wrong."""
    provider = desk.endpoint.provider
    door, talk = stores.STORES[provider], Talk(desk.endpoint, desk.pool)
    raw = await door.create(talk, NAME, desk.notes)
    shelf = Shelf(provider, desk.endpoint.simulated, door.store(raw))
    try:
        await _fill(shelf, talk, files, filing, _Remembered(desk.notes, shelf.made))
    except ProviderError:
        with suppress(ProviderError):  # what is left stands among what was created
            await remove(desk, shelf)
        raise
    shelf.exchanges.extend(talk.exchanges)
    return shelf


async def _fill(
    shelf: Shelf,
    talk: Talk,
    files: Sequence[tuple[str, bytes]],
    filing: Filing,
    notes: Notes,
) -> None:
    """Put the files in, and wait until they can be searched."""
    door, added = stores.STORES[shelf.provider], []
    for name, data in files:
        shelf.files.append((name, data.decode("utf-8", "replace")))
        file = (name, data, mimetypes.guess_type(name)[0] or "text/plain")
        said = filing.of(name)
        added.append(await door.add(talk, shelf.store.id, file, notes, said, filing.chunking))
    shelf.store = await _ready(door, talk, shelf.store, added, len(files))


async def _ready(
    door: stores.StoreDoor, talk: Talk, store: FileStore, added: Sequence[Any], files: int
) -> FileStore:
    """Look until all files are in and can be searched; ProviderError where one can't, or it takes too long."""
    pause, waited = (0.3, 0.0) if talk.endpoint.simulated else (2.0, 0.0)
    while waited < PATIENCE:
        store = door.store(await door.look(talk, store.id, added))
        if store.files.get("failed"):
            message = "A file could not be indexed."
            raise ProviderError(
                failure_of("invalid_request", talk.endpoint.provider, message=message)
            )
        if store.ready and store.files.get("completed", 0) >= files:
            return store
        await asyncio.sleep(pause)
        waited += pause
    message = f"The store was not ready after {PATIENCE:g} s."
    raise ProviderError(failure_of("timeout", talk.endpoint.provider, message=message))


async def remove(desk: Desk, shelf: Shelf) -> None:
    """Delete the store, and the files that went up for it where they are things of their own."""
    talk = Talk(desk.endpoint, desk.pool)
    door = stores.STORES[shelf.provider]
    for kind, id in [(door.KIND, shelf.store.id), *shelf.made]:
        await leftovers.delete(talk, kind, id)
        if desk.kept is not None:
            await asyncio.to_thread(created.mark_gone, desk.kept, shelf.provider, id)
    shelf.gone_at = datetime.now(UTC)
    shelf.exchanges.extend(talk.exchanges)


def asked(
    model: ModelRef,
    question: str,
    shelf: Shelf,
    most: int = MOST_CHUNKS,
    only: Sequence[Condition] = (),
) -> Request:
    """The question with the store as a tool of the provider's own, searched where files meet all conditions."""
    tool = stores.STORES[shelf.provider].tool(shelf.store.id, most, only)
    return Request.ask(model, question, settings=replace(Settings(), extra=tool))


def where(endpoints: Mapping[str, Endpoint], provider: str) -> dict[str, Endpoint]:
    """The endpoints with the provider's at the version that searches stores."""
    return {**endpoints, provider: stores.STORES[provider].where(endpoints[provider])}


def offered(endpoints: Mapping[str, Endpoint]) -> list[str]:
    """Providers that have stores and an endpoint here."""
    return [name for name in stores.STORES if name in endpoints]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an answer rests on."""

    chunks: tuple[Chunk, ...]
    retrieved: int | None
    """Input tokens that the chunks were billed as, as the provider reports it; None = it does not say."""
    estimated: int | None
    """The same by our own count of their texts; None where no text is shown."""


def found(response: Response) -> Found:
    """The chunks, and what they were billed as."""
    chunks = stores.chunks(response)
    texts = [chunk.text for chunk in chunks if chunk.text]
    return Found(
        chunks=chunks,
        retrieved=response.usage.tool_use_input_tokens,
        estimated=sum(map(tokens.count, texts)) if texts else None,
    )

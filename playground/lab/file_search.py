"""File search: a store is made, files go in, a question is answered from them, and all of it is deleted again."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from playground import created, tokens
from playground.created import Notebook
from playground.domain import Endpoint, Exchange, ModelRef, Request, Response, Settings
from playground.domain.hosted import Chunk, FileStore
from playground.providers import ProviderError, leftovers, stores
from playground.providers.batch_door import Notes
from playground.providers.failures import failure_of
from playground.providers.talking import Talk
from playground.store.store import Store
from playground.wire import Pool

STORE = "store"
"""Under this name an answer's run holds the store's id in its context."""
NAME = "playground"
MOST_CHUNKS = 4
MAX_BYTES = 5 * 2**20
PATIENCE = 120.0
"""Seconds to wait for a provider to index a file."""
QUESTION = "How long can I return a jacket that I bought online, and who pays for sending it back?"
SAMPLE = """Returns

Goods that were bought online can be returned within 30 days of delivery. Goods that were bought in a shop can be returned within 14 days with the receipt.

Who pays for sending goods back

For a return from within the country we pay for sending it back: print the label in your account. From abroad the customer pays, unless the goods were faulty.

Jackets and shoes

A jacket or a pair of shoes can be returned only with its tags and in its box. A jacket that was worn outside is not taken back.

Gift cards

Gift cards can't be returned. They are valid for three years from the day on which they were bought.

Opening hours of the shops

The shops are open Monday to Saturday from 9 to 19 o'clock, and on the first Sunday of each month from 12 to 17 o'clock.
"""
SAMPLE_NAME = "returns-policy.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a store costs beside tokens."""

    what: str
    amount: Decimal | None
    """USD; None = not known."""
    how: str
    source: str
    as_of: str


GB = 2**30
_OPENAI = "https://developers.openai.com/api/docs/pricing"
_GEMINI = "https://ai.google.dev/gemini-api/docs/file-search"
_READ = "2026-11-26"
A_DAY = Decimal("0.10")
"""USD for a GiB and day in OpenAI's stores, after the first one (read 2026-07-15)."""
INDEXING = Decimal("0.15")
"""USD for a million tokens that Google indexes, once."""


def fees(provider: str, store: FileStore, texts: Sequence[str]) -> tuple[Fee, ...]:
    """What the store costs beside the answers' tokens; search fees stand in each answer's receipt."""
    if provider == "openai":
        size = store.size
        day = None if size is None else A_DAY * size / GB
        how = "$0.10 for each GiB and day of chunks and vectors; the account's first GiB is free"
        return (Fee(what="Storage a day", amount=day, how=how, source=_OPENAI, as_of=_READ),)
    counted = sum(tokens.count(text) for text in texts)
    once = INDEXING * counted / 1_000_000
    how = f"$0.15 for 1M tokens, once; {counted:,} tokens by our own count, an estimate"
    return (
        Fee(what="Indexing, once", amount=once, how=how, source=_GEMINI, as_of=_READ),
        Fee(what="Storage", amount=Decimal(0), how="free of charge", source=_GEMINI, as_of=_READ),
    )


@dataclass(slots=True)
class Shelf:
    """A store and what was done with it."""

    provider: str
    simulated: bool
    store: FileStore
    files: list[tuple[str, str]] = field(default_factory=list)
    """Names and texts of what went in."""
    exchanges: list[Exchange] = field(default_factory=list)


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


async def build(desk: Desk, files: Sequence[tuple[str, bytes]]) -> Shelf:
    """A store with these files, each of them ready to be searched; ProviderError says what went wrong."""
    provider = desk.endpoint.provider
    door, talk = stores.STORES[provider], Talk(desk.endpoint, desk.pool)
    raw = await door.create(talk, NAME, desk.notes)
    shelf = Shelf(provider, desk.endpoint.simulated, door.store(raw))
    try:
        await _fill(shelf, talk, files, desk.notes)
    except ProviderError:
        with suppress(ProviderError):  # what is left stands among what was created
            await remove(desk, shelf)
        raise
    shelf.exchanges.extend(talk.exchanges)
    return shelf


async def _fill(shelf: Shelf, talk: Talk, files: Sequence[tuple[str, bytes]], notes: Notes) -> None:
    """Put the files in, and wait until they can be searched."""
    door, added = stores.STORES[shelf.provider], []
    for name, data in files:
        shelf.files.append((name, data.decode("utf-8", "replace")))
        file = (name, data, mimetypes.guess_type(name)[0] or "text/plain")
        added.append(await door.add(talk, shelf.store.id, file, notes))
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
    """Delete the store, and the files that went into it where they are things of their own."""
    talk = Talk(desk.endpoint, desk.pool)
    door = stores.STORES[shelf.provider]
    doomed = [(door.KIND, shelf.store.id)]
    if desk.kept is not None:
        mine = created.all_created(desk.kept, owner=desk.owner or None)
        names = {name for name, _ in shelf.files}
        doomed += [
            (one.kind, one.remote_id)
            for one in mine
            if (one.provider, one.kind, one.simulated) == (shelf.provider, "file", shelf.simulated)
            and one.remote_id
            and one.name in names
        ]
    for kind, id in doomed:
        await leftovers.delete(talk, kind, id)
        if desk.kept is not None:
            created.mark_gone(desk.kept, shelf.provider, id)
    shelf.exchanges.extend(talk.exchanges)


def asked(model: ModelRef, question: str, shelf: Shelf, most: int = MOST_CHUNKS) -> Request:
    """The question with the store as a tool of the provider's own."""
    tool = stores.STORES[shelf.provider].tool(shelf.store.id, most)
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

"""Questions to a provider that take one or more HTTP exchanges and are not a Response: files, batches, caches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import httpx2

from playground.domain import Endpoint, Exchange, Failure
from playground.providers import jsonl, outcome
from playground.providers.asking import LONGEST, SILENCE, answer
from playground.providers.failures import ProviderError
from playground.providers.sdk import over
from playground.wire import Pool, Recorder

MOST_PAGES = 100
"""Pages that are read of one list; after so many it is cut."""


class Talk(httpx2.AsyncBaseTransport):
    """The transport of one piece of work at one endpoint: a recorder for each exchange, all of them kept."""

    def __init__(self, endpoint: Endpoint, pool: Pool) -> None:
        self.endpoint = endpoint
        self._pool = pool
        self._recorders: list[Recorder] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange so far, masked."""
        found = (recorder.exchange() for recorder in self._recorders)
        return tuple(one for one in found if one is not None)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send what an SDK sends, over a recorder of its own."""
        secrets = (self.endpoint.key,)
        recorder = Recorder(
            self._pool, base_url=self.endpoint.base_url, secrets=secrets, seconds=LONGEST
        )
        self._recorders.append(recorder)
        return await recorder.handle_async_request(request)

    async def ask(self, send: Callable[[], Awaitable[Any]]) -> Any:
        """The JSON that the last exchange of this SDK call brought; ProviderError where there is none."""
        recorder = await self._send(send)
        body, failure = answer(recorder, self.endpoint.provider)
        if failure is not None:
            raise ProviderError(outcome.told(recorder, self.endpoint, failure))
        return body

    async def pages(
        self,
        send: Callable[[str | None], Awaitable[Any]],
        following: Callable[[Any], str | None],
    ) -> AsyncIterator[tuple[Any, str | None]]:
        """Each page, and what names the one after it; no further than MOST_PAGES, nor where one is named that was there."""
        asked: list[str | None] = [None]
        while True:
            body = await self.ask(partial(send, asked[-1]))
            named = following(body)
            yield body, named
            if named is None or named in asked or len(asked) == MOST_PAGES:
                return
            asked.append(named)

    async def drop(self, send: Callable[[], Awaitable[Any]]) -> None:
        """Delete something; that it is gone already is no error."""
        try:
            await self.ask(send)
        except ProviderError as error:
            if not gone(error.failure):
                raise

    async def read(self, send: Callable[[], Awaitable[Any]]) -> bytes:
        """The bytes of a file of JSON lines; ProviderError where there are none, or not all: what is missing can be read again."""
        recorder = await self._send(send)
        if recorder.status is None or not 200 <= recorder.status < 300:
            failure = outcome.of_status(recorder, self.endpoint.provider)
            raise ProviderError(outcome.told(recorder, self.endpoint, failure))
        data = recorder.redactor.data(recorder.body or b"")
        if not jsonl.whole(data):
            failure = outcome.unreadable(recorder, self.endpoint.provider, data)
            raise ProviderError(outcome.told(recorder, self.endpoint, failure))
        return data

    async def _send(self, send: Callable[[], Awaitable[Any]]) -> Recorder:
        refused = outcome.refused_here(self.endpoint, hosted=self._pool.hosted)
        if refused is not None:
            raise ProviderError(refused)
        self._pool.allow(self.endpoint)
        before = len(self._recorders)
        try:
            with over(self):
                await send()
        except Exception as error:
            new = self._recorders[before:]
            if not new or new[-1].error is not None or new[-1].status is None:
                recorder = new[-1] if new else self._idle()
                broken = outcome.broken(recorder, self.endpoint.provider, error, silence=SILENCE)
                raise ProviderError(outcome.told(recorder, self.endpoint, broken)) from None
        finally:
            for recorder in self._recorders[before:]:
                await recorder.aclose()
        return self._recorders[-1]

    def _idle(self) -> Recorder:
        """A recorder that sent nothing, to say why nothing was sent."""
        return Recorder(self._pool, base_url=self.endpoint.base_url, secrets=(self.endpoint.key,))


def gone(failure: Failure) -> bool:
    """Whether the provider says that it has no such thing: a 404; at Google a file or a cache that is gone is a 403."""
    missing = failure.status == 403 and "not exist" in failure.message
    hidden = failure.status == 403 and "not found" in failure.message
    return failure.status in (404, 410) or missing or hidden

"""The conversations of an export, counted by the providers: what `playground chats --live` and `--demo` add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from playground import runs, settings
from playground.chats.calls import Counted, Counting, Counts
from playground.chats.exactly import count_exactly
from playground.chats.nouns import Chat, NotCounted
from playground.cli import keeping
from playground.cli.ask import nowhere, simulated
from playground.domain import Endpoint, Message, ModelRef, Request, Text
from playground.engine import Engine
from playground.providers import ProviderError


@contextmanager
def counting(*, demo: bool) -> Iterator[Counts]:
    """How a conversation is counted by the provider of each model, or by its simulation."""
    if demo:
        with simulated() as endpoints, _Providers(endpoints) as providers:
            yield providers.count
    else:
        with _Providers(settings.load().endpoints) as providers:
            yield providers.count


class _Providers:
    """Lets each model's provider count a conversation."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self.endpoints = endpoints
        self.engine = Engine()

    def __enter__(self) -> _Providers:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def count(self, chat: Chat, ref: ModelRef, counted: Counted) -> Counting:
        """The provider's counts; NotCounted where it gives none, ClickException where a key stands in the conversation."""
        if ref.provider not in self.endpoints:
            raise nowhere(ref.provider, self.endpoints)
        parts = tuple(Text(text=step.text) for step in chat.steps)
        said = Request(model=ref, messages=(Message(role="user", parts=parts),))
        if refusal := runs.holds_key([said], keeping.secrets()):
            raise click.ClickException(refusal.reason)
        endpoint = self.endpoints[ref.provider]
        work = self.engine.submit(lambda pool: count_exactly(chat, ref, endpoint, pool=pool))
        try:
            return work.result().counting(ref, counted)
        except ProviderError as error:
            raise NotCounted(f"{ref}: {error.failure.told}") from None
        except NotCounted as error:
            raise NotCounted(f"{error} Without --live it is counted here.") from None

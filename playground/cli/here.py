"""`-m here:MODEL`: the model on this computer, served for as long as a command runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from playground import settings
from playground.cli.say import say
from playground.domain import Endpoint, ModelRef
from playground.domain.provider import PROVIDERS, provider_of


def known(endpoints: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """The endpoints, and those that need no address because the app serves them itself; not where strangers ask."""
    own = [] if settings.hosted() else [row.name for row in PROVIDERS.values() if row.here]
    return {**endpoints, **{name: Endpoint(provider=name, base_url="") for name in own}}


@contextmanager
def serving(
    refs: Sequence[ModelRef], endpoints: Mapping[str, Endpoint]
) -> Iterator[Mapping[str, Endpoint]]:
    """The endpoints, with the model's server running where one of these models is on this computer.

    UsageError where it was never set up, or does not start.
    """
    mine = [ref for ref in refs if provider_of(ref.provider).here]
    if not mine:
        yield endpoints
        return
    from playground.local.server import LocalServer
    from playground.local.setup import SetupError

    server = LocalServer()
    try:
        endpoint = server.endpoint()
        if wrong := next((ref for ref in mine if ref.model != server.model.model), None):
            raise click.UsageError(f"{server.model} runs on this computer, not {wrong}.")
        if len(mine) < len(refs):
            say("The model on this computer takes its cores: times measured beside it are worse.")
        yield {**endpoints, endpoint.provider: endpoint}
    except (SetupError, RuntimeError) as error:
        raise click.UsageError(str(error)) from None
    finally:
        server.stop()

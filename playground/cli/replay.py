"""A recorded answer as a lane of `playground ask`, beside models that answer now."""

from __future__ import annotations

import click

from playground.cli.say import say
from playground.demo import recorded
from playground.domain import Request, Text


def request(asked: Request) -> Request | None:
    """What brings the recorded answer back that is asked for; None for a model that answers now.

    UsageError where it was given to something else.
    """
    row = recorded.named(asked.model.model)
    if row is None:
        return None
    (message,) = asked.messages
    if not row.answers(message.text) or any(not isinstance(p, Text) for p in message.parts):
        raise click.UsageError(
            f"{row.id} was recorded for something else: {row.asks}."
            f" Replay it alone: playground recorded ask {row.id}"
        )
    again = row.request()
    if (asked.system, asked.settings, asked.tools) != (again.system, again.settings, again.tools):
        say(f"{asked.model}: replayed with the system prompt and the settings of then.")
    return again
